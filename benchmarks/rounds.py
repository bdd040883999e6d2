"""Our workflow against the floor: rounds in pairs on one server, closed loop, always as many lives at once.

Half of the lives pay on time, half climb the whole ladder. What is measured is everything: the client that enters
invoices and events into the books, the worker with rules, books and rendering, and the server.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from time import perf_counter

import psutil

from benchmarks.bare import Bare
from benchmarks.driver import Ground, closed_loop, glances, ground, history, kinds
from benchmarks.figures import Figure, at_least, at_most, figure
from benchmarks.lives import LIVES
from benchmarks.processes import FLOOR, OURS, worker_process
from benchmarks.sides import Floor, Ours, Side

ROUNDS = 9
AT_ONCE = 8
LIVES_A_ROUND = 60
WARM_UP = 16


@dataclass(frozen=True, slots=True)
class Round:
    """What one round took: lives per second, and milliseconds of CPU per life by process."""

    rate: float
    cpu: dict[str, float]


def measure() -> list[Figure]:
    """The rates, their ratio, and the CPU beside them."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    async with ground() as here, AsyncExitStack() as stack:
        ours, floor = Ours(here.books), Floor()
        address, home = here.server.address, here.home
        workers = {OURS: await stack.enter_async_context(worker_process(OURS, address, home))}
        await record(here, ours)
        workers[FLOOR] = await stack.enter_async_context(worker_process(FLOOR, address, home))
        await _assert_alike(here, ours, floor)
        rounds: dict[str, list[Round]] = {OURS: [], FLOOR: []}
        for number in range(ROUNDS + 1):
            for side in (ours, floor) if number % 2 else (floor, ours):
                count = LIVES_A_ROUND if number else WARM_UP
                measured = await a_round(here, side, workers[side.name], count, f"{number}")
                rounds[side.name] += [measured] if number else []
    return _figures(rounds[OURS], rounds[FLOOR])


async def record(here: Ground, ours: Side) -> None:
    """Live each life once, and put down what its looks came to."""
    histories = [await history(await here.live(ours, life, f"recorded-{life.name}")) for life in LIVES]
    Bare(here.home).write([glances(events) for events in histories])


async def _assert_alike(here: Ground, ours: Side, floor: Side) -> None:
    """The comparison is fair only if both sides make the same history."""
    for life in LIVES:
        left, right = [
            kinds(await history(await here.live(side, life, f"alike-{life.name}"))) for side in (ours, floor)
        ]
        if left != right:
            raise AssertionError(f"{life.name}: the histories differ\nours:  {left}\nfloor: {right}")


async def a_round(here: Ground, side: Side, worker: psutil.Process, count: int, number: str) -> Round:
    """So many lives, and what they took."""
    processes = {"server": psutil.Process(here.server.process.pid), "worker": worker, "client": psutil.Process()}
    before = {name: _cpu(process) for name, process in processes.items()}
    jobs = (here.live(side, LIVES[i % len(LIVES)], f"round-{number}-{i}") for i in range(count))
    begun = perf_counter()
    await closed_loop(AT_ONCE, jobs)
    took = perf_counter() - begun
    cpu = {name: (_cpu(process) - before[name]) / count * 1000 for name, process in processes.items()}
    return Round(count / took, cpu)


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _figures(ours: Sequence[Round], floor: Sequence[Round]) -> list[Figure]:
    ratios = [mine.rate / bare.rate for mine, bare in zip(ours, floor, strict=True)]
    rates = [
        figure("Lives per second ÷ the floor's", ratios, digits=2, target=at_least(0.9)),
        figure("… ours", [one.rate for one in ours], "lives/s", digits=1),
        figure("… the floor", [one.rate for one in floor], "lives/s", digits=1),
    ]
    server = [mine.cpu["server"] / bare.cpu["server"] for mine, bare in zip(ours, floor, strict=True)]
    rates.append(figure("CPU per life: server, ours ÷ the floor's", server, digits=2, target=at_most(1.1)))
    return rates + [
        figure(f"CPU per life: {process}, {side}", [one.cpu[process] for one in rounds], "ms", digits=1)
        for process in ("server", "worker", "client")
        for side, rounds in (("ours", ours), ("the floor", floor))
    ]
