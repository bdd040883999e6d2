"""Sending once, the same on every channel.

1. Under the case's lock the decision is made again; if it still stands, the send's place is taken.
2. The message is rendered once and its bytes are kept.
3. The vendor is asked once, with our id.
4. Its answer is settled, in one of four words.

Only 2 waits for the disk, and what is on it then includes 1: before a vendor is asked, the books know for good.

A worker that dies between 1 and 4 leaves a reserved place; ``decide`` then asks for evidence before anything else.
One that was only slow, and taken for dead, finds its place settled at 2 and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from temporalio import activity

from activities.content import Packing
from channels.answer import Answer
from channels.outbox import Outbox
from domain.decisions import Send
from domain.events import Settled, Sought
from domain.parcel import Parcel
from domain.rules import decide
from domain.wire import ReconcileOrder, Report, SendOrder
from domain.words import Reason, SendId, Status
from store.books import Books
from store.cases import CaseFile
from store.sends import Place
from templates.errors import RenderError

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Sending:
    """The protocol, with one channel's way of packing and sending."""

    books: Books
    channel: Outbox
    pack: Callable[[Packing], Parcel]

    def send(self, order: SendOrder) -> Report:
        """Carry out a send if it still stands."""
        with self.books.cases.locked(order.invoice_id, light=True) as case:
            now = started() + case.shift
            if decide(case.facts, case.policy, case.law, now) != order.send:
                return Report(None)
            place = self.books.sends.take_place(case, order.send, now)
        try:
            parcel = self.pack(self._packing(case, order.send, place, now))
        except RenderError as error:
            log.error(
                "a message could not be made", invoice=order.invoice_id, send=str(order.send.id), error=str(error)
            )
            return self._settle(case.id, order.send.id, Answer(Status.NOT_SENT, "renderer", why=Reason.CANNOT_RENDER))
        if not self.books.sends.keep(place, parcel):
            return Report(None)
        answer = self.channel.send(place.id, parcel.body)
        return self._settle(case.id, order.send.id, answer, place)

    def reconcile(self, order: ReconcileOrder) -> Report:
        """Look for evidence of a send whose outcome nobody knows."""
        send = order.reconcile.id
        kept = self.books.sends.of_place(order.invoice_id, send)
        if kept is None:
            raise AssertionError(f"invoice {order.invoice_id} has no place for {send}")
        return self._settle(order.invoice_id, send, self.channel.evidence(kept.id), Place(kept.id, kept.token))

    def _packing(self, case: CaseFile, send: Send, place: Place, now: datetime) -> Packing:
        return Packing(case, self.books.cases.merchant(case.merchant_version_id), send, place, now)

    def _settle(self, invoice_id: int, send: SendId, answer: Answer, place: Place | None = None) -> Report:
        """What became of a send goes into the journal; with the place that was asked for, the vendor's words too."""
        with self.books.cases.locked(invoice_id, light=True) as case:
            if place:
                self.books.sends.answered(case, place, answer.vendor, answer.vendor_id, answer.said)
            at = started() + case.shift
            if answer.status is Status.UNKNOWN:
                case.add(Sought(at=at, send=send))
            else:
                case.add(Settled(at=at, send=send, status=answer.status, why=answer.why))
        return Report(answer.status, answer.why)


def started() -> datetime:
    """When the running activity started; it follows a workflow's virtual clock, unlike the machine's."""
    return activity.info().started_time.astimezone(UTC)
