"""Letters to a print house over a real SFTP server: one letter is one sheet of paper, whatever happens on the way."""

from __future__ import annotations

import json
import time as clocks
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, time, timedelta
from pathlib import Path

import asyncssh
import pytest

from channels.hearing import Word
from channels.printhouse.way import PrintHouseMailbox, PrintHouseWay, parse
from channels.way import Item, Mailbox, MailboxError, Round, Way
from domain.parcel import Parcel
from domain.words import Status
from tests.channels.house import USER, Clock, Cut, Press, Server, local, nothing

MORNING, CUT_OFF, EVENING = local("2026-11-20 10:00"), local("2026-11-20 16:00"), local("2026-11-20 18:00:01")
NEXT_DAY, NEXT_EVENING = local("2026-11-21 16:00"), local("2026-11-21 18:30")
TODAY = "2026-11-20-1"


class PrintHouse:
    """The house with its server and its press, and our ways to it."""

    def __init__(self, server: Server, press: Press) -> None:
        self.server, self.press = server, press

    def way(self, at=MORNING, **changes) -> PrintHouseWay:
        settings = {
            "host": "127.0.0.1",
            "port": self.server.port,
            "user": USER,
            "key_path": self.server.key_path,
            "host_key": self.server.host_key,
            "folder": ".",
            "cut_off": time(16),
            "last_call": time(18),
            "timezone": "Europe/Stockholm",
            "timeout": 10,
            "clock": Clock(at),
        }
        return PrintHouseWay(**settings | changes)

    def mailbox(self, at=MORNING) -> PrintHouseMailbox:
        server = self.server
        return PrintHouseMailbox(
            "127.0.0.1", server.port, USER, server.key_path, server.host_key, ".", "Europe/Stockholm", 10, Clock(at)
        )

    def close(self, at=CUT_OFF) -> None:
        self.way(at).tend(at)

    def path(self, *names: str) -> Path:
        return self.press.root.joinpath("in", *names)

    def manifest(self, batch: str = TODAY):
        return json.loads(self.path(batch, "manifest.json").read_text())

    def ids(self, batch: str = TODAY) -> list[str]:
        return [letter["send_id"] for letter in self.manifest(batch)["letters"]]

    def finish(self):
        """Everything is closed and printed, also what was put off to the next day."""
        self.server.step = nothing
        self.close(NEXT_DAY)
        self.press.work(NEXT_EVENING)
        return self.press.printed()


@pytest.fixture
def house(tmp_path) -> Iterator[PrintHouse]:
    root, keys = tmp_path / "root", tmp_path / "keys"
    keys.mkdir()
    press = Press(root)
    with Server(root, keys) as server:
        yield PrintHouse(server, press)


def letter(send_id: str = "a1", body: bytes = b"%PDF-1.7 letter") -> Item:
    address = "Åsa Öberg\nÄngsgatan 1\n111 22 Västerås"
    return Item(send_id, Parcel("application/pdf", body, address, "2 pages", "se-left", "SE"), MORNING)


def test_it_is_a_way_a_round_and_a_mailbox(house) -> None:
    way: Way = house.way()
    rounds: Round = house.way()
    mailbox: Mailbox = house.mailbox()

    assert (way.name, mailbox.name) == ("printhouse", "printhouse")
    assert rounds


def test_a_letter_lies_in_the_days_batch_and_can_be_called_back_until_the_last_call(house) -> None:
    answer = house.way().send(letter())

    assert (answer.status, answer.vendor, answer.vendor_id) == (Status.SENT, "printhouse", f"{TODAY}/a1")
    assert answer.recall_until == local("2026-11-20 18:00")
    assert answer.recall_until.tzinfo is UTC
    assert house.path(TODAY, "a1.pdf").read_bytes() == b"%PDF-1.7 letter"
    assert not house.path(TODAY, "READY").exists()
    assert not [*house.path(TODAY).glob("*.part")]


@pytest.mark.parametrize(
    ("at", "batch"),
    [
        ("2026-11-20 15:59:59", "2026-11-20-1"),
        ("2026-11-20 16:00", "2026-11-21-1"),
        ("2026-11-20 23:30", "2026-11-21-1"),
        ("2026-11-21 00:30", "2026-11-21-1"),
        ("2026-10-25 02:30", "2026-10-25-1"),
    ],
)
def test_the_batch_is_that_of_the_next_cut_off_by_the_print_houses_clock(house, at, batch) -> None:
    assert house.way(local(at)).send(letter()).vendor_id == f"{batch}/a1"


def test_the_manifest_says_all_that_the_house_needs(house) -> None:
    for send_id in ("b2", "a1"):
        house.way().send(letter(send_id))
    house.close()

    first, second = house.manifest()["letters"]
    assert first == {
        "seq": 1,
        "send_id": "a1",
        "file": "a1.pdf",
        "sha256": letter().parcel.sha256,
        "bytes": 15,
        "pages": 2,
        "duplex": True,
        "colour": False,
        "postage": "economy",
        "envelope": "C5",
        "window": "se-left",
        "address": ["Åsa Öberg", "Ängsgatan 1", "111 22 Västerås"],
        "country": "SE",
        "latest_mail_date": "2026-11-24",
    }
    assert (second["seq"], second["send_id"]) == (2, "b2")
    assert house.path(TODAY, "READY").exists()


def test_the_manifest_is_the_same_bytes_whoever_closes_and_in_whatever_order_the_letters_came(tmp_path) -> None:
    made = []
    for number, order in enumerate((("a1", "b2", "c3"), ("c3", "a1", "b2"))):
        keys, root = tmp_path / f"keys{number}", tmp_path / f"root{number}"
        keys.mkdir()
        with Server(root, keys) as server:
            house = PrintHouse(server, Press(root))
            for send_id in order:
                house.way().send(letter(send_id))
            house.close()
            made.append(house.path(TODAY, "manifest.json").read_bytes())

    assert made[0] == made[1]


def test_nothing_is_closed_before_its_hour_and_a_batch_without_letters_never_reaches_the_house(house) -> None:
    house.way().send(letter())
    house.close(local("2026-11-20 15:59"))
    assert not house.path(TODAY, "CLOSING").exists()

    house.way().recall(letter())
    house.close()
    assert house.path(TODAY, "EMPTY").exists()
    assert not house.path(TODAY, "READY").exists()


def test_a_batch_that_was_forgotten_for_days_is_closed_when_we_are_back(house) -> None:
    house.way().send(letter())
    house.close(local("2026-11-29 08:00"))

    assert house.ids() == ["a1"]


def test_the_same_letter_again_is_one_letter_also_days_later(house) -> None:
    answers = [house.way(at).send(letter()) for at in (MORNING, MORNING)]
    house.close()
    answers += [house.way(at).evidence(letter(), at) for at in (CUT_OFF, local("2026-11-25 10:00"))]

    assert {(answer.status, answer.vendor_id) for answer in answers} == {(Status.SENT, f"{TODAY}/a1")}
    assert house.finish() == {"a1": 1}


def test_another_letter_under_the_same_id_is_refused_loudly(house) -> None:
    house.way().send(letter())
    answers = [house.way(at).send(letter(body=b"%PDF another")) for at in (MORNING, CUT_OFF)]

    assert [(answer.status, answer.said) for answer in answers] == [
        (Status.UNKNOWN, "another letter lies there under this id")
    ] * 2
    assert house.finish() == {"a1": 1}
    assert house.press.prints() == {"a1": letter().parcel.sha256}


def test_a_letter_that_nobody_has_is_put_there_when_evidence_is_asked_for(house) -> None:
    answer = house.way().evidence(letter(), MORNING)

    assert answer.status is Status.SENT
    assert house.finish() == {"a1": 1}


def test_a_letter_that_comes_while_its_batch_closes_goes_into_the_next_one(house) -> None:
    house.way().send(letter("a1"))
    house.close()
    late = house.way(local("2026-11-20 15:59")).send(letter("b2"))

    assert (late.status, late.vendor_id) == (Status.SENT, "2026-11-20-2/b2")
    house.close()
    assert (house.ids(TODAY), house.ids("2026-11-20-2")) == (["a1"], ["b2"])
    assert house.finish() == {"a1": 1, "b2": 1}


def test_a_letter_in_an_open_batch_is_taken_out_and_stays_out(house) -> None:
    house.way().send(letter("a1"))
    house.way().send(letter("b2"))

    assert house.way().recall(letter("a1")).status is Status.NOT_SENT
    assert not house.path(TODAY, "a1.pdf").exists()
    assert house.way().recall(letter("a1")).status is Status.NOT_SENT
    assert house.way().evidence(letter("a1"), MORNING).status is Status.NOT_SENT
    assert house.way(NEXT_DAY).evidence(letter("a1"), NEXT_DAY).status is Status.NOT_SENT
    assert house.finish() == {"b2": 1}


def test_a_letter_that_the_house_never_got_can_be_called_back_before_it_comes(house) -> None:
    assert house.way().recall(letter()).status is Status.NOT_SENT
    assert house.way().send(letter()).status is Status.NOT_SENT
    assert house.finish() == {}


def test_a_letter_in_a_closed_batch_is_called_back_only_when_the_house_agrees(house) -> None:
    for send_id in ("a1", "b2"):
        house.way().send(letter(send_id))
    house.close()
    house.press.work(local("2026-11-20 16:05"))

    asked = house.way(local("2026-11-20 17:00")).recall(letter("a1"))
    assert asked.status is Status.UNKNOWN
    assert house.path(TODAY, "CANCEL-a1").exists()

    house.press.work(local("2026-11-20 17:10"))
    assert house.way(local("2026-11-20 17:20")).recall(letter("a1")).status is Status.NOT_SENT
    assert [heard.word for heard in house.way().status(letter("a1"))] == [Word.RECALLED]
    assert house.finish() == {"b2": 1}


def test_no_answer_means_not_called_back(house) -> None:
    house.way().send(letter())
    house.close()
    house.way(local("2026-11-20 17:00")).recall(letter())

    assert house.way(EVENING).recall(letter()).status is Status.SENT


def test_after_the_last_call_it_is_too_late(house) -> None:
    house.way().send(letter())
    house.close()

    assert house.way(EVENING).recall(letter()).status is Status.SENT
    assert not house.path(TODAY, "CANCEL-a1").exists()
    assert house.finish() == {"a1": 1}


@pytest.mark.parametrize("clears", [Press.take_away, Press.clear])
def test_what_the_house_took_away_is_known_from_its_reports_only(house, clears) -> None:
    house.way().send(letter())
    house.close()
    house.press.work(EVENING)
    clears(house.press, TODAY)

    assert house.way(NEXT_DAY).evidence(letter(), NEXT_DAY).status is Status.SENT
    assert house.way(NEXT_DAY).recall(letter()).status is Status.SENT
    assert house.finish() == {"a1": 1}


@pytest.mark.parametrize("clears", [Press.take_away, Press.clear])
def test_a_batch_taken_away_without_a_report_is_never_put_again(house, clears) -> None:
    house.way().send(letter())
    house.close()
    clears(house.press, TODAY)

    assert house.way(CUT_OFF).evidence(letter(), CUT_OFF).status is Status.UNKNOWN
    assert house.way(CUT_OFF).recall(letter()).status is Status.UNKNOWN
    assert house.way(EVENING).recall(letter()).status is Status.SENT
    assert house.finish() == {}


def test_what_the_house_says_of_a_letter(house) -> None:
    house.way().send(letter("a1"))
    house.way().send(letter("b2"))
    assert house.way().status(letter("a1")) == []
    house.close()
    house.press.work(CUT_OFF)
    assert [heard.word for heard in house.way().status(letter("a1"))] == [Word.ACCEPTED]
    house.press.work(EVENING)
    house.press.give_back("a1")

    heard = house.way().status(letter("a1"))
    assert {one.word for one in heard} == {Word.ACCEPTED, Word.DELIVERED, Word.BOUNCED}
    assert {(one.send_id, one.vendor_id) for one in heard} == {("a1", f"{TODAY}/a1")}


def test_reports_are_fetched_when_they_are_new_or_have_changed(house) -> None:
    mailbox = house.mailbox()
    house.way().send(letter())
    assert [*mailbox.fetch()] == []
    house.close()
    house.press.work(CUT_OFF)

    (ack,) = mailbox.fetch()
    assert ack.about == f"out/{TODAY}/ack.json"
    assert [post.key for post in mailbox.fetch()] == [ack.key], "until it is put away, it is given again"
    mailbox.put_away(ack)
    assert [*mailbox.fetch()] == []

    house.press.work(EVENING)
    changed = [*mailbox.fetch()]
    assert f"out/{TODAY}/produced.csv" in {post.about for post in changed}
    for post in changed:
        mailbox.put_away(post)
    house.press.give_back("a1")
    (returned,) = mailbox.fetch()
    assert [heard.word for heard in parse(returned)] == [Word.BOUNCED]
    assert [post.about for post in house.mailbox().fetch()] == [
        f"out/{TODAY}/{name}" for name in ("ack.json", "produced.csv", "returned.csv")
    ], "after a restart all are given again"


def test_a_report_that_is_too_large_is_said_and_does_not_hide_the_others(house) -> None:
    folder = house.press.root / "out" / TODAY
    folder.mkdir()
    (folder / "returned.csv").write_text("send_id\na1\n")
    with (folder / "ack.json").open("wb") as file:
        file.truncate(17 * 1024 * 1024)
    found = []

    with pytest.raises(MailboxError, match="too large"):
        found.extend(house.mailbox().fetch())
    reports = house.mailbox().fetch()
    assert next(reports).about == f"out/{TODAY}/returned.csv"


def test_reports_of_long_ago_and_what_is_no_report_are_left_alone(house) -> None:
    for path in ("2026-01-02-1/ack.json", f"{TODAY}/notes.txt", "other/ack.json"):
        (house.press.root / "out" / path).parent.mkdir(exist_ok=True)
        (house.press.root / "out" / path).write_text("[]")

    assert [*house.mailbox().fetch()] == []


@pytest.mark.parametrize(
    "wrong", ["nobody listens", "another host key", "another key of ours", "no key", "no host key"]
)
def test_where_we_cannot_get_in_nothing_was_sent(house, tmp_path, wrong) -> None:
    other = tmp_path / "other"
    stranger = asyncssh.generate_private_key("ssh-ed25519")
    stranger.write_private_key(other)
    changes = {
        "nobody listens": {"port": 9},
        "another host key": {"host_key": stranger.export_public_key().decode()},
        "another key of ours": {"key_path": other},
        "no key": {"key_path": tmp_path / "none"},
        "no host key": {"host_key": "ssh-ed25519 nonsense"},
    }[wrong]
    way = house.way(**changes)

    assert way.send(letter()).status is Status.NOT_SENT
    assert way.evidence(letter(), MORNING).status is Status.UNKNOWN
    assert way.recall(letter()).status is Status.UNKNOWN
    assert way.status(letter()) == []
    with pytest.raises(MailboxError):
        way.tend(CUT_OFF)
    assert house.finish() == {}


def test_a_server_that_says_nothing_is_given_up_after_the_timeout(house) -> None:
    house.server.step = lambda *_: clocks.sleep(1.5)
    started = clocks.monotonic()

    assert house.way(timeout=0.5).send(letter()).status is Status.NOT_SENT
    assert clocks.monotonic() - started < 1.4


def test_a_folder_that_is_not_there_or_full_means_not_sent(house) -> None:
    assert house.way(folder="elsewhere").send(letter()).status is Status.NOT_SENT

    def full(number: int, step: str, path: str) -> None:
        if step == "write":
            raise OSError(28, "No space left on device")

    house.server.step = full
    assert house.way().send(letter()).status is Status.NOT_SENT
    house.server.step = nothing
    assert house.finish() == {}


def test_what_went_wrong_names_no_person(house) -> None:
    house.server.step = lambda _number, step, _path: Cut.BEFORE if step == "posix_rename" else None
    said = house.way().send(letter()).said

    assert said
    assert not [word for word in ("Åsa", "Öberg", "Ängsgatan", "Västerås") if word in said]


def test_a_side_file_that_somebody_changed_stops_the_closing_visibly(house) -> None:
    house.way().send(letter())
    house.path(TODAY, "a1.json").write_text("{}")

    with pytest.raises(MailboxError, match=r"a1\.json"):
        house.close()
    assert not house.path(TODAY, "READY").exists()


def test_a_batch_that_cannot_be_closed_holds_up_no_later_one(house) -> None:
    house.way().send(letter())
    house.path(TODAY, "a1.json").write_text("{}")
    house.way(NEXT_DAY - timedelta(hours=2)).send(letter("b2"))

    with pytest.raises(MailboxError, match=r"a1\.json"):
        house.close(NEXT_DAY)

    assert not house.path(TODAY, "READY").exists()
    assert house.ids("2026-11-21-1") == ["b2"]
    assert house.path("2026-11-21-1", "READY").exists()


@pytest.mark.parametrize("damage", ["[]", "{}", "null", "not JSON", '{"letters": [7]}'])
@pytest.mark.parametrize("file", [(".kvitt", "a1.1"), (TODAY, "manifest.json")])
def test_files_that_somebody_changed_are_trouble_and_never_an_exception(house, file, damage) -> None:
    house.way().send(letter())
    house.close()
    house.path(*file).write_text(damage)

    assert house.way().evidence(letter(), MORNING).status is Status.UNKNOWN
    assert house.way().recall(letter()).status is Status.UNKNOWN


def test_claims_of_long_ago_are_forgotten(house) -> None:
    house.way().send(letter())
    house.close(CUT_OFF)
    assert house.path(".kvitt", "a1.1").exists()
    later = local("2027-11-20 10:00")
    house.way(later).send(letter("b2"))
    house.way(later + timedelta(days=1)).tend(later + timedelta(days=1))

    assert not house.path(".kvitt", "a1.1").exists()
    ready = house.path(TODAY, "READY").stat().st_mtime_ns
    house.close(later + timedelta(days=2))
    assert house.path(TODAY, "READY").stat().st_mtime_ns == ready, "a batch of long ago is not made ready again"


# Each step, numbered.


class built:  # noqa: N801
    """A house of its own in a folder."""

    def __init__(self, folder: Path) -> None:
        (folder / "keys").mkdir(parents=True)
        self.press = Press(folder / "root")
        self.server = Server(folder / "root", folder / "keys")

    def __enter__(self) -> PrintHouse:
        self.server.__enter__()
        return PrintHouse(self.server, self.press)

    def __exit__(self, *error: object) -> None:
        self.server.__exit__(*error)


def at_step(server: Server, number: int, do) -> None:
    """At the given step from now on, once: do something."""
    start = len(server.steps)

    def step(count: int, name: str, path: str):
        if count == start + number:
            server.step = nothing
            return do()
        return None

    server.step = step


ACTS = {
    "send": lambda house: house.way().send(letter()),
    "close": lambda house: house.way(CUT_OFF).tend(CUT_OFF),
    "evidence": lambda house: house.way().evidence(letter(), MORNING),
    "evidence after the cut-off": lambda house: house.way(CUT_OFF).evidence(letter(), CUT_OFF),
    "recall": lambda house: house.way().recall(letter()),
}
"""What may happen to a letter."""


def counted(tmp_path: Path, name: str, before: tuple[str, ...]) -> int:
    with built(tmp_path / "counted") as house:
        for act in before:
            ACTS[act](house)
        start = len(house.server.steps)
        ACTS[name](house)
        return len(house.server.steps) - start


@pytest.mark.parametrize("cut", list(Cut))
@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("send", ()),
        ("close", ("send",)),
        ("evidence", ("send",)),
        ("evidence after the cut-off", ("send", "close")),
        ("recall", ()),
        ("recall", ("send",)),
        ("recall", ("send", "close")),
    ],
)
def test_cut_off_at_any_step_and_taken_up_again_nothing_is_lost_or_doubled(tmp_path, name, before, cut) -> None:
    """We die, or the line does, before or after any step; later somebody asks for evidence, or calls back again."""
    steps = counted(tmp_path, name, before)
    assert steps > 3
    for number in range(1, steps + 1):
        with built(tmp_path / f"{number}") as house:
            for act in before:
                ACTS[act](house)
            at_step(house.server, number, lambda: cut)
            answer = attempt(house, name)
            assert answer is None or answer.status in {Status.UNKNOWN, Status.NOT_SENT, Status.SENT}, number
            if name == "recall":
                again = ACTS["recall"](house)
                house.press.work(local("2026-11-20 17:00"))
                called_back = Status.NOT_SENT in {again.status, house.way().recall(letter()).status}
                assert called_back, number
                assert house.finish() == {}, number
            elif name == "send" and answer and answer.status is Status.NOT_SENT:
                assert house.finish() == {}, f"surely not sent at step {number}, and yet printed"
            else:
                assert ACTS["evidence"](house).status is Status.SENT, number
                assert house.finish() == {"a1": 1}, number


@pytest.mark.parametrize("other", ["send", "close", "evidence after the cut-off", "recall"])
@pytest.mark.parametrize(
    ("name", "before"),
    [
        ("send", ()),
        ("evidence", ("send",)),
        ("close", ("send",)),
        ("recall", ()),
        ("recall", ("send",)),
    ],
)
def test_at_any_step_of_one_process_another_may_do_the_whole_of_its_work(tmp_path, name, before, other) -> None:
    """Two processes at once, in every order in which one runs whole between two steps of the other."""
    steps = counted(tmp_path, name, before)
    for number in range(1, steps + 1):
        with built(tmp_path / f"{number}") as house:
            answers = {act: ACTS[act](house) for act in before}
            at_step(house.server, number, between(house, other, answers))
            answers[f"{name}, around"] = attempt(house, name)
            house.press.work(local("2026-11-20 17:00"))
            recalled = "recall" in (name, other)
            final = ACTS["recall"](house) if recalled else ACTS["evidence"](house)
            printed = house.finish()

            told = {act: answer.status for act, answer in answers.items() if answer}
            if recalled:
                assert final.status is Status.NOT_SENT, (number, told)
                assert printed == {}, (number, told)
            else:
                assert final.status is Status.SENT, (number, told)
                assert printed == {"a1": 1}, (number, told)
            assert Status.UNKNOWN not in [status for act, status in told.items() if not act.startswith("recall")], (
                number,
                told,
            )


def test_a_recall_that_says_not_sent_was_right_at_once(tmp_path) -> None:
    """Whatever another process does meanwhile, and without asking again."""
    steps = counted(tmp_path, "recall", ("send",))
    for other in ("send", "close", "evidence after the cut-off"):
        for number in range(1, steps + 1):
            with built(tmp_path / f"{other}-{number}") as house:
                ACTS["send"](house)
                at_step(house.server, number, lambda h=house, o=other: attempt(h, o))
                answer = ACTS["recall"](house)
                ACTS["evidence after the cut-off"](house)
                printed = house.finish()
                assert (printed == {}) or answer.status is not Status.NOT_SENT, (other, number)


def test_a_letter_called_back_on_its_way_to_the_next_batch_does_not_get_there(tmp_path) -> None:
    """Its batch was closed without it; before it is claimed for the next one, somebody calls it back."""
    told = set()
    for number in range(1, 30):
        with built(tmp_path / f"{number}") as house:
            answers = {}

            def closes(_number, step: str, path: str, house=house, number=number, answers=answers) -> None:
                if step == "posix_rename" and path.endswith("a1.pdf"):
                    house.server.step = nothing
                    attempt(house, "close")
                    at_step(house.server, number, between(house, "recall", answers))

            house.server.step = closes
            ACTS["send"](house)
            printed = house.finish()
            recalled = answers.get("recall, between")
            told.add(recalled and recalled.status)
            assert not recalled or recalled.status is not Status.NOT_SENT or printed == {}, number
    assert Status.NOT_SENT in told


def test_a_send_that_says_sent_was_right_at_once(tmp_path) -> None:
    """It is printed though nobody asks for evidence afterwards."""
    steps = counted(tmp_path, "send", ())
    for other in ("close", "evidence after the cut-off", "send"):
        for number in range(1, steps + 1):
            with built(tmp_path / f"{other}-{number}") as house:
                at_step(house.server, number, lambda h=house, o=other: attempt(h, o))
                answer = ACTS["send"](house)
                assert answer.status is Status.SENT, (other, number)
                assert house.finish() == {"a1": 1}, (other, number)


def test_many_processes_at_once_print_each_letter_once(house) -> None:
    """The cut-off passes while eight of them send the same letters, close, and send again."""
    items = [letter(f"id{number:02}", b"%PDF" + bytes([number])) for number in range(20)]

    def work(number: int) -> list[Status]:
        at = CUT_OFF if number % 2 else local("2026-11-20 15:59:59")
        way = house.way(at)
        mine = items[number * 2 :] + items[: number * 2]
        answers = []
        for index, item in enumerate(mine):
            answers.append(way.send(item).status)
            if index % 7 == number:
                way.tend(at)
        return answers

    with ThreadPoolExecutor(8) as threads:
        statuses = {status for answers in threads.map(work, range(8)) for status in answers}

    assert statuses == {Status.SENT}
    assert house.finish() == {item.id: 1 for item in items}
    assert house.press.prints() == {item.id: item.parcel.sha256 for item in items}


def between(house: PrintHouse, other: str, answers):
    return lambda: answers.update({f"{other}, between": attempt(house, other)})


def attempt(house: PrintHouse, name: str):
    try:
        return ACTS[name](house)
    except MailboxError:
        return None
