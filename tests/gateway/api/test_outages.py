"""When something is down: nothing is stored half, nothing is lost, and the answer says whether to ask again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from sqlalchemy import event, func, select, text
from structlog.testing import capture_logs

from gateway.api.service import PATIENCE
from gateway.app import create_app
from store.books import Books, open_books
from store.cases import EVENT, INVOICE
from store.engine import reading
from store.keys import ApiKeys, NewKey, Scope
from store.registry import COMMAND
from tests.gateway.api.conftest import calling, is_problem
from tests.gateway.cases import Kept
from tests.live.house import House, open_house
from worker import sweeping
from workflows.client import CaseClient

MOST_WRITES = 40
"""More than any request makes."""
WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def books(house: House) -> Iterator[Books]:
    """The house's books by connections of one's own, which may fail without failing the worker's."""
    own = open_books(house.settings.database, migrate=False)
    yield own
    own.close()


@pytest_asyncio.fixture(loop_scope="session")
async def web(house: House, books: Books, key: NewKey) -> AsyncIterator[httpx.AsyncClient]:
    async with gateway(house, books, key) as calls:
        assert (await calls.get("/invoices")).status_code == 200
        yield calls


def gateway(house: House, books: Books, key: NewKey) -> httpx.AsyncClient:
    client = CaseClient(house.client.plain, books, house.settings.task_queue, test_clocks=True)
    return calling(create_app(client, house.settings), key.text)


@contextmanager
def dying_at(books: Books, write: int) -> Iterator[list[str]]:
    """The database fails at a write, counted from 0; gives the writes that it was asked for."""
    asked: list[str] = []
    failure = books.engine.dialect.loaded_dbapi.OperationalError("disk I/O error")

    def die(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(WRITES):
            asked.append(statement)
            if len(asked) == write + 1:
                raise failure

    event.listen(books.engine, "before_cursor_execute", die)
    try:
        yield asked
    finally:
        event.remove(books.engine, "before_cursor_execute", die)


def payments(books: Books, number: str) -> tuple[int, int]:
    """An invoice's payments in the journal, and its orders."""
    with reading(books.engine) as connection:
        mine = select(INVOICE.c.id).where(INVOICE.c.merchant == "nordljus", INVOICE.c.number == number)
        paid = select(func.count()).where(EVENT.c.invoice_id.in_(mine), EVENT.c.kind == "paid")
        orders = select(func.count()).where(COMMAND.c.number == number)
        return connection.execute(paid).scalar_one(), connection.execute(orders).scalar_one()


async def test_wherever_the_database_dies_an_invoice_is_entered_whole_or_not_and_once(
    web: httpx.AsyncClient, books: Books, invoice: Any, number: str
):
    died = 0
    for write in range(MOST_WRITES):
        body, once = invoice(number=f"{number}-{write}"), {"Idempotency-Key": str(uuid4())}
        with dying_at(books, write) as asked:
            answer = await web.post("/invoices", json=body, headers=once)
        if len(asked) <= write:
            break
        died += 1
        assert is_problem(answer, 503, "unavailable"), asked
        assert int(answer.headers["retry-after"]) > 0

        again = await web.post("/invoices", json=body, headers=once)
        assert again.status_code in (200, 201), (asked, again.text)
        assert (await web.get(f"/invoices/{number}-{write}")).json()["amounts"]["invoiced"] == "249.00"

    assert died >= 3


async def test_wherever_the_database_dies_a_payment_is_booked_with_its_order_or_not_and_once(
    web: httpx.AsyncClient, books: Books, number: str
):
    died = 0
    for write in range(MOST_WRITES):
        mine, once = f"{number}-{write}", {"Idempotency-Key": str(uuid4())}
        Kept(books, mine, "2026-03-10T12:00")
        with dying_at(books, write) as asked:
            answer = await web.post(f"/invoices/{mine}/payments", json={"amount": "5.00"}, headers=once)
        if len(asked) <= write:
            break
        died += 1
        assert is_problem(answer, 503, "unavailable"), asked
        assert payments(books, mine) in ((0, 0), (1, 1)), asked

        again = await web.post(f"/invoices/{mine}/payments", json={"amount": "5.00"}, headers=once)
        assert again.status_code in (200, 201, 202), (asked, again.text)
        assert payments(books, mine) == (1, 1)

    assert died >= 4


async def test_in_a_batch_that_the_database_breaks_off_each_is_whole_or_not_there(
    web: httpx.AsyncClient, books: Books, invoice: Any, number: str
):
    body = {"invoices": [invoice(number=f"{number}-{index}") for index in range(30)]}
    once = {"Idempotency-Key": str(uuid4())}

    with dying_at(books, 12):
        broken = await web.post("/invoices/batch", json=body, headers=once)
    again = await web.post("/invoices/batch", json=body, headers=once)

    assert is_problem(broken, 503, "unavailable")
    assert again.status_code == 200
    assert again.json()["problems"] == 0
    assert again.json()["created"] + again.json()["duplicates"] == 30
    assert again.json()["created"] > 0


@pytest.mark.only_on("sqlite")
async def test_while_somebody_holds_the_books_nothing_is_written(house: House, key: NewKey, invoice: Any, number: str):
    hurried = open_books(house.settings.database, migrate=False)
    event.listen(hurried.engine, "connect", lambda dbapi, _: dbapi.execute("PRAGMA busy_timeout = 100"))

    async with gateway(house, hurried, key) as web:
        await web.get("/invoices")
        with house.books.engine.connect() as holder:
            holder.execute(text("UPDATE invoice SET seen = seen"))
            refused = await web.post("/invoices", json=invoice())
            read = await web.get("/invoices")
        done = await web.post("/invoices", json=invoice())
    hurried.close()

    assert is_problem(refused, 503, "unavailable")
    assert read.status_code == 200
    assert done.status_code == 201


async def test_without_books_every_address_says_so(house: House, tmp_path: Path, key: NewKey, invoice: Any):
    gone = open_books(f"sqlite:///{tmp_path / 'gone' / 'books.sqlite3'}", migrate=False)

    async with gateway(house, gone, key) as web:
        with capture_logs() as lines:
            answers = [
                await web.post("/invoices", json=invoice()),
                await web.get("/invoices"),
                await web.get("/invoices/1"),
                await web.post("/invoices/1/payments", json={"amount": "1.00"}),
            ]

    assert all(is_problem(answer, 503, "unavailable") for answer in answers)
    assert not [word for word in ("sqlite", "gone", key.text) if word in str([a.text for a in answers]) + str(lines)]


async def test_while_temporal_is_down_invoices_and_payments_are_kept_and_live_later(tmp_path: Path, invoice: Any):
    async with open_house(tmp_path) as alone:
        key = ApiKeys(alone.books.engine).create("nordljus", "shop", Scope, datetime.now(UTC))
        app = create_app(alone.client, alone.settings)

    async with calling(app, key.text) as web:
        began = time.monotonic()
        many = [invoice(number=f"{90100 + index}") for index in range(20)]
        batch = await web.post("/invoices/batch", json={"invoices": many})
        one = await web.post("/invoices", json=invoice(number="90200"))
        took = time.monotonic() - began
        paid = await web.post("/invoices/90200/payments", json={"amount": "249.00"})
        read = await web.get("/invoices/90200")

    assert (batch.status_code, batch.json()["created"], one.status_code) == (200, 20, 201)
    assert took < 2 * PATIENCE.total_seconds()
    assert (paid.status_code, paid.json()["seen"]) == (202, False)
    assert (read.json()["stage"], read.json()["standing"]) == ("opened", "paid")

    async with open_house(tmp_path) as later, sweeping(later.client, later.settings), asyncio.timeout(20):
        ref = later.client.find("nordljus", "90200")
        while later.books.looks.one(ref.id).stage != "closed":
            await asyncio.sleep(0.05)


async def test_a_merchants_file_that_broke_is_told_to_us_and_read_again_when_it_is_cured(
    house: House, keys: ApiKeys, invoice: Any, tmp_path: Path
):
    right = (house.settings.merchants / "nordljus.yaml").read_text().replace("merchant: nordljus", "merchant: newcomer")
    file, key = tmp_path / "newcomer.yaml", keys.create("newcomer", "shop", Scope, datetime.now(UTC))
    settings = house.settings.model_copy(update={"merchants": tmp_path})

    async with calling(create_app(house.client, settings), key.text) as web:
        file.write_text(right.replace("country: SE", "country: XX"))
        with capture_logs() as lines:
            broken = await web.post("/invoices", json=invoice())
        file.write_text(right)
        cured = await web.post("/invoices", json=invoice())
        file.write_text("broken again")
        published = await web.post("/invoices", json=invoice(number=f"{cured.json()['number']}-2"))

    assert is_problem(broken, 503, "unavailable")
    assert cured.status_code == published.status_code == 201
    assert str(tmp_path) not in broken.text
    assert 'no law pack for country "XX"' in str(lines)
