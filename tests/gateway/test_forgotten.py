"""A link to an invoice whose customer was forgotten opens nothing any more, and says so; nor does anything else."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI

from activities.evidence import evidence_of
from config.settings import Settings
from domain.languages import LANGUAGES
from domain.policy import Channel
from gateway.app import create_app
from gateway.seal import Seal
from store.keys import ApiKeys, Scope
from templates.words import Words
from tests.activities.ended import ended, forgetter
from tests.gateway.api.conftest import calling, is_problem
from tests.gateway.cases import EMAIL, NAME, PHONE, STREET, Kept
from tests.gateway.conftest import OWN, browsing
from tests.live.house import House

NOW = "2026-04-10T12:00"


@pytest_asyncio.fixture(loop_scope="session")
async def api(house: House, app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    key = ApiKeys(house.books.engine).create("nordljus", "forgotten", Scope, datetime.now(UTC))
    async with calling(app, key.text) as client:
        yield client


def over(house: House, number: str, now: str = NOW) -> tuple[Kept, str]:
    """A closed case, and the token of its link."""
    case = Kept(house.books, number, now)
    token = case.send(Channel.EMAIL, "2026-03-02T09:00").token
    return ended(case), token


def pages(token: str, case: Kept) -> list[str]:
    send = case.books.sends.of_invoice(case.id)[0].id
    return [f"/i/{token}{rest}" for rest in ("", "/invoice.pdf", f"/messages/{send}", f"/messages/{send}/body")]


async def test_a_link_is_gone_and_says_so_in_the_readers_language(house: House, web: httpx.AsyncClient, number: str):
    case, token = over(house, number)
    for page in pages(token, case):
        assert (await web.get(page)).status_code == 200

    forgetter(house.books).forget(case.id, "clerk", "")

    for page in pages(token, case):
        for language in LANGUAGES:
            answer = await web.get(page, headers={"accept-language": language})
            assert answer.status_code == 410
            assert Words(language)("gone.title") in answer.text
    assert (await web.head(pages(token, case)[0])).status_code == 410
    assert (await web.get("/i/never-was")).status_code == 404


async def test_nobody_views_what_is_gone(house: House, web: httpx.AsyncClient, seal: Seal, number: str):
    case, token = over(house, number)
    forgetter(house.books).forget(case.id, "clerk", "")
    before = case.file.events

    answer = await web.post(
        f"/i/{token}/viewed", data={"seal": seal.issue(token, datetime.now(UTC)), "by": "hand"}, headers=OWN
    )

    assert answer.status_code == 410
    assert case.file.events == before


@pytest.mark.parametrize(("now", "status"), [("2026-04-18T12:00", 200), ("2026-04-21T12:00", 410)])
async def test_links_may_end_some_days_after_closing(
    house: House, settings: Settings, number: str, now: str, status: int
):
    _, token = over(house, number, now)
    some = create_app(house.client, settings.model_copy(update={"retention_link_days": 10}))

    async with browsing(some) as web:
        assert (await web.get(f"/i/{token}")).status_code == status


async def test_a_case_that_is_open_keeps_its_links(house: House, settings: Settings, number: str):
    case = Kept(house.books, number, "2026-04-21T12:00")
    token = case.send(Channel.EMAIL, "2026-03-02T09:00").token
    some = create_app(house.client, settings.model_copy(update={"retention_link_days": 0}))

    async with browsing(some) as web:
        assert (await web.get(f"/i/{token}")).status_code == 200


async def test_staff_see_the_life_and_nobodys_name(house: House, web: httpx.AsyncClient, number: str):
    case, _ = over(house, number)
    forgetter(house.books).forget(case.id, "clerk", "")
    page = f"/staff/invoices/nordljus/{number}"

    for path in (page, *re.findall(rf'href="({page}/[^"]+)"', (await web.get(page)).text)):
        answer = await web.get(path)
        assert answer.status_code in (200, 404), path
        for personal in (NAME, EMAIL, PHONE, STREET):
            assert personal not in answer.text, path
    assert (await web.get(page)).status_code == 200


async def test_the_api_gives_numbers_and_the_sealed_pack_and_refuses_new_addresses(
    house: House, api: httpx.AsyncClient, number: str
):
    case, _ = over(house, number)
    pack = evidence_of(house.books, case.file)
    forgetter(house.books).forget(case.id, "clerk", "")

    told = await api.get(f"/invoices/{number}")
    assert told.status_code == 200
    assert NAME not in told.text
    assert (await api.get(f"/invoices/{number}/documents")).json()["documents"] == []
    assert (await api.get(f"/invoices/{number}/evidence")).content == pack
    amended = await api.post(f"/invoices/{number}/commands", json={"command": "amend", "email": EMAIL})
    is_problem(amended, 422, "invalid")
    assert "its customer was forgotten" in amended.text

    house.books.forgetting.unseal(date(2100, 1, 1), 10_000)
    gone = await api.get(f"/invoices/{number}/evidence")
    is_problem(gone, 404, "not-found")
    assert "its books were kept until 2033-12-31" in gone.text
