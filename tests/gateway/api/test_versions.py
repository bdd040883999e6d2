"""The merchant's file over HTTP: published, previewed, published anew; and running cases moved to it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from sqlalchemy import event, insert

from config.merchants import load_text
from domain.batches import BatchState
from gateway.app import create_app
from store.cases import MERCHANT
from store.codec import dump
from store.engine import hold, writing
from store.keys import ApiKeys, Scope
from tests.gateway.api.conftest import calling, is_problem
from tests.gateway.cases import merchant
from tests.live.house import House


def text(name: str, fee: str = "60.00") -> str:
    return merchant().text.replace("merchant: nordljus", f"merchant: {name}").replace("fee: 60.00", f"fee: {fee}")


@pytest.fixture
def name() -> str:
    """A merchant that nobody knows yet."""
    return f"m{uuid4().hex[:10]}"


@pytest_asyncio.fixture(loop_scope="session")
async def web(app: FastAPI, keys: ApiKeys, name: str) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(app, keys.create(name, "their desk", Scope, datetime.now(UTC)).text) as web:
        yield web


INVOICE = {
    "issued": "2026-03-02",
    "due": "2026-04-01",
    "amount": "249.00",
    "customer": {"name": "Anna Lundberg", "kind": "consumer", "email": "anna@customer.example"},
}


async def test_a_file_is_published_and_read_back_with_who_and_why(web: httpx.AsyncClient, name: str):
    first = await web.post("/versions", json={"source": text(name), "why": "we begin"})
    again = await web.post("/versions", json={"source": text(name)})
    listed = (await web.get("/versions")).json()["versions"]
    read = (await web.get("/versions/1")).json()

    assert first.status_code == again.status_code == 201
    assert (first.json()["version"], again.json()["version"]) == (1, 1)
    assert [(one["version"], one["who"], one["why"], one["running"]) for one in listed] == [
        (1, "their desk", "we begin", 0)
    ]
    assert read["source"] == text(name)


async def test_what_was_published_counts_for_new_invoices(web: httpx.AsyncClient, name: str):
    await web.post("/versions", json={"source": text(name, "40.00")})

    started = await web.post("/invoices", json={"number": f"{name}-1", **INVOICE})
    plan = (await web.get(f"/invoices/{name}-1")).json()["plan"]

    assert started.status_code == 201
    assert "40.00" in [entry.get("amount") for entry in plan]


async def test_an_invoice_that_a_publication_overtakes_goes_by_what_was_published(
    house: House, keys: ApiKeys, name: str, tmp_path: Path
):
    """The gateway has read the draft of a merchant that nobody knew; before the invoice is entered it is published."""
    (tmp_path / f"{name}.yaml").write_text(text(name, "50.00"))
    app = create_app(house.client, house.settings.model_copy(update={"merchants": tmp_path}))
    web = calling(app, keys.create(name, "their desk", Scope, datetime.now(UTC)).text)
    await web.get("/versions")  # that the key was used is written down first
    draft, read = load_text(text(name, "40.00"), name), list[str]()

    def note(*told: Any) -> None:
        if "FROM merchant_version" in told[2] and name in str(told[3]):
            read.append(told[2])

    with writing(house.books.engine) as connection:
        hold(connection, "merchant", name)
        event.listen(house.books.engine, "before_cursor_execute", note)
        asking = asyncio.create_task(web.post("/invoices", json={"number": f"{name}-1", **INVOICE}))
        async with asyncio.timeout(10):
            while len(read) < 2:
                await asyncio.sleep(0.01)
        row = {"merchant": name, "version": 1, "sha256": sha256(draft.text.encode()).hexdigest(), "source": draft.text}
        row |= {"body": dump(draft.merchant), "published_at": datetime.now(UTC), "who": "ops", "why": ""}
        connection.execute(insert(MERCHANT), row)
    started = await asking
    await web.aclose()
    event.remove(house.books.engine, "before_cursor_execute", note)

    assert started.status_code == 201, started.text
    assert await fee(house, name) == 4000
    assert [one.source for one in house.books.registry.versions(name)] == [draft.text]


async def test_a_preview_publishes_nothing_and_tells_what_would_change(web: httpx.AsyncClient, name: str):
    await web.post("/versions", json={"source": text(name)})
    await web.post("/invoices", json={"number": f"{name}-1", **INVOICE})

    seen = (await web.post("/versions/preview", json={"source": text(name, "30.00")})).json()

    assert (seen["running"], seen["is_all"], seen["unchanged"]) == (1, True, 0)
    assert seen["kinds"] == {"reminder 1 by e-mail: less fee": 1}
    assert any(line.startswith("+") and "fee: 30.00" in line for line in seen["changes"])
    assert seen["first"][0]["before"] != seen["first"][0]["after"]
    assert len((await web.get("/versions")).json()["versions"]) == 1


async def test_running_cases_are_moved_and_an_older_version_is_published_anew(
    web: httpx.AsyncClient, house: House, name: str
):
    await web.post("/versions", json={"source": text(name)})
    await web.post("/invoices", json={"number": f"{name}-1", **INVOICE})

    cheaper = (await web.post("/versions", json={"source": text(name, "30.00"), "running": "now", "at_once": 1})).json()
    await done(house, cheaper["batch"])
    assert await fee(house, name) == 3000

    back = (await web.post("/versions", json={"version": 1, "running": "now", "at_once": 1})).json()
    await done(house, back["batch"])
    assert back["version"] == 3
    assert await fee(house, name) == 6000


async def done(house: House, batch_id: str) -> None:
    async with asyncio.timeout(60):
        while house.books.batches.get(batch_id).state is not BatchState.DONE:
            await asyncio.sleep(0.05)


async def fee(house: House, name: str) -> int:
    ref = house.client.find(name, f"{name}-1")
    await house.client.look_again(ref)
    return house.books.cases.read(ref.id).policy.reminders[0].fee.minor


@pytest.mark.parametrize(
    ("body", "pointer", "problem"),
    [
        ({}, "/source", "either the file's text or a version"),
        ({"source": "merchant: x", "version": 1}, "/source", "either the file's text or a version"),
        ({"source": {"a": "b"}}, "/source", "must be text"),
        ({"version": "first"}, "/version", "is not a whole number"),
        ({"source": "a: [", "running": "pin"}, "/source", "line 1"),
        ({"source": "merchant: x", "runing": "pin"}, "/runing", "unknown key"),
    ],
)
async def test_what_is_wrong_is_told_with_its_place_and_cure(web: httpx.AsyncClient, body, pointer: str, problem: str):
    answer = await web.post("/versions", json=body)

    assert is_problem(answer, 422, "invalid")
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert problem in answer.json()["errors"][0]["problem"]


async def test_how_it_is_published_is_checked_too(web: httpx.AsyncClient, name: str):
    for field, wrong in (("running", "later"), ("at_once", -1), ("why", "two\nlines")):
        answer = await web.post("/versions", json={"source": text(name), field: wrong})

        assert is_problem(answer, 422, "invalid")
        assert answer.json()["errors"][0]["pointer"] == f"/{field}"


async def test_an_unlawful_file_is_refused_with_its_line(web: httpx.AsyncClient, name: str):
    answer = await web.post("/versions", json={"source": text(name, "95.00")})

    assert is_problem(answer, 422, "invalid")
    assert "line 22: policy.reminders[0].fee" in answer.json()["errors"][0]["problem"]


async def test_a_key_publishes_its_own_merchants_file_only(
    web: httpx.AsyncClient, keys: ApiKeys, app: FastAPI, name: str
):
    assert is_problem(await web.post("/versions", json={"source": text("somebody")}), 403, "other-merchant")
    assert is_problem(await web.get("/versions/1"), 404, "not-found")

    reader = keys.create(name, "reader", [Scope.READ_INVOICES], datetime.now(UTC)).text
    async with calling(app, reader) as other:
        assert is_problem(await other.get("/versions"), 403, "not-allowed")
