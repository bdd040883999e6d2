"""The staff's pages tell where each invoice stands, what was done and what comes; and nobody else gets them."""

from __future__ import annotations

import re

import httpx
import pytest
from fastapi import FastAPI

from config.settings import Settings
from domain.simulation import plan
from domain.telling import plan_rows
from gateway.app import create_app
from tests.gateway.cases import live
from tests.gateway.conftest import HOST, browsing
from tests.live.house import House


async def test_the_front_door_leads_to_the_list(web: httpx.AsyncClient):
    answer = await web.get("/")

    assert (answer.status_code, answer.headers["location"]) == (307, "/staff")


async def test_the_list_tells_stage_balance_next_step_and_where_to_look(
    house: House, web: httpx.AsyncClient, settings: Settings, number: str
):
    await live(house, number, "2026-03-03T12:00")

    html = (await web.get("/staff")).text
    row = next(row for row in re.findall(r"<tr>.*?</tr>", html) if f">{number}<" in row)

    assert f'href="/staff/invoices/nordljus/{number}"' in row
    assert "distributing" in row
    assert "distribution: sms" in row
    assert "Thu 05 Mar 2026 09:00" in row
    assert f'http://127.0.0.1:{settings.ui_port}/namespaces/default/workflows/invoice%2Fnordljus%2F{number}"' in row


async def test_the_list_is_filtered_by_merchant_and_stage(house: House, web: httpx.AsyncClient, number: str):
    await live(house, number, "2026-03-03T12:00")

    found = {
        query: f">{number}<" in (await web.get("/staff", params=dict(query))).text
        for query in (
            (("merchant", "nordljus"), ("stage", "distributing")),
            (("merchant", "nordljus"), ("stage", "closed")),
            (("merchant", "bolgen"), ("stage", "")),
        )
    }

    assert list(found.values()) == [True, False, False]


async def test_the_life_has_the_codes_the_plan_and_the_sends(house: House, web: httpx.AsyncClient, number: str):
    ref = await live(house, number, "2026-03-06T12:00")
    case = house.books.cases.read(ref.id)
    now = await house.client.clock.now(ref, house.books)

    html = (await web.get(f"/staff/invoices/nordljus/{number}/life")).text

    assert "not_viewed" in html
    rows = plan_rows(plan(case.facts, case.policy, case.law, now), case.law.calendar)
    assert rows
    assert not [row for row in rows if row[0] not in html or row[1] not in html]
    assert not [send for send in house.books.sends.of_invoice(ref.id) if f"/outbox/{send.id}" not in html]
    assert not [send for send in house.books.sends.of_invoice(ref.id) if send.token in html]


async def test_an_invoice_that_is_not_there_is_not_found(web: httpx.AsyncClient):
    for path in ("", "/life", "/invoice.pdf", "/messages/x"):
        assert (await web.get(f"/staff/invoices/nordljus/no-such{path}")).status_code == 404


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({}, True),
        ({"gateway_host": "0.0.0.0"}, False),
        ({"public_url": "https://pay.example"}, False),
        ({"public_url": "http://localhost:8080"}, True),
        ({"gateway_host": "0.0.0.0", "staff_pages": True}, True),
        ({"staff_pages": False}, False),
    ],
    ids=str,
)
async def test_staff_pages_are_there_only_where_nobody_else_comes(
    house: House, settings: Settings, changes: dict[str, object], shown: bool
):
    async with browsing(create_app(house.client, settings.model_copy(update=changes))) as web:
        answers = {path: (await web.get(path)).status_code for path in ("/staff", "/outbox", "/")}

    assert answers == ({"/staff": 200, "/outbox": 200, "/": 307} if shown else dict.fromkeys(answers, 404))


async def test_another_name_for_this_machine_opens_no_staff_page(app: FastAPI):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://rebound.example:8080") as web:
        assert (await web.get("/staff")).status_code == 404
        assert (await web.get("/outbox")).status_code == 404
        assert (await web.get("/health")).status_code == 200
    assert HOST.startswith("http://127.0.0.1")
