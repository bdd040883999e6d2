"""Sending once, the same on every channel.

1. Under the case's lock the decision is made again; if it still stands, the send's place is taken.
2. The message is rendered once and its bytes are kept.
3. The vendor is asked once, with our id.
4. Its answer is settled, in one of four words.

Only 2 waits for the disk, and what is on it then includes 1: before a vendor is asked, the books know for good.

A worker that dies between 1 and 4 leaves a reserved place; ``decide`` then asks for evidence before anything else.
One that was only slow, and taken for dead, finds its place settled at 2, or its time over at 3, and sends nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from temporalio import activity

from activities.content import Packing
from channels.answer import Answer
from channels.way import Item, Way
from domain.decisions import Send
from domain.events import Recalled, Settled, Sought
from domain.parcel import Parcel
from domain.policy import Channel
from domain.rules import decide
from domain.wire import RecallOrder, ReconcileOrder, Report, SendOrder
from domain.words import ASKING, Reason, SendId, Status
from store.books import Books
from store.cases import CaseFile
from store.forgetting import is_nameless
from store.opt_outs import OptOut
from store.sends import KeptSend, Place
from telemetry.figures import SEARCHES, SENDS, Figures
from templates.errors import RenderError

PATIENCE_S = 20
"""Seconds after which a worker that has not asked the vendor yet does so no more: it may have been taken for dead."""

FIRST_ASKED_AFTER = {
    Channel.EMAIL: timedelta(hours=1),
    Channel.SMS: timedelta(minutes=10),
    Channel.LETTER: timedelta(hours=6),
    Channel.COLLECTION: timedelta(days=1),
}
"""How long a send may be silent before its vendor is asked what became of it."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sending:
    """The protocol, with one channel's way of packing and sending."""

    books: Books
    way: Way
    pack: Callable[[Packing], Parcel]
    figures: Figures = field(default_factory=Figures, kw_only=True)

    def send(self, order: SendOrder) -> Report:
        """Carry out a send if it still stands."""
        began = time.monotonic()
        with self.books.cases.locked(order.invoice_id, light=True) as case:
            now = started() + case.shift
            if decide(case.facts, case.policy, case.law, now) != order.send:
                return Report(None)
            place = self.books.sends.take_place(case, order.send, now)
        if place is None:
            return Report(None)
        try:
            parcel = self.pack(self._packing(case, order.send, place, now))
        except RenderError as error:
            log.error(
                "a message could not be made", invoice=order.invoice_id, send=str(order.send.id), error=str(error)
            )
            answer = Answer(Status.NOT_SENT, "renderer", why=Reason.CANNOT_RENDER)
            return self._sent(order, answer, self._settle(case.id, order.send.id, answer))
        if not self.books.sends.keep(place, parcel, self.way.name):
            return Report(None)
        answer = self._ask(case, order.send.channel, Item(place.id, parcel, datetime.now(UTC)), began)
        return self._sent(order, answer, self._settle(case.id, order.send.id, answer, place))

    def reconcile(self, order: ReconcileOrder) -> Report:
        """Look for evidence of a send whose outcome nobody knows."""
        kept = self._kept(order.invoice_id, order.reconcile.id)
        place = Place(kept.id, kept.token)
        if kept.parcel is None:
            if kept.vendor or self.books.sends.give_up(place):
                return self._settle(order.invoice_id, kept.send, Answer(Status.NOT_SENT, "nobody"), place)
            kept = self._kept(order.invoice_id, kept.send)  # somebody has packed it at this very moment
        asks = kept.channel == Channel.LETTER and kept.message in ASKING
        if asks and self.books.cases.read(order.invoice_id).facts.closed:
            answer = self._called_back(kept)  # a search may repeat a letter, and nothing is owed any more
        else:
            answer = self._elsewhere(kept) or self.way.evidence(item_of(kept), datetime.now(UTC))
        self.figures.count(SEARCHES, kept.channel, answer.vendor, answer.status)
        return self._settle(order.invoice_id, kept.send, answer, place)

    def recall(self, order: RecallOrder) -> Report:
        """Call a letter back."""
        kept = self._kept(order.invoice_id, order.recall.id)
        answer = self._called_back(kept)
        with self.books.cases.locked(order.invoice_id) as case:
            case.add(Recalled(at=started() + case.shift, send=kept.send, status=answer.status))
        return Report(answer.status)

    def _sent(self, order: SendOrder, answer: Answer, report: Report) -> Report:
        """What became of a send is in the books, and is counted."""
        send = order.send
        self.figures.count(SENDS, send.channel, answer.vendor, send.message, answer.status, answer.why or "")
        return report

    def _called_back(self, kept: KeptSend) -> Answer:
        return self._elsewhere(kept) or self.way.recall(item_of(kept))

    def _elsewhere(self, kept: KeptSend) -> Answer | None:
        """What is known of a send that another vendor was asked for, before the settings changed: nothing.

        Ours has not got it; it would take that for a proof that it never went out, or send it once more.
        """
        if kept.vendor in (None, self.way.name):
            return None
        return Answer(Status.UNKNOWN, kept.vendor or "", said="it was given to another vendor than is asked now")

    def _ask(self, case: CaseFile, channel: Channel, item: Item, began: float) -> Answer:
        """Ask the vendor, once; nobody who wants nothing more, and not after our time is over."""
        merchant, opt_outs = case.invoice.merchant, self.books.opt_outs
        if channel is not Channel.COLLECTION and opt_outs.has(channel, merchant, item.parcel.recipient):
            return Answer(Status.FAILED, "opt-out", why=Reason.OPTED_OUT)
        if time.monotonic() - began > PATIENCE_S:
            return Answer(Status.NOT_SENT, "nobody", said="too slow to ask")
        answer = self.way.send(item)
        if answer.status is not Status.SENT:
            log.warning(
                "a vendor did not take a message",
                invoice=case.id,
                send=item.id,
                vendor=answer.vendor,
                status=answer.status,
                why=answer.why,
            )
        if answer.why is Reason.OPTED_OUT:
            since = datetime.now(UTC)
            opt_outs.add(OptOut(channel, item.parcel.recipient, merchant, since, answer.vendor))
        return answer

    def _kept(self, invoice_id: int, send: SendId) -> KeptSend:
        kept = self.books.sends.of_place(invoice_id, send)
        if kept is None:
            raise AssertionError(f"invoice {invoice_id} has no place for {send}")
        return kept

    def _packing(self, case: CaseFile, send: Send, place: Place, now: datetime) -> Packing:
        if is_nameless(case.details):
            raise RenderError(send.message, "the customer was forgotten, and nobody is written to, nor handed over")
        return Packing(self.books, case, self.books.cases.merchant(case.merchant_version_id), send, place, now)

    def _settle(self, invoice_id: int, send: SendId, answer: Answer, place: Place | None = None) -> Report:
        """What became of a send goes into the journal; with the place that was asked for, the vendor's words too."""
        with self.books.cases.locked(invoice_id, light=True) as case:
            at, machine = started() + case.shift, datetime.now(UTC)
            if place:
                after = FIRST_ASKED_AFTER.get(case.facts.send(send).channel)
                listens = self.way.tells and answer.status is Status.SENT
                ask_at = machine + after if after and listens else None
                self.books.sends.answered(case, place, answer.vendor, answer.vendor_id, answer.said, ask_at)
            if answer.status is Status.UNKNOWN:
                case.add(Sought(at=at, send=send))
            else:
                until = answer.recall_until + (at - machine) if answer.recall_until else None
                case.add(Settled(at=at, send=send, status=answer.status, why=answer.why, recall_until=until))
        return Report(answer.status, answer.why)


def started() -> datetime:
    """When the running activity started; it follows a workflow's virtual clock, unlike the machine's."""
    return activity.info().started_time.astimezone(UTC)


def item_of(kept: KeptSend) -> Item:
    """A send as its way out takes it."""
    if kept.parcel is None:
        raise AssertionError(f"nothing was packed for {kept.id}")
    return Item(kept.id, kept.parcel, kept.kept_at or kept.reserved_at, kept.vendor_id)
