"""Hearing back: from a vendor's post to facts in the journals, and on to the loops that must look.

A post is kept before anybody reads it; reading it again changes nothing. What happens to a case happens when we hear
of it: the vendor's own moment is kept beside it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from temporalio.service import RPCError

from activities.agencies import TOLD, event_of
from activities.sending import FIRST_ASKED_AFTER
from channels.hearing import Heard, Post, Word
from domain.events import Delivered, Event, Failed, Recalled, Settled, Viewed
from domain.policy import Channel, Signal
from domain.wire import InvoiceRef
from domain.words import Reason, Status
from store.inbox import Found, Known, Line, Mentions
from store.opt_outs import EVERY_MERCHANT, OptOut
from telemetry.figures import HEARD, Figures
from workflows.client import CaseClient
from workflows.clock import TestClock

log = structlog.get_logger()

Parse = Callable[[Post], Sequence[Heard]]

FAILURES = {
    Word.BOUNCED: Reason.BOUNCED,
    Word.REFUSED: Reason.REFUSED,
    Word.OPTED_OUT: Reason.OPTED_OUT,
}
"""The words after which a send has failed for good."""

SIGNALS = {Word.OPENED: Signal.OPEN, Word.CLICKED: Signal.CLICK}

OPTING = frozenset({Word.OPTED_OUT, Word.OPTED_IN})

FINAL = frozenset({Word.DELIVERED, Word.RECALLED, *FAILURES, Word.AGENCY_CLOSED, Word.WITHDRAWAL_CONFIRMED})
"""After these we ask the vendor no more."""

CHANNEL_OF = {"twilio": Channel.SMS, "sendgrid": Channel.EMAIL, "smtp": Channel.EMAIL}
"""On which channel an address opts out that comes without a send."""

AWAY = (OperationalError, InterfaceError, PoolTimeoutError, RPCError)
"""What is wrong with the world, and will be well again. Anything else is wrong with a post, or with how it is read."""

MOST_ADDRESS = 320
"""Characters of an address; what is longer is none."""

WAKES_AT_ONCE = 32
"""How many loops are woken side by side."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Keeps what vendors send, and understands it."""

    client: CaseClient
    parsers: Mapping[str, Parse]
    figures: Figures = field(default_factory=Figures, kw_only=True)

    async def keep(self, post: Post) -> int | None:
        """Keep a post for good; None if it is there already.

        Raises:
            SQLAlchemyError: it is not kept, and whoever sent it must send it again.
        """
        inbox = self.client.books.inbox
        return await asyncio.to_thread(inbox.keep, post.vendor, post.key, post.about, post.body, datetime.now(UTC))

    async def read(self, post_id: int, post: Post) -> None:
        """Understand a kept post, and wake whom it concerns. What nobody can read stays, visibly.

        Raises:
            SQLAlchemyError, RPCError: something that it needs is away; it is still new, and can be read later.
        """
        try:
            vendor = post.vendor.partition("/")[0]  # of agencies there may be several
            await self.tell(vendor, self.parsers[vendor](post), post_id)
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001  (whatever a vendor sends: one post must not keep others from being read)
            log.error("a post cannot be read; it stays in the inbox", post=post_id, error=type(error).__name__)
            await asyncio.to_thread(self.client.books.inbox.unreadable, post_id)

    async def tell(self, vendor: str, heard: Sequence[Heard], post_id: int | None = None) -> None:
        """Write down what a vendor said, and wake whom it concerns."""
        ids = [said.send_id for said in heard if said.send_id]
        vendor_ids = [said.vendor_id for said in heard if said.vendor_id and not said.send_id]
        moment_of = await self._moments(vendor, ids, vendor_ids)

        def understand(known: Mapping[str, Known], at_hand: Connection) -> list[Line]:
            return [
                self._line(vendor, said, known.get(said.send_id or said.vendor_id or ""), moment_of, at_hand)
                for said in heard
            ]

        mentions = Mentions(ids, vendor_ids, understand)
        woken = await asyncio.to_thread(self.client.books.inbox.write, vendor, mentions, post_id)
        for word, times in Counter(said.word for said in heard).items():
            self.figures.count(HEARD, vendor, word, by=times)
        await self._wake(woken)

    async def read_new(self, before: datetime) -> int:
        """Understand what was kept before a moment and not read since; how many posts that were."""
        posts = await asyncio.to_thread(self.client.books.inbox.new, before)
        for kept in posts:
            await self.read(kept.id, Post(kept.vendor, kept.body, kept.about))
        return len(posts)

    def _line(
        self, vendor: str, said: Heard, about: Known | None, moment_of: Callable[[int], datetime], at_hand: Connection
    ) -> Line:
        event = self._event(said, about, moment_of(about.invoice_id), at_hand) if about else None
        line = Line(said.key, said.word, said.at, said.said, about, event)
        if about and isinstance(event, Settled):
            after = FIRST_ASKED_AFTER.get(Channel(about.channel))
            return line._replace(found=Found(said.vendor_id, datetime.now(UTC) + after if after else None))
        return self._opting(line, vendor, said) if said.word in OPTING else line

    def _opting(self, line: Line, vendor: str, said: Heard) -> Line:
        """The line of somebody who wants nothing more, or wants it again."""
        about = line.about
        channel = Channel(about.channel) if about else CHANNEL_OF.get(vendor)
        address = about.recipient if about else said.address
        if not channel or not address or len(address.casefold()) > MOST_ADDRESS:
            return line
        if said.word is Word.OPTED_IN:
            return line._replace(opts_in=(channel, address, about.merchant if about else None))
        merchant = about.merchant if about else EVERY_MERCHANT
        return line._replace(opt_out=OptOut(channel, address, merchant, datetime.now(UTC), vendor))

    def _event(self, said: Heard, about: Known, at: datetime, at_hand: Connection) -> Event | None:
        """What a vendor's word changes for a send; None: nothing."""
        if said.agency is not None and said.agency != about.recipient:
            log.warning("an agency speaks of what another has", agency=said.agency, send=about.id)
            return None
        if said.word in TOLD:
            return event_of(said, about.send, self.client.books.cases.read(about.invoice_id, at_hand).facts, at)
        if said.word in SIGNALS:
            return Viewed(at=at, send=about.send) if self._counts(said, about, at_hand) else None
        if said.word in FAILURES:
            return Failed(at=at, send=about.send, reason=FAILURES[said.word])
        match said.word:
            case Word.DELIVERED:
                return Delivered(at=at, send=about.send)
            case Word.ACCEPTED if not about.is_answered:
                return Settled(at=at, send=about.send, status=Status.SENT)
            case Word.RECALLED:
                return Recalled(at=at, send=about.send, status=Status.NOT_SENT)
            case _:
                return None

    def _counts(self, said: Heard, about: Known, at_hand: Connection) -> bool:
        """Whether the merchant takes this signal for a view, in the debtor's country; a machine's is none anywhere."""
        if said.by_machine:
            return False
        policy = self.client.books.cases.policy(about.policy_version_id, at_hand)
        if not policy.view_signals:
            return False
        case = self.client.books.cases.read(about.invoice_id, at_hand)
        return SIGNALS[said.word] in policy.signals(case.invoice.country)

    async def _moments(self, vendor: str, ids: Sequence[str], vendor_ids: Sequence[str]) -> Callable[[int], datetime]:
        """Each case's now, by the invoice's id: the machine's, unless clocks can be moved."""
        clock, books, now = self.client.clock, self.client.books, datetime.now(UTC)
        if not isinstance(clock, TestClock):
            return lambda _: now
        known = await asyncio.to_thread(books.inbox.known, vendor, ids, vendor_ids)
        moments = {send.invoice_id: await clock.now(send.ref, books) for send in known.values()}
        return lambda invoice_id: moments.get(invoice_id, now)

    async def _wake(self, refs: Sequence[InvoiceRef]) -> None:
        """Wake the loops. One that cannot be woken now lies behind, and the sweep sees to it."""
        slots = asyncio.Semaphore(WAKES_AT_ONCE)

        async def wake(ref: InvoiceRef) -> None:
            async with slots:
                try:
                    await self.client.wake(ref)
                except RPCError:
                    log.warning("a case could not be woken; the sweep tries again", invoice=ref.id)

        await asyncio.gather(*map(wake, refs))
