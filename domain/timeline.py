"""A life as people read it: one entry for each act of ours, told from the events."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, TypedDict, Unpack

from domain.calendar import Calendar
from domain.events import (
    Answered,
    Asked,
    Closed,
    Delivered,
    Disputed,
    Event,
    HoldEnded,
    Moved,
    Paused,
    Recalled,
    Released,
    Reserved,
    Respited,
    Reversed,
    Settled,
    Skipped,
    learn,
)
from domain.facts import ChargeState, Facts, Invoice
from domain.money import Money
from domain.policy import Channel
from domain.words import DisputeOutcome, Message, Reason, SendId


class Did(StrEnum):
    """What we did."""

    SENT = "sent"
    SKIPPED = "skipped"
    CHARGED = "charged"
    REVERSED = "reversed"
    HELD = "held"
    RELEASED = "released"
    HANDED_OVER = "handed_over"
    WITHDRAWN = "withdrawn"
    ASKED = "asked"
    CLOSED = "closed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: when (debtor's local time, to the minute), what, why, and the balance after it."""

    at: datetime
    did: Did
    balance: Money
    reason: Reason
    step: str | None = None
    message: Message | None = None
    channel: Channel | None = None
    amount: Money | None = None
    law: str | None = None

    def as_json(self) -> dict[str, str]:
        """The entry as machines read it: fields that do not apply are left out."""
        fields: dict[str, Any] = {
            "at": self.at.isoformat(timespec="minutes"),
            "did": self.did,
            "balance": self.balance,
            "currency": self.balance.currency,
            "reason": self.reason,
            "step": self.step,
            "message": self.message,
            "channel": self.channel,
            "amount": self.amount,
            "law": self.law,
        }
        return {name: str(value) for name, value in fields.items() if value is not None}


def life(invoice: Invoice, calendar: Calendar, events: Iterable[Event]) -> tuple[Entry, ...]:
    """All acts of a life, oldest first."""
    return tuple(_Teller(invoice, calendar).tell(events))


class _Where(TypedDict, total=False):
    """The fields of an entry that only some acts have."""

    step: str
    message: Message
    channel: Channel
    amount: Money
    law: str | None


class _Teller:
    def __init__(self, invoice: Invoice, calendar: Calendar) -> None:
        self.facts = Facts.at_start(invoice)
        self.calendar = calendar
        self.reserved: dict[SendId, Reserved] = {}
        self.out: set[SendId] = set()

    def tell(self, events: Iterable[Event]) -> Iterator[Entry]:
        for event in events:
            before = self.facts
            self.facts = learn(before, event)
            teller = _TELLERS.get(type(event))
            if teller:
                yield from teller(self, event, before)

    def entry(self, event: Event, did: Did, reason: Reason, **more: Unpack[_Where]) -> Entry:
        return Entry(self.calendar.local(event.at), did, self.facts.balance, reason, **more)

    def reserve(self, event: Reserved, before: Facts) -> Iterator[Entry]:
        self.reserved[event.send] = event
        return iter(())

    def settle(self, event: Settled | Delivered, before: Facts) -> Iterator[Entry]:
        send = self.facts.send(event.send)
        if not send.is_out or event.send in self.out:
            return
        self.out.add(event.send)
        reserved = self.reserved[event.send]
        where: _Where = {"step": send.id.step, "message": send.message, "channel": send.channel}
        did = _TO_AGENCY.get(send.message, Did.SENT)
        yield self.entry(event, did, reserved.reason, **where | {"amount": reserved.total})
        for charge in self.facts.charges:
            if charge.send == send.id and charge.state is ChargeState.BOOKED:
                charged: _Where = where | {"amount": charge.amount, "law": charge.law}
                yield self.entry(event, Did.CHARGED, charge.reason, **charged)

    def skip(self, event: Skipped, before: Facts) -> Iterator[Entry]:
        where: _Where = {"step": event.send.step, "message": event.message, "channel": event.channel}
        yield self.entry(event, Did.SKIPPED, event.reason, **where)

    def reverse(self, event: Reversed, before: Facts) -> Iterator[Entry]:
        charge = before.charge(event.step, event.kind)
        law = charge.law if charge else None
        amount = before.charged - self.facts.charged
        yield self.entry(event, Did.REVERSED, event.reason, step=event.step, amount=amount, law=law)

    def recall(self, event: Recalled, before: Facts) -> Iterator[Entry]:
        step = event.send.step
        for charge in before.charges:
            after = self.facts.charge(step, charge.kind) if charge.step == step else None
            if charge.state is ChargeState.BOOKED and after and after.state is ChargeState.REVERSED:
                amount = charge.amount
                yield self.entry(event, Did.REVERSED, Reason.RECALLED, step=step, amount=amount, law=charge.law)

    def hold(self, event: Event, before: Facts) -> Iterator[Entry]:
        hold = self.facts.holds[-1]
        where: _Where = {"amount": hold.amount} if hold.amount else {}
        yield self.entry(event, Did.HELD, hold.kind, **where)

    def release(self, event: Event, before: Facts) -> Iterator[Entry]:
        ended = sum(hold.ended is None for hold in before.holds) - sum(hold.ended is None for hold in self.facts.holds)
        if ended:
            upheld = isinstance(event, Answered) and event.outcome is DisputeOutcome.UPHELD
            yield self.entry(event, Did.RELEASED, Reason.UPHELD if upheld else _RELEASES[type(event)])

    def ask(self, event: Asked, before: Facts) -> Iterator[Entry]:
        yield self.entry(event, Did.ASKED, event.reason)

    def close(self, event: Closed, before: Facts) -> Iterator[Entry]:
        yield self.entry(event, Did.CLOSED, event.reason)

    def move(self, event: Moved, before: Facts) -> Iterator[Entry]:
        yield self.entry(event, Did.MOVED, Reason.NEW_RULES)


_TO_AGENCY = {Message.CLAIM: Did.HANDED_OVER, Message.WITHDRAWAL: Did.WITHDRAWN}
_RELEASES: dict[type[Event], Reason] = {
    Answered: Reason.ANSWERED,
    HoldEnded: Reason.HOLD_OVER,
    Released: Reason.RELEASED,
}
_TELLERS: dict[type[Event], Callable[[_Teller, Any, Facts], Iterator[Entry]]] = {
    Reserved: _Teller.reserve,
    Settled: _Teller.settle,
    Delivered: _Teller.settle,
    Skipped: _Teller.skip,
    Reversed: _Teller.reverse,
    Recalled: _Teller.recall,
    Disputed: _Teller.hold,
    Respited: _Teller.hold,
    Paused: _Teller.hold,
    Answered: _Teller.release,
    HoldEnded: _Teller.release,
    Released: _Teller.release,
    Asked: _Teller.ask,
    Closed: _Teller.close,
    Moved: _Teller.move,
}
