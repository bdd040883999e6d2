"""Letters through a print house that fetches them by SFTP: the way out, the closing of its batches, its reports.

How a letter comes into one batch and no other is told in ``printing``; what reports say, in ``printreports``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import ClassVar, TypeVar

import asyncssh

from channels.answer import Answer
from channels.hearing import Heard, ParseError, Post, Word
from channels.printhouse.batches import DamagedError, Folders, Hours, Place, Where, batch_day
from channels.printhouse.reports import UNSAID, parse
from channels.sftp import Door, first_of
from channels.way import Item, MailboxError
from domain.words import Status

__all__ = ["PrintHouseMailbox", "PrintHouseWay", "parse"]

NAME = "printhouse"
REPORTS_READ = timedelta(days=120)
"""How old a batch may be for its reports still to be looked for: returned letters take weeks."""
LARGEST_REPORT = 16 * 1024 * 1024
TENDING = 15
"""A batch of many letters takes this many times as long as one answer."""

_TROUBLE = (OSError, TimeoutError, ValueError, asyncssh.Error, DamagedError)
T = TypeVar("T")


def machine_time() -> datetime:
    """What the clock on the wall says."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class _Visit:
    """What a visit came to: whether we got in, and whether a letter may lie there because of us."""

    entered: bool = False
    committed: bool = False
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class PrintHouseWay:
    """The way of letters, and the round that closes batches. It keeps no state that matters: the folders do."""

    tells: ClassVar[bool] = True

    host: str
    port: int
    user: str
    key_path: Path
    host_key: str
    folder: str
    cut_off: time
    last_call: time
    timezone: str
    timeout: float
    clock: Callable[[], datetime] = machine_time
    name: str = NAME
    _closed: set[str] = field(default_factory=set, init=False, repr=False, compare=False)
    """Batches that are known to be closed, not to be looked at each time."""

    @property
    def hours(self) -> Hours:
        """When the print house works."""
        return Hours(self.cut_off, self.last_call, self.timezone)

    def send(self, item: Item) -> Answer:
        """Put a letter into the day's batch. Until that holds it, trouble means that it is surely not sent."""
        done, visit = self._visit(lambda folders: folders.place(item))
        if done is None:
            return self._answer(Status.UNKNOWN if visit.committed else Status.NOT_SENT, said=visit.trouble)
        return self._placed(item, done)

    def evidence(self, item: Item, now: datetime) -> Answer:
        """See that the letter lies there: the same letter put again is one letter."""
        done, visit = self._visit(lambda folders: folders.place(item))
        if done is None:
            return self._answer(Status.UNKNOWN, said=visit.trouble)
        return self._placed(item, done)

    def recall(self, item: Item) -> Answer:
        """Take it out of a batch that is still ours; of one that is not, ask for it until the last call."""
        done, visit = self._visit(lambda folders: self._call_back(folders, item.id))
        return done if done is not None else self._answer(Status.UNKNOWN, said=visit.trouble)

    def status(self, item: Item) -> Sequence[Heard]:
        """What the reports say of it; nothing if the print house cannot be reached."""
        return self._visit(lambda folders: self._told(folders, item.id))[0] or []

    def tend(self, now: datetime) -> None:
        """Close each batch whose hour has come.

        Raises:
            MailboxError: not all could be closed.

        """
        _, visit = self._visit(lambda folders: self._close_all(folders, now), TENDING)
        if visit.trouble:
            raise MailboxError(f"the print house {self.host}: {visit.trouble}")

    async def _close_all(self, folders: Folders, now: datetime) -> None:
        due = [name for name in await folders.batches() if self.hours.closes(name) <= now and name not in self._closed]
        closed_any = False
        troubles: list[BaseException] = []
        for batch in due:
            try:
                if not await folders.is_closed(batch):
                    await folders.close(batch)
                    closed_any = True
                self._closed.add(batch)
            except* (DamagedError, asyncssh.SFTPError) as trouble:  # a batch that somebody must mend holds up no other
                troubles.append(trouble)
        if closed_any:
            await folders.forget()
        if troubles:
            raise troubles[0]

    async def _call_back(self, folders: Folders, send_id: str) -> Answer:
        place = await folders.call_back(send_id)
        if place.where is Where.NOWHERE:
            return self._answer(Status.NOT_SENT, place.batch, send_id)
        told = {heard.word for heard in await _told(folders, place.batch, send_id)}
        if Word.RECALLED in told or Word.REFUSED in told:
            return self._answer(Status.NOT_SENT, place.batch, send_id)
        if Word.DELIVERED in told or Word.BOUNCED in told or self.clock() > self.hours.last(place.batch):
            return self._answer(Status.SENT, place.batch, send_id)
        if place.where is Where.LISTED:
            await folders.cancel(place.batch, send_id)
        return self._answer(Status.UNKNOWN, place.batch, send_id, "the print house has not agreed yet")

    async def _told(self, folders: Folders, send_id: str) -> list[Heard]:
        batch = await folders.batch_of(send_id)
        return await _told(folders, batch, send_id) if batch else []

    def _placed(self, item: Item, place: Place) -> Answer:
        match place.where:
            case Where.WAITING | Where.LISTED:
                return self._answer(Status.SENT, place.batch, item.id)
            case Where.NOWHERE:
                return self._answer(Status.NOT_SENT, place.batch, item.id, "called back")
            case Where.MIXED_UP:
                return self._answer(Status.UNKNOWN, said="another letter lies there under this id")
            case Where.TAKEN:
                heard = self.status(item)
                return self._answer(Status.SENT if heard else Status.UNKNOWN, place.batch, item.id, "taken away")

    def _answer(self, status: Status, batch: str = "", send_id: str = "", said: str = "") -> Answer:
        return Answer(
            status,
            self.name,
            f"{batch}/{send_id}" if batch else None,
            said=said,
            recall_until=self.hours.last(batch).astimezone(UTC) if batch and status is Status.SENT else None,
        )

    def _visit(self, do: Callable[[Folders], Awaitable[T]], times: int = 1) -> tuple[T | None, _Visit]:
        door = Door(self.host, self.port, self.user, self.key_path, self.host_key, self.folder, self.timeout)
        return asyncio.run(_visit(door, self.hours, self.clock(), do, self.timeout * times))


@dataclass(frozen=True, slots=True)
class PrintHouseMailbox:
    """The print house's reports. Its folder is only read; which ones were put away is known until we are restarted."""

    host: str
    port: int
    user: str
    key_path: Path
    host_key: str
    folder: str
    timezone: str
    timeout: float
    clock: Callable[[], datetime] = machine_time
    name: str = NAME
    _seen: dict[str, tuple[int, int]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _stamps: dict[str, tuple[int, int]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def fetch(self) -> Iterator[Post]:
        """Reports that are new, or have changed since they were put away.

        Raises:
            MailboxError: the print house cannot be reached, or a report is too large to be one.

        """
        hours = Hours(time(), time(), self.timezone)
        door = Door(self.host, self.port, self.user, self.key_path, self.host_key, self.folder, self.timeout)
        found: list[Post] = []
        visit = asyncio.run(
            _visit(door, hours, self.clock(), lambda folders: self._fetch(folders, found), self.timeout * TENDING)
        )[1]
        yield from found
        if visit.trouble:
            raise MailboxError(f"the print house {self.host}: {visit.trouble}")

    def put_away(self, post: Post) -> None:
        """Not to be fetched again, unless it changes."""
        if stamp := self._stamps.pop(post.key, None):
            self._seen[post.about] = stamp

    async def _fetch(self, folders: Folders, found: list[Post]) -> None:
        oldest = (self.clock() - REPORTS_READ).date()
        too_large = ""
        for batch in await folders.reported():
            if batch_day(batch) < oldest:
                continue
            for path, stamp in await folders.reports(batch, UNSAID.keys()):
                if stamp[0] > LARGEST_REPORT:
                    too_large = path
                elif self._seen.get(path) != stamp:
                    post = Post(self.name, await folders.report(path), path)
                    self._stamps[post.key] = stamp
                    found.append(post)
        if too_large:
            raise ValueError(f"{too_large} is too large")


async def _told(folders: Folders, batch: str, send_id: str) -> list[Heard]:
    """What all reports of a batch say of one letter; one that cannot be read says nothing."""
    told: list[Heard] = []
    for path, stamp in await folders.reports(batch, UNSAID.keys()):
        if stamp[0] <= LARGEST_REPORT:
            try:
                told += parse(Post(NAME, await folders.report(path), path))
            except ParseError:
                continue
    return [heard for heard in told if heard.send_id == send_id]


async def _visit(
    door: Door, hours: Hours, now: datetime, do: Callable[[Folders], Awaitable[T]], timeout: float
) -> tuple[T | None, _Visit]:
    """Go there, do something, and tell what came of it; none of what goes wrong out there is raised."""
    folders: Folders | None = None
    try:
        async with asyncio.timeout(timeout), door.open() as sftp:
            folders = Folders(sftp, door.folder, hours, now)
            done = await do(folders)
            return done, _Visit(entered=True, committed=folders.committed)
    except* _TROUBLE as group:
        said = first_of(group)
    return None, _Visit(folders is not None, folders is not None and folders.committed, said)
