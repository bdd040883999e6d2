"""The OpenAPI description: what requests hold, from the tables and models that read them, and every answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from config.invoice_file import DebtorRow, InvoiceRow, ItemRow
from config.schema import invoice_schemas
from domain.words import DisputeOutcome, When
from gateway.api.models import ProblemDocument
from gateway.api.problems import MEDIA_TYPE, PROBLEMS
from gateway.api.problems import Kind as ProblemKind
from workflows.order_values import LONGEST
from workflows.orders import FOR_MANY, ORDERS, Field, Kind, OrderKind

Responses = dict[int | str, dict[str, Any]]

REFERENCE = "#/components/schemas/{model}"
INVOICE, BATCH, PAYMENT, COMMAND = "Invoice", "InvoiceBatch", "Payment", "Command"
FOR_MANY_COMMAND = "CommandForMany"
NAMES = {InvoiceRow: INVOICE, DebtorRow: "Customer", ItemRow: "InvoiceLine"}

ABOUT = """Start invoices, see where they stand and what comes, book payments, steer cases.

A key opens one merchant's invoices: `Authorization: Bearer kv_…`. What is wrong is told as
`application/problem+json`, with a cure. Amounts are decimal strings; days are `2026-03-02`."""

EXAMPLE: dict[str, Any] = {
    "number": "10042",
    "issued": "2026-03-02",
    "due": "2026-04-01",
    "amount": "249.00",
    "customer": {
        "name": "Anna Lundberg",
        "kind": "consumer",
        "email": "anna@customer.example",
        "phone": "+46701740605",
        "address": ["Storgatan 1", "111 22 Stockholm"],
    },
}
COMMON: dict[str, dict[str, Any]] = {
    "id": {
        "type": "string",
        "minLength": 1,
        "maxLength": 64,
        "description": "Your own id for the order; given twice it is done once.",
    },
    "why": {"type": "string", "minLength": 1, "maxLength": 1000, "description": "Why; kept with the order."},
}
"""What every order may have."""

_OF_BODIES = frozenset(
    {
        ProblemKind.TOO_SLOW,
        ProblemKind.IN_PROGRESS,
        ProblemKind.ID_TAKEN,
        ProblemKind.BATCH_RUNS,
        ProblemKind.TOO_LARGE,
        ProblemKind.NOT_JSON,
        ProblemKind.KEY_REUSED,
    }
)
_DAY = {"type": "string", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "examples": ["2026-05-01"]}
_FORMS: dict[Kind, dict[str, Any]] = {
    Kind.MONEY: {
        "type": ["string", "number"],
        "pattern": r"^-?[0-9]{1,12}(\.[0-9]+)?$",
        "examples": ["249.00"],
    },
    Kind.DAY: _DAY,
    Kind.LAST_DAY: _DAY,
    Kind.STEP: {"type": "string", "pattern": r"^(reminder-[1-9][0-9]*|collection)$", "examples": ["reminder-1"]},
    Kind.OUTCOME: {"type": "string", "enum": [*DisputeOutcome]},
    Kind.VERSION: {"type": "string", "pattern": "^[1-9][0-9]{0,5}$", "examples": ["2"]},
    Kind.WHEN: {"type": "string", "enum": [*When]},
    Kind.TEXT: {"type": "string", "minLength": 1},
    Kind.WORDS: {
        "type": "string",
        "minLength": 1,
        "maxLength": LONGEST,
        "examples": ["The meter was read on 3 March."],
    },
}
_HEADERS = {
    "RateLimit-Limit": "How many requests the key may make in its window.",
    "RateLimit-Remaining": "How many are left of them.",
    "RateLimit-Reset": "Seconds until there are more.",
}


def takes(schema: str) -> dict[str, Any]:
    """The body of a request."""
    content = {"application/json": {"schema": {"$ref": REFERENCE.format(model=schema)}}}
    return {"requestBody": {"required": True, "content": content}}


def answers(model: type[BaseModel], done: Mapping[int, str], *, reads: bool = False) -> Responses:
    """What an address may answer: this, or a problem."""
    return {status: {"model": model, "description": text} for status, text in done.items()} | problems(reads=reads)


def problems(*, reads: bool = False) -> Responses:
    """Every problem there can be; an address that only reads takes no body."""
    schema = {"schema": {"$ref": REFERENCE.format(model=ProblemDocument.__name__)}}
    told: dict[int, str] = {}
    for kind, (status, title) in PROBLEMS.items():
        if not (reads and kind in _OF_BODIES):
            told[status] = f"{told[status]} {title}" if status in told else title
    return {status: {"description": text, "content": {MEDIA_TYPE: schema}} for status, text in told.items()}


def description(api: FastAPI) -> dict[str, Any]:
    """The whole description, made once."""
    if api.openapi_schema is None:
        made = get_openapi(
            title=api.title,
            version=api.version,
            openapi_version=api.openapi_version,
            description=ABOUT,
            routes=api.routes,
            separate_input_output_schemas=False,
        )
        schemas = made.setdefault("components", {}).setdefault("schemas", {})
        schemas |= _problem_document() | _invoice() | order_schemas()
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        for path in made["paths"].values():
            for operation in path.values():
                _tell_headers(operation)
        api.openapi_schema = made
    return api.openapi_schema


def _problem_document() -> dict[str, Any]:
    schema = ProblemDocument.model_json_schema(ref_template=REFERENCE)
    return {**schema.pop("$defs"), ProblemDocument.__name__: schema}


def _invoice() -> dict[str, Any]:
    """An invoice as files hold it, but that the merchant may be left out: it is the key's."""
    written = json.dumps(invoice_schemas(REFERENCE))
    for model, name in NAMES.items():
        written = written.replace(f'"{REFERENCE.format(model=model.__name__)}"', f'"{REFERENCE.format(model=name)}"')
        written = written.replace(f'"title": "{model.__name__}"', f'"title": "{name}"')
    parts = json.loads(written)
    schemas = {name: parts[model.__name__] for model, name in NAMES.items()}
    invoice = schemas[INVOICE]
    invoice["required"].remove("merchant")
    invoice["properties"]["merchant"]["description"] = "The key's; another one is refused."
    invoice["properties"]["number"]["examples"] = [EXAMPLE["number"]]
    invoice["properties"]["customer"].pop("examples")
    invoice["examples"] = [EXAMPLE]
    batch = {
        "type": "object",
        "title": BATCH,
        "description": "Up to 1000 invoices.",
        "properties": {
            "invoices": {
                "type": "array",
                "minItems": 1,
                "maxItems": 1000,
                "items": {"$ref": REFERENCE.format(model=INVOICE)},
            }
        },
        "required": ["invoices"],
        "additionalProperties": False,
        "examples": [{"invoices": [EXAMPLE]}],
    }
    return {**schemas, BATCH: batch}


def order_schemas() -> dict[str, Any]:
    """A schema for each line of the command table."""
    names = {kind.name: f"{kind.name.capitalize()}Command" for kind in ORDERS.values()}
    each = {names[kind.name]: _order(kind, command=True) for kind in ORDERS.values()}
    command = {
        "title": COMMAND,
        "description": "An order to a case; `command` says which.",
        "oneOf": [{"$ref": REFERENCE.format(model=name)} for name in each],
        "discriminator": {
            "propertyName": "command",
            "mapping": {kind: REFERENCE.format(model=name) for kind, name in names.items()},
        },
        "examples": [{"command": "pause", "until": "2026-05-01", "why": "moved house"}],
    }
    many = [_order(kind, command=True, common={}) for kind in FOR_MANY.values()]
    for_many = {"title": FOR_MANY_COMMAND, "description": "An order that many invoices can get.", "oneOf": many}
    payment = _order(ORDERS["pay"], command=False)
    payment |= {"title": PAYMENT, "examples": [{"amount": "249.00", "dated": "2026-04-01", "id": "bank-2026-04-01-17"}]}
    return {**each, COMMAND: command, FOR_MANY_COMMAND: for_many, PAYMENT: payment}


def _order(kind: OrderKind, *, command: bool, common: Mapping[str, Any] = COMMON) -> dict[str, Any]:
    named = {"command": {"type": "string", "const": kind.name}} if command else {}
    properties = {**named, **{field.name: _field(field) for field in kind.fields}, **common}
    return {
        "type": "object",
        "title": f"{kind.name.capitalize()}Command",
        "description": kind.help,
        "properties": properties,
        "required": [*named, *(field.name for field in kind.fields if field.needed)],
        "additionalProperties": False,
    }


def _field(field: Field) -> dict[str, Any]:
    told = field.help.split(" Money taken back")[0]
    return {**_FORMS[field.kind], "description": told}


def _tell_headers(operation: dict[str, Any]) -> None:
    """Every answer to a known key tells where the key stands."""
    headers = {name: {"description": text, "schema": {"type": "integer"}} for name, text in _HEADERS.items()}
    for status, answer in operation["responses"].items():
        if status != "401":
            answer["headers"] = headers
        if status == "429":
            wait = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
            answer["headers"] = {**headers, "Retry-After": wait}
