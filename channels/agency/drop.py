"""Claims through a folder that we share with an agency over SFTP.

A claim is taken when its ``.ready`` is there, and not before. That file comes out of ours by one step that the server
does whole or not at all, so nobody need guess what became of a claim:

    in/<id>.zip, <id>.json        a claim; a notice about one
    in/<id>.ready                 take it: file, size and hash. The agency takes both away, or leaves them
    in/.kvitt/<id>.ready          not to be taken yet
    in/.kvitt/<id>.begun          put before a claim can be ready: afterwards its absence tells that it never was
    in/.kvitt/<id>.never          to be taken never more: whoever looked for it in vain moved it out of the way
    out/*.json                    what the agency reports, one report a file
    out/read/                     reports that we have
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ClassVar, TypeVar

import asyncssh

from channels.agency.reports import NAME, speaker
from channels.answer import Answer
from channels.hearing import Heard, Post
from channels.sftp import NOT_THERE, Door, first_of
from channels.way import Item, MailboxError
from domain.words import Status

SUFFIXES = {"application/zip": ".zip", "application/json": ".json"}
LARGEST_REPORT = 256 * 1024
AT_A_TIME = 200
"""How many reports are fetched in one go."""
SLOWEST = timedelta(minutes=5)
"""After this long nobody can still be putting a claim: each who does has a time limit far below."""
FETCHING = 15
"""Many reports take this many times as long as one answer."""

_TROUBLE = (OSError, TimeoutError, ValueError, asyncssh.Error)
T = TypeVar("T")
Stamp = tuple[int, int]
"""A file's size and when it was changed."""


class Drop:
    """The shared folder, for as long as one connection lasts."""

    def __init__(self, sftp: asyncssh.SFTPClient, folder: str) -> None:
        self._sftp = sftp
        self._in, self._ours, self._out = f"{folder}/in", f"{folder}/in/.kvitt", f"{folder}/out"
        self.is_handing_over = False
        """Whether the claim may be the agency's by now."""

    async def put(self, item: Item) -> None:
        """Put a claim, and say that it is ready."""
        name = f"{item.id}{SUFFIXES.get(item.parcel.media_type, '.bin')}"
        ready = {"file": name, "bytes": len(item.parcel.body), "sha256": item.parcel.sha256}
        await self._make(self._ours)
        await self._write(f"{self._ours}/{item.id}.ready", json.dumps(ready).encode() + b"\n")
        await self._write(f"{self._ours}/{item.id}.begun", b"")
        await self._write(f"{self._ours}/{item.id}.part", item.parcel.body)
        await self._sftp.posix_rename(f"{self._ours}/{item.id}.part", f"{self._in}/{name}")
        self.is_handing_over = True
        await self._sftp.posix_rename(f"{self._ours}/{item.id}.ready", f"{self._in}/{item.id}.ready")

    async def look(self, send_id: str, *, is_old: bool) -> Status:
        """What became of a claim; one that is not ready yet never will be."""
        if await self._exists(f"{self._in}/{send_id}.ready"):
            return Status.SENT
        if await self._forbid(send_id) or await self._exists(f"{self._ours}/{send_id}.never"):
            return Status.NOT_SENT
        if await self._exists(f"{self._ours}/{send_id}.begun"):
            return Status.SENT
        return Status.NOT_SENT if is_old else Status.UNKNOWN

    async def reports(self, seen: Mapping[str, Stamp]) -> tuple[list[tuple[str, Stamp, bytes]], str]:
        """Reports that lie there and were not seen, each with what changes when it does; and one that is none."""
        found: list[tuple[str, Stamp, bytes]] = []
        too_large = ""
        for name, stamp in sorted([entry async for entry in self._lying()]):
            if seen.get(name) == stamp:
                continue
            if stamp[0] > LARGEST_REPORT:
                too_large = name
            elif len(found) < AT_A_TIME:
                found.append((name, stamp, await self._read(f"{self._out}/{name}")))
        return found, too_large

    async def put_away(self, name: str) -> bool:
        """Move a report to those that we have; no: the agency lets us read only."""
        try:
            await self._make(f"{self._out}/read")
            await self._sftp.posix_rename(f"{self._out}/{name}", f"{self._out}/read/{name}")
        except NOT_THERE:
            return True
        except (asyncssh.SFTPPermissionDenied, asyncssh.SFTPFailure):
            return False
        return True

    async def _forbid(self, send_id: str) -> bool:
        """Take a claim that is not ready out of the way; no: there is none."""
        try:
            await self._sftp.posix_rename(f"{self._ours}/{send_id}.ready", f"{self._ours}/{send_id}.never")
        except NOT_THERE:
            return False
        return True

    async def _lying(self) -> AsyncIterator[tuple[str, Stamp]]:
        async for entry in self._sftp.scandir(self._out):
            name, attributes = str(entry.filename), entry.attrs
            if name.endswith(".json") and not name.startswith("."):
                yield name, (attributes.size or 0, int(attributes.mtime or 0))

    async def _exists(self, path: str) -> bool:
        """Whether a file is there. Where we may not look, nobody knows: that is trouble, and no proof."""
        try:
            await self._sftp.stat(path)
        except NOT_THERE:
            return False
        return True

    async def _make(self, folder: str) -> None:
        """Make a folder if it is not there."""
        try:
            await self._sftp.mkdir(folder)
        except asyncssh.SFTPError:
            if not await self._sftp.isdir(folder):
                raise

    async def _write(self, path: str, body: bytes) -> None:
        async with self._sftp.open(path, "wb") as file:
            await file.write(body)

    async def _read(self, path: str) -> bytes:
        async with self._sftp.open(path, "rb") as file:
            found: bytes = await file.read()
            return found


@dataclass(frozen=True, slots=True)
class DropWay:
    """The way to an agency's folder."""

    tells: ClassVar[bool] = False

    agency: str
    door: Door
    name: str = NAME

    def send(self, item: Item) -> Answer:
        """Put it there. Until it is about to be ready, trouble means that it surely is not."""
        _, drop, trouble = _visit(self.door, lambda drop: drop.put(item))
        if not trouble:
            return Answer(Status.SENT, self.name, item.id)
        is_open = drop is not None and drop.is_handing_over
        return Answer(Status.UNKNOWN if is_open else Status.NOT_SENT, self.name, said=trouble)

    def evidence(self, item: Item, now: datetime) -> Answer:
        """See whether it was ever ready; from now on it will not be, if it was not."""
        is_old = item.age(now) > SLOWEST
        status, _, trouble = _visit(self.door, lambda drop: drop.look(item.id, is_old=is_old))
        if status is None:
            return Answer(Status.UNKNOWN, self.name, said=trouble)
        return Answer(status, self.name, item.id if status is Status.SENT else None)

    def status(self, item: Item) -> Sequence[Heard]:
        """The agency's reports tell."""
        return ()

    def recall(self, item: Item) -> Answer:
        """What the agency has comes back by a withdrawal only."""
        return Answer(Status.SENT, self.name, item.id)


@dataclass(frozen=True, slots=True)
class DropMailbox:
    """The agency's reports. Where it lets us read only, which ones were put away is known until we are restarted."""

    agency: str
    door: Door
    _seen: dict[str, Stamp] = field(default_factory=dict, init=False, repr=False, compare=False)
    _stamps: dict[str, Stamp] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def name(self) -> str:
        """Whose posts these are."""
        return speaker(self.agency)

    def fetch(self) -> Iterator[Post]:
        """The reports that lie there.

        Raises:
            MailboxError: the agency's server cannot be reached, or a report is too large to be one.
        """
        done, _, trouble = _visit(self.door, lambda drop: drop.reports(self._seen), FETCHING)
        found, too_large = done or ([], "")
        for name, stamp, body in found:
            self._stamps[name] = stamp
            yield Post(self.name, body, name)
        if trouble or too_large:
            raise MailboxError(f"the agency {self.agency}: {trouble or f'{too_large} is too large'}")

    def put_away(self, post: Post) -> None:
        """Move it to those that we have.

        Raises:
            MailboxError: the agency's server cannot be reached.
        """
        moved, _, trouble = _visit(self.door, lambda drop: drop.put_away(post.about))
        if trouble:
            raise MailboxError(f"the agency {self.agency}: {trouble}")
        stamp = self._stamps.pop(post.about, None)
        if stamp and not moved:
            self._seen[post.about] = stamp


def _visit(door: Door, do: Callable[[Drop], Awaitable[T]], times: int = 1) -> tuple[T | None, Drop | None, str]:
    """Go there, do something, and tell what came of it; none of what goes wrong out there is raised."""
    return asyncio.run(_visited(door, do, times))


async def _visited(door: Door, do: Callable[[Drop], Awaitable[T]], times: int) -> tuple[T | None, Drop | None, str]:
    drop: Drop | None = None
    try:
        async with asyncio.timeout(door.timeout * times), door.open() as sftp:
            drop = Drop(sftp, door.folder)
            return await do(drop), drop, ""
    except* _TROUBLE as group:
        said = first_of(group)
    return None, drop, said
