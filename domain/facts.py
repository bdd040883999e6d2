"""All that is known of one invoice at one moment. Built by folding events (``domain/events.py``), never edited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from domain.charge import Added, ChargeKind, Period
from domain.money import Money
from domain.policy import Channel
from domain.postings import ADDING, MONEY, Entry, Posting
from domain.words import (
    COLLECTION,
    NOTICES,
    AgencyOutcome,
    DebtorKind,
    DisputeOutcome,
    Message,
    Outcome,
    Reason,
    SendId,
    Status,
    When,
)

IN_DOUBT = frozenset({Status.RESERVED, Status.UNKNOWN})
"""The statuses of a message that may be out or not."""
OUT = frozenset({Status.SENT, Status.DELIVERED})
"""The statuses of a message that went out and has not come back."""


@dataclass(frozen=True, slots=True)
class Invoice:
    """What was known when the life began. Names and addresses live in the store, not here."""

    merchant: str
    number: str
    country: str
    kind: DebtorKind
    issued: date
    due: date
    amount: Money
    ways: frozenset[Channel]


@dataclass(frozen=True, slots=True)
class SendState:
    """What became of one send. ``since`` is when it got its status, ``why`` the reason of a failure."""

    id: SendId
    channel: Channel
    message: Message
    status: Status
    since: datetime
    out_at: datetime | None = None
    pay_by: date | None = None
    charges: tuple[Added, ...] = ()
    why: Reason | None = None
    viewed_at: datetime | None = None
    sought: int = 0
    recall_until: datetime | None = None
    """Until when it can be called back; None: it cannot, or is not to be asked again."""
    recall_tried: datetime | None = None
    made: datetime | None = None
    """When its place was taken: it says what was known then."""
    total: Money | None = None
    """What it asks for."""
    booked: int = 0
    held: int = 0
    """How many postings and holds there were when its place was taken: of later ones it cannot know, whatever moments
    they bear. Those who write to the journal have clocks of their own."""

    @property
    def is_out(self) -> bool:
        """Whether it went out and has not failed since."""
        return self.status in OUT


class ChargeState(StrEnum):
    """Pending until the step's first message is out; then booked; reversed when it should not have been."""

    PENDING = "pending"
    BOOKED = "booked"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a step added to the debt, at most once for each kind; ``amount`` is what still stands."""

    step: str
    kind: ChargeKind
    amount: Money
    state: ChargeState
    send: SendId
    capped: bool = False
    law: str = ""
    periods: tuple[Period, ...] = ()
    taken_back: datetime | None = None
    """When it, or a part of it, was last taken back because it should not have been asked for."""

    @property
    def reason(self) -> Reason:
        """Why it was added, or that the law cut it."""
        if self.capped:
            return Reason.CAPPED_BY_LAW
        handed_over = self.step == COLLECTION and self.kind is ChargeKind.FEE
        return Reason.HAND_OVER_FEE if handed_over else _REASONS[self.kind]


_REASONS = {
    ChargeKind.FEE: Reason.REMINDER_FEE,
    ChargeKind.INTEREST: Reason.LATE_INTEREST,
    ChargeKind.COMPENSATION: Reason.COMPENSATION,
}


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that arrived: dated by the payer's bank, booked by us."""

    amount: Money
    dated: date
    by_agency: bool = False


@dataclass(frozen=True, slots=True)
class HoldState:
    """A dispute, respite or pause; ``until`` is its last day, ``ended`` when it really ended.

    ``amount`` is what is disputed; None: all of it. ``credited`` is how much of it the debtor was right about.
    """

    kind: Reason
    since: datetime
    until: date | None = None
    ended: datetime | None = None
    amount: Money | None = None
    credited: Money | None = None


@dataclass(frozen=True, slots=True)
class AnswerState:
    """How a dispute was answered; ``reply``: the merchant's words are ours to send."""

    at: datetime
    outcome: DisputeOutcome
    reply: bool


@dataclass(frozen=True, slots=True)
class AgencyState:
    """What the agency has told of the claim; ``case`` is its own number for it."""

    case: str | None = None
    acknowledged: datetime | None = None
    status: str = ""
    closed: AgencyOutcome | None = None
    closed_at: datetime | None = None
    withdrawn: datetime | None = None
    """When it confirmed that the claim is ours again."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a person; open until somebody acts."""

    reason: Reason
    at: datetime
    resolved: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """The rules that a case goes by: a version of its merchant's file, and what the invoice makes of it."""

    version: int
    """The number that the merchant knows."""
    policy: int
    """The policy's id in the books."""


@dataclass(frozen=True, slots=True)
class Move:
    """Rules that the case is to go by from some moment on."""

    rules: Rules
    when: When


@dataclass(frozen=True, slots=True)
class Facts:
    """The whole state of a case, all amounts in one currency. ``seen`` counts the events it is made of."""

    invoice: Invoice
    amount: Money
    due: date
    due_set: datetime | None
    ways: frozenset[Channel]
    credited: Money
    paid: Money
    charged: Money
    """Booked charges that stand: fees, interest, compensation."""
    written_off: Money
    postings: tuple[Posting, ...] = ()
    """Every change of what is owed since it was invoiced, as it was booked."""
    sends: tuple[SendState, ...] = ()
    charges: tuple[Charge, ...] = ()
    holds: tuple[HoldState, ...] = ()
    answers: tuple[AnswerState, ...] = ()
    agency: AgencyState = AgencyState()
    asks: tuple[Ask, ...] = ()
    renewed: tuple[tuple[Channel, datetime], ...] = ()
    waived: frozenset[str] = frozenset()
    booked_through: date | None = None
    stopped: bool = False
    withdrawal_asked: bool = False
    viewed: bool = False
    closed: Outcome | None = None
    rules: Rules | None = None
    """The rules that it was moved to; None: those that it began with."""
    moving: Move | None = None
    """The rules that it is still to be moved to."""
    last_contact: datetime | None = None
    """The last dunning SMS to the same customer about another invoice. The store knows it, no event of this one."""
    seen: int = 0

    @classmethod
    def at_start(cls, invoice: Invoice) -> Facts:
        """What is known before anything has happened."""
        zero = Money.zero(invoice.amount.currency)
        return cls(invoice, invoice.amount, invoice.due, None, invoice.ways, zero, zero, zero, zero)

    def with_changes(self, changes: Mapping[str, object]) -> Facts:
        """The same with some fields changed. As ``dataclasses.replace``, which a fold of a thousand lives waits for."""
        after: Facts = object.__new__(Facts)
        for name in _FIELDS:
            object.__setattr__(after, name, changes[name] if name in changes else getattr(self, name))
        return after

    @property
    def balance(self) -> Money:
        """What is owed, charges included; below zero when too much was paid."""
        owed = self.amount.minor - self.credited.minor - self.written_off.minor + self.charged.minor
        return Money(owed - self.paid.minor, self.amount.currency)

    @property
    def principal_left(self) -> Money:
        """What is owed apart from charges if every payment went to it first; never below zero."""
        owed = self.amount.minor - self.credited.minor - self.written_off.minor
        return Money(max(owed - self.paid.minor, 0), self.amount.currency)

    @property
    def payments(self) -> tuple[Payment, ...]:
        """Money that arrived, as it was booked."""
        return tuple(
            Payment(-posting.amount, posting.dated or posting.at.date(), posting.what is Entry.COLLECTED)
            for posting in self.postings
            if posting.what in MONEY
        )

    def given_up_before(self, moment: datetime) -> Money:
        """What was written off before then."""
        gone = (-p.amount for p in self.postings if p.what is Entry.WRITTEN_OFF and p.at < moment)
        return sum(gone, Money.zero(self.amount.currency))

    def disputed_at(self, moment: datetime) -> Money:
        """Which part was disputed then, apart from what the debtor was right about."""
        zero = Money.zero(self.amount.currency)
        held = (h for h in self.holds if h.since <= moment and (h.ended is None or h.ended > moment))
        parts = ((h.amount - (h.credited or zero)) for h in held if h.kind is Reason.DISPUTED and h.amount)
        return sum(parts, zero)

    def has_news_since(self, send: SendState) -> bool:
        """Whether anything was booked since its place was taken, besides what we charged ourselves."""
        return any(posting.what not in ADDING for posting in self.postings[send.booked :])

    @property
    def disputes(self) -> tuple[HoldState, ...]:
        """The disputes that wait for an answer."""
        return tuple(hold for hold in self.holds if hold.ended is None and hold.kind is Reason.DISPUTED)

    @property
    def disputed(self) -> Money:
        """How much is disputed at the moment: never more than is left, which money for the rest does not lessen."""
        left, disputes = self.principal_left, self.disputes
        if not disputes:
            return Money.zero(left.currency)
        if any(dispute.amount is None for dispute in disputes):
            return left
        parts = sum((dispute.amount for dispute in disputes if dispute.amount), Money.zero(left.currency))
        claimed = min(self.amount - self.credited - self.written_off, self.balance)
        return max(min(parts, claimed), Money.zero(left.currency))

    @property
    def reached(self) -> bool:
        """Whether anybody viewed, or some message to the debtor is out and has not failed."""
        return self.viewed or any(send.is_out and send.channel is not Channel.COLLECTION for send in self.sends)

    @property
    def hold(self) -> HoldState | None:
        """The hold in force that stops everything: a dispute before others, then the oldest."""
        running = [hold for hold in self.holds if hold.ended is None and hold.amount is None]
        disputes = [hold for hold in running if hold.kind is Reason.DISPUTED]
        return next(iter(disputes or running), None)

    @property
    def in_collection(self) -> bool:
        """Whether the agency has the claim."""
        if self.agency.closed:
            return False
        for send in reversed(self.sends):
            if send.channel is Channel.COLLECTION and send.is_out and send.message not in NOTICES:
                return send.message is Message.CLAIM
        return False

    def of_step(self, step: str) -> Iterator[SendState]:
        """The sends of a step, oldest first."""
        return (send for send in self.sends if send.id.step == step)

    def charge(self, step: str, kind: ChargeKind = ChargeKind.FEE) -> Charge | None:
        """The step's charge of a kind, whatever its state."""
        return next((charge for charge in self.charges if charge.step == step and charge.kind is kind), None)

    def standing(self, kind: ChargeKind) -> Money:
        """The booked charges of a kind that stand."""
        booked = (c.amount for c in self.charges if c.kind is kind and c.state is ChargeState.BOOKED)
        return sum(booked, Money.zero(self.amount.currency))

    def send(self, send_id: SendId) -> SendState:
        """One send.

        Raises:
            KeyError: there is no such send.
        """
        for send in self.sends:
            if send.id == send_id:
                return send
        raise KeyError(str(send_id))


_FIELDS = tuple(field.name for field in fields(Facts))
