"""How often a key may ask."""

from __future__ import annotations

import httpx
from fastapi import FastAPI

from gateway.app import create_app
from store.keys import NewKey
from tests.gateway.api.conftest import calling, is_problem
from tests.live.house import House


async def test_a_key_that_asks_too_often_waits_and_others_do_not(house: House, key: NewKey, other_key: NewKey):
    app = create_app(house.client, house.settings.model_copy(update={"api_rate": "3/minute"}))

    async with calling(app, key.text) as mine, calling(app, other_key.text) as other:
        answers = [await mine.get("/invoices") for _ in range(5)]
        free = await other.get("/invoices")
        described = await mine.get("/openapi.json")

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["2", "1", "0", "0", "0"]
    assert {answer.headers["RateLimit-Limit"] for answer in answers} == {"3"}
    assert is_problem(answers[3], 429, "too-many")
    assert 1 <= int(answers[3].headers["Retry-After"]) <= 60
    assert free.status_code == described.status_code == 200


async def test_what_is_refused_counts_and_tells_too(app: FastAPI, api: httpx.AsyncClient):
    first = await api.get("/invoices/none")
    second = await api.post("/invoices", content=b"x")

    assert (first.status_code, second.status_code) == (404, 415)
    assert int(second.headers["RateLimit-Remaining"]) == int(first.headers["RateLimit-Remaining"]) - 1
