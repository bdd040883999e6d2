"""Asking vendors: what became of sends that have been silent too long, what lies in their mailboxes, what is due.

Whatever a vendor fails to tell us by itself is found here, so a lost call delays and never loses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import structlog

from activities.hearing import AWAY, FINAL, Hearing
from activities.sending import item_of
from channels.way import Mailbox, Round, Way
from domain.policy import Channel
from store.sends import KeptSend

ASKED_AGAIN_AFTER = {
    Channel.EMAIL: timedelta(hours=6),
    Channel.SMS: timedelta(hours=1),
    Channel.LETTER: timedelta(hours=12),
    Channel.COLLECTION: timedelta(days=1),
}
"""How long to wait before a vendor is asked once more about a send that it knows nothing final of."""

ASKED_FOR = {
    Channel.EMAIL: timedelta(days=4),
    Channel.SMS: timedelta(days=2),
    Channel.LETTER: timedelta(days=60),
    Channel.COLLECTION: timedelta(days=730),
}
"""After how long a vendor is asked no more: nothing will come."""

SLOW_READER = timedelta(seconds=30)
"""How old a post is before it is taken for forgotten by whoever kept it."""

AT_A_TIME = 50

log = structlog.get_logger()


Duty = Callable[[datetime], Awaitable[object]]
"""Something to be done once a minute, at a moment by the machine's clock."""


@dataclass(frozen=True, slots=True)
class Asking:
    """The worker's duties towards vendors, each apart from the others: one that hangs holds up no other."""

    hearing: Hearing
    ways: Mapping[Channel, Way]
    mailboxes: Sequence[Mailbox] = ()
    rounds: Sequence[Round] = ()

    def duties(self) -> list[Duty]:
        """What there is to do."""
        telling = [(channel, way) for channel, way in self.ways.items() if channel in ASKED_FOR and way.tells]
        return [
            *(partial(self._tend, task) for task in self.rounds),
            *(partial(self._empty, mailbox) for mailbox in self.mailboxes),
            *(partial(self.ask, channel, way) for channel, way in telling),
            self._read,
        ]

    async def go_round(self, now: datetime | None = None) -> None:
        """Do every duty once."""
        for duty in self.duties():
            await calmly(duty, now or datetime.now(UTC))

    async def _tend(self, task: Round, now: datetime) -> None:
        await asyncio.to_thread(task.tend, now)

    async def _read(self, now: datetime) -> None:
        await self.hearing.read_new(now - SLOW_READER)

    async def _empty(self, mailbox: Mailbox, now: datetime) -> None:
        await self.empty(mailbox)

    async def empty(self, mailbox: Mailbox) -> None:
        """Take over what lies in a mailbox: into the inbox first, then away."""
        for post in await asyncio.to_thread(lambda: list(mailbox.fetch())):
            post_id = await self.hearing.keep(post)
            await asyncio.to_thread(mailbox.put_away, post)
            if post_id is not None:
                await self.hearing.read(post_id, post)

    async def ask(self, channel: Channel, way: Way, now: datetime) -> None:
        """Ask about the sends that have been silent too long."""
        sends = self.hearing.client.books.sends
        again = now + ASKED_AGAIN_AFTER[channel]
        while found := await asyncio.to_thread(sends.silent, way.name, FINAL, now, again, AT_A_TIME):
            for kept in found:
                if kept.channel != channel:
                    continue
                if now - (kept.kept_at or kept.reserved_at) > ASKED_FOR[channel]:
                    await asyncio.to_thread(sends.nothing_more_to_hear, kept.id)
                else:
                    await self._ask(way, kept)

    async def _ask(self, way: Way, kept: KeptSend) -> None:
        try:
            await self.hearing.tell(way.name, await asyncio.to_thread(way.status, item_of(kept)))
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001  (whatever a vendor says: one send must not silence the others)
            log.error("what a vendor says of a send cannot be read", send=kept.id, error=type(error).__name__)


async def calmly(duty: Duty, now: datetime) -> None:
    """Do a duty. What cannot be done now is done the next time."""
    try:
        await duty(now)
    except Exception as error:  # noqa: BLE001  (an entry point: nothing may end the duties for good)
        log.warning("a duty towards a vendor could not be done; it is tried again", error=type(error).__name__)
