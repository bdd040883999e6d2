"""Payments and commands: one line of the command table each, given as the command line gives them."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic_core import PydanticCustomError

from config.problems import ConfigError, Problem, nearest, shape
from config.values import text
from domain.wire import InvoiceRef
from gateway.api.auth import Caller, WritesCommands, WritesPayments
from gateway.api.bodies import Body, read_body
from gateway.api.invoices import InvoiceNumber, found, missing
from gateway.api.models import TakenOrder
from gateway.api.once import Answer, IdempotencyKey, digest_of, once
from gateway.api.problems import Kind, Refusal, invalid, wrong_at
from gateway.api.schemas import COMMAND, COMMON, PAYMENT, answers, takes
from gateway.api.service import PATIENCE
from store.cases import UnknownInvoiceError
from store.orders import Order, OrderIdTakenError
from workflows.ordering import Asked, Prepared, prepared, stop_in_advance
from workflows.orders import ORDERS, OrderKind
from workflows.orders import Kind as FieldKind

LONGEST = {"id": 64, "why": 1_000}
"""Letters of an order's id and of its reason."""


_DONE = {
    201: "It is in the books, and the case has looked at it.",
    202: "It is in the books; the case has not looked at it yet, and will.",
    200: "It was given before; nothing was done again.",
}


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
    texts = texts_of(ORDERS[name], body.data, {"command"} if request.scope["path"].endswith("/commands") else set())
    its_id, why = texts.pop("id", ""), texts.pop("why", "")
    asked, order = Asked(ORDERS[name], texts), Order(_order_id(request, asks, its_id, body, key), name, asks.name, why)
    try:
        ref = await found(asks, number)
    except Refusal:
        if name != "stop" or not await _stopped_in_advance(asks, number, order):
            raise
        return Answer(202, TakenOrder(number=number, order=name, known=False, seen=False).as_json())
    return await _give(asks, ref, asked, order)


async def _give(asks: Caller, ref: InvoiceRef, asked: Asked, order: Order) -> Answer:
    desk = asks.service.desk
    ready = await _prepared(asks, ref, asked, order)
    if ready.known:
        return Answer(200, TakenOrder(number=ref.number, order=asked.kind.name, known=True, seen=True).as_json())
    order = replace(order, reply=ready.reply)
    try:
        glance = await desk.client.order(ref, order, ready.event, ready.details, PATIENCE)
    except OrderIdTakenError:
        raise _taken() from None
    kept = await asyncio.to_thread(asks.service.books.orders.one, ref.merchant, ref.number, order.id)
    if kept and not ready.is_said_by(kept):
        await _prepared(asks, ref, asked, order)  # another of this id came first
    taken = TakenOrder(
        number=ref.number,
        order=asked.kind.name,
        known=False,
        seen=glance is not None,
        stage=glance.stage if glance else None,
        next=glance.summary if glance else None,
    )
    return Answer(201 if glance else 202, taken.as_json())


async def _prepared(asks: Caller, ref: InvoiceRef, asked: Asked, order: Order) -> Prepared:
    """What the order means; the same id must mean the same, told at the moment at which it was given first."""
    now, books = await asks.service.desk.now(ref), asks.service.books
    try:
        ready = await asyncio.to_thread(prepared, books, ref, asked, order.id, now)
    except ConfigError as error:
        raise _placed(error) from None
    except UnknownInvoiceError:
        raise missing() from None
    if ready.known and not ready.is_said_by(ready.known):
        raise _taken()
    return ready


def _taken() -> Refusal:
    return Refusal(
        Kind.ID_TAKEN, "An order of this id was given, and it was another. Give each order an id of its own."
    )


async def _stopped_in_advance(asks: Caller, number: str, order: Order) -> bool:
    """A stop that overtook its invoice is kept until the invoice comes. False: it has come meanwhile."""
    try:
        return await asyncio.to_thread(stop_in_advance, asks.service.books, asks.merchant, number, order)
    except OrderIdTakenError:
        raise _taken() from None


def texts_of(
    kind: OrderKind, data: Mapping[str, Any], also: Collection[str], common: Collection[str] = COMMON
) -> dict[str, str]:
    """Read an order's form: its fields as text, its id and why. Its values are checked with the case at hand."""
    names = [field.name for field in kind.fields]
    known = [*names, *common, *also]
    problems = [Problem("", None, key, "unknown key", nearest(key, known)) for key in data if key not in known]
    problems += [
        Problem("", None, field.name, "is missing", f'add "{field.name}": {field.help}')
        for field in kind.fields
        if field.needed and data.get(field.name) is None
    ]
    if problems:
        raise invalid(problems)
    prose = {field.name for field in kind.fields if field.kind is FieldKind.WORDS}
    texts = {
        name: _text(data[name], name, lines=name in prose) for name in (*names, *common) if data.get(name) is not None
    }
    for name, most in LONGEST.items():
        if len(texts.get(name, "")) > most:
            raise wrong_at(name, f"has {len(texts[name])} letters", f"write at most {most}")
    return texts


def _text(value: object, name: str, *, lines: bool = False) -> str:
    """The text of a field; one that may have several lines is read with the others' values."""
    if not isinstance(value, str):
        raise wrong_at(name, f"is {shape(value)[:40]}; it must be text", "write text in quotes")
    try:
        return value if lines else text(value)
    except PydanticCustomError as error:
        context = error.context or {}
        raise wrong_at(name, context["problem"], context["cure"]) from None


def _order_id(request: Request, asks: Caller, given: str, body: Body, key: str | None) -> str:
    """What makes an order one: the caller's own id for it, or its ``Idempotency-Key`` and what it says.

    A hash, since ids are unique over all merchants and one must not learn of another's.
    """
    if given:
        mine = f"id\0{asks.merchant}\0{given}"
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
