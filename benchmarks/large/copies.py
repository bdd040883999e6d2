"""Invoices entered into the books as copies of one that was sent: the fast way to very many."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from sqlalchemy import Table, insert, select

from store.books import Books
from store.cases import EVENT, INVOICE
from store.codec import dump
from store.customers import customer_of
from store.engine import reading, writing
from store.registry import Opening
from store.sends import SEND

UNSEEN = {"stage": "opened", "next_step": None, "next_at": None, "resting": False, "looked_at": None, "seen": 0}
"""As an invoice stands that nobody has looked at."""


def copy_invoices(books: Books, model: int, openings: Sequence[Opening]) -> None:
    """Enter these as if the model's message had been theirs. Their loops are yet to be begun."""
    invoice = _rows(books, INVOICE, INVOICE.c.id == model)[0] | UNSEEN
    events, sends = _rows(books, EVENT, EVENT.c.invoice_id == model), _rows(books, SEND, SEND.c.invoice_id == model)
    del invoice["id"]
    with writing(books.engine) as connection:
        entered = insert(INVOICE).returning(INVOICE.c.id, sort_by_parameter_order=True)
        ids = connection.execute(entered, [invoice | _own(opening) for opening in openings]).scalars().all()
        connection.execute(insert(EVENT), [event | {"invoice_id": of} for of in ids for event in events])
        connection.execute(insert(SEND), [_sent(send, of) for of in ids for send in sends])


def _own(opening: Opening) -> dict[str, Any]:
    """What each invoice has to itself."""
    invoice = opening.invoice
    return {
        "number": invoice.number,
        "reference": opening.reference,
        "invoice": dump(invoice),
        "details": opening.details,
        "customer": customer_of(invoice.merchant, opening.details),
        "shift": opening.shift.total_seconds(),
    }


def _sent(send: dict[str, Any], invoice_id: int) -> dict[str, Any]:
    name = uuid4().hex
    return send | {"id": name, "token": name, "vendor_id": name, "invoice_id": invoice_id}


def _rows(books: Books, table: Table, where: Any) -> list[dict[str, Any]]:
    with reading(books.engine) as connection:
        return [dict(row) for row in connection.execute(select(table).where(where)).mappings()]
