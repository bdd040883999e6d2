"""Keys: what opens, what does not, and that nobody learns why not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI

from store.keys import USED_EVERY, ApiKeys, NewKey, Scope, UnknownKeyError
from tests.gateway.api.conftest import calling, is_problem

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)


async def test_every_key_that_does_not_open_gets_the_same_answer(app: FastAPI, keys: ApiKeys, key: NewKey):
    now = datetime.now(UTC)
    old = keys.create("nordljus", "old", Scope, now - DAY, timedelta(hours=1)).text
    gone = keys.create("nordljus", "gone", Scope, now)
    keys.revoke(gone.key.id, datetime.now(UTC))
    bad = [
        old,
        gone.text,
        key.text[:-1],
        key.text[:-1] + ("a" if key.text[-1] != "a" else "b"),
        key.text + "x",
        key.text.replace("kv_", "kw_"),
        f"kv_{'0' * 12}_{key.text[16:]}",
        key.key.id,
        "",
        "x" * 10_000,
        "' OR 1=1 --",
    ]
    headers = [{"Authorization": f"Bearer {text}"} for text in bad]
    headers += [{}, {"Authorization": f"Basic {key.text}"}, {"Authorization": key.text}, {"Cookie": f"key={key.text}"}]

    async with calling(app, None) as web:
        answers = [await web.get("/invoices", headers=one) for one in headers]
        answers.append(await web.get("/invoices", params={"key": key.text}))

    assert all(is_problem(answer, 401, "unauthorized") for answer in answers)
    assert len({answer.text for answer in answers}) == 1
    assert {answer.headers["www-authenticate"] for answer in answers} == {"Bearer"}


async def test_a_header_that_is_there_twice_is_refused(app: FastAPI, key: NewKey, other_key: NewKey):
    twice = [("Authorization", f"Bearer {text}") for text in (key.text, other_key.text)]

    async with calling(app, None) as web:
        answer = await web.get("/invoices", headers=twice)

    assert is_problem(answer, 400, "unreadable")


async def test_a_key_does_what_it_was_made_for_and_nothing_else(app: FastAPI, keys: ApiKeys):
    reader = keys.create("nordljus", "reader", [Scope.READ_INVOICES], datetime.now(UTC)).text

    async with calling(app, reader) as web:
        read = await web.get("/invoices")
        refused = [
            await web.post("/invoices", json={}),
            await web.post("/invoices/batch", json={}),
            await web.post("/invoices/1/payments", json={}),
            await web.post("/invoices/1/commands", json={}),
            await web.get("/invoices/1/documents"),
        ]

    assert read.status_code == 200
    assert all(is_problem(answer, 403, "not-allowed") for answer in refused)
    assert "payments:write" in refused[2].json()["detail"]


def test_what_is_kept_of_a_key_does_not_open(keys: ApiKeys, key: NewKey):
    with keys.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM api_key").all()

    assert key.text.split("_", 2)[2] not in str(rows)


def test_while_the_grace_lasts_both_keys_open(keys: ApiKeys):
    old = keys.create("nordljus", "till", [Scope.READ_INVOICES], NOW)

    new = keys.rotate(old.key.id, NOW + DAY, grace=DAY)

    assert (new.key.merchant, new.key.name, new.key.scopes) == ("nordljus", "till", {Scope.READ_INVOICES})
    assert keys.opened_by(old.text, NOW + 2 * DAY - timedelta(seconds=1))
    assert keys.opened_by(old.text, NOW + 2 * DAY) is None
    assert keys.opened_by(new.text, NOW + 900 * DAY)


def test_a_grace_never_makes_a_key_live_longer(keys: ApiKeys):
    short = keys.create("nordljus", "short", [Scope.READ_INVOICES], NOW, lives=DAY)

    keys.rotate(short.key.id, NOW, grace=30 * DAY)

    assert keys.opened_by(short.text, NOW + DAY) is None


def test_what_has_ended_is_not_replaced(keys: ApiKeys):
    gone = keys.create("nordljus", "gone", [Scope.READ_INVOICES], NOW)
    keys.revoke(gone.key.id, NOW)

    with pytest.raises(UnknownKeyError):
        keys.rotate(gone.key.id, NOW, grace=DAY)
    with pytest.raises(UnknownKeyError):
        keys.revoke("nobody", NOW)


def test_the_last_use_is_known_to_the_minute_and_costs_a_write_a_minute(keys: ApiKeys):
    text = keys.create("nordljus", "busy", [Scope.READ_INVOICES], NOW).text
    noted = []
    for second in (0, 30, 59, 60, 61):
        moment = NOW + timedelta(seconds=second)
        key = keys.opened_by(text, moment)
        assert key
        keys.used(key, moment)
        again = keys.opened_by(text, moment)
        noted.append(again and again.used_at)

    assert noted == [NOW, NOW, NOW, NOW + USED_EVERY, NOW + USED_EVERY]


async def test_a_use_is_noted(api: httpx.AsyncClient, keys: ApiKeys, key: NewKey):
    await api.get("/invoices")

    used = next(one.used_at for one in keys.all("nordljus") if one.id == key.key.id)

    assert used is not None
    assert datetime.now(UTC) - used < timedelta(minutes=2)
