"""Fill the homes, a few hundred lives at a time, and let each rest before the next are begun.

It can be stopped and gone on with: what it has cost is noted for each few hundred.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from time import perf_counter

import psutil

from benchmarks.bare import Bare
from benchmarks.driver import closed_loop, glances, ground, history, kinds
from benchmarks.figures import Figure, figure, median
from benchmarks.large.place import AT_ONCE, Cpu, Place, Scale, floor, ours, told, until
from benchmarks.large.sides import MERCHANT, MODEL, Floor, Ours, Side, name_of
from benchmarks.processes import FLOOR, OURS, WHOLE, worker_process

CHUNK = 500
"""Lives between two looks at how far all have come."""
FEW, MANY = "few", "many"
"""How many were open when lives were begun that are measured."""
PROBE = 0
"""The number of the life that is lived once on each side, to see that both make the same history."""
OF_THE_PROBE = 5
"""Its looks."""
SOON = timedelta(seconds=6)
"""How long the probe is armed ahead."""

Chunk = dict[str, float]
"""How many lives, the seconds that they took, and the seconds of CPU by process."""


async def fill(scale: Scale) -> list[Figure]:
    """Fill every home that is measured; what opening an invoice costs, with few open and with all."""
    for size in scale.sizes[:-1]:
        async with AsyncExitStack() as stack:
            here = await ours(stack, scale, size)
            await stack.enter_async_context(here.worker(scale.cache))
            await _copies(here, size)
    async with AsyncExitStack() as stack:
        real, bare = await ours(stack, scale, scale.open), await floor(stack, scale)
        await _probe(bare)
        workers = [await stack.enter_async_context(side.worker(scale.cache)) for side in (real, bare)]
        few = await _pairs(real, bare, workers, FEW, range(1, scale.wake + 1))
        await _copies(real, scale.open)
        more = range(scale.open + 1, scale.open + min(2 * CHUNK, scale.wake) + 1)
        many = await _pairs(real, bare, workers, MANY, more)
    return [
        Figure("Open invoices", scale.open + len(more)),
        *_figures(f"with up to {scale.wake:,} open", few),
        *_figures("with all open", many),
        Figure("CPU per opened invoice, with all open ÷ with few: server and worker", _cpu(many) / _cpu(few), digits=2),
    ]


async def _pairs(
    real: Place, bare: Place, workers: Sequence[psutil.Process], name: str, numbers: range
) -> list[list[Chunk]]:
    """Begin these lives on both sides, a few hundred on one, then as many on the other; each pair's cost."""
    pairs: list[list[Chunk]] = real.notes.get(name, [])
    for first in range(numbers[0] + CHUNK * len(pairs), numbers[-1] + 1, CHUNK):
        _assert_whole(bare, real)
        some = range(first, min(first + CHUNK, numbers[-1] + 1))
        told(f"{name}: {some[-1]:,} begun")
        pairs.append([await _chunk(side, worker, some) for side, worker in zip((real, bare), workers, strict=True)])
        real.notes.put(name, pairs)
        for side, chunk in zip((real, bare), pairs[-1], strict=True):
            side.notes.put("opening rate", chunk["lives"] / chunk["seconds"])
            side.notes.put("real", some[-1] if name == FEW else side.notes.get("real"))
    return pairs


def _assert_whole(bare: Place, real: Place) -> None:
    """A life of the floor that is begun twice has looked once too often.

    Raises:
        AssertionError: it was interrupted while the floor's lives were begun.
    """
    lives = sum(pair[1]["lives"] for name in (FEW, MANY) for pair in real.notes.get(name, []))
    if not isinstance(bare.side, Floor) or bare.side.looked != 2 * lives + OF_THE_PROBE:
        raise AssertionError(f"the floor's lives were interrupted; remove {bare.here.home.parent} and begin anew")


async def _copies(here: Place, size: int) -> None:
    """Let so many be open: what is missing is written into the books as already sent, and begun by the sweep's call.

    It takes half the time; such lives are looked at, but their first message is not measured.
    """
    if not isinstance(here.side, Ours):
        raise AssertionError("only ours has books")
    begun = here.notes.get("open") or int(sum(pair[0]["lives"] for pair in here.notes.get(FEW, [])))
    if not begun:
        await here.side.begin(MODEL)
        await until(partial(here.side.waiting, range(MODEL, MODEL + 1)), 1)
        begun = MODEL
    for first in range(begun + 1, size + 1, CHUNK):
        some = range(first, min(first + CHUNK, size + 1))
        told(f"{here.side.name}: {some[-1]:,} of {size:,} open")
        await asyncio.to_thread(here.side.copy, some)
        await closed_loop(AT_ONCE, (here.side.heal(number) for number in some))
        await until(partial(here.side.waiting, some), len(some))
        here.notes.put("open", some[-1])


async def _chunk(here: Place, worker: psutil.Process, numbers: range) -> Chunk:
    """Begin these lives; what it took until each is sent and at rest."""
    here.side.mark()
    cpu, begun = Cpu.of(server=here.server, worker=worker, client=psutil.Process()), perf_counter()
    await closed_loop(AT_ONCE, (here.side.begin(number) for number in numbers))
    await until(partial(here.side.waiting, numbers), len(numbers))
    seconds = perf_counter() - begun
    return {"lives": len(numbers), "seconds": seconds, **cpu.spent()}


def _figures(when: str, pairs: list[list[Chunk]]) -> list[Figure]:
    rates = [[chunk["lives"] / chunk["seconds"] for chunk in side] for side in zip(*pairs, strict=True)]
    ratios = [mine / bare for mine, bare in zip(*rates, strict=True)]
    return [
        figure(f"Opened, sent and at rest, {when}", rates[0], "invoices/s", digits=1),
        figure("… the floor", rates[1], "lives/s", digits=1),
        figure("… ours ÷ the floor's", ratios, digits=2),
        *(
            figure(f"… CPU of the {process}, {side}", _per_life(chunks, process), "ms", digits=1)
            for process in ("server", "worker", "client")
            for side, chunks in zip(("ours", "the floor"), zip(*pairs, strict=True), strict=True)
        ),
    ]


def _per_life(chunks: Iterable[Chunk], process: str) -> list[float]:
    return [chunk[process] / chunk["lives"] * 1000 for chunk in chunks]


def _cpu(pairs: list[list[Chunk]]) -> float:
    """Milliseconds that server and worker take for one of ours."""
    mine = [pair[0] for pair in pairs]
    return median(_per_life(mine, "server")) + median(_per_life(mine, "worker"))


async def _probe(bare: Place) -> None:
    """Live a life until its due reminder is out, on both sides; the floor's is written down from ours.

    Raises:
        AssertionError: the two sides do not make the same history.
    """
    if bare.notes.get("probed"):
        return
    async with ground() as here:
        real = Ours(here)
        async with worker_process(WHOLE, here.server.address, here.home):
            await _live(real)
        lived = await history(here.client.get_workflow_handle(f"invoice/{MERCHANT}/{name_of(PROBE)}"))
    Bare(bare.here.home).write([glances(lived)])
    async with bare.worker(1000):  # it is not told a moment: it waits as long as ours did
        await _live(bare.side)
    copied = await history(bare.here.client.get_workflow_handle(f"{FLOOR}/{MERCHANT}/{name_of(PROBE)}"))
    if kinds(lived) != kinds(copied):
        raise AssertionError(f"the histories differ\n{OURS}: {kinds(lived)}\n{FLOOR}: {kinds(copied)}")
    bare.notes.put("probed", len(lived))


async def _live(side: Side) -> None:
    probe = range(PROBE, PROBE + 1)
    side.mark()
    await side.begin(PROBE)
    await until(lambda: side.waiting(probe), 1)
    await asyncio.sleep(1)  # the floor's loop goes on for a moment after its message
    side.mark()
    await side.arm(PROBE, datetime.now(UTC) + SOON)
    await until(lambda: side.armed(probe), 1)
    await until(lambda: side.reminded(probe), 1)
    await asyncio.sleep(1)
