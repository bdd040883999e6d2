"""Batches as the API takes and tells them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from config.problems import Problem, explained, keys_of, shown_key
from domain.batches import USUAL_RATE, BatchProgress, BatchState
from domain.stages import Stage
from gateway.api.models import Document, Number
from gateway.api.problems import invalid
from gateway.api.schemas import FOR_MANY_COMMAND, INVOICE, REFERENCE
from store.batches import Batch
from store.selecting import Selection
from workflows.foreseeing import Outlook

M = TypeVar("M", bound=BaseModel)

CHUNK = 1_000
"""Invoices that are added at a time."""
_DAYS = Field(default=None, examples=["2026-03-01"])


class Wanted(BaseModel):
    """What a request may hold."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class WantedSelection(Wanted):
    """Which of the merchant's invoices are meant: all that is named must hold. Those that are closed are not."""

    stages: tuple[Stage, ...] = ()
    """Only those that stand at one of these."""
    due_before: date | None = _DAYS
    """Only those due before this day."""
    due_from: date | None = _DAYS
    """Only those due on this day or later."""
    next_step: Annotated[str, Field(max_length=64)] | None = Field(default=None, examples=["reminder-1"])
    """Only those that wait for this step."""
    version: Annotated[int, Field(ge=1, le=999_999)] | None = None
    """Only those that go by this version of the merchant's file."""
    country: Annotated[str, Field(pattern="^[A-Z]{2}$")] | None = Field(default=None, examples=["SE"])
    """Only debtors in this country."""

    def of(self, merchant: str) -> Selection:
        """The selection among a merchant's invoices."""
        return Selection(merchant, **self.model_dump())


class WantedBatch(Wanted):
    """A batch to be filled with invoices."""

    id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """Your own id for it; given twice it is the same batch."""
    why: Annotated[str, Field(max_length=1_000)] = ""
    """Why; kept with it."""
    rate: Annotated[float, Field(ge=0.01, le=10_000)] = USUAL_RATE
    """How many a second at most."""


class WantedOrders(WantedBatch):
    """An order for all invoices that are meant."""

    order: Mapping[str, Any]
    """The order, without `id` and `why`."""
    selection: WantedSelection
    """Which invoices are meant."""
    confirm: Annotated[int, Field(ge=0, le=10_000_000)] = 0
    """How many messages may go out at once because of it, as the outlook told; if more would, the batch pauses."""


class BatchDocument(Document):
    """A batch, and how far it is."""

    id: str = Field(examples=["3f9a0c1b2d4e"])
    """Its id: its address ends in this."""
    does: str = Field(examples=["pause of nordljus, due before 2026-03-01"])
    """What is done, in words."""
    state: BatchState
    """`filling`, `running`, `paused`, `done` or `stopped`."""
    total: int
    """How many invoices are in it."""
    done: int
    """How many were started, or got the order."""
    unchanged: int
    """How many were there already."""
    refused: int
    """How many could not be used."""
    rate: float
    """How many a second at most."""
    said: str | None = None
    """Why it paused of its own accord."""
    why: str | None = None
    """Why it was begun."""
    created_at: datetime = Field(examples=["2026-03-02T08:00:00Z"])
    """Since when."""
    ended_at: datetime | None = None
    """When it was done or stopped."""

    @classmethod
    def of(cls, batch: Batch, progress: BatchProgress) -> BatchDocument:
        """A batch as it is told."""
        return cls(
            id=batch.id,
            does=str(batch),
            state=progress.state,
            total=progress.total,
            done=progress.done,
            unchanged=progress.unchanged,
            refused=progress.refused,
            rate=batch.rate,
            said=progress.said or None,
            why=batch.why or None,
            created_at=batch.created_at,
            ended_at=batch.ended_at,
        )


class BatchList(Document):
    """A page of batches."""

    batches: list[BatchDocument]
    """The newest first."""
    next: str | None = None
    """The `after` of the next page; without it this is the last."""


class FilledBatch(Document):
    """Invoices that were added to a batch."""

    id: str
    """The batch."""
    taken: int
    """How many wait to be started."""
    refused: int
    """How many cannot be used; the batch's report tells why."""


class GoesOut(Document):
    """A kind of message, and how often it goes out."""

    what: str = Field(examples=["reminder by e-mail, fee 60.00 SEK"])
    """What goes out."""
    count: int
    """How often."""


class OutlookDocument(Document):
    """What would go out at once."""

    invoices: int
    """How many invoices were looked at."""
    is_complete: bool
    """Whether that is all of them."""
    refused: int
    """How many of them could not be used."""
    at_once: list[GoesOut]
    """What would go out at once, or as soon as the contact window opens."""
    confirm: int
    """How many messages a person has to confirm: of invoices to be started, those for overdue ones."""
    examples: list[str]
    """The first that could not be used, and why."""

    @classmethod
    def of(cls, outlook: Outlook, *, starts: bool, total: int) -> OutlookDocument:
        """An outlook as it is told."""
        invoices = outlook.all.invoices + outlook.known + outlook.refused
        return cls(
            invoices=invoices,
            is_complete=invoices >= total,
            refused=outlook.refused,
            at_once=[GoesOut(what=what, count=count) for what, count in outlook.all.rows()],
            confirm=outlook.at_once(starts=starts),
            examples=outlook.examples,
        )


class RefusedInvoice(Document):
    """An invoice that could not be used."""

    place: int
    """Its place in the batch, from 1 on."""
    number: Number | None = None
    """Its number, if it has one."""
    said: str = Field(examples=["customer.email: … is not an e-mail address; write it as name@example.com"])
    """What is wrong, and the cure. What was written is not quoted."""


class RefusedList(Document):
    """A page of a batch's report."""

    refused: list[RefusedInvoice]
    """By place."""
    next: int | None = None
    """The `after` of the next page; without it this is the last."""


def read_as(model: type[M], data: Mapping[str, Any]) -> M:
    """Read a request.

    Raises:
        Refusal: something in it is wrong.
    """
    try:
        return model.model_validate(data)
    except ValidationError as error:
        faults = explained(error, keys_of(model))
        raise invalid(Problem("", None, shown_key(where), problem, cure) for where, problem, cure in faults) from None


def takes_model(model: type[BaseModel], example: Mapping[str, Any]) -> dict[str, Any]:
    """The body of a request that is read as this."""
    schema = model.model_json_schema(ref_template="{model}")
    schema = _whole(schema, schema.pop("$defs", {}))
    if "order" in schema["properties"]:
        schema["properties"]["order"] = {"$ref": REFERENCE.format(model=FOR_MANY_COMMAND)}
    return _body(schema, example)


def takes_chunk() -> dict[str, Any]:
    """The body of a request that adds invoices."""
    items = {"$ref": REFERENCE.format(model=INVOICE)}
    first = {
        "type": "integer",
        "minimum": 1,
        "maximum": 10_000_000,
        "description": "The first one's place; default: 1.",
    }
    invoices = {"type": "array", "minItems": 1, "maxItems": CHUNK, "items": items}
    properties = {"first": first, "invoices": invoices}
    schema = {"type": "object", "title": "BatchInvoices", "properties": properties, "required": ["invoices"]}
    return _body(schema | {"additionalProperties": False}, None)


def _body(schema: dict[str, Any], example: Mapping[str, Any] | None) -> dict[str, Any]:
    schema = schema | ({"examples": [example]} if example else {})
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def _whole(schema: Any, parts: Mapping[str, Any]) -> Any:
    """A schema with its parts written out where they are named."""
    if isinstance(schema, dict):
        more = {key: _whole(value, parts) for key, value in schema.items() if key != "$ref"}
        return {**_whole(parts[schema["$ref"]], parts), **more} if "$ref" in schema else more
    return [_whole(one, parts) for one in schema] if isinstance(schema, list) else schema
