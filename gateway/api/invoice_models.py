"""An invoice as the API tells it. Amounts are decimal strings, moments are local to the debtor."""

from __future__ import annotations

from datetime import date

from domain.charge import ChargeKind
from domain.facts import ChargeState
from domain.policy import Channel
from domain.stages import Stage
from domain.timeline import Did
from domain.words import AgencyOutcome, DebtorKind, DisputeOutcome, Message, Outcome, Reason
from gateway.api.models import Currency, Decimal, Document, Moment, Number
from gateway.standing import Standing


class LifeEntry(Document):
    """One act of ours, done or to come."""

    at: Moment
    """When, to the minute."""
    did: Did
    """What."""
    balance: Decimal
    """What is owed after it."""
    currency: Currency
    """Of the amounts."""
    reason: Reason
    """Why."""
    step: str | None = None
    """Which step of the plan."""
    message: Message | None = None
    """What was said."""
    channel: Channel | None = None
    """On which channel."""
    amount: Decimal | None = None
    """What the message asks for, or the fee."""
    law: str | None = None
    """The statute that allows or caps a fee."""


class Amounts(Document):
    """The invoice's account."""

    currency: Currency
    """Of all amounts."""
    invoiced: Decimal
    """The invoice, as amended last."""
    credited: Decimal
    """Taken back by the merchant."""
    written_off: Decimal
    """Given up by the merchant."""
    fees: Decimal
    """Booked fees that stand."""
    interest: Decimal
    """Booked interest that stands."""
    compensation: Decimal
    """Booked compensation that stands."""
    paid: Decimal
    """What arrived."""
    disputed: Decimal
    """How much of the balance is disputed; no message asks for it."""
    balance: Decimal
    """What is owed; below zero when too much was paid."""


class PaymentEntry(Document):
    """Money that arrived."""

    amount: Decimal
    """How much; below zero: taken back."""
    dated: date
    """The day of the payer's bank."""
    by_agency: bool
    """Whether the agency collected it."""


class PeriodEntry(Document):
    """Days that bore interest, the first and the last included."""

    since: date
    """The first."""
    through: date
    """The last."""
    base: Decimal
    """On how much."""
    rate: Decimal
    """Percent a year, simple."""


class ChargeEntry(Document):
    """What a step added to the debt."""

    step: str
    """Which step."""
    kind: ChargeKind
    """`fee`, `interest` or `compensation`."""
    amount: Decimal
    """How much of it stands; of one that was reversed, how much it was."""
    law: str
    """On which legal ground."""
    capped: bool
    """Whether the law cut what the merchant had wished."""
    limit: Decimal | None = None
    """The law's limit when it was made."""
    periods: list[PeriodEntry] | None = None
    """Of interest: for which days, on what, at which rate."""
    state: ChargeState
    """`pending` until its message is out, `booked`, or `reversed`."""


class HoldEntry(Document):
    """A dispute, respite or pause."""

    kind: Reason
    """`disputed`, `respite` or `paused`."""
    since: Moment
    """When it began."""
    until: date | None = None
    """Its last day; without it: until answered or released."""
    ended: Moment | None = None
    """When it ended; without it: it still holds."""
    amount: Decimal | None = None
    """How much is disputed; without it: all."""
    who: str | None = None
    """Who ordered it."""
    why: str | None = None
    """Why."""
    outcome: DisputeOutcome | None = None
    """How the dispute was answered."""


class AgencyEntry(Document):
    """What the agency has told of the claim that was handed over to it."""

    handed_over: Moment
    """When."""
    case: str | None = None
    """Its own number for the claim."""
    acknowledged: Moment | None = None
    """When it said that it has the claim; without it: not yet."""
    status: str | None = None
    """How far it has come, in its own code."""
    closed: AgencyOutcome | None = None
    """How it closed its case."""
    closed_at: Moment | None = None
    """When."""
    withdrawn: Moment | None = None
    """When the claim was taken back."""
    confirmed: Moment | None = None
    """When it confirmed that."""


class AskEntry(Document):
    """A question that waits for a person."""

    reason: Reason
    """What is asked."""
    at: Moment
    """Since when."""


class OrderEntry(Document):
    """An order that was given."""

    at: Moment
    """When."""
    kind: str
    """What it meant."""
    said: str | None = None
    """What it said besides: an amount, a day, an outcome."""
    who: str
    """Who gave it."""
    why: str
    """Why."""


class InvoiceDocument(Document):
    """One invoice: where it stands, what was done, and what comes if nothing happens. Without its customer."""

    merchant: str
    """Whose."""
    number: Number
    """Its number."""
    reference: str
    """What the customer writes on the payment."""
    country: str
    """The debtor's country, whose law holds."""
    kind: DebtorKind
    """`consumer` or `company`."""
    issued: date
    """The day of issue."""
    due: date
    """The due date as amended last."""
    as_of: Moment
    """When this was so, by the case's clock."""
    standing: Standing
    """Where it stands for its customer."""
    stage: Stage
    """Where it stands for us, as its last look left it."""
    outcome: Outcome | None = None
    """How it ended; without it, it has not."""
    viewed: bool
    """Whether the customer looked at it."""
    amounts: Amounts
    """The account."""
    payments: list[PaymentEntry]
    """What arrived, oldest first."""
    charges: list[ChargeEntry]
    """What was added: fees, interest, compensation."""
    holds: list[HoldEntry]
    """What holds or held it, oldest first."""
    agency: AgencyEntry | None = None
    """What the agency told, once the claim was handed over."""
    asks: list[AskEntry]
    """Open questions."""
    orders: list[OrderEntry]
    """Orders that were given, oldest first."""
    history: list[LifeEntry]
    """What we did, oldest first."""
    plan: list[LifeEntry]
    """What we shall do if nothing happens."""
