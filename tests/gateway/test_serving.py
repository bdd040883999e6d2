"""The gateway on a port; and what is left of it when Temporal or the books are gone."""

from __future__ import annotations

import asyncio
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from structlog.testing import capture_logs

from gateway.app import create_app
from gateway.health import create_probes
from gateway.seal import Seal, read_key
from gateway.serve import GatewayError, serving_gateway
from store.books import open_books
from tests.gateway.cases import link, live, views
from tests.gateway.conftest import OWN, browsing
from tests.live.house import House, open_house
from workflows.client import CaseClient


async def probed(app: FastAPI) -> dict[str, int]:
    """What probes find."""
    async with browsing(app) as web:
        return {path: (await web.get(path)).status_code for path in ("/live", "/ready")}


async def test_it_listens_while_the_block_lasts_and_leaves_signals_alone(app: FastAPI):
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)

    async with serving_gateway(app, "127.0.0.1", 0) as port, httpx.AsyncClient() as web:
        answer = await web.get(f"http://127.0.0.1:{port}/health")
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before

    assert answer.json() == {"status": "ok", "checks": {"books": "ok", "temporal": "ok"}}
    with pytest.raises(httpx.ConnectError):
        await httpx.AsyncClient().get(f"http://127.0.0.1:{port}/health")


async def test_it_is_live_and_ready(app: FastAPI):
    assert await probed(app) == {"/live": 200, "/ready": 200}


async def test_so_is_a_worker(house: House):
    assert await probed(create_probes(house.client)) == {"/live": 200, "/ready": 200}


async def test_a_port_that_somebody_has_is_told(app: FastAPI):
    async with serving_gateway(app, "127.0.0.1", 0) as port:
        with pytest.raises(GatewayError, match=f"cannot listen on 127.0.0.1, port {port}"):
            async with serving_gateway(app, "127.0.0.1", port):
                pass


async def test_the_server_writes_no_link_anywhere(app: FastAPI, caplog: pytest.LogCaptureFixture):
    with capture_logs(), caplog.at_level("DEBUG"):
        async with serving_gateway(app, "127.0.0.1", 0) as port, httpx.AsyncClient() as web:
            caplog.clear()
            await web.get(f"http://127.0.0.1:{port}/i/a-secret-link")
        ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]

    assert not [line for line in ours if "a-secret-link" in line]


async def test_without_temporal_pages_are_true_and_views_are_kept(tmp_path: Path):
    async with open_house(tmp_path) as alone:
        ref = await live(alone, "60001", "2026-03-03T12:00")
        token = link(alone, ref).token
        app = create_app(alone.client, alone.settings)

    async with browsing(app) as web:
        health = await web.get("/health")
        page = await web.get(f"/i/{token}")
        seal = Seal(read_key(alone.settings)).issue(token, datetime.now(UTC) - timedelta(seconds=5))
        viewed = await web.post(f"/i/{token}/viewed", data={"seal": seal, "by": "page"}, headers=OWN)

    assert await probed(app) == {"/live": 200, "/ready": 200}
    assert await probed(create_probes(alone.client)) == {"/live": 200, "/ready": 503}
    assert health.status_code == 503
    assert health.json() == {"status": "failing", "checks": {"books": "ok", "temporal": "failing"}}
    assert page.status_code == 200
    assert "Pay by 1 April 2026" in page.text.replace("\u00a0", " ")
    assert viewed.status_code == 204
    assert views(alone, ref) == 1


@pytest.mark.parametrize("address", ["sqlite:////nowhere/books.sqlite3", "postgresql://kvitt@127.0.0.1:1/books"])
async def test_without_books_health_says_so(house: House, address: str):
    books = open_books(address, migrate=False)
    client = CaseClient(house.client.client, books, "nobody")

    app = create_app(client, house.settings)
    async with browsing(app) as web:
        health, page = await asyncio.gather(web.get("/health"), web.get("/i/nothing"))

    assert await probed(app) == await probed(create_probes(client)) == {"/live": 200, "/ready": 503}
    assert health.status_code == 503
    assert health.json()["checks"] == {"books": "failing", "temporal": "ok"}
    assert page.status_code == 500
    assert not any(word in page.text.lower() for word in ("sqlite", "psycopg", "127.0.0.1"))
