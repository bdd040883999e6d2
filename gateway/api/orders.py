"""Payments and commands: one line of the command table each, given as the command line gives them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic_core import PydanticCustomError

from config.problems import ConfigError, Problem, nearest, shape
from config.values import text
from domain.events import Event, Stopped
from domain.wire import InvoiceRef
from gateway.api.auth import Caller, WritesCommands, WritesPayments
from gateway.api.bodies import Body, read_body
from gateway.api.invoices import InvoiceNumber, found, missing
from gateway.api.models import TakenOrder
from gateway.api.once import Answer, IdempotencyKey, digest_of, once
from gateway.api.problems import Kind, Refusal, invalid, wrong_at
from gateway.api.schemas import COMMAND, COMMON, PAYMENT, answers, takes
from gateway.api.service import PATIENCE
from store.cases import CaseFile, UnknownInvoiceError
from store.orders import GivenOrder, Order, OrderIdTakenError
from workflows.order_values import checked, contact_changes, fitting
from workflows.orders import ORDERS, Given, OrderKind
from workflows.orders import Kind as FieldKind

LONGEST = {"id": 64, "why": 1_000}
"""Letters of an order's id and of its reason."""


_DONE = {
    201: "It is in the books, and the case has looked at it.",
    202: "It is in the books; the case has not looked at it yet, and will.",
    200: "It was given before; nothing was done again.",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """An order as it was asked for: its line of the table, its fields as text, its id, and why."""

    kind: OrderKind
    fields: dict[str, str]
    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Meant:
    """What an order means: its event, its values, and the invoice's details if they change with it."""

    event: Event
    values: dict[str, Any]
    details: str | None

    @property
    def reply(self) -> str:
        """What we are to write to the customer."""
        return self.values.get("reply") or ""

    def is_said_by(self, kept: GivenOrder) -> bool:
        """Whether an order in the books says the same."""
        return (kept.event, kept.reply) == (self.event, self.reply)


def router() -> APIRouter:
    """The addresses of payments and commands."""
    routes = APIRouter(prefix="/invoices/{number}", tags=["Orders"])

    @routes.post(
        "/payments",
        operation_id="bookPayment",
        summary="Book a payment",
        status_code=201,
        responses=answers(TakenOrder, _DONE),
        openapi_extra=takes(PAYMENT),
    )
    async def pay(
        request: Request, asks: WritesPayments, number: InvoiceNumber, key: IdempotencyKey = None
    ) -> Response:
        """Book money that arrived; an amount below zero takes it back. Give an `id` or an `Idempotency-Key`."""
        body = await read_body(request)
        return await once(request, asks, key, body, lambda: _take(request, asks, number, "pay", body, key))

    @routes.post(
        "/commands",
        operation_id="giveCommand",
        summary="Give a command",
        status_code=201,
        responses=answers(TakenOrder, _DONE),
        openapi_extra=takes(COMMAND),
    )
    async def command(
        request: Request, asks: WritesCommands, number: InvoiceNumber, key: IdempotencyKey = None
    ) -> Response:
        """Steer a case: the same orders as on the command line. A `stop` for an invoice not yet known waits for it."""
        body = await read_body(request)
        name = _text(body.data.get("command"), "command")
        if name not in ORDERS:
            raise wrong_at("command", f'"{name}" is no command', nearest(name, ORDERS))
        return await once(request, asks, key, body, lambda: _take(request, asks, number, name, body, key))

    return routes


async def _take(request: Request, asks: Caller, number: str, name: str, body: Body, key: str | None) -> Answer:
    asked = _asked(ORDERS[name], body, {"command"} if request.scope["path"].endswith("/commands") else set())
    order = Order(_order_id(request, asks, asked, body, key), asked.kind.name, asks.name, asked.why)
    try:
        ref = await found(asks, number)
    except Refusal:
        if name != "stop" or not await _stop_in_advance(asks, number, order):
            raise
        return Answer(202, TakenOrder(number=number, order=name, known=False, seen=False).as_json())
    return await _give(asks, ref, asked, order)


async def _give(asks: Caller, ref: InvoiceRef, asked: Asked, order: Order) -> Answer:
    service = asks.service
    now = await service.desk.now(ref)
    case, known = await asyncio.to_thread(_read, asks, ref, order)
    if known:
        _check_same(known, asked, case)
        return Answer(200, TakenOrder(number=ref.number, order=asked.kind.name, known=True, seen=True).as_json())
    try:
        meant = _meant(asked, case, now)
        fitting(asked.kind, meant.values, case.facts)
        order = replace(order, reply=meant.reply)
        glance = await service.desk.client.order(ref, order, meant.event, meant.details, PATIENCE)
    except ConfigError as error:
        raise _placed(error) from None
    except OrderIdTakenError:
        raise _taken() from None
    _, kept = await asyncio.to_thread(_read, asks, ref, order)
    if kept and not meant.is_said_by(kept):
        _check_same(kept, asked, case)
    taken = TakenOrder(
        number=ref.number,
        order=asked.kind.name,
        known=False,
        seen=glance is not None,
        stage=glance.stage if glance else None,
        next=glance.summary if glance else None,
    )
    return Answer(201 if glance else 202, taken.as_json())


def _read(asks: Caller, ref: InvoiceRef, order: Order) -> tuple[CaseFile, GivenOrder | None]:
    books = asks.service.books
    try:
        return books.cases.read(ref.id), books.orders.one(ref.merchant, ref.number, order.id)
    except UnknownInvoiceError:
        raise missing() from None


def _meant(asked: Asked, case: CaseFile, now: datetime) -> Meant:
    today = case.law.calendar.wall(now).date()
    values = checked(asked.kind, asked.fields, case.invoice, case.policy, today)
    details = contact_changes(case.details, values)
    return Meant(asked.kind.event(Given(now, today, values)), values, details)


def _check_same(known: GivenOrder, asked: Asked, case: CaseFile) -> None:
    """The same id must mean the same, told at the moment at which it was given first."""
    try:
        same = _meant(asked, case, known.event.at).is_said_by(known)
    except ConfigError as error:
        raise _placed(error) from None
    if not same:
        raise _taken()


def _taken() -> Refusal:
    return Refusal(
        Kind.ID_TAKEN, "An order of this id was given, and it was another. Give each order an id of its own."
    )


async def _stop_in_advance(asks: Caller, number: str, order: Order) -> bool:
    """A stop that overtook its invoice is kept until the invoice comes. False: it has come meanwhile."""
    event, orders = Stopped(at=datetime.now(UTC)), asks.service.books.orders
    try:
        return await asyncio.to_thread(orders.keep_for, asks.merchant, number, order, event)
    except OrderIdTakenError:
        raise _taken() from None


def _asked(kind: OrderKind, body: Body, also: set[str]) -> Asked:
    """Read an order's form; its values are checked with the case at hand."""
    names = [field.name for field in kind.fields]
    known = [*names, *COMMON, *also]
    problems = [Problem("", None, key, "unknown key", nearest(key, known)) for key in body.data if key not in known]
    problems += [
        Problem("", None, field.name, "is missing", f'add "{field.name}": {field.help}')
        for field in kind.fields
        if field.needed and body.data.get(field.name) is None
    ]
    if problems:
        raise invalid(problems)
    prose = {field.name for field in kind.fields if field.kind is FieldKind.WORDS}
    texts = {
        name: _text(body.data[name], name, lines=name in prose)
        for name in (*names, *COMMON)
        if body.data.get(name) is not None
    }
    for name, most in LONGEST.items():
        if len(texts.get(name, "")) > most:
            raise wrong_at(name, f"has {len(texts[name])} letters", f"write at most {most}")
    return Asked(
        kind, {name: texts[name] for name in names if name in texts}, texts.get("id", ""), texts.get("why", "")
    )


def _text(value: object, name: str, *, lines: bool = False) -> str:
    """The text of a field; one that may have several lines is read with the others' values."""
    if not isinstance(value, str):
        raise wrong_at(name, f"is {shape(value)[:40]}; it must be text", "write text in quotes")
    try:
        return value if lines else text(value)
    except PydanticCustomError as error:
        context = error.context or {}
        raise wrong_at(name, context["problem"], context["cure"]) from None


def _order_id(request: Request, asks: Caller, asked: Asked, body: Body, key: str | None) -> str:
    """What makes an order one: the caller's own id for it, or its ``Idempotency-Key`` and what it says.

    A hash, since ids are unique over all merchants and one must not learn of another's.
    """
    if asked.id:
        mine = f"id\0{asks.merchant}\0{asked.id}"
    elif key:
        mine = f"key\0{asks.merchant}\0{key}\0{digest_of(request, body)}"
    else:
        return uuid4().hex
    return sha256(mine.encode()).hexdigest()


def _placed(error: ConfigError) -> Refusal:
    """Problems of a customer's new address, at the order's own fields."""
    return invalid(
        Problem("", None, problem.key.removeprefix("customer."), problem.problem, problem.cure)
        for problem in error.problems
    )
