"""Two builds of the workers on one server: which of them carries a case is said, and cases move over and back."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from config.settings import Settings
from domain.wire import InvoiceRef
from tests.databases import database_of
from tests.live.house import House, numbered, open_house, simulated, story
from tests.upgrade.versions import ROOT, Version
from worker import running
from workflows.deployment import Deployment, Standing, UnfitBuildError, UnknownBuildError
from workflows.opening import opening_of
from workflows.play import Player

NOT_YET = timedelta(days=-300)
"""Cases begin well before their day of issue: nothing is due while the test looks at them."""


@asynccontextmanager
async def house_of_build(home: Path, build: str) -> AsyncIterator[tuple[House, Deployment]]:
    settings = Settings(home=home, database_url=database_of(home), build_id=build)
    async with open_house(home, settings=settings) as house:
        deployment = Deployment(house.client.plain, settings.task_queue)
        async with asyncio.timeout(20):
            while not await deployment.builds():
                await asyncio.sleep(0.05)
        yield house, deployment


async def begun(house: House, number: str) -> InvoiceRef:
    """A case that has been entered; whether anybody looks at it is another matter."""
    told = story("pays-on-time")
    opening = numbered(opening_of(told.invoice, told.loaded), number)
    begins = datetime(2026, 3, 2, tzinfo=UTC) + NOT_YET
    return (await house.client.start(replace(opening, shift=begins - datetime.now(UTC)))).ref


async def builds_of(house: House, ref: InvoiceRef) -> list[str]:
    """Which builds did the workflow's tasks, in order; nobody's build is empty."""
    history = house.client.handle(ref).fetch_history_events()
    done = [one.workflow_task_completed_event_attributes async for one in history if _is_done(one)]
    return [one.deployment_version.build_id for one in done]


def _is_done(event: object) -> bool:
    return bool(event.HasField("workflow_task_completed_event_attributes"))  # type: ignore[attr-defined]


async def carried_on_by(house: House, ref: InvoiceRef, build: str) -> None:
    """A case moves over at its next task; the server may need a moment to tell all its parts of it."""
    async with asyncio.timeout(20):
        while True:
            await house.client.look_again(ref)
            if (await builds_of(house, ref))[-1] == build:
                return


async def once_it_has_reported(act: Callable[[], Awaitable[None]]) -> None:
    """A build is taken when the workers of all its task queues have reported."""
    async with asyncio.timeout(20):
        while True:
            try:
                return await act()
            except (UnknownBuildError, UnfitBuildError):
                await asyncio.sleep(0.05)


async def standing(deployment: Deployment) -> dict[str, tuple[Standing, float]]:
    return {one.id: (one.standing, one.percent) for one in await deployment.builds()}


async def test_a_case_moves_on_with_the_build_that_is_current_and_back_again(tmp_path: Path):
    async with house_of_build(tmp_path, "1") as (house, deployment):
        ref = await begun(house, "moves")
        assert (await house.client.handle(ref).describe()).history_length == 3
        assert await standing(deployment) == {"1": (Standing.WAITING, 0), "": (Standing.CURRENT, 100)}
        await deployment.make_current("1")
        await carried_on_by(house, ref, "1")
        assert set(await builds_of(house, ref)) == {"1"}

        second = house.settings.model_copy(update={"build_id": "2"})
        async with running(house.client.client, house.books, second):
            await once_it_has_reported(lambda: deployment.ramp("2", 100))
            await carried_on_by(house, ref, "2")
            assert (await standing(deployment))["2"] == (Standing.RAMPING, 100)
            await deployment.ramp("2", 0)
            await carried_on_by(house, ref, "1")
            await deployment.make_current("2")
            await carried_on_by(house, ref, "2")
            assert await standing(deployment) == {
                "2": (Standing.CURRENT, 100),
                "1": (Standing.LEFT, 0),
                "": (Standing.LEFT, 0),
            }
            told = story("pays-on-time")
            lived = await Player(house.client).play(
                numbered(opening_of(told.invoice, told.loaded), "lives"), told.happens
            )
            assert house.life(lived) == simulated(told)
            assert set(await builds_of(house, lived)) == {"2"}

            await deployment.make_current("1")
            await carried_on_by(house, ref, "1")


async def test_cases_of_workers_that_name_no_build_move_on_to_one_that_is_current(tmp_path: Path):
    async with house_of_build(tmp_path, "1") as (house, deployment), nameless_worker(house):
        ref = await begun(house, "nameless")
        await carried_on_by(house, ref, "")
        assert set(await builds_of(house, ref)) == {""}
        await deployment.make_current("1")
        await carried_on_by(house, ref, "1")
        await deployment.make_current("")
        await house.stop_worker()
        await carried_on_by(house, ref, "")


def nameless_worker(house: House) -> AbstractAsyncContextManager[None]:
    return running(house.client.client, house.books, house.settings.model_copy(update={"build_id": ""}))


async def test_a_build_that_nobody_knows_is_refused(tmp_path: Path):
    async with house_of_build(tmp_path, "1") as (_, deployment):
        with pytest.raises(UnknownBuildError):
            await deployment.make_current("7")
        with pytest.raises(UnknownBuildError):
            await deployment.ramp("7", 10)
        await deployment.make_current("1")
        with pytest.raises(UnfitBuildError):
            await deployment.ramp("1", 10)


async def test_the_commands_show_and_switch(tmp_path: Path):
    async with open_house(tmp_path) as house:
        here = house.client.plain.service_client.config.target_host
        kvitt = Version(ROOT, tmp_path, here, house.settings.database)
        nobody = await asyncio.to_thread(kvitt.run, "deployment", "show")
        unknown = await asyncio.to_thread(kvitt.run, "deployment", "current", "7")
        process = kvitt.start("worker", KVITT_BUILD_ID="2026.11.2")
        try:
            await asyncio.to_thread(process.wait_until_said, "until: kvitt deployment current")
            made = await asyncio.to_thread(kvitt.run, "deployment", "current", "2026.11.2", "--json")
            shown = await asyncio.to_thread(kvitt.run, "deployment", "show")
            already = await asyncio.to_thread(kvitt.run, "deployment", "ramp", "2026.11.2", "10")
            none = await asyncio.to_thread(kvitt.run, "deployment", "current", "none", "--json")
            await asyncio.to_thread(process.stop)
        finally:
            process.kill()

    assert (nobody.returncode, nobody.stdout) == (
        0,
        "No worker has named a build yet; KVITT_BUILD_ID tells it its own.\n",
    )
    assert unknown.returncode == 1
    assert "no worker of build 7 has reported (known: none)" in unknown.stderr
    assert [(one["id"], one["standing"], one["percent"]) for one in map(json.loads, made.stdout.splitlines())] == [
        ("2026.11.2", "current", 100),
        ("", "left", 0),
    ]
    assert "2026.11.2" in shown.stdout
    assert already.returncode == 1
    assert already.stderr.startswith("the server does not take build 2026.11.2: ")
    assert json.loads(none.stdout.splitlines()[-1])["standing"] == "current"
