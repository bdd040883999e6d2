"""With all invoices open: how soon a worker decides that has just begun, and how soon the server is back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from time import perf_counter

from benchmarks.driver import closed_loop
from benchmarks.figures import Figure, at_most, figure
from benchmarks.large import postgres
from benchmarks.large.place import AT_ONCE, MB, Place, Scale, ours, told, until
from benchmarks.large.sides import Ours

BACKLOG = 1000
"""Cases that were woken while no worker ran."""
OFTEN = 0.02


async def restart(scale: Scale) -> list[Figure]:
    """Seconds from the worker's start to its first look, and to the last of the backlog; and the server's start."""
    servers, firsts, lasts, empty = [], [], [], []
    for number in range(scale.rounds):
        told(f"restart: round {number + 1} of {scale.rounds}")
        async with AsyncExitStack() as stack:
            begun = perf_counter()
            here = await ours(stack, scale, scale.open)
            servers.append(perf_counter() - begun)
            first, last, memory = await _decide(here, _backlog(scale), scale.cache)
            firsts.append(first)
            lasts.append(last)
            empty.append(memory / MB)
    return [
        figure("Restart: worker's start to its first decision", firsts, "s", digits=1, target=at_most(10)),
        figure(f"… to the last of {len(_backlog(scale)):,} that were waiting", lasts, "s", digits=1),
        figure("… the server's start", servers, "s", digits=1),
        figure("Worker's memory, just begun", empty, "MB"),
    ]


async def sizes(scale: Scale) -> list[Figure]:
    """What is on the disk for each open invoice."""
    async with AsyncExitStack() as stack:
        here = await ours(stack, scale, scale.open)
        books = postgres.size(here.here.books) if scale.postgres else 0
    home = scale.home / f"ours-{scale.open}"  # what is written ahead is in its file when both have ended
    kept = {"books": books or _size(home, "kvitt.sqlite3"), "Temporal's database": _size(home, "temporal.db")}
    return [
        line
        for what, size in kept.items()
        for line in (
            Figure(f"Size of the {what}", size / MB, "MB"),
            Figure("… for each open invoice", size / scale.open / 1000, "kB", digits=1),
        )
    ]


async def _decide(here: Place, numbers: range, cache: int) -> tuple[float, float, int]:
    side = here.side
    if not isinstance(side, Ours):
        raise AssertionError("only ours decides")
    before = side.looks(numbers)
    await closed_loop(AT_ONCE, (side.wake(number) for number in numbers))
    begun = perf_counter()
    async with AsyncExitStack() as stack:
        first = asyncio.create_task(_when(partial(side.looks, numbers), before + 1))
        worker = await stack.enter_async_context(here.worker(cache))
        memory, first_at = worker.memory_info().rss, await first - begun
        await until(partial(side.looks, numbers), before + len(numbers))
        return first_at, perf_counter() - begun, memory


async def _when(reached: Callable[[], int], goal: int) -> float:
    """The moment at which so many have come as far."""
    await until(reached, goal, OFTEN)
    return perf_counter()


def _backlog(scale: Scale) -> range:
    """Cases that wait for their due day, and go on doing so."""
    last = scale.open
    return range(max(last - BACKLOG, last // 2) + 1, last + 1)


def _size(home: Path, name: str) -> int:
    """Of a database, with what is written ahead of it."""
    return sum(path.stat().st_size for path in home.glob(f"{name}*"))
