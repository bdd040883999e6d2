"""What the API answers, as documents. Amounts are decimal strings, moments are local to the debtor."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.charge import ChargeKind
from domain.facts import ChargeState
from domain.policy import Channel
from domain.postings import Entry
from domain.stages import Stage
from domain.timeline import Did
from domain.words import AgencyOutcome, DebtorKind, DisputeOutcome, Message, Outcome, Reason, Status
from gateway.standing import Standing

Decimal = Annotated[str, Field(pattern=r"^-?\d+(\.\d+)?$", examples=["249.00"])]
Currency = Annotated[str, Field(pattern="^[A-Z]{3}$", examples=["SEK"])]
Number = Annotated[str, Field(examples=["10001"])]
Moment = Annotated[datetime, Field(examples=["2026-03-02T09:00:00+01:00"])]


class Document(BaseModel):
    """What every answer has in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    def as_json(self) -> dict[str, Any]:
        """The document; what does not apply is left out."""
        return self.model_dump(mode="json", exclude_none=True)


class Fault(Document):
    """One thing that is wrong."""

    pointer: str | None = Field(default=None, examples=["/customer/email"])
    """Where, as a JSON pointer into the body; empty: the whole of it."""
    parameter: str | None = Field(default=None, examples=["limit"])
    """Where, if it is not in the body: the parameter of the address, or the header."""
    problem: str = Field(examples=['"anna" is not an e-mail address'])
    """What is wrong."""
    cure: str = Field(examples=["write it as name@example.com"])
    """What would be right."""


class ProblemDocument(Document):
    """What went wrong (RFC 9457)."""

    type: str = Field(examples=["urn:kvitt:problem:invalid"])
    """Which kind of problem; programs tell them apart by it."""
    title: str
    """The kind in words."""
    status: int
    """The HTTP status again."""
    detail: str | None = None
    """What to do about it."""
    errors: list[Fault] | None = None
    """Everything that is wrong in what was sent."""


class StartedInvoice(Document):
    """An invoice in the books."""

    merchant: str
    """Whose."""
    number: Number
    """Its number."""
    created: bool
    """Whether it is new; false: it was there already, and nothing has changed."""
    reference: str
    """What the customer writes on the payment."""
    differs: list[str] | None = None
    """If it was there already and is not the same: the fields that differ. What is in the books stays."""


class BatchItem(Document):
    """What became of one invoice of a batch."""

    index: int
    """Its place in the batch, from 0."""
    result: Literal["created", "duplicate", "problem"]
    """`created`, `duplicate` (it was there already, and nothing has changed), or `problem`."""
    number: str | None = None
    """Its number, if it could be read."""
    reference: str | None = None
    """What the customer writes on the payment."""
    differs: list[str] | None = None
    """If it was there already and is not the same: the fields that differ."""
    problem: ProblemDocument | None = None
    """Why it was not started."""


class BatchResult(Document):
    """What became of a batch, in its order."""

    created: int
    """New ones."""
    duplicates: int
    """Those that were there already."""
    problems: int
    """Those that could not be started."""
    results: list[BatchItem]
    """Each of them."""


class Listed(Document):
    """An invoice in the list, as the last look at it left it."""

    number: Number
    """Its number."""
    stage: Stage
    """Where it stands, in one word."""
    balance: Decimal
    """What is owed."""
    currency: Currency
    """Of the balance."""
    due: date
    """The due date as amended last."""
    reference: str
    """What the customer writes on the payment."""
    next_step: str | None = None
    """What it waits to do."""
    next_at: Moment | None = None
    """When that will be if nothing happens before."""


class InvoiceList(Document):
    """A page of invoices, the newest first."""

    invoices: list[Listed]
    """The invoices of this page."""
    next: str | None = None
    """The `after` of the next page; without it this is the last."""


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


class TakenOrder(Document):
    """An order that is in the books."""

    number: Number
    """The invoice."""
    order: str
    """The order's name."""
    known: bool
    """Whether it was given before; then nothing was done again."""
    seen: bool
    """Whether the case has looked at it already; if not, it will."""
    stage: Stage | None = None
    """Where the case stands after it."""
    next: str | None = None
    """What follows, in words."""


class DocumentEntry(Document):
    """A message that was made."""

    id: str
    """Its address ends in this."""
    message: Message
    """What it says."""
    channel: Channel
    """Its channel."""
    step: str
    """The step of the plan that it belongs to."""
    status: Status
    """What became of it."""
    at: Moment
    """When its place was taken."""
    media_type: str
    """What its bytes are."""
    size: int
    """How many there are."""
    sha256: str
    """What they hash to."""


class DocumentList(Document):
    """The messages of an invoice, oldest first."""

    documents: list[DocumentEntry]
    """Each message as it was sent."""


class LedgerEntry(Document):
    """One change of what is owed. Amounts above zero add to it."""

    day: date
    """Its value day: for money, the day of the payer's bank."""
    booked: Moment
    """When it was booked."""
    what: Entry
    """What was posted."""
    amount: Decimal
    """How much."""
    principal: Decimal
    """What it changed of the principal."""
    interest: Decimal
    """What it changed of the interest."""
    costs: Decimal
    """What it changed of fees and compensation."""
    in_favour: Decimal
    """What it changed of the money beyond the debt."""
    balance: Decimal
    """What is owed after it."""
    step: str | None = None
    """Which step of the plan a charge belongs to."""
    law: str | None = None
    """The statute that allows a charge."""


class OpenParts(Document):
    """What is owed, by its parts."""

    principal: Decimal
    """Of the invoice."""
    interest: Decimal
    """Late interest."""
    costs: Decimal
    """Fees and compensation."""
    in_favour: Decimal
    """Money beyond the debt."""
    balance: Decimal
    """All of it; below zero when too much was paid."""


class LedgerDocument(Document):
    """Every change of what is owed, and how the balance of a day comes about."""

    currency: Currency
    """Of all amounts."""
    at: date
    """The day whose balance it is."""
    lines: list[LedgerEntry]
    """Oldest value day first."""
    open: OpenParts
    """What is owed on that day."""
    explained: list[str]
    """The same in sentences."""
