"""What only books and Temporal know is shown as it is now; where nobody looks, nothing is read, and nothing watched."""

from __future__ import annotations

import asyncio
import socket
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from activities.measuring import Measuring, measuring, queues
from activities.vendors import ways
from activities.watching import watched
from config.settings import Settings
from domain.policy import Channel
from store.cases import INVOICE
from store.engine import writing
from telemetry.figures import SENDS, Figures
from telemetry.process import OFF, Telemetry, TelemetryError, telling
from tests.gateway.cases import at, opening
from tests.live.house import House, open_house
from tests.telemetry.metrics import samples
from workflows.server import free_port

pytestmark = pytest.mark.xdist_group("telemetry")


async def test_what_waits_for_a_worker_is_shown_and_goes_back_to_nothing(tmp_path: Path):
    port = free_port(0)
    with telling("gateway", metrics=("localhost", port)) as telemetry:
        async with open_house(tmp_path, telemetry=telemetry) as house:
            await house.stop_worker()
            here = Measuring(house.client, telemetry)
            opened = replace(opening("measured-1"), shift=at("2026-03-02 10:00") - datetime.now(UTC))
            ref = (await house.client.start(opened)).ref
            mark(house, ref.id, "unreachable")
            async with asyncio.timeout(60):
                while backlog(port) != 1:
                    await here.queues()
            await here.books()
            waited = figures(port)
            mark(house, ref.id, None)
            await house.start_worker()
            await house.client.rest(ref)
            await here.books()
            await here.queues()
            after = figures(port)

    assert waited["kvitt_invoices", "opened"] == 1
    assert waited["kvitt_waiting", "unreachable"] == 1
    assert waited["kvitt_waiting_age_seconds", "unreachable"] > 0
    assert (after["kvitt_waiting", "unreachable"], after["kvitt_waiting_age_seconds", "unreachable"]) == (0, 0)
    assert after["kvitt_invoices", "opened"] == 0
    assert after["kvitt_task_queue_pollers", "kvitt", "workflow"] >= 1
    assert after["kvitt_queues_read_timestamp_seconds",] > waited["kvitt_queues_read_timestamp_seconds",] > 0


def mark(house: House, invoice_id: int, reason: str | None) -> None:
    with writing(house.books.engine) as connection:
        since = at("2026-03-02 09:00") if reason else None
        connection.execute(update(INVOICE).where(INVOICE.c.id == invoice_id).values(waits_for=reason, since=since))


def figures(port: int) -> dict[tuple[str, ...], float]:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        page = answer.read().decode()
    order = ("stage", "reason", "queue", "kind")
    return {
        (one.name, *(one.labels[label] for label in order if label in one.labels)): one.value for one in samples(page)
    }


def backlog(port: int) -> float | None:
    return figures(port).get(("kvitt_task_queue_backlog", "kvitt", "workflow"))


def test_every_queue_that_a_worker_polls_is_asked_for(tmp_path: Path):
    names = {name for name, _ in queues("kvitt")}

    assert names == {"kvitt", "kvitt-webhooks", "kvitt-batch", *(f"kvitt-{channel}" for channel in Channel)}


async def test_where_nobody_looks_nothing_is_read_and_no_way_is_watched(house: House):
    """Off costs nothing: it is the same way out that is asked, and no task runs."""
    out, before = ways(Settings()), len(asyncio.all_tasks())

    async with measuring(house.client, OFF):
        assert len(asyncio.all_tasks()) == before
    for channel, way in watched(out, OFF).items():
        assert way is out[channel]
    for way in watched(out, Telemetry(shows=True)).values():
        assert way not in out.values()


def test_a_label_that_is_left_out_is_noticed():
    with pytest.raises(ValueError, match="zip"):
        Figures().count(SENDS, "email")


def test_a_port_that_somebody_has_is_told():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = rf"127\.0\.0\.1, port {port}: .*in use.*KVITT_METRICS_PORT of its own"
        with pytest.raises(TelemetryError, match=said), telling("worker", metrics=("127.0.0.1", port)):
            pass


def test_an_address_that_is_none_is_told():
    said = r"cannot be shown on no-such-host\.invalid, port 9464"
    with pytest.raises(TelemetryError, match=said), telling("worker", metrics=("no-such-host.invalid", 9464)):
        pass
