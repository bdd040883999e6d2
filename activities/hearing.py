"""Hearing back: from a vendor's post to facts in the journals, and on to the loops that must look.

A post is kept before anybody reads it; reading it again changes nothing. What happens to a case happens when we hear
of it: the vendor's own moment is kept beside it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from temporalio.service import RPCError

from channels.hearing import Heard, ParseError, Post, Word
from domain.events import Delivered, Event, Failed, Recalled, Settled, Viewed
from domain.policy import Channel, Signal
from domain.wire import InvoiceRef
from domain.words import Reason, Status
from store.inbox import Known, Line
from store.opt_outs import EVERY_MERCHANT, OptOut
from workflows.client import CaseClient

log = structlog.get_logger()

Parse = Callable[[Post], Sequence[Heard]]

FAILURES = {
    Word.BOUNCED: Reason.BOUNCED,
    Word.REFUSED: Reason.REFUSED,
    Word.OPTED_OUT: Reason.OPTED_OUT,
}
"""The words after which a send has failed for good."""

SIGNALS = {Word.OPENED: Signal.OPEN, Word.CLICKED: Signal.CLICK}

FINAL = frozenset({Word.DELIVERED, Word.RECALLED, *FAILURES})
"""After these we ask the vendor no more."""

CHANNEL_OF = {"twilio": Channel.SMS, "sendgrid": Channel.EMAIL, "smtp": Channel.EMAIL}
"""On which channel an address opts out that comes without a send."""

WAKES_AT_ONCE = 32
"""How many loops are woken side by side."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """Keeps what vendors send, and understands it."""

    client: CaseClient
    parsers: Mapping[str, Parse]

    async def keep(self, post: Post) -> int | None:
        """Keep a post for good; None if it is there already.

        Raises:
            SQLAlchemyError: it is not kept, and whoever sent it must send it again.
        """
        inbox = self.client.books.inbox
        return await asyncio.to_thread(inbox.keep, post.vendor, post.key, post.about, post.body, datetime.now(UTC))

    async def read(self, post_id: int, post: Post) -> None:
        """Understand a kept post, and wake whom it concerns. What nobody can read stays, visibly."""
        try:
            heard = self.parsers[post.vendor](post)
        except (ParseError, KeyError) as error:
            log.error("a post cannot be read; it stays in the inbox", post=post_id, error=type(error).__name__)
            await asyncio.to_thread(self.client.books.inbox.unreadable, post_id)
            return
        await self.tell(post.vendor, heard, post_id)

    async def tell(self, vendor: str, heard: Sequence[Heard], post_id: int | None = None) -> None:
        """Write down what a vendor said, and wake whom it concerns."""
        inbox = self.client.books.inbox
        ids = [word.send_id for word in heard if word.send_id]
        vendor_ids = [word.vendor_id for word in heard if word.vendor_id and not word.send_id]
        known = await asyncio.to_thread(inbox.known, vendor, ids, vendor_ids)
        moments = await self._moments({send.ref for send in known.values()})
        now = datetime.now(UTC)
        lines = [self._line(vendor, word, known, moments, now) for word in heard]
        woken = await asyncio.to_thread(inbox.write, vendor, lines, post_id)
        await self._wake(woken)

    async def read_new(self, before: datetime) -> int:
        """Understand what was kept before a moment and not read since; how many posts that were."""
        posts = await asyncio.to_thread(self.client.books.inbox.new, before)
        for kept in posts:
            await self.read(kept.id, Post(kept.vendor, kept.body, kept.about))
        return len(posts)

    def _line(
        self,
        vendor: str,
        heard: Heard,
        known: Mapping[str, Known],
        moments: Mapping[InvoiceRef, datetime],
        now: datetime,
    ) -> Line:
        about = known.get(heard.send_id or heard.vendor_id or "")
        event = self._event(heard, about, moments[about.ref]) if about else None
        channel = about.channel if about else CHANNEL_OF.get(vendor)
        address = about.recipient if about else heard.address
        opt_out = opts_in = None
        if channel and address and heard.word is Word.OPTED_OUT:
            opt_out = OptOut(channel, address, about.ref.merchant if about else EVERY_MERCHANT, now, vendor)
        if channel and address and heard.word is Word.OPTED_IN:
            opts_in = (channel, address)
        return Line(heard.key, heard.word, heard.at, heard.said, about, event, heard.word in FINAL, opt_out, opts_in)

    def _event(self, heard: Heard, about: Known, at: datetime) -> Event | None:
        """What a vendor's word changes for a send; None: nothing."""
        match heard.word:
            case Word.DELIVERED:
                return Delivered(at=at, send=about.send)
            case Word.BOUNCED | Word.REFUSED | Word.OPTED_OUT:
                return Failed(at=at, send=about.send, reason=FAILURES[heard.word])
            case Word.RECALLED:
                return Recalled(at=at, send=about.send, status=Status.NOT_SENT)
            case Word.ACCEPTED if not about.is_answered:
                return Settled(at=at, send=about.send, status=Status.SENT)
            case Word.OPENED | Word.CLICKED if not heard.by_machine and self._counts(heard.word, about):
                return Viewed(at=at, send=about.send)
            case _:
                return None

    def _counts(self, word: Word, about: Known) -> bool:
        """Whether the merchant takes this signal for a view, in the debtor's country."""
        policy = self.client.books.cases.policy(about.policy_version_id)
        if not policy.view_signals:
            return False
        case = self.client.books.cases.read(about.ref.id)
        return SIGNALS[word] in policy.signals(case.invoice.country)

    async def _moments(self, refs: set[InvoiceRef]) -> dict[InvoiceRef, datetime]:
        clock, books = self.client.clock, self.client.books
        return {ref: await clock.now(ref, books) for ref in refs}

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
