"""Batches by API: filled in pieces and run, or one order for many; a key opens its merchant's, and nothing else."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from gateway.api.batch_models import CHUNK
from store.keys import ApiKeys, Scope
from tests.gateway.api.conftest import calling, is_problem
from tests.live.house import House

LATER = {"issued": "2031-03-03", "due": "2031-04-02"}


@pytest.fixture
def some(number: str) -> Any:
    """Invoices that are issued much later, with numbers of their own."""

    def make(count: int, **fields: Any) -> list[dict[str, Any]]:
        customer = {"name": "Anna Lundberg", "kind": "consumer", "email": "anna@customer.example"}
        one = {**LATER, "amount": "249.00", "customer": customer} | fields
        return [{"number": f"{number}-{place}", **one} for place in range(1, count + 1)]

    return make


async def opened(api: httpx.AsyncClient, **fields: Any) -> str:
    answer = await api.post("/batches/start", json={"rate": 1000} | fields)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def until(api: httpx.AsyncClient, batch: str, state: str) -> dict[str, Any]:
    async with asyncio.timeout(30):
        while (told := (await api.get(f"/batches/{batch}")).json())["state"] != state:
            await asyncio.sleep(0.05)
    return dict(told)


async def test_a_batch_is_filled_in_pieces_and_run_and_tells_what_it_could_not_use(
    api: httpx.AsyncClient, some: Any, house: House, number: str
):
    batch = await opened(api, id=f"march-{number}", why="the month's")
    invoices = some(5)
    invoices[3]["customer"] = {"name": "Anna Lundberg", "kind": "martian"}

    first = await api.post(f"/batches/{batch}/invoices", json={"invoices": invoices[:3]})
    second = await api.post(f"/batches/{batch}/invoices", json={"first": 4, "invoices": invoices[3:]})
    again = await api.post(f"/batches/{batch}/invoices", json={"first": 4, "invoices": invoices[3:]})
    assert [(one.json()["taken"], one.json()["refused"]) for one in (first, second, again)] == [(3, 0), (1, 1), (1, 1)]

    running = await api.post(f"/batches/{batch}/run")
    assert (running.status_code, running.json()["total"]) == (202, 5)
    done = await until(api, batch, "done")
    assert (done["done"], done["refused"], done["does"]) == (4, 1, f"start march-{number}")
    report = (await api.get(f"/batches/{batch}/refused")).json()["refused"]
    assert report == [{"place": 4, "number": f"{number}-4", "said": report[0]["said"]}]
    assert report[0]["said"].startswith("customer.kind: … is not known here")
    assert house.books.cases.has("nordljus", f"{number}-5")
    assert not house.books.cases.has("nordljus", f"{number}-4")


async def test_a_batch_that_runs_takes_no_more(api: httpx.AsyncClient, some: Any):
    batch = await opened(api)
    await api.post(f"/batches/{batch}/run")

    assert is_problem(await api.post(f"/batches/{batch}/invoices", json={"invoices": some(1)}), 409, "batch-runs")


async def test_the_same_id_is_the_same_batch_and_no_other(api: httpx.AsyncClient, number: str):
    order = {"id": f"same-{number}", "order": {"command": "release"}, "selection": {"country": "NO"}}
    batch = await opened(api, id=f"same-{number}-start")

    again = await api.post("/batches/start", json={"id": f"same-{number}-start"})
    given = [await api.post("/batches/order", json=order) for _ in range(2)]
    other = await api.post("/batches/order", json=order | {"order": {"command": "stop"}})

    assert (again.status_code, again.json()["id"]) == (200, batch)
    assert [one.status_code for one in given] == [202, 200]
    assert given[0].json()["id"] == given[1].json()["id"]
    assert is_problem(other, 409, "id-taken")


async def test_a_request_sent_again_opens_one_batch(api: httpx.AsyncClient, number: str):
    headers = {"Idempotency-Key": f"batch-{number}"}

    answers = [await api.post("/batches/start", json={}, headers=headers) for _ in range(2)]

    assert answers[0].json()["id"] == answers[1].json()["id"]


async def test_an_order_reaches_all_that_are_meant(api: httpx.AsyncClient, some: Any, house: House, number: str):
    due = {"issued": "2036-03-03", "due": "2036-06-06"}
    for invoice in some(3, **due):
        await api.post("/invoices", json=invoice)
    refs = [house.client.find("nordljus", f"{number}-{place}") for place in (1, 2, 3)]
    for ref in refs:
        await house.client.rest(ref)

    body = {
        "order": {"command": "pause", "until": "2035-01-01"},
        "selection": {"due_from": "2036-06-06", "due_before": "2036-06-07"},
        "why": "a fault in our letters",
    }
    outlook = await api.post("/batches/order/outlook", json=body)
    given = await api.post("/batches/order", json=body)

    assert outlook.json() == {
        "invoices": 3,
        "is_complete": True,
        "refused": 0,
        "at_once": [],
        "confirm": 0,
        "examples": [],
    }
    assert given.status_code == 202, given.text
    assert (await until(api, given.json()["id"], "done"))["done"] == 3
    for ref in refs:
        [order] = house.books.orders.given(ref.merchant, ref.number)
        assert (order.who, order.why) == ("shop", "a fault in our letters")


async def test_an_outlook_leaves_nothing_behind(api: httpx.AsyncClient):
    before = await ids(api)

    await api.post("/batches/order/outlook", json={"order": {"command": "release"}, "selection": {}})

    assert await ids(api) == before


async def ids(api: httpx.AsyncClient) -> list[str]:
    return [batch["id"] for batch in (await api.get("/batches")).json()["batches"]]


async def test_trap_5_overdue_invoices_act_only_as_many_as_are_confirmed(api: httpx.AsyncClient, some: Any):
    old = datetime.now(UTC).date() - timedelta(days=90)
    batch = await opened(api)
    invoices = some(3, issued=str(old), due=str(old + timedelta(days=30)))
    await api.post(f"/batches/{batch}/invoices", json={"invoices": invoices})

    outlook = (await api.get(f"/batches/{batch}/outlook")).json()
    assert (outlook["at_once"], outlook["confirm"]) == ([{"what": "invoice by e-mail", "count": 3}], 3)
    await api.post(f"/batches/{batch}/run", params={"confirm": 1})
    paused = await until(api, batch, "paused")
    assert (paused["done"], paused["said"]) == (1, "More messages would go out at once than the 1 that were confirmed")

    await api.post(f"/batches/{batch}/resume", params={"confirm": 2})
    assert (await until(api, batch, "done"))["done"] == 3


async def test_a_batch_is_paused_resumed_and_stopped(api: httpx.AsyncClient, some: Any):
    batch = await opened(api, rate=1)
    await api.post(f"/batches/{batch}/invoices", json={"invoices": some(50)})
    await api.post(f"/batches/{batch}/run")

    states = [(await api.post(f"/batches/{batch}/{wish}")).json()["state"] for wish in ("pause", "resume", "stop")]

    assert states == ["paused", "running", "stopped"]
    assert (await api.get(f"/batches/{batch}")).json()["done"] < 50


async def test_a_key_opens_its_own_merchants_batches_only(api: httpx.AsyncClient, other_api: httpx.AsyncClient):
    batch = await opened(api)

    for path in ("", "/refused", "/outlook"):
        assert is_problem(await other_api.get(f"/batches/{batch}{path}"), 404, "not-found")
    for wish in ("run", "pause", "resume", "stop"):
        assert is_problem(await other_api.post(f"/batches/{batch}/{wish}"), 404, "not-found")
    added = await other_api.post(f"/batches/{batch}/invoices", json={"invoices": [{}]})
    assert is_problem(added, 404, "not-found")
    assert batch not in [one["id"] for one in (await other_api.get("/batches")).json()["batches"]]


async def test_an_order_for_many_reaches_no_other_merchants_invoice(
    api: httpx.AsyncClient, other_api: httpx.AsyncClient, some: Any
):
    [invoice] = some(1, issued="2037-03-03", due="2037-06-06")
    await api.post("/invoices", json=invoice)

    body = {"order": {"command": "stop"}, "selection": {"due_from": "2037-06-06"}}
    assert (await other_api.post("/batches/order/outlook", json=body)).json()["invoices"] == 0
    given = (await other_api.post("/batches/order", json=body)).json()
    assert (await until(other_api, given["id"], "done"))["total"] == 0


@pytest.mark.parametrize(
    ("scope", "refused"),
    [
        (Scope.READ_INVOICES, ("start", "order", "order/outlook")),
        (Scope.WRITE_INVOICES, ("order", "order/outlook")),
        (Scope.WRITE_COMMANDS, ("start",)),
    ],
)
async def test_a_key_does_only_what_it_was_made_for(
    app: FastAPI, keys: ApiKeys, scope: Scope, refused: tuple[str, ...]
):
    key = keys.create("nordljus", "narrow", [scope], datetime.now(UTC))
    async with calling(app, key.text) as client:
        for path in refused:
            assert is_problem(await client.post(f"/batches/{path}", json={}), 403, "not-allowed")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"order": {"command": "pay"}, "selection": {}}, "/order/command"),
        ({"order": {"command": "pause", "untill": "2031-01-01"}, "selection": {}}, "/order/untill"),
        ({"order": {"command": "respite"}, "selection": {}}, "/order/until"),
        ({"order": {"command": "stop"}}, "/selection"),
        ({"order": {"command": "stop"}, "selection": {"stages": ["asleep"]}}, "/selection/stages/0"),
        ({"order": {"command": "stop"}, "selection": {"due_before": "soon"}}, "/selection/due_before"),
        ({"order": {"command": "stop"}, "selection": {}, "rate": 0}, "/rate"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place(api: httpx.AsyncClient, body: dict[str, Any], pointer: str):
    answer = await api.post("/batches/order", json=body)

    assert is_problem(answer, 422, "invalid")
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]


async def test_a_piece_that_is_none_is_refused(api: httpx.AsyncClient, some: Any):
    batch = await opened(api)

    for body in ({}, {"invoices": []}, {"first": 0, "invoices": some(1)}, {"invoices": [{}] * (CHUNK + 1)}, {"x": 1}):
        assert is_problem(await api.post(f"/batches/{batch}/invoices", json=body), 422, "invalid")


async def test_batches_and_reports_come_page_by_page(api: httpx.AsyncClient):
    batch = await opened(api)
    await api.post(f"/batches/{batch}/invoices", json={"invoices": [{"number": str(number)} for number in range(5)]})

    places, after = [], 0
    while after is not None:
        page = (await api.get(f"/batches/{batch}/refused", params={"limit": 2, "after": after})).json()
        places += [one["place"] for one in page["refused"]]
        after = page.get("next")
    assert places == [1, 2, 3, 4, 5]
    newest = (await api.get("/batches", params={"limit": 1})).json()
    assert newest["batches"][0]["id"] == batch == newest["next"]
    older = (await api.get("/batches", params={"limit": 1, "after": newest["next"]})).json()
    assert older["batches"][0]["id"] != batch
