"""Sent twice, done once: Idempotency-Key, ids of orders, numbers of invoices."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import select, update

from domain.events import Paid
from store.answered import ANSWERED, DEAD_AFTER, KEPT_FOR, Answered, Standing
from store.engine import writing
from tests.gateway.api.conftest import is_problem
from tests.gateway.cases import Kept
from tests.live.house import House

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
SHA, OTHER = "a" * 64, "b" * 64


@pytest.fixture
def once() -> dict[str, str]:
    """A key that no other request has."""
    return {"Idempotency-Key": str(uuid4())}


@pytest.fixture
def answered(house: House) -> Answered:
    return Answered(house.books.engine)


@pytest.fixture
def paid(house: House, number: str) -> str:
    """Where payments of an invoice of its own go."""
    Kept(house.books, number, "2026-03-10T12:00")
    return f"/invoices/{number}/payments"


def payments(house: House, number: str) -> list[str]:
    case = house.books.cases.read(house.books.cases.find("nordljus", number))
    return [str(event.amount) for event in case.events if isinstance(event, Paid)]


async def test_the_same_request_gets_the_same_answer(api: httpx.AsyncClient, invoice: Any, once: dict[str, str]):
    first = await api.post("/invoices", json=invoice(), headers=once)
    again = await api.post("/invoices", json=invoice(), headers=once)
    without = await api.post("/invoices", json=invoice())

    assert (first.status_code, first.text) == (again.status_code, again.text)
    assert first.status_code == 201
    assert "Idempotent-Replayed" not in first.headers
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["content-type"] == first.headers["content-type"]
    assert without.status_code == 200
    assert without.json()["created"] is False


async def test_the_key_of_another_request_is_refused(
    api: httpx.AsyncClient, invoice: Any, once: dict[str, str], house: House, number: str
):
    await api.post("/invoices", json=invoice(), headers=once)

    body = await api.post("/invoices", json=invoice(number=f"{number}-2"), headers=once)
    address = await api.post("/invoices/batch", json=invoice(), headers=once)

    assert is_problem(body, 422, "key-reused")
    assert is_problem(address, 422, "invalid")
    assert not house.books.cases.has("nordljus", f"{number}-2")


@pytest.mark.parametrize("text", ["", "a b", "x" * 256, "\u00e5"])
async def test_a_key_that_is_none_is_refused(api: httpx.AsyncClient, invoice: Any, text: str):
    answer = await api.post("/invoices", json=invoice(), headers={b"Idempotency-Key": text.encode()})

    assert is_problem(answer, 422, "invalid")
    assert answer.json()["errors"][0]["parameter"] == "Idempotency-Key"


async def test_what_was_refused_may_be_sent_again_put_right(api: httpx.AsyncClient, invoice: Any, once: dict[str, str]):
    wrong = await api.post("/invoices", json=invoice(amount="x"), headers=once)
    right = await api.post("/invoices", json=invoice(), headers=once)

    assert wrong.status_code == 422
    assert right.status_code == 201


async def test_of_two_at_the_same_moment_one_is_done(
    api: httpx.AsyncClient, paid: str, once: dict[str, str], house: House, number: str
):
    answers = await asyncio.gather(*(api.post(paid, json={"amount": "5.00"}, headers=once) for _ in range(6)))

    statuses = sorted(answer.status_code for answer in answers)
    assert set(statuses) <= {201, 202, 409}
    assert payments(house, number) == ["5.00"]
    for answer in answers:
        if answer.status_code == 409:
            assert is_problem(answer, 409, "in-progress")
            assert answer.headers["retry-after"] == "1"


async def test_a_payment_whose_answer_was_lost_with_the_process_is_one_payment(
    api: httpx.AsyncClient, paid: str, once: dict[str, str], house: House, number: str
):
    await api.post(paid, json={"amount": "7.00"}, headers=once)
    forget_the_answer(house, once["Idempotency-Key"], datetime.now(UTC) - DEAD_AFTER)

    again = await api.post(paid, json={"amount": "7.00"}, headers=once)

    assert again.status_code == 200
    assert again.json()["known"] is True
    assert payments(house, number) == ["7.00"]


async def test_while_the_first_may_live_the_same_waits(
    api: httpx.AsyncClient, paid: str, once: dict[str, str], house: House
):
    await api.post(paid, json={"amount": "7.00"}, headers=once)
    forget_the_answer(house, once["Idempotency-Key"], datetime.now(UTC) - DEAD_AFTER / 2)

    assert is_problem(await api.post(paid, json={"amount": "7.00"}, headers=once), 409, "in-progress")


async def test_an_id_makes_a_payment_one_also_without_a_key(
    api: httpx.AsyncClient, paid: str, house: House, number: str
):
    body = {"amount": "9.00", "dated": "2026-03-09", "id": f"bank-{number}"}

    first, again = await api.post(paid, json=body), await api.post(paid, json=body)
    other = await api.post(paid, json=body | {"amount": "10.00"})

    assert first.status_code in (201, 202)
    assert (again.status_code, again.json()["known"]) == (200, True)
    assert is_problem(other, 409, "id-taken")
    assert payments(house, number) == ["9.00"]


async def test_an_id_names_one_invoices_order(api: httpx.AsyncClient, paid: str, house: House, number: str):
    Kept(house.books, f"{number}-2", "2026-03-10T12:00")
    body = {"amount": "9.00", "id": f"bank-{number}"}
    await api.post(paid, json=body)

    other = await api.post(f"/invoices/{number}-2/payments", json=body)

    assert is_problem(other, 409, "id-taken")
    assert payments(house, f"{number}-2") == []


async def test_two_payments_without_id_or_key_are_two(api: httpx.AsyncClient, paid: str, house: House, number: str):
    for _ in range(2):
        await api.post(paid, json={"amount": "3.00"})

    assert payments(house, number) == ["3.00", "3.00"]


def test_a_claim_is_first_running_other_or_again(answered: Answered):
    key = str(uuid4())

    def claim(sha: str, after: timedelta = timedelta(0)) -> Standing:
        return answered.claim("nordljus", key, sha, NOW + after).standing

    assert claim(SHA) is Standing.FIRST
    assert claim(SHA) is Standing.RUNNING
    assert claim(OTHER) is Standing.OTHER
    assert claim(SHA, DEAD_AFTER) is Standing.FIRST
    assert claim(SHA, DEAD_AFTER) is Standing.RUNNING
    answered.answer("nordljus", key, 201, "done")
    answered.answer("nordljus", key, 500, "late")
    answered.release("nordljus", key)
    again = answered.claim("nordljus", key, SHA, NOW + KEPT_FOR / 2)
    assert (again.standing, again.status, again.body) == (Standing.AGAIN, 201, "done")
    assert answered.claim("bolgen", key, OTHER, NOW).standing is Standing.FIRST


def test_old_answers_are_forgotten_and_young_ones_are_not(house: House):
    old, young = str(uuid4()), str(uuid4())
    keep = Answered(house.books.engine)
    keep.claim("nordljus", old, SHA, NOW - KEPT_FOR - timedelta(seconds=1))
    keep.claim("nordljus", young, SHA, NOW - timedelta(hours=24))

    Answered(house.books.engine).claim("nordljus", str(uuid4()), SHA, NOW)

    with writing(house.books.engine) as connection:
        kept = set(connection.execute(select(ANSWERED.c.key).where(ANSWERED.c.key.in_([old, young]))).scalars())
    assert kept == {young}


def forget_the_answer(house: House, key: str, claimed_at: datetime) -> None:
    """As if the process had been killed after the work, before the answer."""
    with writing(house.books.engine) as connection:
        lost = update(ANSWERED).where(ANSWERED.c.key == key)
        connection.execute(lost.values(status=None, body=None, at=claimed_at))
