"""What happens to an invoice. Each event knows what it changes in the facts; the store keeps them all, in order.

Events hold ids, codes, amounts and moments only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ClassVar

from domain import effects
from domain.charge import Added, ChargeKind, Period
from domain.effects import Changes
from domain.facts import AnswerState, Ask, Charge, ChargeState, Facts, HoldState, Move, Rules, SendState
from domain.money import Money
from domain.policy import Channel
from domain.postings import Entry
from domain.words import NOTHING_LEFT, AgencyOutcome, DisputeOutcome, Message, Outcome, Reason, SendId, Status, When


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. ``wakes`` says whether the loop must look at once."""

    at: datetime
    wakes: ClassVar[bool] = True

    def changes(self, facts: Facts) -> Changes:
        """What it changes in the facts."""
        raise AssertionError(f"{type(self).__name__} has no effect")


@dataclass(frozen=True, slots=True, kw_only=True)
class Act(Event):
    """Something that we did ourselves. The loop that did it looks anyway."""

    wakes: ClassVar[bool] = False


# --- our own acts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Reserved(Act):
    """A send was decided and its place taken; the vendor has not been asked yet."""

    send: SendId
    channel: Channel
    message: Message
    reason: Reason
    total: Money
    """What the message asks for, these charges included."""
    pay_by: date
    charges: tuple[Added, ...] = ()

    def changes(self, facts: Facts) -> Changes:
        """A place taken, the charges pending."""
        send = SendState(
            self.send,
            self.channel,
            self.message,
            Status.RESERVED,
            self.at,
            pay_by=self.pay_by,
            charges=self.charges,
            made=self.at,
            total=self.total,
            booked=len(facts.postings),
            held=len(facts.holds),
        )
        if not self.charges:
            return {"sends": (*facts.sends, send)}
        step = self.send.step
        pending = [
            Charge(step, a.kind, a.amount, ChargeState.PENDING, self.send, a.capped, a.law, a.periods)
            for a in self.charges
        ]
        return {"sends": (*facts.sends, send), "charges": (*facts.charges, *pending)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled(Act):
    """What the vendor made of a send: sent, not sent, failed for good, or unknown."""

    send: SendId
    status: Status
    why: Reason | None = None
    recall_until: datetime | None = None

    def changes(self, facts: Facts) -> Changes:
        """The send has its status; pending charges are booked with it, or void."""
        changes = effects.status(facts, self.send, self.status, self.at, self.why)
        if self.status is Status.SENT:
            if self.recall_until:
                sent = replace(facts, **changes)
                changes |= effects.recallable(sent, self.send, self.recall_until)
            return changes | effects.book(facts, self.send, self.at)
        return changes if self.status is Status.UNKNOWN else changes | effects.void(facts, self.send)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought(Act):
    """We looked for evidence of a send of unknown outcome and found none."""

    send: SendId

    def changes(self, facts: Facts) -> Changes:
        """One more search, unless somebody has told us meanwhile."""
        return effects.sought(facts, self.send, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled(Event):
    """A message was called back: NOT_SENT if it will not go out, SENT if it was too late, UNKNOWN if nobody knows.

    It wakes: whoever agrees may do so when the case was opened again, and then the message must go out after all.
    """

    send: SendId
    status: Status

    def changes(self, facts: Facts) -> Changes:
        """The send is as if it had never gone out, or stays as it is."""
        return effects.recalled(facts, self.send, self.status, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Skipped(Act):
    """A rung that could not be used."""

    send: SendId
    channel: Channel
    message: Message
    reason: Reason

    def changes(self, facts: Facts) -> Changes:
        """A place taken by nothing."""
        send = SendState(self.send, self.channel, self.message, Status.SKIPPED, self.at, why=self.reason)
        return {"sends": (*facts.sends, send)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed(Act):
    """A charge taken back; ``amount`` None: all that stands of it. ``periods`` are what stands of interest."""

    step: str
    reason: Reason
    kind: ChargeKind = ChargeKind.FEE
    amount: Money | None = None
    periods: tuple[Period, ...] = ()

    def changes(self, facts: Facts) -> Changes:
        """That much of the charge stands no longer."""
        wrong = self.reason in (Reason.PAID_ON_TIME, Reason.RECALCULATED)
        return effects.reverse(facts, self.step, self.kind, self.at, self.amount, self.periods, wrong=wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(Act):
    """The last day of a respite or pause is over."""

    kind: Reason
    until: date

    def changes(self, facts: Facts) -> Changes:
        """The holds that ran until that day have ended."""
        return effects.end_holds(facts, self.at, lambda hold: hold.kind is self.kind and hold.until == self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Act):
    """A person must decide."""

    reason: Reason

    def changes(self, facts: Facts) -> Changes:
        """An open question."""
        return {"asks": (*facts.asks, Ask(self.reason, self.at))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed(Act):
    """The life is over."""

    outcome: Outcome
    reason: Reason

    def changes(self, facts: Facts) -> Changes:
        """Closed, and nothing left to ask."""
        return {"closed": self.outcome, "asks": ()}


# --- what vendors and debtors do -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered(Event):
    """The vendor says that it arrived."""

    send: SendId
    wakes: ClassVar[bool] = False

    def changes(self, facts: Facts) -> Changes:
        """Delivered, unless it failed."""
        return effects.status(facts, self.send, Status.DELIVERED, self.at) | effects.book(facts, self.send, self.at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """A message that went out came back: bounced, refused, opted out."""

    send: SendId
    reason: Reason

    def changes(self, facts: Facts) -> Changes:
        """Failed for good. If we never heard that it went out, its fee is void."""
        return effects.status(facts, self.send, Status.FAILED, self.at, self.reason) | effects.void(facts, self.send)


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewed(Event):
    """A person looked at the invoice page, by this send's link. It can only make us do less, so it wakes nobody."""

    send: SendId
    wakes: ClassVar[bool] = False

    def changes(self, facts: Facts) -> Changes:
        """Viewed, last at this moment."""
        return effects.send(facts, self.send, lambda send: replace(send, viewed_at=self.at)) | {"viewed": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid(Event):
    """Money arrived."""

    amount: Money
    dated: date

    def changes(self, facts: Facts) -> Changes:
        """That much less is owed."""
        posted = effects.post(facts, Entry.PAID, self.at, -self.amount, self.dated)
        return posted | {"paid": facts.paid + self.amount}


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected(Event):
    """The agency reports money."""

    amount: Money
    dated: date

    def changes(self, facts: Facts) -> Changes:
        """That much less is owed."""
        posted = effects.post(facts, Entry.COLLECTED, self.at, -self.amount, self.dated)
        return posted | {"paid": facts.paid + self.amount}


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged(Event):
    """The agency has the claim, under its own number. It may say so twice."""

    case: str
    wakes: ClassVar[bool] = False

    def changes(self, facts: Facts) -> Changes:
        """Acknowledged, first at this moment."""
        agency = replace(facts.agency, case=self.case, acknowledged=facts.agency.acknowledged or self.at)
        return {"agency": agency}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyTold(Event):
    """The agency tells how far it has come, in its own code."""

    status: str
    wakes: ClassVar[bool] = False

    def changes(self, facts: Facts) -> Changes:
        """The last word counts, until it has closed its case."""
        return {} if facts.agency.closed else {"agency": replace(facts.agency, status=self.status)}


@dataclass(frozen=True, slots=True, kw_only=True)
class AgencyClosed(Event):
    """The agency has closed its case: the claim is ours again."""

    outcome: AgencyOutcome

    def changes(self, facts: Facts) -> Changes:
        """Closed, and so it stays."""
        if facts.agency.closed:
            return {}
        return {"agency": replace(facts.agency, closed=self.outcome, closed_at=self.at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalConfirmed(Event):
    """The agency confirms that it has given the claim back."""

    wakes: ClassVar[bool] = False

    def changes(self, facts: Facts) -> Changes:
        """Confirmed, first at this moment."""
        return {"agency": replace(facts.agency, withdrawn=facts.agency.withdrawn or self.at)}


@dataclass(frozen=True, slots=True, kw_only=True)
class BookedThrough(Event):
    """Every payment of the bank days up to and including this one is in the books."""

    day: date

    def changes(self, facts: Facts) -> Changes:
        """The latest such day counts."""
        return {"booked_through": max(self.day, facts.booked_through or self.day)}


# --- commands --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Credited(Event):
    """The merchant took back a part of the claim, or all of it."""

    amount: Money

    def changes(self, facts: Facts) -> Changes:
        """That much less is owed."""
        return effects.credit(facts, self.at, self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenOff(Event):
    """The merchant gives up a part of the claim, or all of it, without saying that it was wrong."""

    amount: Money

    def changes(self, facts: Facts) -> Changes:
        """That much less is owed, and never less than nothing."""
        given_up = max(min(self.amount, facts.balance), Money.zero(self.amount.currency))
        posted = effects.post(facts, Entry.WRITTEN_OFF, self.at, -given_up)
        return posted | {"written_off": facts.written_off + given_up}


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended(Event):
    """The merchant changed the amount, the due date, or the ways to reach the debtor."""

    amount: Money | None = None
    due: date | None = None
    renewed: tuple[Channel, ...] = ()

    def changes(self, facts: Facts) -> Changes:
        """The new values hold; a channel with a new address may be tried again."""
        changes: Changes = {}
        if self.amount is not None:
            amount = Money.zero(facts.amount.currency) + self.amount
            changes |= effects.post(facts, Entry.AMENDED, self.at, amount - facts.amount)
            changes |= {"amount": amount, "closed": None}
        if self.due is not None:
            changes |= {"due": self.due, "due_set": self.at}
        return changes | effects.renew(facts, self.renewed, self.at) if self.renewed else changes


@dataclass(frozen=True, slots=True, kw_only=True)
class Disputed(Event):
    """The debtor disputes the claim, or a part of it."""

    amount: Money | None = None

    def changes(self, facts: Facts) -> Changes:
        """What is disputed is held until answered."""
        return {"holds": (*facts.holds, HoldState(Reason.DISPUTED, self.at, amount=self.amount))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered(Event):
    """The dispute was looked into and answered; ``amount`` is what was credited, ``reply``: we send the answer."""

    outcome: DisputeOutcome = DisputeOutcome.REJECTED
    amount: Money | None = None
    reply: bool = False

    def changes(self, facts: Facts) -> Changes:
        """No longer disputed; what the debtor was right about is credited."""
        nothing = Money.zero(facts.amount.currency)
        credited = facts.disputed if self.outcome is DisputeOutcome.UPHELD else self.amount or nothing
        changes: Changes = effects.credit(facts, self.at, credited) if credited else {}
        changes |= effects.end_disputes(facts, self.at, credited)
        answer = AnswerState(self.at, self.outcome, self.reply)
        return changes | effects.resolve(facts) | {"answers": (*facts.answers, answer)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Respited(Event):
    """The debtor got more time, through this day."""

    until: date

    def changes(self, facts: Facts) -> Changes:
        """Held through that day."""
        return {"holds": (*facts.holds, HoldState(Reason.RESPITE, self.at, self.until))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused(Event):
    """A person paused the case, through a day or until released."""

    until: date | None = None

    def changes(self, facts: Facts) -> Changes:
        """Held."""
        return {"holds": (*facts.holds, HoldState(Reason.PAUSED, self.at, self.until))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Released(Event):
    """A person let the case go on: ends respites and pauses and answers open questions."""

    def changes(self, facts: Facts) -> Changes:
        """No respite or pause is left."""
        return effects.end_holds(facts, self.at, lambda hold: hold.kind is not Reason.DISPUTED) | effects.resolve(facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waived(Event):
    """A person waived what a step costs."""

    step: str

    def changes(self, facts: Facts) -> Changes:
        """The step is free."""
        return {"waived": facts.waived | {self.step}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped(Event):
    """A person stopped the case."""

    def changes(self, facts: Facts) -> Changes:
        """To be closed."""
        return {"stopped": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawalAsked(Event):
    """A person wants the claim back from collection, or never to go there."""

    def changes(self, facts: Facts) -> Changes:
        """To be withdrawn."""
        return {"withdrawal_asked": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveAsked(Event):
    """A person wants the case to go by another version of its merchant's file. What was asked last counts."""

    rules: Rules
    when: When

    def changes(self, facts: Facts) -> Changes:
        """To be moved."""
        return {"moving": Move(self.rules, self.when)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved(Act):
    """From here on the case goes by these rules. What it asked a person because the others had no step left is moot."""

    rules: Rules

    def changes(self, facts: Facts) -> Changes:
        """Other rules hold."""
        asks = tuple(ask for ask in facts.asks if ask.resolved or ask.reason not in NOTHING_LEFT)
        return {"rules": self.rules, "moving": None, "asks": asks}


EVENTS: dict[str, type[Event]] = {
    "reserved": Reserved,
    "settled": Settled,
    "sought": Sought,
    "recalled": Recalled,
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
    "acknowledged": Acknowledged,
    "agency_told": AgencyTold,
    "agency_closed": AgencyClosed,
    "withdrawal_confirmed": WithdrawalConfirmed,
    "credited": Credited,
    "written_off": WrittenOff,
    "amended": Amended,
    "disputed": Disputed,
    "answered": Answered,
    "respited": Respited,
    "paused": Paused,
    "released": Released,
    "waived": Waived,
    "stopped": Stopped,
    "withdrawal_asked": WithdrawalAsked,
    "move_asked": MoveAsked,
    "moved": Moved,
}
"""The name under which the store keeps each event. A name never changes."""


def learn(facts: Facts, event: Event) -> Facts:
    """The facts after one more event."""
    return facts.with_changes({"seen": facts.seen + 1, **event.changes(facts)})


def fold(facts: Facts, events: Iterable[Event]) -> Facts:
    """The facts after these events."""
    for event in events:
        facts = learn(facts, event)
    return facts
