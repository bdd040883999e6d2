"""A due day: thousands of cases whose timers fire at the same moment, on real clocks; until the last message is out."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from time import perf_counter

from benchmarks.driver import closed_loop
from benchmarks.figures import Figure, at_least, at_most
from benchmarks.large.place import AT_ONCE, MB, Cpu, Peak, Place, Scale, floor, ours, told, until

ONE_SECOND = timedelta(seconds=1)
SPARE = timedelta(seconds=20)


async def due_day(scale: Scale) -> list[Figure]:
    """The rate on both sides, one after the other, each alone; the worker's memory and the CPU beside it."""
    woken: dict[str, Mapping[str, float]] = {}
    first = 0
    for open_side in (ours_of, floor):
        async with AsyncExitStack() as stack:
            here = await open_side(stack, scale)
            first = first or here.notes.get("next to wake", 1)
            here.notes.put("next to wake", first + scale.wake)
            woken[here.side.name] = await _wake(here, range(first, first + scale.wake), scale.cache)
    return _figures(scale, *woken.values())


async def ours_of(stack: AsyncExitStack, scale: Scale) -> Place:
    """Our side with all that are open."""
    return await ours(stack, scale, scale.open)


async def _wake(here: Place, numbers: range, cache: int) -> dict[str, float]:
    """Arm these lives for one moment, and wait for it.

    Raises:
        AssertionError: they are used up, or arming took so long that the moment passed.
    """
    if numbers[-1] > here.notes.get("real", 0):
        raise AssertionError(f"life {numbers[-1]:,} is not there to be woken; fill a new home with a larger --wake")
    at = datetime.now(UTC) + SPARE + len(numbers) / _rate(here) * ONE_SECOND
    async with here.worker(cache, here.side.told(at)) as worker:
        await _arm(here, numbers, at)
        here.side.mark()
        await asyncio.sleep((at - datetime.now(UTC)).total_seconds() - 0.1)
        cpu, peak = Cpu.of(server=here.server, worker=worker), Peak()
        async with peak.watching(worker):
            await until(partial(here.side.reminded, numbers), len(numbers))
        seconds, spent = (datetime.now(UTC) - at).total_seconds(), cpu.spent()
    told(f"{here.side.name}: the last is out after {seconds:.1f} s")
    each = {name: its / len(numbers) * 1000 for name, its in spent.items()}
    return {"rate": len(numbers) / seconds, "seconds": seconds, "peak": peak.rss / MB, **each}


def _rate(here: Place) -> float:
    """How many lives are surely armed in a second: about as many as are opened, which takes twice as much."""
    return float(here.notes.get("opening rate"))


async def _arm(here: Place, numbers: range, at: datetime) -> None:
    told(f"{here.side.name}: arming {len(numbers):,} for {at:%H:%M:%S} UTC")
    here.side.mark()
    begun = perf_counter()
    await closed_loop(AT_ONCE, (here.side.arm(number, at) for number in numbers))
    await until(partial(here.side.armed, numbers), len(numbers))
    told(f"{here.side.name}: armed {len(numbers) / (perf_counter() - begun):.1f} a second")
    if datetime.now(UTC) > at:
        raise AssertionError("arming took longer than was thought; try again")


def _figures(scale: Scale, mine: Mapping[str, float], bare: Mapping[str, float]) -> list[Figure]:
    ratio, kept = mine["rate"] / bare["rate"], f"{scale.cache:,} workflows in memory"
    return [
        Figure(f"Due day: {scale.wake:,} wake at once, ours ÷ the floor", ratio, digits=2, target=at_least(0.8)),
        Figure("… ours", mine["rate"], "messages/s", digits=1),
        Figure("… the floor", bare["rate"], "messages/s", digits=1),
        Figure("… until the last of ours is out", mine["seconds"], "s", digits=1),
        Figure("… until the floor's last is out", bare["seconds"], "s", digits=1),
        Figure(f"… our worker's memory, the most, {kept}", mine["peak"], "MB", target=at_most(400)),
        Figure(f"… the floor's, {kept}", bare["peak"], "MB"),
        *(
            Figure(f"… CPU of the {process} for each, {side}", woken[process], "ms", digits=1)
            for process in ("server", "worker")
            for side, woken in (("ours", mine), ("the floor", bare))
        ),
    ]
