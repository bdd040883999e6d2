"""The print house behind the server that most print houses have: OpenSSH. Our promises rest on what it does whole."""

from __future__ import annotations

import getpass
import os
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, time
from pathlib import Path

import asyncssh
import pytest

from channels.hearing import Word
from channels.printhouse.way import PrintHouseMailbox, PrintHouseWay, parse
from channels.way import Item
from domain.parcel import Parcel
from domain.words import Status
from tests.channels.house import Clock, Press, local
from tests.vendors import servers

MORNING, CUT_OFF, EVENING = local("2026-11-20 10:00"), local("2026-11-20 16:00"), local("2026-11-20 18:30")
NEXT_DAY, NEXT_EVENING = local("2026-11-21 16:00"), local("2026-11-21 18:30")


@dataclass
class House:
    """What we know of it, and its press."""

    port: int
    keys: Path
    press: Press

    def way(self, at: datetime = MORNING, host_key: str = "") -> PrintHouseWay:
        hours = (time(16), time(18), "Europe/Stockholm")
        return PrintHouseWay(*self._door(host_key), *hours, 20, Clock(at))

    def mailbox(self) -> PrintHouseMailbox:
        return PrintHouseMailbox(*self._door(), "Europe/Stockholm", 20, Clock(MORNING))

    def _door(self, host_key: str = "") -> tuple[str, int, str, Path, str, str]:
        known = host_key or (self.keys / "theirs.pub").read_text()
        return "127.0.0.1", self.port, getpass.getuser(), self.keys / "ours", known, str(self.press.root)


@pytest.fixture
def house(tmp_path) -> Iterator[House]:
    program = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/sbin")
    if program is None:
        servers.missing("there is no sshd (Debian's openssh-server)")
    keys, port = tmp_path / "keys", servers.free_port()
    keys.mkdir()
    for name in ("ours", "theirs"):
        key = asyncssh.generate_private_key("ssh-ed25519")
        key.write_private_key(keys / name)
        key.write_public_key(keys / f"{name}.pub")
        (keys / name).chmod(0o600)
    settings = {
        "ListenAddress": "127.0.0.1",
        "Port": port,
        "HostKey": keys / "theirs",
        "AuthorizedKeysFile": keys / "ours.pub",
        "AuthenticationMethods": "publickey",
        "PermitRootLogin": "prohibit-password",
        "PidFile": "none",
        "StrictModes": "no",
        "Subsystem": "sftp internal-sftp",
        "UsePAM": "no",
    }
    (keys / "config").write_text("".join(f"{name} {value}\n" for name, value in settings.items()))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    press = Press(tmp_path / "root")
    with servers.running([program, "-f", keys / "config", "-D", "-e"], port):
        yield House(port, keys, press)


def letter(send_id: str = "a1", body: bytes = b"%PDF-1.7 letter") -> Item:
    address = "Ada Prov\nProvgatan 1\n111 22 Provstad"
    return Item(send_id, Parcel("application/pdf", body, address, "1 page", "se-left", "SE"), MORNING)


def test_a_letter_is_put_once_closed_printed_and_reported(house) -> None:
    answers = [house.way().send(letter(body=b"%PDF" * 30_000)) for _ in range(2)]
    house.way(CUT_OFF).tend(CUT_OFF)
    house.way(CUT_OFF).tend(CUT_OFF)
    answers.append(house.way(NEXT_DAY).evidence(letter(body=b"%PDF" * 30_000), NEXT_DAY))
    house.press.work(EVENING)
    house.press.give_back("a1")

    assert {(answer.status, answer.vendor_id) for answer in answers} == {(Status.SENT, "2026-11-20-1/a1")}
    assert house.press.printed() == {"a1": 1}
    told = [heard.word for post in house.mailbox().fetch() for heard in parse(post)]
    assert told == [Word.ACCEPTED, Word.DELIVERED, Word.BOUNCED]
    assert [heard.word for heard in house.way().status(letter())] == told


def test_letters_are_called_back_before_and_after_their_batch_is_closed(house) -> None:
    for send_id in ("a1", "b2", "c3"):
        house.way().send(letter(send_id))
    assert house.way().recall(letter("a1")).status is Status.NOT_SENT
    house.way(CUT_OFF).tend(CUT_OFF)
    assert house.way(CUT_OFF).recall(letter("b2")).status is Status.UNKNOWN
    house.press.work(CUT_OFF)
    assert house.way(CUT_OFF).recall(letter("b2")).status is Status.NOT_SENT
    house.press.work(EVENING)

    assert house.press.printed() == {"c3": 1}


def test_many_processes_at_once_print_each_letter_once(house) -> None:
    """The cut-off passes while they send the same letters, close, and call one back."""
    items = [letter(f"id{number}", b"%PDF" + bytes([number])) for number in range(6)]

    def work(number: int) -> set[Status]:
        at = CUT_OFF if number % 2 else local("2026-11-20 15:59:59")
        way = house.way(at)
        statuses = set()
        for index, item in enumerate(items[number:] + items[:number]):
            statuses.add(way.send(item).status)
            if index == number:
                way.tend(at)
        return statuses

    with ThreadPoolExecutor(4) as threads:
        statuses = set().union(*threads.map(work, range(4)))
    house.way(NEXT_DAY).tend(NEXT_DAY)
    house.press.work(NEXT_EVENING)

    assert statuses == {Status.SENT}
    assert house.press.printed() == {item.id: 1 for item in items}


def test_of_two_that_put_a_file_where_none_is_one_wins(house) -> None:
    """Each tries to be the only one to say which letter an id belongs to."""
    bodies = [b"%PDF" + bytes([number]) for number in range(6)]
    with ThreadPoolExecutor(6) as threads:
        answers = [*threads.map(lambda body: house.way().send(letter(body=body)), bodies)]

    assert sorted(answer.status for answer in answers) == [Status.SENT] + [Status.UNKNOWN] * 5
    house.way(CUT_OFF).tend(CUT_OFF)
    house.press.work(EVENING)
    won = next(body for body, answer in zip(bodies, answers, strict=True) if answer.status is Status.SENT)
    assert house.press.prints() == {"a1": letter(body=won).parcel.sha256}


def test_another_host_key_than_the_one_we_know_means_nothing_was_sent(house) -> None:
    stranger = asyncssh.generate_private_key("ssh-ed25519").export_public_key().decode()

    assert house.way(host_key=stranger).send(letter()).status is Status.NOT_SENT
    assert not [*(house.press.root / "in").iterdir()]
