"""Before a release, running workflows are replayed on the code at hand; what does not fit is found."""

from __future__ import annotations

import asyncio
import importlib
import json
import pkgutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import pytest_asyncio

import workflows
from commands.replaying import Execution, draw, misfits
from domain.wire import InvoiceRef
from tests.live.house import numbered, open_house, story
from tests.upgrade.bodies import NAP, with_body
from tests.upgrade.versions import ROOT, Version
from workflows.client import CaseClient
from workflows.deployment import WORKFLOWS, queues_of
from workflows.opening import opening_of

COMMON = 9
MARK = "__temporal_workflow_definition"


@dataclass(frozen=True)
class Crowd:
    """Cases that run: many that have just begun, and one that asks a person."""

    client: CaseClient
    command_line: Version
    rare: InvoiceRef

    async def draw(self, size: int) -> list[Execution]:
        return await draw(self.client.client, queues_of("kvitt"), size)


@pytest_asyncio.fixture(scope="module")
async def crowd(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Crowd]:
    home = tmp_path_factory.mktemp("crowd")
    async with open_house(home) as house:
        rare = await house.play(story("nothing-reaches"), "rare")
        told = story("pays-on-time")
        begins = datetime(2026, 3, 1, tzinfo=UTC) - datetime.now(UTC)
        for number in range(COMMON):
            opening = numbered(opening_of(told.invoice, told.loaded), f"common-{number}")
            ref = (await house.client.start(replace(opening, shift=begins))).ref
            await house.client.rest(ref)
        address = house.client.plain.service_client.config.target_host
        yield Crowd(house.client, Version(ROOT, home, address, house.settings.database), rare)


def test_every_workflow_is_known():
    """Those that our workers carry are all that there are."""
    modules = [importlib.import_module(f"workflows.{one.name}") for one in pkgutil.iter_modules(workflows.__path__)]
    defined = [(one, getattr(one, MARK, None)) for module in modules for one in vars(module).values()]

    assert {definition.name: one for one, definition in defined if definition} == WORKFLOWS


async def test_what_is_rare_is_drawn_too(crowd: Crowd):
    """Visibility follows a moment later, so the whole crowd is waited for."""
    async with asyncio.timeout(20):
        while len(await crowd.draw(100)) < COMMON + 1:
            await asyncio.sleep(0.1)

    for _ in range(5):
        drawn = await crowd.draw(4)
        assert len(set(drawn)) == 4
        assert crowd.rare.workflow_id in [one.id for one in drawn]


async def test_running_cases_fit_the_code_that_carries_them(crowd: Crowd):
    assert await misfits(crowd.client.client, await crowd.draw(100)) == []


async def test_a_broken_body_is_found_case_by_case(crowd: Crowd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(tmp_path)
    broken = with_body(tmp_path, "invoice_broken", NAP)
    drawn = await crowd.draw(100)

    found = await misfits(crowd.client.client, drawn, {"invoice": broken})

    assert {one.id for one in found} == {one.id for one in drawn}
    assert all("Nondeterminism" in one.said for one in found)


async def test_the_command_tells_misfits_and_ends_with_1(crowd: Crowd):
    good = await asyncio.to_thread(crowd.command_line.run, "deployment", "replay", "--json")
    await crowd.client.client.start_workflow("tomorrow", id="tomorrow/1", task_queue="kvitt")
    async with asyncio.timeout(20):
        while "tomorrow/1" not in [one.id for one in await crowd.draw(100)]:
            await asyncio.sleep(0.1)
    bad = await asyncio.to_thread(crowd.command_line.run, "deployment", "replay")

    assert (good.returncode, json.loads(good.stdout)) == (0, {"replayed": COMMON + 1, "misfits": []})
    assert bad.returncode == 1
    assert bad.stdout.startswith("tomorrow/1 (tomorrow, run ")
    assert bad.stdout.endswith(f"{COMMON + 2} running workflows replayed, 1 cannot go on.\n")
