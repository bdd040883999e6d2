"""Payments and commands by API: the same table as the command line's, with the same words for what is wrong."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from gateway.api.schemas import order_schemas
from tests.gateway.api.conftest import is_problem
from tests.gateway.cases import Kept, live
from tests.live.house import House
from workflows.orders import ORDERS

FIELDS: dict[str, dict[str, str]] = {
    "pay": {"amount": "10.00", "dated": "2026-03-05"},
    "collected": {"amount": "10.00"},
    "credit": {"amount": "10.00"},
    "write-off": {"amount": "10.00"},
    "answer": {"outcome": "upheld"},
    "amend": {"due": "2026-05-15", "email": "new@customer.example"},
    "respite": {"until": "2026-05-01"},
    "pause": {"until": "2026-05-01"},
    "waive": {"step": "reminder-1"},
    "booked": {"day": "2026-03-05"},
}


@pytest.mark.parametrize("name", ORDERS)
async def test_every_order_of_the_table_can_be_given(api: httpx.AsyncClient, house: House, number: str, name: str):
    case = Kept(house.books, number, "2026-03-10T12:00")
    body = {"command": name, "why": "because", **FIELDS.get(name, {})}

    answer = await api.post(f"/invoices/{number}/commands", json=body)

    assert answer.status_code in (201, 202), answer.text
    assert answer.json()["order"] == name
    order = house.books.orders.given("nordljus", number)[-1]
    assert (order.who, order.why) == ("shop", "because")
    assert case.file.events


@pytest.mark.parametrize("name", ORDERS)
def test_every_order_is_described_with_its_fields(name: str):
    schema = order_schemas()[f"{name.capitalize()}Command"]

    assert schema["properties"]["command"]["const"] == name
    assert {field.name for field in ORDERS[name].fields} <= set(schema["properties"])
    assert {field.name for field in ORDERS[name].fields if field.needed} == set(schema["required"]) - {"command"}


async def test_an_order_is_answered_with_what_follows(api: httpx.AsyncClient, house: House, number: str):
    await live(house, number, "2026-03-06T12:00")

    answer = await api.post(f"/invoices/{number}/commands", json={"command": "dispute"})

    assert answer.status_code == 201
    assert answer.json() == {
        "number": number,
        "order": "dispute",
        "known": False,
        "seen": True,
        "stage": "on_hold",
        "next": "Disputed, waiting for an answer",
    }


async def test_a_payment_closes_the_case(api: httpx.AsyncClient, house: House, number: str):
    await live(house, number, "2026-03-06T12:00")
    owed = (await api.get(f"/invoices/{number}")).json()["amounts"]["balance"]

    await api.post(f"/invoices/{number}/payments", json={"amount": owed, "dated": "2026-03-06"})

    read = (await api.get(f"/invoices/{number}")).json()
    assert (read["standing"], read["stage"], read["outcome"]) == ("paid", "closed", "paid")
    assert read["payments"] == [{"amount": owed, "dated": "2026-03-06", "by_agency": False}]
    assert read["plan"] == []


@pytest.mark.parametrize(
    ("body", "pointer", "cure"),
    [
        ({"command": "paus"}, "/command", 'did you mean "pause"?'),
        ({"command": ["pause"]}, "/command", "write text in quotes"),
        ({"command": "pay"}, "/amount", None),
        ({"command": "pay", "amount": "0"}, "/amount", "write an amount above zero"),
        ({"command": "pay", "amount": "x"}, "/amount", None),
        ({"command": "pay", "amount": "10.00", "date": "2026-03-01"}, "/date", 'did you mean "dated"?'),
        ({"command": "credit", "amount": "-1.00"}, "/amount", "write an amount above zero"),
        ({"command": "pause", "until": "2020-01-01"}, "/until", None),
        ({"command": "respite", "until": True}, "/until", "write text in quotes"),
        ({"command": "amend"}, "/amend", "give an amount, a due date or an address"),
        ({"command": "amend", "email": "anna"}, "/email", "write it as name@example.com"),
        ({"command": "amend", "phone": "+46 1"}, "/phone", None),
        ({"command": "waive", "step": "distribution"}, "/step", "write one of reminder-1, reminder-2"),
        ({"command": "stop", "why": "a\u0000b"}, "/why", None),
        ({"command": "stop", "why": "x" * 1001}, "/why", "write at most 1000"),
        ({"command": "stop", "id": "x" * 65}, "/id", "write at most 64"),
        ({"command": "stop", "id": "\ud800"}, "/id", None),
    ],
    ids=str,
)
async def test_a_wrong_order_is_told_with_its_cure_and_leaves_no_trace(
    api: httpx.AsyncClient, house: House, number: str, body: dict[str, Any], pointer: str, cure: str | None
):
    case = Kept(house.books, number, "2026-03-10T12:00")

    text, headers = json.dumps(body), {"Content-Type": "application/json"}
    answer = await api.post(f"/invoices/{number}/commands", content=text, headers=headers)

    assert is_problem(answer, 422, "invalid")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert cure in (None, answer.json()["errors"][0]["cure"])
    assert case.file.events == []
    assert house.books.orders.given("nordljus", number) == []


async def test_a_payment_takes_no_command(api: httpx.AsyncClient, house: House, number: str):
    Kept(house.books, number, "2026-03-10T12:00")

    answer = await api.post(f"/invoices/{number}/payments", json={"amount": "1.00", "command": "stop"})

    assert is_problem(answer, 422, "invalid")


async def test_a_stop_that_overtook_its_invoice_waits_for_it(
    api: httpx.AsyncClient, invoice: Any, house: House, number: str
):
    early = await api.post(f"/invoices/{number}/commands", json={"command": "stop", "why": "wrong"})
    other = await api.post(f"/invoices/{number}/commands", json={"command": "pause"})
    await api.post("/invoices", json=invoice())

    await house.client.rest(house.client.find("nordljus", number))
    read = (await api.get(f"/invoices/{number}")).json()
    assert early.status_code == 202
    assert is_problem(other, 404, "not-found")
    assert read["outcome"] == "stopped"
    assert read["history"][-1]["did"] == "closed"
