"""A print house: an SFTP server that can be made to fail at any step, and a press that does what it was asked in
writing and keeps its own journal of what it printed.
"""

from __future__ import annotations

import asyncio
import csv
import io
import json
import os
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from enum import Enum
from hashlib import sha256
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

import asyncssh

USER = "kvitt"


@dataclass
class Press:
    """The people and machines behind the server. They see what lies in the folder, and nothing else of ours."""

    root: Path
    last_call: time = time(18)
    timezone: str = "Europe/Stockholm"

    def __post_init__(self) -> None:
        for name in ("in", "out"):
            (self.root / name).mkdir(parents=True, exist_ok=True)

    def work(self, now: datetime) -> None:
        """Read what is ready, take out what was cancelled before the last call, print the rest after it."""
        for folder in sorted((self.root / "in").iterdir()):
            if (folder / "READY").exists():
                self._work_on(folder, now)

    def printed(self) -> Counter[str]:
        """How often each letter was printed, by the house's own journal."""
        return Counter(line.split()[1] for line in self._journal())

    def prints(self) -> dict[str, str]:
        """The hash of what was printed last under each id."""
        return {line.split()[1]: line.split()[2] for line in self._journal()}

    def give_back(self, send_id: str, reason: str = "moved") -> None:
        """The post could not deliver a letter."""
        batch = next(line.split()[0] for line in self._journal() if line.split()[1] == send_id)
        path = self.root / "out" / batch / "returned.csv"
        rows = [*csv.reader(io.StringIO(path.read_text()))] if path.exists() else [["send_id", "date", "reason"]]
        _put(path, _csv([*rows, [send_id, "2026-11-27", reason]]))

    def take_away(self, batch: str) -> None:
        """Clear a batch out of the way, as some houses do."""
        os.rename(self.root / "in" / batch, self.root / f"archived-{batch}")

    def clear(self, batch: str) -> None:
        """Delete what lies in a batch, and leave its folder, as others do."""
        for path in (self.root / "in" / batch).iterdir():
            path.unlink()

    def _journal(self) -> list[str]:
        path = self.root / "journal"
        return path.read_text().splitlines() if path.exists() else []

    def _work_on(self, folder: Path, now: datetime) -> None:
        out = self.root / "out" / folder.name
        out.mkdir(exist_ok=True)
        if (out / "produced.csv").exists():
            return
        manifest = json.loads((folder / "manifest.json").read_text())
        states = {letter["send_id"]: self._check(folder, letter) for letter in manifest["letters"]}
        over = now >= datetime.combine(date.fromisoformat(folder.name[:10]), self.last_call, ZoneInfo(self.timezone))
        states |= self._acked(out, "cancelled")
        if not over:
            for mark in folder.glob("CANCEL-*"):
                if (send_id := mark.name.removeprefix("CANCEL-")) in states:
                    states[send_id] = "cancelled"
        rows = [{"send_id": send_id, "status": state} for send_id, state in states.items()]
        _put(out / "ack.json", json.dumps({"batch": folder.name, "letters": rows}).encode())
        if over:
            self._print(
                folder, out, [letter for letter in manifest["letters"] if states[letter["send_id"]] == "accepted"]
            )

    def _check(self, folder: Path, letter: dict[str, Any]) -> str:
        pdf = folder / letter["file"]
        same = pdf.exists() and sha256(pdf.read_bytes()).hexdigest() == letter["sha256"]
        return "accepted" if same else "rejected"

    def _acked(self, out: Path, state: str) -> dict[str, str]:
        path = out / "ack.json"
        rows = json.loads(path.read_text())["letters"] if path.exists() else []
        return {row["send_id"]: row["status"] for row in rows if row["status"] == state}

    def _print(self, folder: Path, out: Path, letters: Sequence[dict[str, Any]]) -> None:
        with (self.root / "journal").open("a") as journal:
            journal.writelines(f"{folder.name} {letter['send_id']} {letter['sha256']}\n" for letter in letters)
        rows = [[letter["send_id"], "mailed", folder.name[:10]] for letter in letters]
        _put(out / "produced.csv", _csv([["send_id", "status", "mailed"], *rows]))


class Cut(Enum):
    """What to do to a connection at a step."""

    BEFORE = "before"
    AFTER = "after"


Step = Callable[[int, str, str], "Cut | None"]
"""What happens at the n-th step, given its name and path; it is run in a thread of its own, and may take its time."""


def nothing(number: int, step: str, path: str) -> Cut | None:
    return None


@dataclass
class Server:
    """The SFTP server. ``step`` is called before each step of each connection."""

    root: Path
    keys: Path
    step: Step = nothing
    port: int = 0
    steps: list[str] = field(default_factory=list)
    """What was done so far, step by step."""

    def __enter__(self) -> Self:
        self.key_path = self.keys / "ours"
        if not self.key_path.exists():
            asyncssh.generate_private_key("ssh-ed25519").write_private_key(self.key_path)
            asyncssh.generate_private_key("ssh-ed25519").write_private_key(self.keys / "theirs")
        self._theirs = asyncssh.read_private_key(self.keys / "theirs")
        self.host_key = self._theirs.export_public_key().decode().strip()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(self._listen())
        self.port = self._server.get_port()
        return self

    def __exit__(self, *error: object) -> None:
        self._call(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _call(self, job: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(job, self._loop).result(20)

    async def _listen(self) -> asyncssh.SSHAcceptor:
        ours = asyncssh.read_private_key(self.key_path).export_public_key().decode()
        return await asyncssh.listen(
            "127.0.0.1",
            self.port,
            server_host_keys=[self._theirs],
            authorized_client_keys=asyncssh.import_authorized_keys(ours),
            sftp_factory=lambda channel: _Sftp(channel, self),
            kex_algs=["curve25519-sha256"],
            encryption_algs=["aes128-gcm@openssh.com"],
        )

    async def _shut(self) -> None:
        self._server.close()
        await self._server.wait_closed()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def take(self, step: str, path: bytes, channel: Any) -> Callable[[], None]:
        """One step: count it, do what the test wants done at it, and say what to do after it."""
        self.steps.append(step)
        cut = await asyncio.to_thread(self.step, len(self.steps), step, path.decode())
        if cut is Cut.BEFORE:
            _abort(channel)
        return (lambda: _abort(channel)) if cut is Cut.AFTER else (lambda: None)


def _abort(channel: Any) -> None:
    channel.get_connection().abort()
    raise asyncssh.SFTPConnectionLost("cut")


class _Sftp(asyncssh.SFTPServer):
    """Each step is asked about first; everything else is asyncssh's own server."""

    def __init__(self, channel: Any, server: Server) -> None:
        super().__init__(channel, chroot=os.fsencode(server.root))
        self._server = server

    async def open(self, path: bytes, pflags: int, attrs: Any) -> object:
        then = await self._server.take("open", path, self.channel)
        opened = super().open(path, pflags, attrs)
        then()
        return opened

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        then = await self._server.take("write", b"", self.channel)
        written = super().write(file_obj, offset, data)
        then()
        return written  # type: ignore[return-value]

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        then = await self._server.take("read", b"", self.channel)
        found = super().read(file_obj, offset, size)
        then()
        return found  # type: ignore[return-value]

    async def close(self, file_obj: object) -> None:
        super().close(file_obj)

    async def stat(self, path: bytes) -> Any:
        then = await self._server.take("stat", path, self.channel)
        found = super().stat(path)
        then()
        return found

    async def mkdir(self, path: bytes, attrs: Any) -> None:
        then = await self._server.take("mkdir", path, self.channel)
        super().mkdir(path, attrs)
        then()

    async def remove(self, path: bytes) -> None:
        then = await self._server.take("remove", path, self.channel)
        super().remove(path)
        then()

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        then = await self._server.take("rename", newpath, self.channel)
        super().rename(oldpath, newpath)
        then()

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        then = await self._server.take("posix_rename", newpath, self.channel)
        super().posix_rename(oldpath, newpath)
        then()

    async def scandir(self, path: bytes) -> AsyncIterator[Any]:
        await self._server.take("scandir", path, self.channel)
        async for entry in super().scandir(path):
            yield entry


def _put(path: Path, body: bytes) -> None:
    part = path.with_suffix(".part")
    part.write_bytes(body)
    os.replace(part, path)


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode()


@dataclass
class Clock:
    """A clock that stands still until it is set, by local time of the print house."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    @classmethod
    def at(cls, text: str) -> Clock:
        return cls(local(text))


def local(text: str) -> datetime:
    """A moment in Stockholm, as it is kept."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Stockholm")).astimezone(UTC)
