"""Every address of the API, also those that come later: without a key, without the scope, with another's key."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from fastapi.routing import APIRoute

from domain.batches import START
from domain.policy import Channel
from gateway.api.app import PARTS
from store.batches import Batch
from store.endpoints import UnknownEndpointError
from store.keys import ApiKeys
from tests.gateway.api.conftest import calling, is_problem
from tests.gateway.cases import Kept
from tests.live.house import House
from tests.live.shop import an_event

BODIES: dict[str, dict[str, Any]] = {
    "/invoices/{number}/payments": {"amount": "1.00"},
    "/invoices/{number}/commands": {"command": "release"},
    "/batches/{batch_id}/invoices": {"invoices": [{"number": "77002"}]},
}
"""What an address that reaches one thing must be sent, for it to matter whose that is."""
NOTHING = {
    "number": "99999",
    "send_id": "0" * 32,
    "endpoint_id": f"ep_{'0' * 20}",
    "delivery_id": f"msg_{'0' * 32}",
    "batch_id": "0" * 32,
    "version": "999999",
}
"""What nobody has, for each parameter of an address."""


def routes() -> list[tuple[str, str]]:
    """Method and path of everything that wants a key."""
    parts = [part.router() for part in PARTS]
    found = [route for part in parts for route in part.routes if isinstance(route, APIRoute)]
    return sorted((method, route.path) for route in found for method in route.methods)


ROUTES = routes()
REACHING = [(method, path) for method, path in ROUTES if "{" in path]
COUNTED = [(method, path) for method, path in REACHING if "{version}" in path]
"""What is counted for each merchant: the same number names something of each."""


@pytest_asyncio.fixture(loop_scope="session", scope="session")
async def kept(house: House) -> AsyncIterator[dict[str, str]]:
    """An invoice of nordljus."""
    case = Kept(house.books, "77001", "2026-03-10T12:00")
    send = case.send(Channel.EMAIL, "2026-03-02T09:00")
    yield {"number": "77001", "send_id": send.id}


@pytest.fixture
def theirs(house: House, kept: dict[str, str]) -> Iterator[dict[str, str]]:
    """A thing of nordljus for each parameter of an address; its endpoint and its batch are new each time."""
    books, now = house.books, datetime.now(UTC)
    endpoint = books.endpoints.add("nordljus", "http://127.0.0.1:9/kvitt", (), now)
    an_event(books)
    books.deliveries.write_down(now)
    message = next(one for one in books.deliveries.newest(9) if one.endpoint_id == endpoint.id)
    batch = books.batches.create(
        Batch(id=uuid4().hex, kind=START, merchant="nordljus", who="shop", rate=1, created_at=now)
    )
    ours = {"endpoint_id": endpoint.id, "delivery_id": message.id, "batch_id": batch.id, "version": "1"}
    yield {**kept, **ours}
    with suppress(UnknownEndpointError):
        books.endpoints.close("nordljus", endpoint.id, now)


def test_the_app_has_no_other_addresses(app: FastAPI):
    described = {(method.upper(), path) for path, methods in described_paths(app).items() for method in methods}

    assert described == set(ROUTES)


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_without_a_key_there_is_no_answer(app: FastAPI, theirs: dict[str, str], method: str, path: str):
    async with calling(app, None) as web:
        answer = await web.request(method, filled(path, theirs), json=BODIES.get(path, {}))

    assert is_problem(answer, 401, "unauthorized")


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_key_without_a_scope_may_do_nothing(
    app: FastAPI, keys: ApiKeys, theirs: dict[str, str], method: str, path: str
):
    powerless = keys.create("nordljus", "powerless", [], datetime.now(UTC))

    async with calling(app, powerless.text) as web:
        answer = await web.request(method, filled(path, theirs), json=BODIES.get(path, {}))

    assert is_problem(answer, 403, "not-allowed")


@pytest.mark.parametrize(("method", "path"), sorted(set(REACHING) - set(COUNTED)))
async def test_what_another_merchant_has_is_not_there(
    house: House, other_api: httpx.AsyncClient, theirs: dict[str, str], method: str, path: str
):
    before = journal(house, theirs["number"])

    their = await other_api.request(method, filled(path, theirs), json=BODIES.get(path, {}))
    nobodys = await other_api.request(method, filled(path, NOTHING), json=BODIES.get(path, {}))

    assert is_problem(their, 404, "not-found")
    assert (their.status_code, their.text) == (nobodys.status_code, nobodys.text)
    assert journal(house, theirs["number"]) == before


@pytest.mark.parametrize(("method", "path"), REACHING)
async def test_its_own_merchant_reaches_it(api: httpx.AsyncClient, theirs: dict[str, str], method: str, path: str):
    answer = await api.request(method, filled(path, theirs), json=BODIES.get(path, {}))

    assert answer.status_code in (200, 201, 202), answer.text


async def test_a_list_holds_nothing_of_others(
    api: httpx.AsyncClient, other_api: httpx.AsyncClient, theirs: dict[str, str]
):
    mine = [one["number"] for one in (await api.get("/invoices", params={"limit": 200})).json()["invoices"]]
    others = await other_api.get("/invoices", params={"limit": 200})
    after = await other_api.get("/invoices", params={"after": theirs["number"]})

    assert theirs["number"] in mine
    assert not (set(mine) - {theirs["number"]}) & {one["number"] for one in others.json()["invoices"]}
    assert is_problem(after, 404, "not-found")


async def test_an_invoice_that_names_another_merchant_is_refused(other_api: httpx.AsyncClient, invoice: Any):
    answer = await other_api.post("/invoices", json=invoice(merchant="nordljus"))

    assert is_problem(answer, 403, "other-merchant")
    assert "bolgen" in answer.json()["detail"]


async def test_the_same_number_is_another_merchants_own_invoice(
    other_api: httpx.AsyncClient, theirs: dict[str, str], house: House
):
    fields = {"kind": "consumer", "name": "Kari Nordmann", "email": "kari@customer.example"}
    mine = {"number": theirs["number"], "issued": "2026-03-02", "due": "2026-04-01", "amount": "10.00"}
    answer = await other_api.post("/invoices", json=mine | {"customer": fields})

    assert answer.status_code in (200, 201, 202), answer.text
    assert sorted(house.books.cases.merchants_of(theirs["number"])) == ["bolgen", "nordljus"]


async def test_ids_and_keys_of_two_merchants_never_meet(
    api: httpx.AsyncClient, other_api: httpx.AsyncClient, theirs: dict[str, str], house: House
):
    who = {"kind": "consumer", "name": "Kari Nordmann", "email": "kari@customer.example"}
    dates = {"issued": "2026-03-02", "due": "2026-04-01", "amount": "10.00"}
    await other_api.post("/invoices", json={"number": theirs["number"], "customer": who} | dates)
    same = {"Idempotency-Key": "the-same-of-both"}
    paid = {"amount": "2.00", "id": "the same of both"}

    mine = await api.post(f"/invoices/{theirs['number']}/payments", json=paid, headers=same)
    other = await other_api.post(f"/invoices/{theirs['number']}/payments", json=paid, headers=same)

    assert mine.status_code in (201, 202)
    assert other.status_code in (201, 202)
    assert "Idempotent-Replayed" not in other.headers


def described_paths(app: FastAPI) -> dict[str, Any]:
    api = next(route.app for route in app.routes if getattr(route, "path", "") == "/api/v1")
    paths: dict[str, Any] = api.openapi()["paths"]
    return paths


def filled(path: str, values: dict[str, str]) -> str:
    """An address; for a parameter that this test does not know, say above how to make one."""
    return re.sub(r"{(\w+)}", lambda found: values[found[1]], path)


def journal(house: House, number: str) -> int:
    return len(house.books.cases.read(house.books.cases.find("nordljus", number)).events)
