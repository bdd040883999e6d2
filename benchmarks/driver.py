"""Drives lives on a server: hop, let something happen, hop, and wait for the end. The same for both sides."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from temporalio.api.enums.v1 import EventType
from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle

from benchmarks.hops import Hops
from benchmarks.lives import Life
from benchmarks.sides import Side
from config.settings import Settings
from domain.wire import Glance
from store.books import Books, open_books
from workflows.converter import DATA_CONVERTER
from workflows.server import Server, connect, serving

OF_THE_CLOCK = frozenset(
    {
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIME_SKIPPING_TRANSITIONED,
        EventType.EVENT_TYPE_WORKFLOW_EXECUTION_OPTIONS_UPDATED,
    }
)
"""Events that only a moved clock makes; a life in real time has none."""


@dataclass(frozen=True, slots=True)
class Ground:
    """One server and empty books."""

    home: Path
    server: Server
    books: Books
    client: Client

    async def live(self, side: Side, life: Life, number: str) -> WorkflowHandle[Any, str]:
        """Live a whole life.

        Raises:
            AssertionError: it did not end as it must.
        """
        first, *others = life.hops()
        hops = Hops(self.client, first)
        case = await side.start(hops.client, life, number)
        handle = hops.client.get_workflow_handle(case.workflow_id, result_type=str)
        await hops.first_hop(handle)
        await case.happen(life.events[0])
        for hop, event in zip(others, life.events[1:], strict=True):
            await hops.hop(handle, hop)
            await case.happen(event)
        outcome = await handle.result()
        if outcome != life.outcome:
            raise AssertionError(f"{case.workflow_id} ended as {outcome!r}")
        return handle


@asynccontextmanager
async def ground() -> AsyncIterator[Ground]:
    """A place to live, thrown away afterwards."""
    with TemporaryDirectory(prefix="kvitt-bench-") as folder:
        async with standing(Path(folder)) as here:
            yield here


@asynccontextmanager
async def standing(home: Path, database: str = "") -> AsyncIterator[Ground]:
    """A place to live that stays: what is lived there can be gone on with. Its books are there, or at this address."""
    async with serving(home, 0, 0) as server:
        books = open_books(database or Settings(home=home).database)
        try:
            yield Ground(home, server, books, await connect(server.address))
        finally:
            books.close()


async def history(handle: WorkflowHandle[Any, str]) -> list[HistoryEvent]:
    """A workflow's events, without those of the clock."""
    events = (await handle.fetch_history()).events
    return [event for event in events if event.event_type not in OF_THE_CLOCK]


def kinds(events: Sequence[HistoryEvent]) -> list[str]:
    """What the events are, in order."""
    return [EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") for event in events]


def glances(events: Sequence[HistoryEvent]) -> list[Glance]:
    """What each look of a life came to, as its history keeps it."""
    markers = [
        event.marker_recorded_event_attributes for event in events if event.marker_recorded_event_attributes.marker_name
    ]
    payloads = [marker.details["result"].payloads[0] for marker in markers]
    return DATA_CONVERTER.payload_converter.from_payloads(payloads, [Glance] * len(payloads))


async def closed_loop(at_once: int, jobs: Iterable[Coroutine[Any, Any, object]]) -> None:
    """Do the jobs, always this many at once: the next one begins when one has ended."""
    waiting = iter(jobs)

    async def one_by_one() -> None:
        for job in waiting:
            await job

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(one_by_one())
