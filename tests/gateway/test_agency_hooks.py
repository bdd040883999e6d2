"""Where agencies report: proven by a secret of their own and a fresh signature, kept once, and read when it can be."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select

from activities.hearing import Hearing
from activities.vendors import PARSERS
from channels.agency.signing import signed
from channels.hearing import Heard, Word
from config.merchants import Loaded, load_text
from config.settings import Settings
from config.vendors import OtherAgency, TheAgency
from domain.policy import Channel
from domain.words import COLLECTION, Message
from gateway.app import create_app
from store.books import open_books
from store.engine import reading
from store.inbox import POST, READ, UNREADABLE
from tests.gateway.cases import Kept
from tests.gateway.conftest import browsing
from tests.live.house import House
from workflows.client import CaseClient

NEW, OLD, OTHER = (f"whsec_{letter * 43}=" for letter in "AEI")
NOBODYS = "f" * 32
"""An id that is none of ours."""


@pytest.fixture(scope="module")
def settings(house: House) -> Settings:
    agency = TheAgency(name="nordinkasso", report_secrets=(SecretStr(NEW), SecretStr(OLD)))
    others = {"intrum": OtherAgency(kind="http", report_secrets=(SecretStr(OTHER),)), "mute": OtherAgency(kind="sftp")}
    return house.settings.model_copy(update={"collection": "http", "agency": agency, "agencies": others})


@pytest.fixture(scope="module")
def app(house: House, settings: Settings) -> FastAPI:
    return create_app(house.client, settings)


def report(number: str, **more: str) -> bytes:
    return json.dumps({"id": number, "type": "status", "about": NOBODYS, "status": "demand_sent", **more}).encode()


def call(body: bytes, secret: str = NEW, at: datetime | None = None) -> dict[str, Any]:
    return {"content": body, "headers": signed([secret], "msg_1", body, at or datetime.now(UTC))}


def kept(house: House, body: bytes) -> list[Any]:
    with reading(house.books.engine) as connection:
        return list(connection.execute(select(POST).where(POST.c.body == body)))


def watching() -> Loaded:
    """The example merchant, to whom an opened e-mail is a view."""
    text = Path("examples/merchants/nordljus.yaml").read_text()
    text = text.replace("  contact_hours:", "  view_signals: {SE: [open]}\n  contact_hours:")
    return load_text(text, "nordljus.yaml")


async def until(claim: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(claim):
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("secret", [NEW, OLD])
async def test_any_of_an_agencys_secrets_lets_it_in_while_one_is_replaced(
    house: House, web: httpx.AsyncClient, number: str, secret: str
):
    body = report(number)

    assert (await web.post("/hooks/agency/nordinkasso", **call(body, secret))).status_code == 204
    await until(lambda: kept(house, body)[0].state == READ)
    assert [post.vendor for post in kept(house, body)] == ["agency/nordinkasso"]


@pytest.mark.parametrize(
    ("path", "secret", "minutes", "status"),
    [
        ("nordinkasso", OTHER, 0, 403),
        ("intrum", NEW, 0, 403),
        ("nordinkasso", NEW, -6, 403),
        ("nordinkasso", NEW, 6, 403),
        ("mute", NEW, 0, 403),
        ("outbox", NEW, 0, 404),
        ("nobody", NEW, 0, 404),
        ("nordinkasso/x", NEW, 0, 404),
        ("", NEW, 0, 404),
    ],
    ids=["another's", "to another", "stale", "of tomorrow", "no secret", "outbox", "unknown", "below", "nobody named"],
)
async def test_nobody_else_gets_in_and_nothing_is_kept(
    house: House, web: httpx.AsyncClient, number: str, path: str, secret: str, minutes: int, status: int
):
    body = report(number)
    at = datetime.now(UTC) + timedelta(minutes=minutes)

    assert (await web.post(f"/hooks/agency/{path}", **call(body, secret, at))).status_code == status
    assert kept(house, body) == []


async def test_without_a_signature_or_with_another_body_nobody_gets_in(web: httpx.AsyncClient, number: str):
    body = report(number)

    assert (await web.post("/hooks/agency/nordinkasso", content=body)).status_code == 403
    changed = call(body) | {"content": body.replace(b"demand_sent", b"closed")}
    assert (await web.post("/hooks/agency/nordinkasso", **changed)).status_code == 403


async def test_the_same_report_again_is_kept_once(house: House, web: httpx.AsyncClient, number: str):
    body = report(number)

    for _ in range(3):
        assert (await web.post("/hooks/agency/nordinkasso", **call(body))).status_code == 204

    assert len(kept(house, body)) == 1


async def test_one_that_nobody_can_read_is_taken_and_stays_in_sight(house: House, web: httpx.AsyncClient, number: str):
    body = report(number, type="paid", amount="249.00")

    assert (await web.post("/hooks/agency/nordinkasso", **call(body))).status_code == 204
    await until(lambda: kept(house, body)[0].state == UNREADABLE)
    assert kept(house, body)[0].id in {post.id for post in house.books.inbox.stuck(1000)}


async def test_who_has_one_connection_hears_too(house: House, number: str, monkeypatch: pytest.MonkeyPatch):
    """Nobody who holds a case's lock waits for another connection: where all are in use, none would come free."""
    case = Kept(house.books, number, "2026-05-10T12:00", watching())
    mail = case.send(Channel.EMAIL, "2026-03-02T09:00")
    claim = case.send(Channel.COLLECTION, "2026-05-04T09:00", Message.CLAIM, COLLECTION)
    monkeypatch.setattr("store.engine.POOL", {"pool_size": 1, "max_overflow": 0, "pool_timeout": 1})
    with closing(open_books(house.settings.database, migrate=False)) as books:
        hearing = Hearing(CaseClient(house.client.plain, books, house.settings.task_queue), PARSERS)

        await hearing.tell("sendgrid", [Heard(f"opened {number}", Word.OPENED, mail.id)])
        await hearing.tell(
            "agency", [Heard(f"taken {number}", Word.ACKNOWLEDGED, claim.id, agency="outbox", case="K-1")]
        )

    assert case.file.facts.viewed
    assert case.file.facts.agency.case == "K-1"


async def test_an_agency_that_is_not_set_up_is_not_heard(house: House, number: str):
    async with browsing(create_app(house.client, house.settings)) as web:
        assert (await web.post("/hooks/agency/nordinkasso", **call(report(number)))).status_code == 404
