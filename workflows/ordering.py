"""Orders on their way to a case: read as the case stands, fitting or refused, and the event that each one means.

The command line, the API and batches give their orders through here, so all of them mean the same by the same words.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from config.problems import ConfigError, Problem
from domain.events import Event, Stopped
from domain.wire import Glance, InvoiceRef
from store.books import Books
from store.cases import CaseFile
from store.orders import GivenOrder, Order
from workflows.client import PATIENCE, CaseClient
from workflows.order_values import checked, contact_changes, fitting
from workflows.orders import Given, OrderKind


@dataclass(frozen=True, slots=True)
class Asked:
    """An order as it was asked for: its line of the table, and its fields as text."""

    kind: OrderKind
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Prepared:
    """What an order means to a case: its event, the invoice's details if they change with it, what we are to write."""

    case: CaseFile
    event: Event
    details: str | None
    reply: str
    known: GivenOrder | None
    """The order of the same id that was given before; then it is told as of that moment."""

    def is_said_by(self, given: GivenOrder) -> bool:
        """Whether an order in the books says the same."""
        return (given.event, given.reply) == (self.event, self.reply)


def prepared(
    books: Books, ref: InvoiceRef, asked: Asked, order_id: str, now: datetime, *, only_seen: bool = False
) -> Prepared:
    """Read an order as its case stands at the case's ``now``. Whether one given before still fits is not asked again.

    Raises:
        ConfigError: a field is wrong, or the order can mean nothing as the case stands; with the cure.
        UnknownInvoiceError: there is no such invoice.
    """
    case, known = books.cases.read(ref.id), books.orders.one(ref.merchant, ref.number, order_id)
    at = known.event.at if known else now
    today = case.law.calendar.wall(at).date()
    values = checked(asked.kind, asked.fields, case.facts, case.policy, today)
    details = contact_changes(case.details, values)
    if details or values.get("reply"):
        _refuse_if_forgotten(books, ref)
    if known is None:
        fitting(asked.kind, values, case.facts)
    event = asked.kind.event(Given(at, today, values, case, books, only_seen))
    return Prepared(case, event, details, values.get("reply") or "", known)


async def give(
    client: CaseClient, ref: InvoiceRef, asked: Asked, order: Order, patience: timedelta = PATIENCE
) -> Glance | None:
    """Give an order; what followed, or None if nobody has looked yet.

    Raises:
        ConfigError: it cannot be given as the case stands.
        OrderIdTakenError: another invoice has an order of this id.
    """
    now = await client.clock.now(ref, client.books)
    ready = await asyncio.to_thread(prepared, client.books, ref, asked, order.id, now)
    return await client.order(ref, replace(order, reply=ready.reply), ready.event, ready.details, patience)


def stop_in_advance(books: Books, merchant: str, number: str, order: Order) -> bool:
    """Keep a stop that overtook its invoice until the invoice comes. False: it has come meanwhile.

    Raises:
        OrderIdTakenError: another invoice has an order of this id.
    """
    return books.orders.keep_for(merchant, number, order, Stopped(at=datetime.now(UTC)))


def _refuse_if_forgotten(books: Books, ref: InvoiceRef) -> None:
    """Let nobody write to a customer who was forgotten, nor into the books how to."""
    if found := books.forgetting.of(ref.id):
        problem = f"its customer was forgotten on {found.at:%Y-%m-%d}; nobody can be written to"
        raise ConfigError([Problem("", None, ref.number, problem, "leave out what is for the customer")])
