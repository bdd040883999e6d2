"""What happens to an invoice. Each event knows what it changes in the facts; the store keeps them all, in order.

Events hold ids, codes, amounts and moments only. ``key`` is what makes an event unique within its invoice, so that
writing it twice is writing it once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from domain.facts import OUT, Ask, Charge, ChargeState, Facts, HoldState, Payment, SendState
from domain.money import Money
from domain.policy import Channel
from domain.words import Message, Outcome, Reason, SendId, Status

RANK = {Status.RESERVED: 0, Status.UNKNOWN: 1, Status.NOT_SENT: 2, Status.SENT: 2, Status.DELIVERED: 3, Status.FAILED: 4}
"""A late event of lower rank never undoes one of higher rank."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. ``wakes`` says whether the loop must look at once."""

    at: datetime
    wakes: ClassVar[bool] = True

    def onto(self, facts: Facts) -> Facts:
        """The facts, knowing this too."""
        raise AssertionError(f"{type(self).__name__} has no effect")


# --- our own acts ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved(Event):
    """A send was decided and its place taken; the vendor has not been asked yet."""

    send: SendId
    channel: Channel
    message: Message
    reason: Reason
    total: Money
    """What the message asks for, this fee included."""
    pay_by: date
    fee: Money | None = None
    capped: bool = False
    law: str = ""

    def onto(self, facts: Facts) -> Facts:
        """A place taken, the fee pending."""
        send = SendState(
            self.send, self.channel, self.message, Status.RESERVED, self.at, pay_by=self.pay_by, fee=self.fee
        )
        charges = facts.charges
        if self.fee is not None:
            charge = Charge(self.send.step, self.fee, ChargeState.PENDING, self.send, self.capped, self.law)
            charges = (*charges, charge)
        return replace(facts, sends=(*facts.sends, send), charges=charges)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Event):
    """What the vendor made of a send: sent, not sent, failed for good, or unknown."""

    send: SendId
    status: Status
    why: Reason | None = None

    def onto(self, facts: Facts) -> Facts:
        """The send has its status; a pending fee is booked with it, or void."""
        facts = _with_status(facts, self.send, self.status, self.at, self.why)
        if self.status is Status.SENT:
            return _book(facts, self.send)
        return facts if self.status is Status.UNKNOWN else _void(facts, self.send)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought(Event):
    """We looked for evidence of a send of unknown outcome and found none."""

    send: SendId

    def onto(self, facts: Facts) -> Facts:
        """One more search."""
        return _with_send(facts, self.send, lambda send: replace(send, sought=send.sought + 1, since=self.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped(Event):
    """A rung that could not be used."""

    send: SendId
    channel: Channel
    message: Message
    reason: Reason

    def onto(self, facts: Facts) -> Facts:
        """A place taken by nothing."""
        send = SendState(self.send, self.channel, self.message, Status.SKIPPED, self.at, why=self.reason)
        return replace(facts, sends=(*facts.sends, send))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed(Event):
    """A fee taken back."""

    step: str
    reason: Reason

    def onto(self, facts: Facts) -> Facts:
        """The fee no longer stands."""
        charges, fees = [], facts.fees
        for charge in facts.charges:
            if charge.step == self.step and charge.state is ChargeState.BOOKED:
                fees -= charge.amount
                charge = replace(charge, state=ChargeState.REVERSED)
            charges.append(charge)
        return replace(facts, charges=tuple(charges), fees=fees)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(Event):
    """The last day of a respite or pause is over."""

    kind: Reason
    until: date

    def onto(self, facts: Facts) -> Facts:
        """The holds that ran until that day have ended."""
        return _end_holds(facts, self.at, lambda hold: hold.kind is self.kind and hold.until == self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Event):
    """A person must decide."""

    reason: Reason

    def onto(self, facts: Facts) -> Facts:
        """An open question."""
        return replace(facts, asks=(*facts.asks, Ask(self.reason, self.at)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Event):
    """The life is over."""

    outcome: Outcome
    reason: Reason

    def onto(self, facts: Facts) -> Facts:
        """Closed, and nothing left to ask."""
        return replace(_resolve(facts), closed=self.outcome)


# --- what vendors and debtors do -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Event):
    """The vendor says that it arrived."""

    send: SendId
    wakes: ClassVar[bool] = False

    def onto(self, facts: Facts) -> Facts:
        """Delivered, unless it failed."""
        return _book(_with_status(facts, self.send, Status.DELIVERED, self.at, None), self.send)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """A message that went out came back: bounced, refused, opted out."""

    send: SendId
    reason: Reason

    def onto(self, facts: Facts) -> Facts:
        """Failed for good."""
        return _with_status(facts, self.send, Status.FAILED, self.at, self.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed(Event):
    """A person looked at the invoice page, by the link of this send. It can only make us do less, so it wakes nobody."""

    send: SendId
    wakes: ClassVar[bool] = False

    def onto(self, facts: Facts) -> Facts:
        """Viewed."""
        seen = _with_send(facts, self.send, lambda send: replace(send, viewed_at=send.viewed_at or self.at))
        return replace(seen, viewed=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid(Event):
    """Money arrived."""

    amount: Money
    dated: date

    def onto(self, facts: Facts) -> Facts:
        """That much less is owed."""
        return _pay(facts, Payment(self.amount, self.dated))


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected(Event):
    """The agency reports money."""

    amount: Money
    dated: date

    def onto(self, facts: Facts) -> Facts:
        """That much less is owed."""
        return _pay(facts, Payment(self.amount, self.dated, by_agency=True))


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedThrough(Event):
    """Every payment of the bank days up to and including this one is in the books."""

    day: date

    def onto(self, facts: Facts) -> Facts:
        """The latest such day counts."""
        return replace(facts, booked_through=max(self.day, facts.booked_through or self.day))


# --- commands --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited(Event):
    """The merchant took back a part of the claim, or all of it."""

    amount: Money

    def onto(self, facts: Facts) -> Facts:
        """That much less is owed."""
        return replace(facts, credited=facts.credited + self.amount, closed=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended(Event):
    """The merchant changed the amount, the due date, or the ways to reach the debtor."""

    amount: Money | None = None
    due: date | None = None
    renewed: tuple[Channel, ...] = ()

    def onto(self, facts: Facts) -> Facts:
        """The new values hold; a channel with a new address may be tried again."""
        if self.amount is not None:
            facts = replace(facts, amount=self.amount, closed=None)
        if self.due is not None:
            facts = replace(facts, due=self.due, due_set=self.at)
        if self.renewed:
            others = tuple(pair for pair in facts.renewed if pair[0] not in self.renewed)
            renewed = (*others, *((channel, self.at) for channel in self.renewed))
            facts = replace(_resolve(facts), ways=facts.ways.union(self.renewed), renewed=renewed)
        return facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed(Event):
    """The debtor disputes the claim."""

    def onto(self, facts: Facts) -> Facts:
        """Held until answered."""
        return _hold(facts, HoldState(Reason.DISPUTED, self.at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """The dispute was looked into and answered."""

    def onto(self, facts: Facts) -> Facts:
        """No longer disputed."""
        return _resolve(_end_holds(facts, self.at, lambda hold: hold.kind is Reason.DISPUTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Respited(Event):
    """The debtor got more time, through this day."""

    until: date

    def onto(self, facts: Facts) -> Facts:
        """Held through that day."""
        return _hold(facts, HoldState(Reason.RESPITE, self.at, self.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """A person paused the case, through a day or until released."""

    until: date | None = None

    def onto(self, facts: Facts) -> Facts:
        """Held."""
        return _hold(facts, HoldState(Reason.PAUSED, self.at, self.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(Event):
    """A person let the case go on: ends respites and pauses and answers open questions."""

    def onto(self, facts: Facts) -> Facts:
        """No respite or pause is left."""
        return _resolve(_end_holds(facts, self.at, lambda hold: hold.kind is not Reason.DISPUTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived(Event):
    """A person waived the fee of a step."""

    step: str

    def onto(self, facts: Facts) -> Facts:
        """The step is free."""
        return replace(facts, waived=facts.waived | {self.step})


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(Event):
    """A person stopped the case."""

    def onto(self, facts: Facts) -> Facts:
        """To be closed."""
        return replace(facts, stopped=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalAsked(Event):
    """A person wants the claim back from collection, or never to go there."""

    def onto(self, facts: Facts) -> Facts:
        """To be withdrawn."""
        return replace(facts, withdrawal_asked=True)


EVENTS: dict[str, type[Event]] = {
    "reserved": Reserved,
    "settled": Settled,
    "sought": Sought,
    "skipped": Skipped,
    "reversed": Reversed,
    "hold_ended": HoldEnded,
    "asked": Asked,
    "closed": Closed,
    "delivered": Delivered,
    "failed": Failed,
    "viewed": Viewed,
    "paid": Paid,
    "collected": Collected,
    "booked_through": BookedThrough,
    "credited": Credited,
    "amended": Amended,
    "disputed": Disputed,
    "answered": Answered,
    "respited": Respited,
    "paused": Paused,
    "released": Released,
    "waived": Waived,
    "stopped": Stopped,
    "withdrawal_asked": WithdrawalAsked,
}
"""The name under which the store keeps each event. A name never changes."""


def learn(facts: Facts, event: Event) -> Facts:
    """The facts after one more event."""
    after = event.onto(facts)
    return replace(after, seen=facts.seen + 1)


def fold(facts: Facts, events: Iterable[Event]) -> Facts:
    """The facts after these events."""
    for event in events:
        facts = learn(facts, event)
    return facts


# --- how facts change --------------------------------------------------------------------------------------------------


def _with_send(facts: Facts, send_id: SendId, change: Callable[[SendState], SendState]) -> Facts:
    return replace(facts, sends=tuple(change(send) if send.id == send_id else send for send in facts.sends))


def _with_status(facts: Facts, send_id: SendId, status: Status, at: datetime, why: Reason | None) -> Facts:
    def settle(send: SendState) -> SendState:
        if RANK[status] <= RANK.get(send.status, 0):
            return send
        out_at = send.out_at or (at if status in OUT else None)
        return replace(send, status=status, since=at, why=why, out_at=out_at)

    return _with_send(facts, send_id, settle)


def _book(facts: Facts, send_id: SendId) -> Facts:
    """The fee that this send carried is owed from now on."""
    return _with_charge_of(facts, send_id, ChargeState.BOOKED)


def _void(facts: Facts, send_id: SendId) -> Facts:
    """The fee was never asked for, so the step's next message may carry it."""
    return _with_charge_of(facts, send_id, None)


def _with_charge_of(facts: Facts, send_id: SendId, state: ChargeState | None) -> Facts:
    pending = next((c for c in facts.charges if c.send == send_id and c.state is ChargeState.PENDING), None)
    if pending is None:
        return facts
    others = tuple(charge for charge in facts.charges if charge is not pending)
    if state is None:
        return replace(facts, charges=others)
    return replace(facts, charges=(*others, replace(pending, state=state)), fees=facts.fees + pending.amount)


def _pay(facts: Facts, payment: Payment) -> Facts:
    closed = None if payment.amount.minor < 0 else facts.closed
    return replace(facts, paid=facts.paid + payment.amount, payments=(*facts.payments, payment), closed=closed)


def _hold(facts: Facts, hold: HoldState) -> Facts:
    return replace(facts, holds=(*facts.holds, hold))


def _end_holds(facts: Facts, at: datetime, chosen: Callable[[HoldState], bool]) -> Facts:
    def ended(hold: HoldState) -> HoldState:
        return replace(hold, ended=at) if hold.ended is None and chosen(hold) else hold

    return replace(facts, holds=tuple(ended(hold) for hold in facts.holds))


def _resolve(facts: Facts) -> Facts:
    if all(ask.resolved for ask in facts.asks):
        return facts
    return replace(facts, asks=tuple(replace(ask, resolved=True) for ask in facts.asks))
