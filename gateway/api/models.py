"""What the API answers, as documents. Amounts are decimal strings, moments are local to the debtor."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from domain.policy import Channel
from domain.stages import Stage
from domain.words import Message, Status

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
