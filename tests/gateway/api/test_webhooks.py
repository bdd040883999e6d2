"""Endpoints and their messages over the API: one merchant's own, as on the command line."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from config.settings import Settings
from gateway.app import create_app
from store.keys import NewKey
from tests.channels.receiver import Receiver, receiving
from tests.gateway.api.conftest import calling, is_problem
from tests.live.house import House
from tests.live.shop import an_event

URL = "https://shop.example/kvitt"


@pytest.fixture(autouse=True)
def closing(house: House) -> Iterator[None]:
    """No endpoint outlives its test."""
    yield
    for one in house.books.endpoints.of_merchant():
        house.books.endpoints.close(one.merchant, one.id, datetime.now(UTC))


async def opened(api: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await api.post("/webhooks", json={"url": URL} | fields)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_an_endpoint_is_opened_listed_and_closed(api: httpx.AsyncClient, other_api: httpx.AsyncClient):
    made = await opened(api, types=["invoice.paid"])

    (listed,) = (await api.get("/webhooks")).json()["webhooks"]
    assert made == listed | {"secret": made["secret"]}
    assert made["secret"].startswith("whsec_")
    assert (await other_api.get("/webhooks")).json() == {"webhooks": []}
    assert (await api.delete(f"/webhooks/{made['id']}")).json() == {"id": made["id"]}
    assert (await api.get("/webhooks")).json() == {"webhooks": []}


async def test_the_same_request_again_opens_one_endpoint(api: httpx.AsyncClient, number: str):
    answers = [
        await api.post("/webhooks", json={"url": URL}, headers={"Idempotency-Key": f"hook-{number}"}) for _ in range(2)
    ]

    assert answers[0].json() == answers[1].json()
    assert len((await api.get("/webhooks")).json()["webhooks"]) == 1


@pytest.mark.parametrize(("sign", "signatures"), [("both", 2), ("newest", 1)])
async def test_a_rotated_secret_signs_beside_the_one_before(api: httpx.AsyncClient, sign: str, signatures: int):
    with receiving(Receiver()) as receiver:
        made = await opened(api, url=receiver.url)
        rotated = (await api.post(f"/webhooks/{made['id']}/rotate", params={"sign": sign})).json()
        tried = (await api.post(f"/webhooks/{made['id']}/test")).json()

    assert tried == {"taken": True, "status": 200, "said": "thank you"}
    (received,) = receiver.received
    assert received.read(rotated["secret"])["type"] == "webhook.test"
    assert len(received.headers["webhook-signature"].split()) == signatures


async def test_messages_are_seen_page_by_page_and_sent_anew(api: httpx.AsyncClient, house: House):
    await api.post("/webhook-deliveries/replay")  # those of other tests are not dead any more
    made, deliveries = await opened(api), house.books.deliveries
    for _ in range(3):
        an_event(house.books)
    deliveries.write_down(datetime.now(UTC))
    mine = [one for one in deliveries.newest(50) if one.endpoint_id == made["id"]]  # others may tell it something too
    for one in mine:
        deliveries.tried(one.order, 500, "no", "dead", datetime.now(UTC))

    first = (await api.get("/webhook-deliveries", params={"limit": 2, "state": "dead"})).json()
    after = {"limit": len(mine), "state": "dead", "after": first["next"]}
    rest = (await api.get("/webhook-deliveries", params=after)).json()
    one = await api.post(f"/webhook-deliveries/{first['next']}/replay")
    dead = await api.post("/webhook-deliveries/replay")

    assert [len(page["deliveries"]) for page in (first, rest)] == [2, len(mine) - 2]
    assert "next" not in rest
    assert {(one["webhook"], one["last_status"], one["last_said"]) for one in rest["deliveries"]} == {
        (made["id"], 500, "no")
    }
    assert (one.json(), dead.json()) == ({"replayed": 1}, {"replayed": len(mine) - 1})
    assert (await api.get("/webhook-deliveries", params={"state": "dead"})).json() == {"deliveries": []}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/url"),
        ({"url": 5}, "/url"),
        ({"url": "shop.example"}, "/url"),
        ({"url": "https://a:b@shop.example/"}, "/url"),
        ({"url": URL, "types": "invoice.paid"}, "/types"),
        ({"url": URL, "types": ["invoice.paid", "invoice.payed"]}, "/types/1"),
        ({"url": URL, "types": [["invoice.paid"]]}, "/types/0"),
        ({"url": URL, "secret": "mine"}, "/secret"),
    ],
)
async def test_what_is_wrong_is_said_where_it_is(api: httpx.AsyncClient, body: dict[str, Any], pointer: str):
    answer = await api.post("/webhooks", json=body)

    assert is_problem(answer, 422, "invalid")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert answer.json()["errors"][0]["cure"]


@pytest.mark.parametrize("url", ["http://shop.example/", "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/"])
async def test_in_production_nothing_within_a_network_is_posted_to(
    house: House, settings: Settings, key: NewKey, url: str
):
    app: FastAPI = create_app(house.client, settings.model_copy(update={"production": True}))

    async with calling(app, key.text) as api:
        assert is_problem(await api.post("/webhooks", json={"url": url}), 422, "invalid")
