"""What a merchant's systems hear of an invoice: which event tells what, in ids, codes and amounts only."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from domain.events import (
    Asked,
    Closed,
    Collected,
    Delivered,
    Disputed,
    Event,
    Failed,
    Paid,
    Paused,
    Reserved,
    Respited,
    Settled,
    Viewed,
    fold,
    learn,
)
from domain.facts import ChargeState, Facts, Invoice, SendState
from domain.money import Money
from domain.policy import Channel
from domain.words import Message, Reason, SendId, Status


class Type(StrEnum):
    """What happened. A name never changes."""

    SENT = "invoice.sent"
    """The invoice, or the receipt, went out on a channel: ``Settled`` as sent, or ``Delivered`` if we had not known."""
    VIEWED = "invoice.viewed"
    """A person looked at the invoice page, for the first time by this message's link: ``Viewed``."""
    BOUNCED = "invoice.bounced"
    """A message failed for good: ``Failed``, or ``Settled`` as failed. The reason says whether it came back, was
    refused, was not wanted, or nobody could find out what became of it."""
    REMINDED = "invoice.reminded"
    """A due reminder, a reminder or the last reminder went out: as ``SENT``."""
    CHARGED = "invoice.charged"
    """Fee, interest or compensation was added: the first message of its step went out. Told after ``REMINDED``."""
    PAID = "invoice.paid"
    """Money was booked, all or a part, from the debtor (``Paid``) or the agency (``Collected``). Below zero: a payment
    was taken back."""
    HELD = "invoice.held"
    """A dispute, of a part or of all, a respite or a pause began: ``Disputed``, ``Respited``, ``Paused``."""
    HANDED_OVER = "invoice.handed_over"
    """The agency got the claim: ``Settled`` or ``Delivered``."""
    CLOSED = "invoice.closed"
    """The life ended: ``Closed``. A payment that is taken back may open it again."""
    NEEDS_ATTENTION = "invoice.needs_attention"
    """A person must decide: ``Asked``."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """One message to a merchant's systems."""

    type: Type
    at: datetime
    data: Mapping[str, Any]

    @property
    def body(self) -> str:
        """The message as it is sent, in the shape that Standard Webhooks recommends."""
        moment = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message = {"type": self.type, "timestamp": moment, "data": self.data}
        return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def announce(invoice: Invoice, reference: str, events: Sequence[Event], seq: int) -> tuple[Announcement, ...]:
    """What the event of this number tells; the first is 1. The balance is the one after it."""
    *earlier, event = events[:seq]
    before = fold(Facts.at_start(invoice), earlier)
    after = learn(before, event)
    data = {
        "merchant": invoice.merchant,
        "number": invoice.number,
        "reference": reference,
        "seq": seq,
        "balance": str(after.balance),
        "currency": after.balance.currency,
    }
    told = _TELLERS[type(event)](_Moment(event, before, after, earlier)) if type(event) in _TELLERS else ()
    return tuple(Announcement(kind, event.at, data | _words(fields)) for kind, fields in told)


# --- what each event tells -------------------------------------------------------------------------------------------

_Told = tuple[Type, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class _Moment:
    """An event, and what was known before and after it."""

    event: Any
    before: Facts
    after: Facts
    earlier: Sequence[Event]

    @property
    def was(self) -> SendState | None:
        """The send that the event is about, before it."""
        return _send(self.before, self.event.send)

    @property
    def now(self) -> SendState | None:
        """The send that the event is about, after it."""
        return _send(self.after, self.event.send)


_OUT: dict[Message, Type] = {
    Message.INVOICE: Type.SENT,
    Message.RECEIPT: Type.SENT,
    Message.DUE_REMINDER: Type.REMINDED,
    Message.REMINDER: Type.REMINDED,
    Message.LAST_REMINDER: Type.REMINDED,
    Message.DEMAND: Type.REMINDED,
    Message.CORRECTION: Type.SENT,
    Message.ANSWER: Type.SENT,
    Message.CLAIM: Type.HANDED_OVER,
}
"""What it means that a message is out. What else the agency is told is between the two of us."""


def _went(moment: _Moment) -> Iterator[_Told]:
    """A message is out, or has failed; its fee may be owed from now on."""
    was, now = moment.was, moment.now
    if was is None or now is None:
        return
    if now.out_at and not was.out_at and now.message in _OUT:
        asked = next((e for e in moment.earlier if isinstance(e, Reserved) and e.send == now.id), None)
        by = None if now.channel is Channel.COLLECTION else now.pay_by
        yield _OUT[now.message], {**_place(now), "amount": asked and asked.total, "pay_by": by}
    yield from _charged(moment)
    fails_anew = now.status is Status.FAILED and (was.status, was.why) != (now.status, now.why)
    if fails_anew and now.channel is not Channel.COLLECTION:
        yield Type.BOUNCED, {**_place(now), "reason": now.why}


def _charged(moment: _Moment) -> Iterator[_Told]:
    booked = {charge.send for charge in moment.before.charges if charge.state is ChargeState.BOOKED}
    charges = [c for c in moment.after.charges if c.state is ChargeState.BOOKED and c.send not in booked]
    if charges:
        amount = sum((charge.amount for charge in charges), Money.zero(charges[0].amount.currency))
        parts = [{"kind": c.kind, "amount": str(c.amount), "reason": c.reason, "law": c.law} for c in charges]
        yield Type.CHARGED, {"step": charges[0].step, "amount": amount, "charges": parts}


def _viewed(moment: _Moment) -> Iterator[_Told]:
    yield Type.VIEWED, _place(moment.now) if moment.now else {}


def _paid(moment: _Moment) -> Iterator[_Told]:
    reason = Reason.COLLECTED if isinstance(moment.event, Collected) else Reason.PAID
    yield Type.PAID, {"amount": moment.event.amount, "dated": moment.event.dated, "reason": reason}


def _held(moment: _Moment) -> Iterator[_Told]:
    hold = moment.after.holds[-1]
    yield Type.HELD, {"reason": hold.kind, "until": hold.until, "amount": hold.amount}


def _asked(moment: _Moment) -> Iterator[_Told]:
    yield Type.NEEDS_ATTENTION, {"reason": moment.event.reason}


def _closed(moment: _Moment) -> Iterator[_Told]:
    yield Type.CLOSED, {"reason": moment.event.reason, "outcome": moment.event.outcome}


_TELLERS: dict[type[Event], Callable[[_Moment], Iterator[_Told]]] = {
    Settled: _went,
    Delivered: _went,
    Failed: _went,
    Viewed: _viewed,
    Paid: _paid,
    Collected: _paid,
    Disputed: _held,
    Respited: _held,
    Paused: _held,
    Asked: _asked,
    Closed: _closed,
}

ANNOUNCED: frozenset[type[Event]] = frozenset(_TELLERS)
"""The events that may have something to tell."""


def _place(send: SendState) -> dict[str, Any]:
    return {"step": send.id.step, "message": send.message, "channel": send.channel}


def _send(facts: Facts, send_id: SendId) -> SendState | None:
    return next((send for send in facts.sends if send.id == send_id), None)


def _words(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that apply, as text."""
    told = {name: value for name, value in fields.items() if value not in (None, "")}
    return {name: value if isinstance(value, list) else str(value) for name, value in told.items()}
