"""What is written down of a request: its address as the route has it, its status; nobody, no number, no key."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from sqlalchemy import select, update
from structlog.testing import capture_logs

from store.cases import INVOICE
from store.engine import writing
from store.keys import NewKey
from tests.gateway.api.conftest import is_problem
from tests.gateway.cases import EMAIL, NAME, Kept
from tests.live.house import House


async def test_log_lines_hold_no_number_no_key_and_nobody(
    api: httpx.AsyncClient, invoice: Any, key: NewKey, number: str
):
    with capture_logs() as lines:
        await api.post("/invoices", json=invoice(), headers={"Idempotency-Key": f"key-{number}"})
        await api.post("/invoices", json=invoice(amount="x"))
        await api.get(f"/invoices/{number}", headers={"User-Agent": EMAIL})
        await api.get(f"/invoices/{number}/nothing")
        await api.get("/invoices", params={"after": number})
        await api.get("/invoices", headers={"Authorization": f"Bearer {key.text}x"})

    requests = [(line["path"], line["status"]) for line in lines if line["event"] == "request"]
    assert requests == [
        ("/api/v1/invoices", 201),
        ("/api/v1/invoices", 422),
        ("/api/v1/invoices/{number}", 200),
        ("unknown", 404),
        ("/api/v1/invoices", 200),
        ("/api/v1/invoices", 401),
    ]
    written = json.dumps(lines, default=str)
    assert not [word for word in (f'"{number}', f"/{number}", key.text, EMAIL, NAME) if word in written]


async def test_when_something_breaks_the_answer_tells_nothing_of_it(api: httpx.AsyncClient, house: House, number: str):
    case = Kept(house.books, number, "2026-03-10T12:00")

    with spoilt(house, case.id, f'{{"name": "{NAME}"}}'), capture_logs() as lines:
        answer = await api.get(f"/invoices/{number}")

    assert is_problem(answer, 500, "broken")
    assert not [word for word in ("Traceback", "Error", ".py", NAME, "pydantic") if word in answer.text]
    assert [line["path"] for line in lines if line["event"] == "request failed"] == ["/api/v1/invoices/{number}"]
    assert NAME not in str(lines)


@contextmanager
def spoilt(house: House, invoice_id: int, body: str) -> Iterator[None]:
    """A row that cannot be read, until the block ends."""
    row = INVOICE.c.id == invoice_id
    with writing(house.books.engine) as connection:
        right = connection.execute(select(INVOICE.c.invoice).where(row)).scalar_one()
        connection.execute(update(INVOICE).where(row).values(invoice=body))
    try:
        yield
    finally:
        with writing(house.books.engine) as connection:
            connection.execute(update(INVOICE).where(row).values(invoice=right))
