"""Keys of two merchants, and clients that carry them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from store.keys import ApiKeys, NewKey, Scope
from tests.gateway.conftest import HOST
from tests.live.house import House

API = "/api/v1"
OTHER = "bolgen"


@pytest.fixture(scope="session")
def keys(house: House) -> ApiKeys:
    return ApiKeys(house.books.engine)


@pytest.fixture(scope="session")
def key(keys: ApiKeys) -> NewKey:
    """A key of nordljus that may do everything."""
    return keys.create("nordljus", "shop", Scope, datetime.now(UTC))


@pytest.fixture(scope="session")
def other_key(keys: ApiKeys) -> NewKey:
    """The same of the other merchant."""
    return keys.create(OTHER, "their shop", Scope, datetime.now(UTC))


@pytest_asyncio.fixture(loop_scope="session")
async def api(app: FastAPI, key: NewKey) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(app, key.text) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def other_api(app: FastAPI, other_key: NewKey) -> AsyncIterator[httpx.AsyncClient]:
    async with calling(app, other_key.text) as client:
        yield client


@pytest.fixture
def invoice(number: str) -> Callable[..., dict[str, Any]]:
    """An invoice with a number of its own."""

    def make(**fields: Any) -> dict[str, Any]:
        customer = {"name": "Anna Lundberg", "kind": "consumer", "email": "anna@customer.example"}
        return {
            "number": number,
            "issued": "2026-03-02",
            "due": "2026-04-01",
            "amount": "249.00",
            "customer": customer,
        } | fields

    return make


def calling(app: FastAPI, key: str | None) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=f"{HOST}{API}", headers=headers)


def is_problem(answer: httpx.Response, status: int, kind: str) -> bool:
    """Whether an answer is this problem, in the form of RFC 9457."""
    document = answer.json()
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    assert document["status"] == answer.status_code == status, answer.text
    assert document["type"] == f"urn:kvitt:problem:{kind}", answer.text
    assert document["title"]
    return True
