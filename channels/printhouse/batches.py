"""The day's batch of letters, in folders that we share with a print house: each letter in one batch, and only once.

What happens here happens in several processes at once, each of which may die between any two steps. So nothing is
decided but by steps that the server does whole or not at all, and of which one wins: putting a file where none is.

A **claim** says which batch a letter belongs to. It is put before the letter is. A letter gets another claim only
when its batch was closed without it, which never changes again.

A **manifest** says what is printed. Whoever closes a batch marks it as closing, then looks what lies there, and puts
the manifest; the first manifest stands, and only then comes READY. So a letter that lay there before the mark is in
it; and whoever puts a letter looks for the mark afterwards: if it is there, the manifest tells.

To **call back** a letter is to forbid it in its batch, and where that came too late for the manifest, to claim it for
no batch at all.

    in/<batch>/<id>.pdf, <id>.json   a letter, and what the manifest says of it
    in/<batch>/CLOSING               from now on letters may come too late
    in/<batch>/manifest.json, READY  closed; without letters EMPTY stands for READY
    in/<batch>/CANCEL-<id>           not this one, please; once READY is there, the print house must agree
    in/.kvitt/<id>.<n>               the n-th claim
    in/.kvitt/<batch>.closed         closed for good, also when the print house has cleared the batch's folder
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import asyncssh

from channels.way import Item

DUPLEX, COLOUR, POSTAGE = True, False, "economy"
"""How all letters are printed and posted."""
DAYS_TO_MAIL = 2
"""How many weekdays after its batch a letter is posted at the latest."""
CLAIMS_KEPT = timedelta(days=120)
"""Longer than anybody asks after a letter."""

_CLAIMS = ".kvitt"
_BATCH = re.compile(r"(\d{4}-\d\d-\d\d)-(\d+)")
_AT_ONCE = 32
_NO_BATCH = ""


@dataclass(frozen=True, slots=True)
class Hours:
    """When the print house works: batches are closed at ``cut_off``, letters come out of them until ``last_call``."""

    cut_off: time
    last_call: time
    timezone: str

    def day(self, now: datetime) -> date:
        """The day whose batch is filled now."""
        local = now.astimezone(ZoneInfo(self.timezone))
        return local.date() + timedelta(days=local.time() >= self.cut_off)

    def closes(self, batch: str) -> datetime:
        """When a batch is closed."""
        return self._at(batch, self.cut_off)

    def last(self, batch: str) -> datetime:
        """Until when the print house takes letters out of a batch."""
        return self._at(batch, max(self.cut_off, self.last_call))

    def _at(self, batch: str, hour: time) -> datetime:
        return datetime.combine(batch_day(batch), hour, ZoneInfo(self.timezone))


def batch_day(batch: str) -> date:
    """The local day of a batch, which its name begins with."""
    return date.fromisoformat(batch[:10])


def is_batch(name: str) -> bool:
    """Whether a folder's name is one that we give to batches."""
    found = _BATCH.fullmatch(name)
    if not found:
        return False
    try:
        date.fromisoformat(found[1])
    except ValueError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the manifest says of a letter."""

    send_id: str
    file: str
    sha256: str
    bytes: int
    pages: int | None
    duplex: bool
    colour: bool
    postage: str
    envelope: str
    window: str
    address: tuple[str, ...]
    country: str

    @classmethod
    def of(cls, item: Item) -> Sheet:
        """What there is to say of an item."""
        parcel = item.parcel
        pages = re.match(r"\d+", parcel.subject)
        return cls(
            send_id=item.id,
            file=f"{item.id}.pdf",
            sha256=parcel.sha256,
            bytes=len(parcel.body),
            pages=int(pages[0]) if pages else None,
            duplex=DUPLEX,
            colour=COLOUR,
            postage=POSTAGE,
            envelope="C5",
            window=parcel.sender,
            address=tuple(parcel.recipient.splitlines()),
            country=parcel.country,
        )


class Where(StrEnum):
    """Where a letter is."""

    WAITING = "waiting"
    """In a batch that is not closed yet."""
    LISTED = "listed"
    """In a manifest: the print house prints it, unless it agrees not to."""
    NOWHERE = "nowhere"
    """In no batch, for good: it was called back."""
    MIXED_UP = "mixed_up"
    """Another letter has its id."""
    TAKEN = "taken"
    """The print house has taken its batch away; only its reports tell."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a letter is, and in which batch."""

    where: Where
    batch: str = _NO_BATCH


class DamagedError(Exception):
    """Somebody else changed what we put; the message names the file, and no person."""


class Folders:
    """The shared folders, for as long as one connection lasts."""

    def __init__(self, sftp: asyncssh.SFTPClient, folder: str, hours: Hours, now: datetime) -> None:
        self._sftp = sftp
        self._in = f"{folder}/in"
        self._out = f"{folder}/out"
        self._hours = hours
        self._now = now
        self.committed = False
        """Whether the letter that we put may lie in a batch."""

    # one letter

    async def place(self, item: Item) -> Place:
        """Put a letter into a batch, unless it is in one. Often is once, whoever does it."""
        sheet = Sheet.of(item)
        number, claim = await self._last_claim(item.id)
        self.committed = claim is not None
        while True:
            if claim is None:
                number += 1
                claim = await self._claim(item.id, number, await self._open_batch(), sheet.sha256)
            batch, sha256 = claim
            if batch == _NO_BATCH:
                return Place(Where.NOWHERE)
            if sha256 != sheet.sha256:
                return Place(Where.MIXED_UP, batch)
            if place := await self._put(item, sheet, batch):
                return place
            claim = await self._read_claim(item.id, number + 1)
            number += claim is not None

    async def call_back(self, send_id: str) -> Place:
        """Take a letter out of its batch if the print house has not got it yet, and see that none puts it again.

        Where it is listed already nothing is changed.
        """
        number, claim = await self._last_claim(send_id)
        while True:
            if claim is None:
                number += 1
                claim = await self._claim(send_id, number, _NO_BATCH, "")
            batch, _ = claim
            if batch == _NO_BATCH:
                return Place(Where.NOWHERE)
            taken = await self._is_taken(batch)
            listed = await self._manifest(batch)
            if taken and listed is None:
                return Place(Where.TAKEN, batch)
            if send_id in (listed or ()):
                return Place(Where.LISTED, batch)
            await self.cancel(batch, send_id)
            if not await self._exists(self._path(batch, "CLOSING")):
                await self._remove(self._path(batch, f"{send_id}.json"), self._path(batch, f"{send_id}.pdf"))
                return Place(Where.NOWHERE, batch)
            if send_id in await self.close(batch):
                return Place(Where.LISTED, batch)
            claim = await self._read_claim(send_id, number + 1)
            number += claim is not None

    async def cancel(self, batch: str, send_id: str) -> None:
        """Ask for a letter not to be printed."""
        await self._put_over(self._path(batch, f"CANCEL-{send_id}"), b"")

    async def batch_of(self, send_id: str) -> str | None:
        """Which batch a letter was put into last."""
        _, claim = await self._last_claim(send_id)
        return (claim[0] or None) if claim else None

    async def _put(self, item: Item, sheet: Sheet, batch: str) -> Place | None:
        """Put a letter into the batch that it is claimed for. None: the batch was closed without it."""
        if await self._is_taken(batch) and await self._manifest(batch) is None:
            return Place(Where.TAKEN, batch)
        entry = self._path(batch, f"{item.id}.json")
        if not await self._exists(self._path(batch, "CLOSING")) and not await self._exists(entry):
            await self._put_over(self._path(batch, sheet.file), item.parcel.body)
            self.committed = True
            await self._put_over(entry, _json(asdict(sheet)))
        if await self._exists(self._path(batch, "CLOSING")):
            if item.id in await self.close(batch):
                return Place(Where.LISTED, batch)
            return Place(Where.NOWHERE, batch) if await self._is_cancelled(batch, item.id) else None
        return Place(Where.NOWHERE if await self._is_cancelled(batch, item.id) else Where.WAITING, batch)

    async def _is_taken(self, batch: str) -> bool:
        """Whether the print house may have cleared a batch: it may when we are done with it."""
        return await self._exists(self._mark(batch)) or not await self._exists(self._path(batch))

    async def _is_cancelled(self, batch: str, send_id: str) -> bool:
        return await self._exists(self._path(batch, f"CANCEL-{send_id}"))

    async def _open_batch(self) -> str:
        """The batch of the day; where it is closing already, by a clock ahead of ours, the day's next one."""
        day, number = self._hours.day(self._now), 1
        while await self._is_closing(f"{day}-{number}"):
            number += 1
        batch = f"{day}-{number}"
        # Before it is claimed: a claimed batch whose folder is not there has been taken away by the print house.
        await self._make(self._path(batch))
        return batch

    # claims

    async def _last_claim(self, send_id: str) -> tuple[int, tuple[str, str] | None]:
        number, last = 0, None
        while claim := await self._read_claim(send_id, number + 1):
            number, last = number + 1, claim
        return number, last

    async def _read_claim(self, send_id: str, number: int) -> tuple[str, str] | None:
        path = f"{self._in}/{_CLAIMS}/{send_id}.{number}"
        found = await self._read(path)
        if found is None:
            return None
        try:
            claim = json.loads(found)
            return claim["batch"], claim["sha256"]
        except (ValueError, KeyError, TypeError):
            raise DamagedError(path) from None

    async def _claim(self, send_id: str, number: int, batch: str, sha256: str) -> tuple[str, str]:
        """Claim a letter for a batch; what is given back is the claim that won."""
        await self._make(f"{self._in}/{_CLAIMS}")
        path = f"{self._in}/{_CLAIMS}/{send_id}.{number}"
        if not await self._put_new(path, _json({"batch": batch, "sha256": sha256})):
            self.committed = True
        won = await self._read_claim(send_id, number)
        if won is None:
            raise DamagedError(path)
        return won

    # whole batches

    async def batches(self) -> list[str]:
        """The batches that lie there, oldest first."""
        return sorted(name for name in await self._names(self._in) if is_batch(name))

    async def close(self, batch: str) -> Collection[str]:
        """Close a batch, or finish closing it; gives the ids of its letters."""
        await self._put_over(self._path(batch, "CLOSING"), b"")
        await self._make(f"{self._in}/{_CLAIMS}")
        listed = await self._manifest(batch)
        if listed is None:
            manifest = _json({"batch": batch, "letters": await self._sheets(batch)})
            await self._put_new(self._path(batch, "manifest.json"), manifest)
            listed = await self._manifest(batch) or {}
        ready = self._path(batch, "READY" if listed else "EMPTY")
        if not await self._exists(ready):
            await self._put_over(ready, b"")
        await self._put_over(self._mark(batch), b"")
        return listed

    async def is_closed(self, batch: str) -> bool:
        """Whether nothing is left to do for a batch."""
        return await self._exists(self._mark(batch))

    async def forget(self) -> None:
        """Take away claims that nobody asks for any more; the marks of closed batches stay."""
        before = (self._now - CLAIMS_KEPT).timestamp()
        claims = f"{self._in}/{_CLAIMS}"
        for name in await self._sftp.readdir(claims):
            file, put = str(name.filename), name.attrs.mtime
            if file.strip(".") and not file.endswith(".closed") and put is not None and put < before:
                await self._remove(f"{claims}/{file}")

    async def _is_closing(self, batch: str) -> bool:
        return await self._exists(self._path(batch, "CLOSING")) or await self._exists(self._mark(batch))

    async def _manifest(self, batch: str) -> Mapping[str, Any] | None:
        """The letters of a closed batch by id; None: it has no manifest yet."""
        path = self._path(batch, "manifest.json")
        found = await self._read(path)
        try:
            return None if found is None else {letter["send_id"]: letter for letter in json.loads(found)["letters"]}
        except (ValueError, KeyError, TypeError):
            raise DamagedError(path) from None

    async def _sheets(self, batch: str) -> list[Mapping[str, Any]]:
        """What the manifest says: the same bytes whoever makes it."""
        names = set(await self._names(self._path(batch)))
        ids = sorted(name[:-5] for name in names if name.endswith(".json") and name != "manifest.json")
        ids = [send_id for send_id in ids if f"CANCEL-{send_id}" not in names]
        turn = asyncio.Semaphore(_AT_ONCE)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._sheet(batch, send_id, turn)) for send_id in ids]
        mail_by = _weekdays_after(batch_day(batch), DAYS_TO_MAIL).isoformat()
        return [{"seq": seq, **task.result(), "latest_mail_date": mail_by} for seq, task in enumerate(tasks, start=1)]

    async def _sheet(self, batch: str, send_id: str, turn: asyncio.Semaphore) -> Mapping[str, Any]:
        async with turn:
            path = self._path(batch, f"{send_id}.json")
            try:
                sheet = json.loads(await self._read(path) or b"")
                size = (await self._sftp.stat(self._path(batch, sheet["file"]))).size
            except (ValueError, KeyError, TypeError, asyncssh.SFTPNoSuchFile):
                raise DamagedError(path) from None
            if size != sheet["bytes"] or sheet["send_id"] != send_id:
                raise DamagedError(path)
            return {**sheet}

    # reports

    async def reports(self, batch: str, names: Collection[str]) -> list[tuple[str, tuple[int, int]]]:
        """Which reports there are of a batch, each with what changes when it does."""
        found = []
        try:
            for entry in await self._sftp.readdir(f"{self._out}/{batch}"):
                if str(entry.filename) in names:
                    found.append(
                        (f"out/{batch}/{entry.filename!s}", (entry.attrs.size or 0, int(entry.attrs.mtime or 0)))
                    )
        except asyncssh.SFTPNoSuchFile:
            return []
        return sorted(found)

    async def reported(self) -> list[str]:
        """The batches of which there are reports."""
        return sorted(name for name in await self._names(self._out) if is_batch(name))

    async def report(self, path: str) -> bytes:
        """A report as it lies there."""
        return await self._read(f"{self._out.removesuffix('/out')}/{path}") or b""

    # steps

    def _mark(self, batch: str) -> str:
        return f"{self._in}/{_CLAIMS}/{batch}.closed"

    def _path(self, batch: str, name: str = "") -> str:
        return f"{self._in}/{batch}/{name}".removesuffix("/")

    async def _exists(self, path: str) -> bool:
        try:
            await self._sftp.stat(path)
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return False
        return True

    async def _read(self, path: str) -> bytes | None:
        try:
            async with self._sftp.open(path, "rb") as file:
                found: bytes = await file.read()
                return found
        except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
            return None

    async def _names(self, path: str) -> list[str]:
        return [str(name) for name in await self._sftp.listdir(path)]

    async def _make(self, folder: str) -> None:
        """Make a folder if it is not there."""
        try:
            await self._sftp.mkdir(folder)
        except asyncssh.SFTPError:
            if not await self._exists(folder):
                raise

    async def _put_over(self, path: str, body: bytes) -> None:
        """Put a file whole, over one that is there."""
        part = await self._part(path, body)
        await self._sftp.posix_rename(part, path)

    async def _put_new(self, path: str, body: bytes) -> bool:
        """Put a file whole where none is; if one is there, it stays, and the answer is no."""
        part = await self._part(path, body)
        try:
            # Without any flag: the protocol forbids the server to put it over another.
            await self._sftp.rename(part, path)
        except asyncssh.SFTPError:
            if not await self._exists(path):
                raise
            await self._remove(part)
            return False
        return True

    async def _part(self, path: str, body: bytes) -> str:
        """A file under a name that nobody else uses, so that no two write into one."""
        part = f"{path}.{uuid4().hex[:8]}.part"
        async with self._sftp.open(part, "wb") as file:
            await file.write(body)
        return part

    async def _remove(self, *paths: str) -> None:
        for path in paths:
            try:
                await self._sftp.remove(path)
            except (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath):
                continue


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True).encode() + b"\n"


def _weekdays_after(day: date, count: int) -> date:
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day
