"""All that is known of one invoice at one moment. Built by folding events (``domain/events.py``), never edited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.money import Money
from domain.policy import Channel
from domain.words import DebtorKind, Message, Outcome, Reason, SendId, Status

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
    fee: Money | None = None
    why: Reason | None = None
    viewed_at: datetime | None = None
    sought: int = 0
    recall_until: datetime | None = None
    """Until when it can be called back; None: it cannot, or is not to be asked again."""
    recall_tried: datetime | None = None

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
    """The fee of a step, at most one a step."""

    step: str
    amount: Money
    state: ChargeState
    send: SendId
    capped: bool
    law: str


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that arrived: dated by the payer's bank, booked by us."""

    amount: Money
    dated: date
    by_agency: bool = False


@dataclass(frozen=True, slots=True)
class HoldState:
    """A dispute, respite or pause; ``until`` is its last day, ``ended`` when it really ended."""

    kind: Reason
    since: datetime
    until: date | None = None
    ended: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    """A question to a person; open until somebody acts."""

    reason: Reason
    at: datetime
    resolved: bool = False


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
    fees: Money
    """Booked fees that stand."""
    payments: tuple[Payment, ...] = ()
    sends: tuple[SendState, ...] = ()
    charges: tuple[Charge, ...] = ()
    holds: tuple[HoldState, ...] = ()
    asks: tuple[Ask, ...] = ()
    renewed: tuple[tuple[Channel, datetime], ...] = ()
    waived: frozenset[str] = frozenset()
    booked_through: date | None = None
    stopped: bool = False
    withdrawal_asked: bool = False
    viewed: bool = False
    closed: Outcome | None = None
    seen: int = 0

    @classmethod
    def at_start(cls, invoice: Invoice) -> Facts:
        """What is known before anything has happened."""
        zero = Money.zero(invoice.amount.currency)
        return cls(invoice, invoice.amount, invoice.due, None, invoice.ways, zero, zero, zero)

    @property
    def principal_open(self) -> Money:
        """What is owed apart from fees; never below zero."""
        return Money(max(self.amount.minor - self.credited.minor - self.paid.minor, 0), self.amount.currency)

    @property
    def balance(self) -> Money:
        """What is owed, booked fees included; below zero when too much was paid."""
        owed = self.amount.minor - self.credited.minor + self.fees.minor
        return Money(owed - self.paid.minor, self.amount.currency)

    @property
    def reached(self) -> bool:
        """Whether anybody viewed, or some message to the debtor is out and has not failed."""
        return self.viewed or any(send.is_out and send.channel is not Channel.COLLECTION for send in self.sends)

    @property
    def hold(self) -> HoldState | None:
        """The hold in force: a dispute before others, then the oldest."""
        running = [hold for hold in self.holds if hold.ended is None]
        disputes = [hold for hold in running if hold.kind is Reason.DISPUTED]
        return next(iter(disputes or running), None)

    @property
    def in_collection(self) -> bool:
        """Whether the agency has the claim."""
        for send in reversed(self.sends):
            if send.channel is Channel.COLLECTION and send.is_out and send.message is not Message.DISPUTE_NOTICE:
                return send.message is Message.CLAIM
        return False

    def of_step(self, step: str) -> Iterator[SendState]:
        """The sends of a step, oldest first."""
        return (send for send in self.sends if send.id.step == step)

    def charge(self, step: str) -> Charge | None:
        """The step's fee, whatever its state."""
        return next((charge for charge in self.charges if charge.step == step), None)

    def send(self, send_id: SendId) -> SendState:
        """One send.

        Raises:
            KeyError: there is no such send.
        """
        for send in self.sends:
            if send.id == send_id:
                return send
        raise KeyError(str(send_id))
