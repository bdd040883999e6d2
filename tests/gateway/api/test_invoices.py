"""Invoices by API: started, many at once, listed, read; and they live like any other."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from domain.charge import Added, ChargeKind, Period
from domain.events import Acknowledged, Answered, Disputed
from domain.policy import Channel
from domain.words import COLLECTION, DisputeOutcome, Message
from gateway.api.invoices import MOST_AT_ONCE
from store.orders import Order
from tests.gateway.api.conftest import is_problem
from tests.gateway.cases import Kept, at, live, move_to, sek
from tests.live.house import House


async def test_an_invoice_that_was_started_lives(api: httpx.AsyncClient, invoice: Any, house: House, number: str):
    answer = await api.post("/invoices", json=invoice())

    assert answer.status_code == 201, answer.text
    assert answer.json() == {
        "merchant": "nordljus",
        "number": number,
        "created": True,
        "reference": answer.json()["reference"],
    }
    ref = house.client.find("nordljus", number)
    await house.client.rest(ref)
    assert house.books.looks.one(ref.id).stage == "distributing"


async def test_numbers_keep_the_digits_that_were_written(api: httpx.AsyncClient, invoice: Any, number: str):
    raw = f'{{"number": {number}, "issued": "2026-03-02", "due": "2026-04-01", "amount": 100.10, "customer": '
    raw += '{"name": "Anna", "kind": "consumer", "email": "anna@customer.example"}}'

    await api.post("/invoices", content=raw, headers={"Content-Type": "application/json"})

    assert (await api.get(f"/invoices/{number}")).json()["amounts"]["invoiced"] == "100.10"


async def test_the_same_number_again_changes_nothing_and_says_what_differs(
    api: httpx.AsyncClient, invoice: Any, number: str
):
    await api.post("/invoices", json=invoice())

    same = await api.post("/invoices", json=invoice())
    other = await api.post("/invoices", json=invoice(amount="300.00", due="2026-05-01"))

    assert (same.status_code, same.json()["created"], same.json().get("differs")) == (200, False, None)
    assert (other.status_code, other.json()["created"], other.json()["differs"]) == (200, False, ["due", "amount"])
    assert (await api.get(f"/invoices/{number}")).json()["amounts"]["invoiced"] == "249.00"


async def test_in_a_batch_the_bad_ones_do_not_stop_the_others(
    api: httpx.AsyncClient, invoice: Any, house: House, number: str
):
    items = [
        invoice(number=f"{number}-0"),
        invoice(number=f"{number}-1", due="2026-02-01"),
        invoice(number=f"{number}-0", amount="1.00"),
        7,
        invoice(number=f"{number}-4", merchant="bolgen"),
        invoice(number=f"{number}-5"),
    ]

    answer = await api.post("/invoices/batch", json={"invoices": items})

    document = answer.json()
    assert answer.status_code == 200
    assert [one["index"] for one in document["results"]] == list(range(6))
    assert [one["result"] for one in document["results"]] == [
        "created",
        "problem",
        "duplicate",
        "problem",
        "problem",
        "created",
    ]
    assert (document["created"], document["duplicates"], document["problems"]) == (2, 1, 3)
    assert document["results"][1]["problem"]["errors"][0]["pointer"] == "/due"
    assert document["results"][2]["differs"] == ["amount"]
    assert document["results"][4]["problem"]["type"].endswith("other-merchant")
    assert house.books.cases.has("nordljus", f"{number}-5")
    assert not house.books.cases.has("nordljus", f"{number}-1")
    assert not house.books.cases.has("bolgen", f"{number}-4")
    for index in (0, 5):
        await house.client.rest(house.client.find("nordljus", f"{number}-{index}"))


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"invoices": []},
        {"invoices": {}},
        {"invoices": None},
        {"invoices": [{}], "x": 1},
        {"invoices": [{}] * (MOST_AT_ONCE + 1)},
    ],
    ids=lambda body: str(body)[:40],
)
async def test_a_batch_is_a_list_of_at_most_a_thousand(api: httpx.AsyncClient, body: Any):
    assert is_problem(await api.post("/invoices/batch", json=body), 422, "invalid")


async def test_pages_hold_every_invoice_once_newest_first(api: httpx.AsyncClient, invoice: Any, number: str):
    mine = [f"{number}-{index}" for index in range(5)]
    for one in mine:
        await api.post("/invoices", json=invoice(number=one))

    seen: list[str] = []
    after: dict[str, Any] = {}
    while len(seen) < len(mine):
        page = (await api.get("/invoices", params={"limit": 2, **after})).json()
        assert len(page["invoices"]) == 2
        seen += [one["number"] for one in page["invoices"]]
        after = {"after": page["next"]}

    assert seen[:5] == mine[::-1]


async def test_the_last_page_says_so_and_stages_are_filtered(
    api: httpx.AsyncClient, other_api: httpx.AsyncClient, invoice: Any, house: House, number: str
):
    await api.post("/invoices", json=invoice())
    await house.client.rest(house.client.find("nordljus", number))

    closed = (await api.get("/invoices", params={"stage": "closed", "limit": 200})).json()
    distributing = (await api.get("/invoices", params={"stage": "distributing", "limit": 200})).json()

    assert number not in [one["number"] for one in closed["invoices"]]
    assert number in [one["number"] for one in distributing["invoices"]]
    assert "next" not in closed


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 201}, {"limit": "x"}, {"stage": "x"}, {"after": "a/b"}, {"after": "\0"}]
)
async def test_a_wrong_parameter_is_named(api: httpx.AsyncClient, query: dict[str, Any]):
    answer = await api.get("/invoices", params=query)

    assert is_problem(answer, 422, "invalid")
    assert answer.json()["errors"][0]["parameter"] == next(iter(query))


async def test_what_is_read_is_the_life_and_what_comes(api: httpx.AsyncClient, house: House, number: str):
    ref = await live(house, number, "2026-03-06T12:00")

    read = (await api.get(f"/invoices/{number}")).json()

    assert read["history"] == [minutes(entry.as_json()) for entry in house.life(ref)]
    assert [entry["did"] for entry in read["history"]] == ["sent", "sent"]
    assert read["standing"] == "open"
    assert read["stage"] == "distributing"
    assert read["amounts"]["balance"] == read["amounts"]["invoiced"]
    assert [entry["did"] for entry in read["plan"]][-1] == "handed_over"

    await move_to(house, ref, "2026-09-01T12:00")
    after = (await api.get(f"/invoices/{number}")).json()

    assert after["history"][: len(read["history"])] == read["history"]
    assert after["history"][2:] == read["plan"]
    assert after["standing"] == "in_collection"
    assert [(charge["step"], charge["kind"]) for charge in after["charges"]] == [("reminder-1", "fee")]


async def test_what_is_read_holds_nobody(api: httpx.AsyncClient, house: House, number: str):
    await live(house, number, "2026-03-06T12:00")

    texts = [
        (await api.get(path)).text for path in (f"/invoices/{number}", "/invoices", f"/invoices/{number}/documents")
    ]

    assert not [word for word in ("Anna", "customer.example", "+4670", "Storgatan") for text in texts if word in text]


async def test_the_description_is_there_for_everybody(app: FastAPI, api: httpx.AsyncClient):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8080") as nobody:
        document = (await nobody.get("/api/v1/openapi.json")).json()

    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": "/api/v1"}]
    operations = [operation for path in document["paths"].values() for operation in path.values()]
    assert all(one["operationId"] and one["summary"] and one["description"] for one in operations)
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(one["security"] for one in operations)
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}}
    assert all(one["responses"]["422"]["content"] == problem for one in operations)


def minutes(entry: dict[str, str]) -> dict[str, str]:
    """An entry of a life with its moment in full, as JSON Schema wants it."""
    at, offset = entry["at"][:16], entry["at"][16:]
    return entry | {"at": f"{at}:00{offset}"}


async def test_holds_charges_the_agency_and_orders_are_told_in_full(api: httpx.AsyncClient, house: House, number: str):
    case = Kept(house.books, number, "2026-06-10T12:00")
    order = Order(f"dispute-{number}", "dispute", "olle", "one was broken")
    house.books.orders.give(case.id, order, Disputed(at=at("2026-03-03T10:00"), amount=sek("49.00")))
    case.hear(Answered(at=at("2026-03-06T10:00"), outcome=DisputeOutcome.CREDITED, amount=sek("20.00")))
    periods = (Period(date(2026, 4, 2), date(2026, 4, 7), sek("449.55"), Decimal("8.50")),)
    charges = (
        Added(ChargeKind.FEE, sek("60.00"), "SE: lag (1981:739) 4 §", capped=True, cap=sek("60.00")),
        Added(ChargeKind.INTEREST, sek("0.60"), "SE: räntelagen 6 §", periods=periods),
    )
    case.send(Channel.EMAIL, "2026-04-07T09:00", Message.REMINDER, "reminder-1", charges=charges)
    case.send(Channel.COLLECTION, "2026-05-04T09:00", Message.CLAIM, COLLECTION)
    case.hear(Acknowledged(at=at("2026-05-05T10:00"), case="NI-4711"))

    read = (await api.get(f"/invoices/{number}")).json()

    assert read["holds"] == [
        {
            "kind": "disputed",
            "since": "2026-03-03T10:00:00+01:00",
            "ended": "2026-03-06T10:00:00+01:00",
            "amount": "49.00",
            "who": "olle",
            "why": "one was broken",
            "outcome": "credited",
        }
    ]
    assert [(charge["kind"], charge.get("limit"), charge.get("periods")) for charge in read["charges"]] == [
        ("fee", "60.00", None),
        ("interest", None, [{"since": "2026-04-02", "through": "2026-04-07", "base": "449.55", "rate": "8.50"}]),
    ]
    assert read["agency"] == {
        "handed_over": "2026-05-04T09:00:00+02:00",
        "case": "NI-4711",
        "acknowledged": "2026-05-05T10:00:00+02:00",
    }
    [told] = read["orders"]
    assert (told["kind"], told["said"], told["who"]) == ("disputed", "49.00 SEK", "olle")
