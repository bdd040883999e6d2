"""Asking vendors: what became of sends that have been silent too long, what lies in their mailboxes, what is due.

Whatever a vendor fails to tell us by itself is found here, so a lost call delays and never loses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import structlog

from activities.hearing import AWAY, FINAL, Hearing
from activities.sending import item_of
from channels.way import Mailbox, Round, Way
from domain.policy import Channel

ASKED_AGAIN_AFTER = {
    Channel.EMAIL: timedelta(hours=6),
    Channel.SMS: timedelta(hours=1),
    Channel.LETTER: timedelta(hours=12),
}
"""How long to wait before a vendor is asked once more about a send that it knows nothing final of."""

ASKED_FOR = {Channel.EMAIL: timedelta(days=4), Channel.SMS: timedelta(days=2), Channel.LETTER: timedelta(days=60)}
"""After how long a vendor is asked no more: nothing will come."""

SLOW_READER = timedelta(seconds=30)
"""How old a post is before it is taken for forgotten by whoever kept it."""

AT_A_TIME = 50

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asking:
    """One round of questions; the worker makes one a minute."""

    hearing: Hearing
    ways: Mapping[Channel, Way]
    mailboxes: Sequence[Mailbox] = ()
    rounds: Sequence[Round] = ()

    async def go_round(self, now: datetime | None = None) -> None:
        """Do all that is due. What cannot be done now is done the next time, and keeps nothing else from being done."""
        now = now or datetime.now(UTC)
        for task in self.rounds:
            await _calmly("a batch could not be closed", asyncio.to_thread(task.tend, now))
        for mailbox in self.mailboxes:
            await _calmly("a mailbox could not be read", self.empty(mailbox))
        for channel, way in self.ways.items():
            if channel in ASKED_FOR:
                await _calmly("a vendor could not be asked", self.ask(channel, way, now))
        await _calmly("the inbox could not be read", self.hearing.read_new(now - SLOW_READER))

    async def empty(self, mailbox: Mailbox) -> None:
        """Take over what lies in a mailbox: into the inbox first, then away."""
        for post in await asyncio.to_thread(lambda: list(mailbox.fetch())):
            post_id = await self.hearing.keep(post)
            await asyncio.to_thread(mailbox.put_away, post)
            if post_id is not None:
                await self.hearing.read(post_id, post)

    async def ask(self, channel: Channel, way: Way, now: datetime) -> None:
        """Ask about the sends that have been silent too long; a few at a time."""
        sends = self.hearing.client.books.sends
        again = now + ASKED_AGAIN_AFTER[channel]
        for kept in await asyncio.to_thread(sends.silent, way.name, FINAL, now, again, AT_A_TIME):
            if kept.channel != channel:
                continue
            if now - (kept.kept_at or kept.reserved_at) > ASKED_FOR[channel]:
                await asyncio.to_thread(sends.nothing_more_to_hear, kept.id)
                continue
            try:
                await self.hearing.tell(way.name, await asyncio.to_thread(way.status, item_of(kept)))
            except AWAY:
                raise
            except Exception as error:  # noqa: BLE001  (whatever a vendor says: one send must not silence the others)
                log.error("what a vendor says of a send cannot be read", send=kept.id, error=type(error).__name__)


async def _calmly(what: str, work: Awaitable[object]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001  (the entry point of each task: nothing may end the rounds for good)
        log.warning(f"{what}; it is tried again", error=type(error).__name__)
