"""Orders: what a person or a system wants done with an invoice. Kept with who and why, taken exactly once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert, select, update

from domain.events import Event
from store.cases import INVOICE, Cases
from store.codec import KINDS, dump
from store.engine import reading, writing
from store.registry import COMMAND


@dataclass(frozen=True, slots=True)
class Order:
    """A command as it is kept. ``id`` makes it unique: the same order again is the same order."""

    id: str
    kind: str
    who: str
    why: str = ""


@dataclass(frozen=True, slots=True)
class GivenOrder:
    """An order as the books tell it: ``kind`` is the event that it meant."""

    at: datetime
    kind: str
    who: str
    why: str


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
        """
        with self.cases.locked(invoice_id) as case:
            if not case.add(event, f"command:{order.id}") or case.connection is None:
                return False
            _check_id(case.connection, order, case.invoice.merchant, case.invoice.number)
            row = _row(order, case.invoice.merchant, case.invoice.number, event, event.at)
            case.connection.execute(insert(COMMAND), {**row, "taken": True})
            if details:
                case.connection.execute(update(INVOICE).where(INVOICE.c.id == invoice_id).values(details=details))
        return True

    def given(self, merchant: str, number: str) -> list[GivenOrder]:
        """The orders of an invoice, oldest first."""
        mine = select(COMMAND).where(COMMAND.c.merchant == merchant, COMMAND.c.number == number).order_by(COMMAND.c.at)
        with reading(self.engine) as connection:
            return [GivenOrder(row.at, row.kind, row.who, row.why) for row in connection.execute(mine)]

    def keep_for(self, merchant: str, number: str, order: Order, event: Event) -> bool:
        """Keep an order for an invoice that is not known yet; it becomes the invoice's first event.

        Returns:
            False if the invoice has come meanwhile: then nothing is kept, and the order can be given.

        Raises:
            OrderIdTakenError: another invoice has an order of this id.
        """
        known = select(INVOICE.c.id).where(INVOICE.c.merchant == merchant, INVOICE.c.number == number)
        with writing(self.engine) as connection:
            if connection.execute(known).scalar() is not None:
                return False
            if not _check_id(connection, order, merchant, number):
                row = _row(order, merchant, number, event, event.at)
                connection.execute(insert(COMMAND), {**row, "taken": False})
        return True


def _check_id(connection: Connection, order: Order, merchant: str, number: str) -> bool:
    """Whether this invoice's order of this id is kept already."""
    query = select(COMMAND.c.merchant, COMMAND.c.number).where(COMMAND.c.id == order.id)
    row = connection.execute(query).one_or_none()
    if row and (row.merchant, row.number) != (merchant, number):
        whose = f"{row.merchant}/{row.number}"
        raise OrderIdTakenError(f"the order id {order.id} was given to {whose}; each order needs an id of its own")
    return row is not None


def _row(order: Order, merchant: str, number: str, event: Event, at: datetime) -> dict[str, object]:
    return {
        "id": order.id,
        "merchant": merchant,
        "number": number,
        "kind": KINDS[type(event)],
        "who": order.who,
        "why": order.why,
        "at": at,
        "body": dump(event),
    }
