"""Letters through Pingen, against a server that keeps to the fields of the vendor's clients, and fails on wish."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta

import pytest

from channels.hearing import Hook, Post, Word
from channels.pingen.way import PingenWay, parse, verify
from channels.way import Item, MailboxError, Round, Way
from domain.parcel import Parcel
from domain.words import Reason, Status
from tests.channels.house import Clock
from tests.channels.pingen_house import CLIENT, ORGANISATION, SECRET, SIGNING_KEY, Pingen

MORNING = datetime(2026, 11, 20, 9, tzinfo=UTC)
CUT_OFF = datetime(2026, 11, 20, 16, tzinfo=UTC)
NEXT_DAY = CUT_OFF + timedelta(days=1)
CREATE = ("POST", f"/organisations/{ORGANISATION}/deliveries/letters")


@pytest.fixture
def clock() -> Clock:
    return Clock(MORNING)


@pytest.fixture
def pingen(clock) -> Iterator[Pingen]:
    with Pingen(clock) as server:
        yield server


@pytest.fixture
def way(pingen, clock) -> PingenWay:
    return a_way(pingen.url, clock)


def a_way(url: str, clock: Clock, secret: str = SECRET, timeout: float = 5) -> PingenWay:
    return PingenWay(CLIENT, secret, ORGANISATION, url, url, "cheap", time(16), timeout, clock)


def letter(send_id: str = "a1", body: bytes = b"%PDF-1.7", window: str = "pingen-left", at=MORNING) -> Item:
    return Item(send_id, Parcel("application/pdf", body, "Ada Prov\nProvgatan 1", "1 page", window, "SE"), at)


def only(pingen: Pingen) -> dict:
    (found,) = pingen.letters.values()
    return found


def at_create(fault, times: int = 1):
    """A fault of the next calls that make a letter."""
    left = [times]

    def when(method: str, path: str):
        if (method, path) == CREATE and left[0]:
            left[0] -= 1
            return fault
        return None

    return when


def test_it_is_a_way_and_a_round(way) -> None:
    one: Way = way
    other: Round = way

    assert one.name == "pingen"
    assert other


def test_a_letter_is_made_unsent_under_our_id_and_can_be_called_back_until_the_cut_off(way, pingen) -> None:
    answer = way.send(letter())

    made = only(pingen)
    assert (answer.status, answer.vendor_id) == (Status.SENT, next(iter(pingen.letters)))
    assert answer.recall_until == CUT_OFF
    assert (made["file"], made["file_original_name"]) == (b"%PDF-1.7", "a1.kvitt.pdf")
    assert (made["status"], made["address_position"], made["delivery_product"]) == ("validating", "left", "cheap")
    assert pingen.calls == ["POST /auth/access-tokens", "GET /file-upload", pingen.calls[2], " ".join(CREATE)]


def test_a_letter_after_the_cut_off_can_be_called_back_until_the_next_one(way, clock) -> None:
    clock.now = CUT_OFF

    assert way.send(letter()).recall_until == NEXT_DAY


def test_a_window_that_pingen_does_not_read_is_refused_before_anything_is_asked(way, pingen) -> None:
    answer = way.send(letter(window="se-left"))

    assert (answer.status, answer.why) == (Status.FAILED, Reason.REFUSED)
    assert pingen.calls == []


def test_at_the_cut_off_what_was_made_before_it_is_given_to_print(way, pingen, clock) -> None:
    way.send(letter("a1"))
    pingen.work()
    way.tend(CUT_OFF - timedelta(minutes=1))
    assert only(pingen)["status"] == "valid"

    clock.now = CUT_OFF + timedelta(minutes=1)
    way.send(letter("b2"))
    pingen.work()
    way.tend(clock.now)
    pingen.work()
    assert pingen.printed() == {"a1": 1}

    way.tend(NEXT_DAY)
    pingen.work()
    assert pingen.printed() == {"a1": 1, "b2": 1}


def test_a_letter_that_was_still_being_validated_at_the_cut_off_is_given_a_little_later(way, pingen) -> None:
    way.send(letter())
    way.tend(CUT_OFF)
    pingen.work()
    way.tend(CUT_OFF + timedelta(minutes=1))
    pingen.work()

    assert pingen.printed() == {"a1": 1}


def test_when_all_is_given_pingen_is_left_alone_until_the_next_cut_off(way, pingen) -> None:
    way.send(letter())
    pingen.work()
    way.tend(CUT_OFF + timedelta(minutes=16))
    asked = len(pingen.calls)
    way.tend(CUT_OFF + timedelta(hours=5))

    assert len(pingen.calls) == asked


def test_what_others_of_the_organisation_are_writing_is_not_sent(way, pingen) -> None:
    way.send(letter())
    pingen.work()
    only(pingen)["file_original_name"] = "draft.pdf"
    way.tend(CUT_OFF)

    assert only(pingen)["status"] == "valid"


def test_one_letter_that_cannot_be_given_does_not_hold_up_the_others_and_is_tried_again(way, pingen) -> None:
    for number in range(3):
        way.send(letter(f"a{number}"))
    pingen.work()
    bad = next(iter(pingen.letters))
    pingen.fault = lambda _method, path: 500 if path.endswith(f"{bad}/send") else None

    with pytest.raises(MailboxError, match="1 letters could not be given to print: answered 500"):
        way.tend(CUT_OFF)
    pingen.fault = lambda _method, _path: None
    way.tend(CUT_OFF)
    pingen.work()
    assert pingen.printed() == {"a0": 1, "a1": 1, "a2": 1}


def test_several_processes_may_give_to_print_at_once(pingen, clock) -> None:
    ways = [a_way(pingen.url, clock) for _ in range(4)]
    for number in range(150):
        ways[0].send(letter(f"a{number}"))
    pingen.work()
    with ThreadPoolExecutor(4) as threads:
        assert [*threads.map(lambda one: one.tend(CUT_OFF), ways)] == [None] * 4
    pingen.work()

    assert pingen.printed() == {f"a{number}": 1 for number in range(150)}


@pytest.mark.parametrize(
    ("call", "fault"),
    [("/auth/access-tokens", fault) for fault in ("before", "after", "garbage", 500, 401, 429)]
    + [("/file-upload", fault) for fault in ("before", "after", "garbage", 500, 401, 403, 429)]
    + [("/storage", fault) for fault in ("before", "after", 500, 403)],
)
def test_trouble_before_the_letter_is_made_means_surely_not_sent(way, pingen, call, fault) -> None:
    pingen.fault = lambda _method, path: fault if path.startswith(call) else None

    assert way.send(letter()).status is Status.NOT_SENT
    assert pingen.letters == {}


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ("before", Status.UNKNOWN),
        ("after", Status.UNKNOWN),
        ("garbage", Status.UNKNOWN),
        (500, Status.UNKNOWN),
        (502, Status.UNKNOWN),
        (409, Status.UNKNOWN),
        (302, Status.UNKNOWN),
        (429, Status.NOT_SENT),
        (401, Status.NOT_SENT),
        (403, Status.NOT_SENT),
        (404, Status.NOT_SENT),
        (400, Status.FAILED),
        (413, Status.FAILED),
        (422, Status.FAILED),
    ],
)
def test_trouble_while_the_letter_is_made(way, pingen, fault, status) -> None:
    pingen.fault = at_create(fault)

    assert way.send(letter()).status is status


@pytest.mark.parametrize("fault", ["before", "after", "garbage", 500])
@pytest.mark.parametrize("knows_keys", [True, False])
def test_whatever_became_of_a_letter_evidence_finds_or_makes_it_and_it_is_printed_once(
    way, pingen, fault, knows_keys
) -> None:
    pingen.knows_keys = knows_keys
    pingen.fault = at_create(fault)
    assert way.send(letter()).status is Status.UNKNOWN

    answers = [way.evidence(letter(), MORNING) for _ in range(3)]
    assert {answer.status for answer in answers} == {Status.SENT}
    assert {answer.vendor_id for answer in answers} == set(pingen.letters)
    pingen.work()
    way.tend(CUT_OFF)
    pingen.work()
    assert pingen.printed() == {"a1": 1}


def test_a_letter_that_the_list_does_not_show_yet_is_still_made_once(way, pingen, monkeypatch) -> None:
    pingen.fault = at_create("after")
    way.send(letter())
    monkeypatch.setattr(pingen, "_list", lambda _query: (200, {"data": []}))

    assert way.evidence(letter(), MORNING).vendor_id == next(iter(pingen.letters))
    assert len(pingen.letters) == 1


def test_when_the_key_may_be_forgotten_the_list_alone_decides(way, pingen) -> None:
    answer = way.evidence(letter(), MORNING + timedelta(hours=13))

    assert answer.status is Status.NOT_SENT
    assert pingen.letters == {}


def test_a_refused_letter_is_found_refused(way, pingen) -> None:
    way.send(letter(body=b"no PDF"))
    pingen.work()

    answer = way.evidence(letter(), MORNING)
    assert (answer.status, answer.why) == (Status.FAILED, Reason.REFUSED)
    assert [heard.word for heard in way.status(letter())] == [Word.REFUSED]


@pytest.mark.parametrize("fault", ["before", "garbage", 500, 429, 404])
def test_evidence_that_cannot_be_had_stays_unknown(way, pingen, fault) -> None:
    pingen.fault = lambda method, _path: fault if method == "GET" else None

    assert way.evidence(letter(), MORNING).status is Status.UNKNOWN
    assert way.status(letter()) == []
    assert way.recall(letter()).status is Status.UNKNOWN


def test_a_letter_is_found_among_many(way, pingen, clock) -> None:
    way.send(letter("wanted"))
    for number in range(230):
        way.send(letter(f"a{number}"))

    assert [heard.send_id for heard in way.status(letter("wanted"))] == ["wanted"]


def test_letters_of_before_its_time_are_not_gone_through(way, pingen, clock) -> None:
    for number in range(120):
        way.send(letter(f"old{number}"))
    clock.now = MORNING + timedelta(days=30)
    before = len(pingen.calls)
    assert way.evidence(letter("new", at=clock.now), clock.now).status is Status.SENT

    assert pingen.calls[before:].count(f"GET {CREATE[1]}") == 1


def test_an_unsent_letter_is_called_back_for_sure(way, pingen) -> None:
    sent = way.send(letter())
    known = Item("a1", letter().parcel, MORNING, sent.vendor_id)
    pingen.work()

    assert way.recall(known).status is Status.NOT_SENT
    assert pingen.letters == {}
    assert way.recall(known).status is Status.NOT_SENT
    way.tend(CUT_OFF)
    pingen.work()
    assert pingen.printed() == {}


def test_a_letter_given_to_print_is_cancelled_while_pingen_prepares_it(way, pingen) -> None:
    way.send(letter())
    pingen.work()
    way.tend(CUT_OFF)

    assert way.recall(letter()).status is Status.NOT_SENT
    assert [heard.word for heard in way.status(letter())] == [Word.RECALLED]
    pingen.work()
    assert pingen.printed() == {}


def test_a_letter_being_printed_is_too_late(way, pingen) -> None:
    way.send(letter())
    pingen.work()
    way.tend(CUT_OFF)
    pingen.work()

    assert way.recall(letter()).status is Status.SENT
    assert pingen.printed() == {"a1": 1}


def test_a_letter_given_to_print_while_it_is_called_back_is_cancelled_instead(way, pingen, clock) -> None:
    way.send(letter())
    pingen.work()
    other = a_way(pingen.url, clock)
    pingen.fault = lambda method, _path: other.tend(CUT_OFF) if method == "DELETE" else None

    assert way.recall(letter()).status is Status.NOT_SENT
    assert only(pingen)["status"] == "cancelled"


@pytest.mark.parametrize("fault", ["before", "after", 500, "garbage"])
def test_a_recall_that_went_wrong_is_unknown_and_can_be_asked_again(way, pingen, fault) -> None:
    sent = way.send(letter())
    known = Item("a1", letter().parcel, MORNING, sent.vendor_id)
    pingen.fault = lambda method, _path: fault if method == "DELETE" else None
    first = way.recall(known).status
    pingen.fault = lambda _method, _path: None

    assert first is Status.UNKNOWN or (fault == "garbage" and first is Status.NOT_SENT)
    assert way.recall(known).status is Status.NOT_SENT
    assert pingen.letters == {}


def test_a_letter_of_which_nobody_knows_whether_it_was_made_cannot_be_called_back_for_sure(way) -> None:
    assert way.recall(letter()).status is Status.UNKNOWN


def test_a_token_is_fetched_once_and_again_when_it_is_no_longer_taken(way, pingen) -> None:
    with ThreadPoolExecutor(8) as threads:
        answers = [*threads.map(lambda number: way.send(letter(f"a{number}")), range(16))]
    assert {answer.status for answer in answers} == {Status.SENT}
    assert pingen.calls.count("POST /auth/access-tokens") == 1

    pingen.forget_tokens()
    assert way.send(letter("b1")).status is Status.NOT_SENT
    assert way.send(letter("b2")).status is Status.SENT
    assert pingen.calls.count("POST /auth/access-tokens") == 2


def test_a_token_that_is_about_to_run_out_is_not_used(pingen, way, monkeypatch) -> None:
    pingen.token_lasts = 3600
    way.send(letter("a1"))
    later = 3600 - 59
    real = __import__("time").monotonic
    monkeypatch.setattr("channels.pingen.client.time.monotonic", lambda: real() + later)
    way.send(letter("a2"))

    assert pingen.calls.count("POST /auth/access-tokens") == 2


def test_a_wrong_secret_means_not_sent_and_is_not_told(pingen, clock) -> None:
    answer = a_way(pingen.url, clock, "another-secret").send(letter())

    assert answer.status is Status.NOT_SENT
    assert "another-secret" not in answer.said


def test_where_nobody_listens_nothing_was_sent(clock) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        way = a_way(f"http://127.0.0.1:{probe.getsockname()[1]}", clock)

        assert way.send(letter()).status is Status.NOT_SENT
        assert way.evidence(letter(), MORNING).status is Status.UNKNOWN
        with pytest.raises(MailboxError):
            way.tend(CUT_OFF)


def test_a_slow_pingen_is_given_up_after_the_timeout(pingen, clock) -> None:
    way = a_way(pingen.url, clock, timeout=0.3)
    pingen.fault = at_create(0.9)

    assert way.send(letter()).status is Status.UNKNOWN
    assert a_way(pingen.url, clock).evidence(letter(), MORNING).status is Status.SENT


def test_nothing_is_asked_twice_by_itself(way, pingen) -> None:
    pingen.fault = at_create(503, times=9)
    way.send(letter())

    assert pingen.calls.count(" ".join(CREATE)) == 1


def test_what_pingen_calls_back_is_understood(way, pingen) -> None:
    answer = way.send(letter())
    pingen.work()
    way.tend(CUT_OFF)
    pingen.work()
    pingen.work()
    headers, body = pingen.call_back("webhook_sent", answer.vendor_id or "")

    assert verify(Hook("https://pay.example/hooks/pingen", headers, body), ["old", SIGNING_KEY], MORNING)
    (heard,) = parse(Post("pingen", body))
    assert (heard.word, heard.send_id, heard.vendor_id) == (Word.DELIVERED, "a1", answer.vendor_id)
