"""Orders: what a person or a system wants done with an invoice. Kept with who and why, taken exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.events import Event
from store.cases import EVENT, INVOICE, CaseFile, Cases
from store.codec import KINDS, dump, load_event
from store.customers import customer_of
from store.engine import hold, reading, writing
from store.forgetting import refuse_if_forgotten
from store.registry import COMMAND

_KEEP = {
    "sqlite": sqlite_insert(COMMAND).on_conflict_do_nothing().returning(COMMAND.c.id),
    "postgresql": postgres_insert(COMMAND).on_conflict_do_nothing().returning(COMMAND.c.id),
}


@dataclass(frozen=True, slots=True)
class Order:
    """A command as it is kept. ``id`` makes it unique: the same order again is the same order."""

    id: str
    kind: str
    who: str
    why: str = ""
    reply: str = ""
    """What we are to write to the customer."""


@dataclass(frozen=True, slots=True)
class GivenOrder:
    """An order as the books tell it: ``kind`` is the name of the event that it meant."""

    at: datetime
    kind: str
    who: str
    why: str
    event: Event
    reply: str = ""
    """What we are to write to the customer."""


class OrderIdTakenError(ValueError):
    """An id names one order. If it named another invoice's too, one of the two would be lost without a word."""


class Orders:
    """The one way in for commands."""

    def __init__(self, engine: Engine, cases: Cases) -> None:
        self.engine, self.cases = engine, cases

    def give(self, invoice_id: int, order: Order, event: Event, details: str | None = None) -> bool:
        """Write an order and what it means into an invoice's journal; False if it was given before.

        ``details`` replace the invoice's, where the order changes how the debtor is reached.

        Raises:
            OrderIdTakenError: another invoice has an order of this id.
            ForgottenError: it is about how to reach a customer who was forgotten.
        """
        with self.cases.locked(invoice_id) as case:
            if not case.add(event, f"command:{order.id}") or case.connection is None:
                return False
            if details or order.reply:
                refuse_if_forgotten(case.connection, invoice_id, f"{case.invoice.merchant}/{case.invoice.number}")
            self.note(case, order, event)
            if details:
                changed = {"details": details, "customer": customer_of(case.invoice.merchant, details)}
                case.connection.execute(update(INVOICE).where(INVOICE.c.id == invoice_id).values(**changed))
        return True

    def note(self, case: CaseFile, order: Order, event: Event) -> None:
        """Write down who ordered what of a case that is locked."""
        if case.connection is None:
            raise AssertionError("an order is written down under its case's lock only")
        _keep(case.connection, order, case.invoice.merchant, case.invoice.number, event, taken=True)

    def replies(self, merchant: str, number: str) -> list[str]:
        """What we are to write to the customer in answer to disputes, in the journal's order."""
        mine = (COMMAND.c.merchant == merchant) & (COMMAND.c.number == number) & (COMMAND.c.reply != "")
        whose = (INVOICE.c.merchant == COMMAND.c.merchant) & (INVOICE.c.number == COMMAND.c.number)
        when = (EVENT.c.invoice_id == INVOICE.c.id) & (EVENT.c.key == "command:" + COMMAND.c.id)
        told = select(COMMAND.c.reply).join(INVOICE, whose).join(EVENT, when).where(mine).order_by(EVENT.c.seq)
        with reading(self.engine) as connection:
            return list(connection.execute(told).scalars())

    def given(self, merchant: str, number: str) -> list[GivenOrder]:
        """The orders of an invoice, oldest first."""
        mine = select(COMMAND).where(COMMAND.c.merchant == merchant, COMMAND.c.number == number)
        with reading(self.engine) as connection:
            return [_given(row) for row in connection.execute(mine.order_by(COMMAND.c.at, COMMAND.c.id))]

    def one(self, merchant: str, number: str, order_id: str) -> GivenOrder | None:
        """An invoice's order of this id, as it was given; None: it has none."""
        mine = (COMMAND.c.id == order_id) & (COMMAND.c.merchant == merchant) & (COMMAND.c.number == number)
        with reading(self.engine) as connection:
            row = connection.execute(select(COMMAND).where(mine)).one_or_none()
        return _given(row) if row else None

    def keep_for(self, merchant: str, number: str, order: Order, event: Event) -> bool:
        """Keep an order for an invoice that is not known yet; it becomes the invoice's first event.

        Returns:
            False if the invoice has come meanwhile: then nothing is kept, and the order can be given.

        Raises:
            OrderIdTakenError: another invoice has an order of this id.
        """
        known = select(INVOICE.c.id).where(INVOICE.c.merchant == merchant, INVOICE.c.number == number)
        with writing(self.engine) as connection:
            hold(connection, "invoice", merchant, number)
            if connection.execute(known).scalar() is not None:
                return False
            _keep(connection, order, merchant, number, event, taken=False)
        return True


def _given(row: Row[Any]) -> GivenOrder:
    return GivenOrder(row.at, row.kind, row.who, row.why, load_event(row.kind, row.body), row.reply or "")


def _keep(connection: Connection, order: Order, merchant: str, number: str, event: Event, *, taken: bool) -> None:
    """Write an order down, unless it is there; whoever else is writing one of this id is waited for."""
    row = {
        "id": order.id,
        "merchant": merchant,
        "number": number,
        "kind": KINDS[type(event)],
        "who": order.who,
        "why": order.why,
        "reply": order.reply,
        "at": event.at,
        "body": dump(event),
        "taken": taken,
    }
    if connection.execute(_KEEP[connection.dialect.name], row).scalar():
        return
    kept = connection.execute(select(COMMAND.c.merchant, COMMAND.c.number).where(COMMAND.c.id == order.id)).one()
    if (kept.merchant, kept.number) != (merchant, number):
        whose = f"{kept.merchant}/{kept.number}"
        raise OrderIdTakenError(f"the order id {order.id} was given to {whose}; each order needs an id of its own")
