"""What a life costs in Temporal: our design beside a plain one, on the same lives, with the same bare activities.

Neither side has books here: the looks replay real lives, so what differs is the design. Events and Actions of ours are
counted on real lives.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

from temporalio.api.history.v1 import HistoryEvent
from temporalio.client import Client, WorkflowHandle

from benchmarks.actions import actions
from benchmarks.driver import Ground, ground, history
from benchmarks.figures import Figure, figure
from benchmarks.lives import LIVES, Life
from benchmarks.processes import FLOOR, OURS, PLAIN, worker_process
from benchmarks.rounds import Round, a_round, record
from benchmarks.sides import Floor, FloorCase, Ours, Side
from domain.wire import InvoiceRef

ROUNDS = 5
LIVES_A_ROUND = 40
WARM_UP = 8


class Plain:
    """The plain design, which replays a life."""

    name = PLAIN

    async def start(self, client: Client, life: Life, number: str) -> FloorCase:
        """Start the workflow."""
        case = FloorCase(client, InvoiceRef(LIVES.index(life), "nordljus", number), PLAIN, "plain invoice")
        await case.wake()
        return case


@dataclass(frozen=True, slots=True)
class Cost:
    """What one life comes to."""

    events: int
    actions: int
    workflows: int
    size: int
    """Bytes of history."""


def measure() -> list[Figure]:
    """Events and Actions of each life, and the CPU of a mixed load; ours and the plain design's."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    async with ground() as here, AsyncExitStack() as stack:
        address, home = here.server.address, here.home
        await stack.enter_async_context(worker_process(OURS, address, home))
        await record(here, Ours(here.books))
        workers = {
            name: await stack.enter_async_context(worker_process(name, address, home)) for name in (FLOOR, PLAIN)
        }
        figures = [line for life in LIVES for line in await _counted(here, life)]
        rounds: dict[str, list[Round]] = {FLOOR: [], PLAIN: []}
        for number in range(ROUNDS + 1):
            for side in (Floor(), Plain()):
                count = LIVES_A_ROUND if number else WARM_UP
                measured = await a_round(here, side, workers[side.name], count, f"cost-{number}")
                rounds[side.name] += [measured] if number else []
    return figures + _figures(rounds[FLOOR], rounds[PLAIN])


async def _counted(here: Ground, life: Life) -> list[Figure]:
    mine, plain = await _cost(here, Ours(here.books), life), await _cost(here, Plain(), life)
    return [
        Figure(f"History events, {life.name}: ours", mine.events),
        Figure("… the plain design", plain.events),
        Figure(f"Temporal Actions, {life.name}: ours", mine.actions),
        Figure("… the plain design", plain.actions),
        Figure("… ours ÷ the plain design's", mine.actions / plain.actions, digits=2),
        Figure(f"Workflows, {life.name}: ours", mine.workflows),
        Figure("… the plain design", plain.workflows),
        Figure(f"History, {life.name}: ours", mine.size / 1000, "kB", digits=1),
        Figure("… the plain design", plain.size / 1000, "kB", digits=1),
    ]


async def _cost(here: Ground, side: Side, life: Life) -> Cost:
    """Live it once, and count its workflow and its children."""
    handles = [await here.live(side, life, f"cost-{life.name}")]
    histories = [await history(handles[0])]
    for child in _children(histories[0]):
        handles.append(here.client.get_workflow_handle(child, result_type=str))
        histories.append(await history(handles[-1]))
    size = sum([await _size(handle) for handle in handles])
    return Cost(sum(map(len, histories)), sum(map(actions, histories)), len(histories), size)


async def _size(handle: WorkflowHandle[Any, str]) -> int:
    return (await handle.describe()).raw_description.workflow_execution_info.history_size_bytes


def _children(events: Sequence[HistoryEvent]) -> list[str]:
    started = [event.child_workflow_execution_started_event_attributes for event in events]
    return [one.workflow_execution.workflow_id for one in started if one.workflow_execution.workflow_id]


def _figures(mine: Sequence[Round], plain: Sequence[Round]) -> list[Figure]:
    ratios = [one.rate / other.rate for one, other in zip(mine, plain, strict=True)]
    return [
        figure("Lives per second, bare: our design ÷ the plain one", ratios, digits=2),
        *(
            figure(f"CPU per life, bare: {process}, {name}", [one.cpu[process] for one in rounds], "ms", digits=1)
            for process in ("server", "worker")
            for name, rounds in (("our design", mine), ("the plain one", plain))
        ),
    ]
