"""Claims to an agency over a real SFTP server: what is ready is there whole, and nobody guesses what became of it."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import asyncssh
import pytest

from channels.agency.drop import LARGEST_REPORT, SLOWEST, DropMailbox, DropWay
from channels.sftp import Door
from channels.way import Item, Mailbox, MailboxError, Way
from domain.parcel import Parcel
from domain.words import Status
from tests.channels.house import USER, Cut, Server, nothing

NOW = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
LATER = NOW + SLOWEST + timedelta(seconds=1)
PAYLOADS = Path(__file__).parent / "payloads" / "agency"


class Agency:
    """The agency's server, what its people see there, and our ways to it."""

    def __init__(self, server: Server) -> None:
        self.server, self.root = server, server.root
        for name in ("in", "out"):
            (self.root / name).mkdir(exist_ok=True)

    @property
    def door(self) -> Door:
        server = self.server
        return Door("127.0.0.1", server.port, USER, server.key_path, server.host_key, ".", 10)

    @property
    def way(self) -> DropWay:
        return DropWay("nordinkasso", self.door)

    @property
    def mailbox(self) -> DropMailbox:
        return DropMailbox("nordinkasso", self.door)

    def ready(self) -> list[str]:
        """What the agency would take now."""
        return sorted(path.stem for path in (self.root / "in").glob("*.ready"))

    def take(self, send_id: str) -> bytes:
        """Take a claim as its ready file says, and clear both away."""
        ready = self.root / "in" / f"{send_id}.ready"
        told = json.loads(ready.read_bytes())
        claim = self.root / "in" / told["file"]
        body = claim.read_bytes()
        assert (len(body), sha256(body).hexdigest()) == (told["bytes"], told["sha256"])
        ready.unlink()
        claim.unlink()
        return body

    def leave(self, name: str, report: bytes) -> None:
        (self.root / "out" / name).write_bytes(report)


@pytest.fixture
def agency(tmp_path: Path) -> Iterator[Agency]:
    root, keys = tmp_path / "root", tmp_path / "keys"
    root.mkdir()
    keys.mkdir()
    with Server(root, keys) as server:
        yield Agency(server)


def claim(send_id: str = "a1", body: bytes = b"PK\x03\x04 evidence", media_type: str = "application/zip") -> Item:
    return Item(send_id, Parcel(media_type, body, "nordinkasso", "claim 10001"), NOW)


def test_it_is_a_way_and_a_mailbox(agency: Agency):
    way: Way = agency.way
    mailbox: Mailbox = agency.mailbox

    assert (way.name, mailbox.name) == ("agency", "agency/nordinkasso")
    assert not way.tells
    assert way.status(claim()) == ()


@pytest.mark.parametrize(("media_type", "suffix"), [("application/zip", ".zip"), ("application/json", ".json")])
def test_a_claim_lies_there_with_what_tells_that_it_is_ready(agency: Agency, media_type: str, suffix: str):
    answer = agency.way.send(claim(media_type=media_type))

    assert (answer.status, answer.vendor, answer.vendor_id) == (Status.SENT, "agency", "a1")
    assert {path.name for path in (agency.root / "in").iterdir() if path.is_file()} == {f"a1{suffix}", "a1.ready"}
    assert agency.take("a1") == b"PK\x03\x04 evidence"


def test_what_lies_there_is_evidence_and_stays_so_when_it_was_taken_away(agency: Agency):
    agency.way.send(claim())

    assert agency.way.evidence(claim(), NOW).status is Status.SENT
    agency.take("a1")
    assert agency.way.evidence(claim(), LATER).status is Status.SENT


def test_what_was_never_begun_is_not_sent_once_nobody_can_still_be_at_it(agency: Agency):
    assert agency.way.evidence(claim(), NOW).status is Status.UNKNOWN
    assert agency.way.evidence(claim(), LATER).status is Status.NOT_SENT


def test_a_withdrawal_can_follow_at_once_and_the_claim_can_not_be_called_back(agency: Agency):
    agency.way.send(claim())

    assert agency.way.recall(claim()).status is Status.SENT
    agency.way.send(claim("b2", b"{}", "application/json"))
    assert agency.ready() == ["a1", "b2"]


STEPS = 30
"""More than a claim has."""


@pytest.mark.parametrize("cut", list(Cut))
@pytest.mark.parametrize("number", range(1, STEPS))
def test_wherever_the_line_is_cut_evidence_tells_what_the_agency_sees(agency: Agency, number: int, cut: Cut):
    """Before and after every step; then nothing that was not ready becomes it, and what was stays found."""
    agency.server.step = _cutting(number, cut)
    sent = agency.way.send(claim()).status
    agency.server.step = nothing
    was_ready = agency.ready() == ["a1"]

    told = {agency.way.evidence(claim(), at).status for at in (LATER, LATER)}

    assert told == {Status.SENT if was_ready else Status.NOT_SENT}
    assert agency.ready() == (["a1"] if was_ready else [])
    assert sent in ({Status.SENT, Status.UNKNOWN} if was_ready else {Status.NOT_SENT, Status.UNKNOWN})


def _cutting(number: int, cut: Cut) -> Callable[[int, str, str], Cut | None]:
    def cutting(at: int, step: str, path: str) -> Cut | None:
        return cut if at == number else None

    return cutting


def test_the_cuts_above_reach_past_the_last_step(agency: Agency):
    agency.way.send(claim())

    assert 5 < len(agency.server.steps) < STEPS


def test_one_who_is_slow_cannot_hand_over_what_was_found_not_to_be(agency: Agency):
    """The evidence is looked for while the claim is on its way: either it is ready by then, or it never will be."""
    found: list[Status] = []

    def look(number: int, step: str, path: str) -> None:
        if step == "posix_rename" and path.endswith("in/a1.ready") and not found:
            agency.server.step = nothing
            found.append(agency.way.evidence(claim(), NOW).status)

    agency.server.step = look
    answer = agency.way.send(claim())

    assert (found, answer.status) == ([Status.NOT_SENT], Status.UNKNOWN)
    assert agency.ready() == []
    assert agency.way.evidence(claim(), NOW).status is Status.NOT_SENT


def test_many_claims_at_once_are_each_there_once(agency: Agency):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: agency.way.send(claim(f"c{n}", b"%d" % n)), range(16)))

    assert {answer.status for answer in answers} == {Status.SENT}
    assert {name: agency.take(name) for name in agency.ready()} == {f"c{n}": b"%d" % n for n in range(16)}


def test_a_server_that_is_not_there_or_another_has_surely_got_nothing(agency: Agency, tmp_path: Path):
    door = agency.door
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode().strip()
    gone = Door(door.host, 1, door.user, door.key_path, door.host_key, ".", 5)
    other = Door(door.host, door.port, door.user, door.key_path, stranger, ".", 5)

    for wrong in (gone, other):
        assert DropWay("nordinkasso", wrong).send(claim()).status is Status.NOT_SENT
        assert DropWay("nordinkasso", wrong).evidence(claim(), LATER).status is Status.UNKNOWN
        with pytest.raises(MailboxError, match="nordinkasso"):
            list(DropMailbox("nordinkasso", wrong).fetch())


@pytest.mark.parametrize("name", ["in/a1.ready", ".kvitt/a1.never", ".kvitt/a1.begun"])
def test_a_file_that_we_may_not_look_at_proves_nothing(agency: Agency, name: str):
    agency.server.step = _forbidding("stat", name=name)

    assert agency.way.evidence(claim(), LATER).status is Status.UNKNOWN


def _forbidding(*steps: str, name: str = "") -> Callable[[int, str, str], None]:
    def forbid(number: int, step: str, path: str) -> None:
        if step in steps and path.endswith(name):
            raise asyncssh.SFTPPermissionDenied("not for you")

    return forbid


# reports


def test_reports_are_fetched_and_put_away(agency: Agency):
    for name in ("paid", "acknowledged"):
        agency.leave(f"{name}.json", (PAYLOADS / f"{name}.json").read_bytes())
    agency.leave("closed.json.part", b"{")
    mailbox = agency.mailbox

    posts = list(mailbox.fetch())
    for post in posts:
        mailbox.put_away(post)

    assert [(post.vendor, post.about) for post in posts] == [
        ("agency/nordinkasso", "acknowledged.json"),
        ("agency/nordinkasso", "paid.json"),
    ]
    assert posts[1].body == (PAYLOADS / "paid.json").read_bytes()
    assert list(agency.mailbox.fetch()) == []
    assert sorted(path.name for path in (agency.root / "out" / "read").iterdir()) == ["acknowledged.json", "paid.json"]


def test_a_report_that_was_not_put_away_is_fetched_again_and_is_the_same_post(agency: Agency):
    agency.leave("paid.json", b"{}")

    assert [post.key for post in agency.mailbox.fetch()] == [post.key for post in agency.mailbox.fetch()]


def test_a_report_that_another_has_put_away_is_put_away(agency: Agency):
    agency.leave("paid.json", b"{}")
    mailbox, other = agency.mailbox, agency.mailbox
    (post,) = mailbox.fetch()
    other.put_away(post)

    mailbox.put_away(post)

    assert list(mailbox.fetch()) == []


def test_where_we_may_only_read_a_report_is_fetched_again_only_when_it_changes(agency: Agency):
    agency.leave("paid.json", b"{}")
    agency.server.step = _forbidding("mkdir", "posix_rename")
    mailbox = agency.mailbox
    (post,) = mailbox.fetch()

    mailbox.put_away(post)

    assert list(mailbox.fetch()) == []
    agency.leave("paid.json", b'{"id": "another"}')
    assert [one.body for one in mailbox.fetch()] == [b'{"id": "another"}']


def test_a_report_that_is_too_large_is_told_and_keeps_no_other_from_us(agency: Agency):
    agency.leave("a.json", b"x" * (LARGEST_REPORT + 1))
    agency.leave("b.json", b"{}")
    posts = agency.mailbox.fetch()

    assert next(posts).about == "b.json"
    with pytest.raises(MailboxError, match=r"a\.json is too large"):
        next(posts)


# OpenSSH


@contextmanager
def openssh(folder: Path) -> Iterator[Door]:
    """The real server, if this machine has it."""
    sshd = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
    if sshd is None:
        pytest.skip("no OpenSSH server on this machine")
    ours, theirs = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    ours.write_private_key(folder / "ours")
    theirs.write_private_key(folder / "theirs")
    (folder / "theirs").chmod(0o600)
    ours.write_public_key(folder / "known")
    port = _free_port()
    config = {
        "Port": port,
        "ListenAddress": "127.0.0.1",
        "HostKey": folder / "theirs",
        "AuthorizedKeysFile": folder / "known",
        "PidFile": "none",
        "UsePAM": "no",
        "StrictModes": "no",
        "PermitRootLogin": "yes",
        "Subsystem": "sftp internal-sftp",
    }
    (folder / "config").write_text("".join(f"{name} {value}\n" for name, value in config.items()))
    server = subprocess.Popen([sshd, "-D", "-e", "-f", folder / "config"], stderr=subprocess.PIPE, text=True)
    try:
        _listens(server)
        user = subprocess.run(["id", "-un"], capture_output=True, text=True, check=True).stdout.strip()
        host_key = theirs.export_public_key().decode().strip()
        yield Door("127.0.0.1", port, user, folder / "ours", host_key, str(folder / "shared"), 20)
    finally:
        server.terminate()
        server.communicate(timeout=20)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def _listens(server: subprocess.Popen[str]) -> None:
    assert server.stderr
    for line in server.stderr:
        if "Server listening" in line:
            return
    pytest.skip("the OpenSSH server of this machine does not start for this user")


def test_openssh_takes_claims_and_gives_reports(tmp_path: Path):
    for name in ("shared/in", "shared/out"):
        (tmp_path / name).mkdir(parents=True)
    with openssh(tmp_path) as door:
        way, mailbox = DropWay("nordinkasso", door), DropMailbox("nordinkasso", door)
        assert way.evidence(claim(), LATER).status is Status.NOT_SENT
        assert way.send(claim()).status is Status.SENT
        assert way.evidence(claim(), NOW).status is Status.SENT
        (tmp_path / "shared/out/paid.json").write_bytes(b"{}")
        (post,) = mailbox.fetch()
        mailbox.put_away(post)

        assert list(mailbox.fetch()) == []
    assert (tmp_path / "shared/in/a1.zip").read_bytes() == claim().parcel.body
    assert json.loads((tmp_path / "shared/in/a1.ready").read_bytes())["sha256"] == claim().parcel.sha256
