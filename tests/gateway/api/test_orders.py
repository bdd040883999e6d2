"""Payments and commands by API: the same table as the command line's, with the same words for what is wrong."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import httpx
import pytest

from domain.events import Answered, Closed, Disputed, Event, Paid
from domain.words import DisputeOutcome, Outcome, Reason
from gateway.api.schemas import order_schemas
from tests.gateway.api.conftest import is_problem
from tests.gateway.cases import Kept, at, live, sek
from tests.live.house import House
from workflows.orders import ORDERS

FIELDS: dict[str, dict[str, str]] = {
    "pay": {"amount": "10.00", "dated": "2026-03-05"},
    "collected": {"amount": "10.00"},
    "credit": {"amount": "10.00"},
    "write-off": {"amount": "10.00"},
    "amend": {"due": "2026-05-15", "email": "new@customer.example"},
    "dispute": {"amount": "10.00"},
    "answer": {"outcome": "rejected", "reply": "The meter was read.\n\nIt is right."},
    "respite": {"until": "2026-05-01"},
    "pause": {"until": "2026-05-01"},
    "waive": {"step": "reminder-1"},
    "move": {"version": "1", "when": "next_step"},
    "booked": {"day": "2026-03-05"},
}


@pytest.mark.parametrize("name", ORDERS)
async def test_every_order_of_the_table_can_be_given(api: httpx.AsyncClient, house: House, number: str, name: str):
    case = Kept(house.books, number, "2026-03-10T12:00")
    case.hear(*([Disputed(at=at("2026-03-09T10:00"))] if name == "answer" else ()))
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
        ({"command": "waive", "step": "distribution"}, "/step", "write one of reminder-1, reminder-2, collection"),
        ({"command": "answer"}, "/outcome", None),
        ({"command": "answer", "outcome": "maybe"}, "/outcome", "write one of rejected, upheld, credited"),
        ({"command": "answer", "outcome": "credited"}, "/amount", "say how much is credited, as in 49.00"),
        ({"command": "answer", "outcome": "upheld", "amount": "5.00"}, "/amount", "leave it out"),
        ({"command": "answer", "outcome": "rejected"}, "/answer", None),
        ({"command": "answer", "outcome": "rejected", "reply": " \n "}, "/reply", None),
        ({"command": "answer", "outcome": "rejected", "reply": ["no"]}, "/reply", "write text in quotes"),
        ({"command": "answer", "outcome": "rejected", "reply": "a\u0000b"}, "/reply", None),
        ({"command": "answer", "outcome": "rejected", "reply": "a\u202eb"}, "/reply", None),
        ({"command": "answer", "outcome": "rejected", "reply": "\ud800"}, "/reply", None),
        ({"command": "answer", "outcome": "rejected", "reply": "x" * 5001}, "/reply", "write at most 5000"),
        (
            {"command": "answer", "outcome": "rejected", "reply": "a\n" * 100 + "a"},
            "/reply",
            "write at most 100, empty ones counted",
        ),
        ({"command": "dispute", "amount": "0.00"}, "/amount", "write an amount above zero"),
        (
            {"command": "dispute", "amount": "469.56"},
            "/amount",
            "write at most 469.55, or no amount: then all is disputed",
        ),
        ({"command": "write-off", "amount": "469.56"}, "/amount", "write at most 469.55"),
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


OWED = sek("469.55")
DISPUTE = Disputed(at=at("2026-03-09T10:00"))
PAYMENT = Paid(at=at("2026-03-09T10:00"), amount=OWED, dated=date(2026, 3, 9))
CLOSE = Closed(at=at("2026-03-09T10:00"), outcome=Outcome.PAID, reason=Reason.PAID)


@pytest.mark.parametrize(
    ("known", "body", "problem"),
    [
        ([PAYMENT, CLOSE], {"command": "dispute"}, "it is closed as paid: nothing is left to hold"),
        ([PAYMENT, CLOSE], {"command": "pause"}, "it is closed as paid: nothing is left to hold"),
        ([PAYMENT, CLOSE], {"command": "respite", "until": "2026-05-01"}, "it is closed as paid"),
        ([PAYMENT], {"command": "dispute"}, "nothing of the invoice itself is owed"),
        ([PAYMENT], {"command": "write-off", "amount": "1.00"}, "nothing is owed"),
        ([DISPUTE], {"command": "dispute"}, "all of it is disputed already"),
        (
            [Disputed(at=at("2026-03-09T10:00"), amount=sek("400.00"))],
            {"command": "dispute", "amount": "70.00"},
            "70.00 is more than the 69.55 of the invoice that is owed and not disputed",
        ),
        (
            [DISPUTE],
            {"command": "answer", "outcome": "credited", "amount": "500.00"},
            "500.00 is more than the 469.55 that was invoiced",
        ),
    ],
    ids=lambda one: str(one) if isinstance(one, str) else "",
)
async def test_an_order_that_can_mean_nothing_is_refused(
    api: httpx.AsyncClient, house: House, number: str, known: list[Event], body: dict[str, Any], problem: str
):
    case = Kept(house.books, number, "2026-03-10T12:00")
    case.hear(*known)

    answer = await api.post(f"/invoices/{number}/commands", json=body)

    assert is_problem(answer, 422, "invalid")
    assert answer.json()["errors"][0]["problem"].startswith(problem)
    assert case.file.events == known


async def test_who_cannot_be_written_to_gets_no_answer_from_us(api: httpx.AsyncClient, house: House, number: str):
    case = Kept(house.books, number, "2026-03-10T12:00", email=None, address=[])
    case.hear(DISPUTE)
    body = {"command": "answer", "outcome": "rejected"}

    ours = await api.post(f"/invoices/{number}/commands", json=body | {"reply": "It is right."})
    theirs = await api.post(f"/invoices/{number}/commands", json=body)

    assert is_problem(ours, 422, "invalid")
    assert ours.json()["errors"][0]["pointer"] == "/reply"
    assert theirs.status_code in (201, 202)


async def test_an_answer_is_one_by_its_id_also_when_nothing_is_disputed_any_more(
    api: httpx.AsyncClient, house: House, number: str
):
    case = Kept(house.books, number, "2026-03-10T12:00")
    case.hear(DISPUTE)
    body = {"command": "answer", "outcome": "credited", "amount": "20.00", "reply": "One\r\n\r\ntwo ", "id": "a-1"}
    address = f"/invoices/{number}/commands"

    first, again = await api.post(address, json=body), await api.post(address, json=body)
    other = await api.post(address, json=body | {"reply": "Three"})

    assert first.status_code in (201, 202)
    assert (again.status_code, again.json()["known"]) == (200, True)
    assert is_problem(other, 409, "id-taken")
    answers = [event for event in case.file.events if isinstance(event, Answered)]
    assert [(a.outcome, a.amount, a.reply) for a in answers] == [(DisputeOutcome.CREDITED, sek("20.00"), True)]
    assert house.books.orders.replies("nordljus", number) == ["One\n\ntwo"]


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
