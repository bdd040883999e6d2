"""A drill of an upgrade, with the version that was there before: its own source, its own processes, its own schema.

Lives begin with the old version. The new one comes beside it, and brings the books to its schema while the old one
works; then the old one goes. Then the way back: the new one goes, and the old one starts on the newer schema.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client

from config.stories import read_story
from domain.timeline import Entry
from store.condition import condition
from tests.databases import empty_database
from tests.live.house import simulated
from tests.upgrade.versions import FIRST, ROOT, Process, Version, tree_of
from workflows.server import connect, serving

pytestmark = pytest.mark.xdist_group("drill")  # groups come first: nobody waits for the longest at the end

COLUMNS_OF_BEFORE = ("Merchant", "Stage", "NextStep", "NextAt", "DueDay")
EXAMPLES = ROOT / "examples"
OF_OURS = Path(__file__).parent / "bounced-on-hold.yaml"
STORIES = [
    *(
        EXAMPLES / "stories" / f"{name}.yaml"
        for name in (
            "email-unseen-then-sms",
            "bounce-then-sms-at-once",
            "two-reminders-pays-with-fee",
            "dispute-and-answer",
            "norway-to-collection",
            "collection-withdrawn-then-paid",
            "nothing-reaches",
            "paid-on-time-booked-late",
        )
    ),
    OF_OURS,
]


@dataclass(frozen=True)
class Life:
    """A story under a number, and how far it gets before something changes around it."""

    number: str
    path: Path
    merchant: str
    expected: tuple[Entry, ...]
    cuts: tuple[datetime, datetime]


def lives(prefix: str, stories: Iterable[Path]) -> list[Life]:
    """Each is cut elsewhere: some before their first message, some when they are all but closed."""
    return [_life(f"{prefix}-{place}", path, place) for place, path in enumerate(stories)]


def _life(number: str, path: Path, place: int) -> Life:
    told = read_story(path, EXAMPLES / "merchants")
    expected = simulated(told)
    first = place % len(expected)
    return Life(number, path, told.invoice.merchant, expected, (_after(expected, first), _after(expected, first + 1)))


def _after(expected: tuple[Entry, ...], index: int) -> datetime:
    """Half-way from an entry to the next."""
    here, there = (expected[min(at, len(expected) - 1)].at for at in (index, index + 1))
    return here + (there - here) / 2


def to(cut: int | None, some: Iterable[Life]) -> dict[str, tuple[str, str | None]]:
    return {one.number: (str(one.path), None if cut is None else one.cuts[cut].isoformat()) for one in some}


def assert_lived(told: dict[str, list[dict[str, Any]]], some: Iterable[Life]) -> None:
    for one in some:
        assert told[one.number] == [entry.as_json() for entry in one.expected], (one.number, one.path)


@pytest_asyncio.fixture
async def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Version, Version]]:
    """The old version and the new one, on one server that has the columns of before, and on empty books."""
    tree = await asyncio.to_thread(tree_of, FIRST, tmp_path / "old")
    monkeypatch.setattr(
        "workflows.server.COLUMNS", dict.fromkeys(COLUMNS_OF_BEFORE, "Keyword") | {"NextAt": "Datetime"}
    )
    async with serving(tmp_path / "server", 0, 0) as server:
        new = Version(ROOT, tmp_path, server.address, empty_database(tmp_path))
        yield replace(new, tree=tree), new


@contextmanager
def worker(version: Version) -> Iterator[Process]:
    process = version.start("worker")
    try:
        process.wait_until_said("the worker runs")
        yield process
        process.stop()
    finally:
        process.kill()


def revision(version: Version) -> str | None:
    found = condition(version.database)
    return found.schema.revision if found else None


async def failed_tasks(client: Client, some: Iterable[Life]) -> list[str]:
    """Workflow tasks that a worker could not do: a history that did not replay, say."""
    found = []
    for one in some:
        handle = client.get_workflow_handle(f"invoice/{one.merchant}/{one.number}")
        async for event in handle.fetch_history_events():
            if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED:
                found.append(f"{one.number}: {event.workflow_task_failed_event_attributes.failure.message}")
    return found


async def test_lives_that_began_with_the_version_before_finish_on_this_one_and_on_the_way_back(
    versions: tuple[Version, Version],
):
    old, new = versions
    early, back, late = lives("early", STORIES), lives("back", reversed(STORIES[::2])), lives("late", STORIES[:3])

    with worker(old) as serving_before:
        await asyncio.to_thread(old.drive, to(0, early + back))
        assert revision(old) == "0003"
        with worker(new):
            assert revision(new) != "0003"
            await asyncio.to_thread(new.drive, to(1, early))
            await asyncio.to_thread(old.drive, to(0, late))
            serving_before.stop()
            told = await asyncio.to_thread(new.drive, to(None, early + late) | to(1, back))
            assert_lived(told, early + late)
    again = lives("again", STORIES[-3:-1])
    with worker(old):
        assert_lived(await asyncio.to_thread(old.drive, to(None, back + again)), back + again)

    assert await failed_tasks(await connect(new.temporal), early + back + late + again) == []


@pytest.mark.parametrize(("setting", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_a_clone_without_the_history_fails_in_ci_and_skips_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, setting: str, outcome: type[BaseException]
):
    monkeypatch.setenv("CI", setting)

    with pytest.raises(outcome, match="git fetch --unshallow"):
        tree_of("0" * 40, tmp_path)
