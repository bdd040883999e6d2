"""What the guide shows of webhooks is what there is: each type, and a receiver that believes us and nobody else."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from channels.webhook import TIMEOUT, Poster, signed, trial
from domain.announcements import Type
from store.endpoints import new_secret
from workflows.options import DELIVERING

GUIDE = (Path(__file__).parents[2] / "docs" / "developers.md").read_text(encoding="utf-8")
SECTION = next(part for part in re.split(r"^## ", GUIDE, flags=re.MULTILINE) if part.startswith("Hear what happens\n"))
BODY = '{"type":"invoice.paid","timestamp":"2026-03-02T08:00:00.000Z","data":{"number":"10001","balance":"0.00"}}'


@pytest.fixture
def shop(monkeypatch: pytest.MonkeyPatch) -> tuple[FastAPI, str]:
    """The receiver of the guide, and its secret."""
    secret, names = new_secret(), {"__name__": "shop"}
    monkeypatch.setenv("WEBHOOK_SECRET", secret)
    (block,) = re.findall(r"^```python\n(.*?)^```", SECTION, re.MULTILINE | re.DOTALL)
    exec(block, names)
    app: Any = names["app"]
    return app, secret


async def post(app: FastAPI, headers: dict[str, str], body: str = BODY) -> int | None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app)) as client:
        return (await Poster(client, public_only=False).post("http://shop.example/kvitt", headers, body)).status


async def test_the_receiver_of_the_guide_believes_us(shop: tuple[FastAPI, str], capsys: pytest.CaptureFixture[str]):
    app, secret = shop

    assert await post(app, signed([new_secret(), secret], "msg_1", BODY, datetime.now(UTC))) == 204
    assert capsys.readouterr().out == "invoice.paid 10001 0.00\n"


async def test_it_takes_the_message_that_says_nothing(shop: tuple[FastAPI, str]):
    app, secret = shop
    now = datetime.now(UTC)
    message_id, body = trial("nordljus", now)

    assert await post(app, signed([secret], message_id, body, now), body) == 204


async def test_and_nobody_else(shop: tuple[FastAPI, str], capsys: pytest.CaptureFixture[str]):
    app, secret = shop
    now = datetime.now(UTC)
    forged = [
        signed([new_secret()], "msg_1", BODY, now),
        signed([secret], "msg_1", BODY.replace("0.00", "9.00"), now),
        signed([secret], "msg_1", BODY, now) | {"webhook-id": "msg_2"},
        signed([secret], "msg_1", BODY, now - timedelta(minutes=6)),
        {},
    ]

    assert [await post(app, headers) for headers in forged] == [401] * len(forged)
    assert capsys.readouterr().out == ""


def test_every_type_is_in_the_guide_and_no_other():
    assert re.findall(r"^\| `(invoice\.\w+)` \|", SECTION, re.MULTILINE) == list(Type)


def test_the_waits_are_those_of_the_code():
    policy, told = DELIVERING["retry_policy"], "after 5 s, 25 s, 2 min, 10 min, 52 min, 4 h, 22 h and"
    pauses = [policy.initial_interval * policy.backoff_coefficient**n for n in range(policy.maximum_attempts - 1)]
    within = [pause for pause in pauses if pause <= policy.maximum_interval]
    units = {"s": 1, "min": 60, "h": 3600}
    said = [int(count) * units[unit] for count, unit in re.findall(r"(\d+) (s|min|h)\b", told)]

    assert told in SECTION.replace("\n  ", " ")
    assert all(earlier < later for earlier, later in pairwise(said))
    assert [round(pause.total_seconds() / second) for pause, second in zip(within, said, strict=True)] == [1] * len(
        said
    )
    assert policy.maximum_interval == timedelta(days=1)
    assert policy.maximum_attempts == 10
    assert f"within {TIMEOUT:.0f} seconds" in SECTION
