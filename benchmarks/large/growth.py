"""What a look costs where few invoices are open, and where very many are.

A case that waits for days is seldom in a worker's memory, so the first look of each is measured with a worker that has
just begun; and then, for comparison, another look of the same cases at once. Rounds of all sizes take turns.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from time import perf_counter
from typing import Any
from uuid import uuid4

from sqlalchemy import event

from activities.looking import Looking
from benchmarks.driver import closed_loop
from benchmarks.figures import Figure, at_most, figure, median
from benchmarks.large.place import AT_ONCE, Cpu, Place, Scale, ours, told, until
from benchmarks.large.sides import Ours
from benchmarks.processes import OURS
from domain.wire import LookOrder
from store.books import Books, open_books

LOOKS = 200
"""Cases that are looked at in a round, spread over all."""
WARM_UP = 20
COLD, WARM, DATABASE, SWEEP = "first look", "next look at once", "database", "sweep"

Costs = dict[str, float]


async def growth(scale: Scale) -> list[Figure]:
    """Milliseconds of CPU for a look, of the database in it, and of the sweep's questions; each by the smallest."""
    rounds: dict[int, list[Costs]] = {size: [] for size in scale.sizes}
    async with AsyncExitStack() as stack:
        places = {size: await ours(stack, scale, size) for size in scale.sizes}
        for number in range(scale.rounds + 1):
            for size, here in places.items():
                told(f"growth: round {number}, {size:,} open")
                costs = await _round(here, _sample(scale, size), scale.cache)
                rounds[size] += [costs] if number else []
    return [line for what in (COLD, WARM, DATABASE, SWEEP) for line in _figures(what, rounds)]


def _sample(scale: Scale, size: int) -> list[int]:
    """As many cases of each size, spread evenly over those that were copied; the same ones every time."""
    first = scale.wake + 1 if size == scale.open else 2
    numbers = range(first, size + 1)
    wanted = min(LOOKS + WARM_UP, scale.sizes[0] - 1)
    return [numbers[len(numbers) * place // wanted] for place in range(wanted)]


async def _round(here: Place, sample: Sequence[int], cache: int) -> Costs:
    side = here.side
    if not isinstance(side, Ours):
        raise AssertionError("only ours looks")
    warm_up, looked = sample[::11], [number for place, number in enumerate(sample) if place % 11]
    async with here.worker(cache, kind=OURS) as worker:
        costs = Costs()
        for what, numbers in (("", warm_up), (COLD, looked), (WARM, looked)):
            cpu, before = Cpu.of(server=here.server, worker=worker), side.looks(numbers)
            await closed_loop(AT_ONCE, (side.wake(number) for number in numbers))
            await until(partial(side.looks, numbers), before + len(numbers))
            await asyncio.sleep(0.5)  # until the server has heard of the last ones
            costs |= {f"{what}, {name}": spent / len(numbers) * 1000 for name, spent in cpu.spent().items()}
    return costs | await asyncio.to_thread(_of_books, here, [side.ref(number).id for number in looked])


def _of_books(here: Place, ids: Sequence[int]) -> Costs:
    """Milliseconds of the database for a look, and for what the sweep asks each minute."""
    books = open_books(here.here.books.engine.url.render_as_string(hide_password=False), migrate=False)
    try:
        clock, run, now = _Clock(books), uuid4().hex, datetime.now(UTC)
        for of in ids:
            Looking(books).look(LookOrder(of, now, run, 1))
        looks, clock.seconds = clock.seconds / len(ids), 0.0
        for _ in range(5):
            books.cases.behind()
            books.cases.adrift(now)
        return {DATABASE: looks * 1000, SWEEP: clock.seconds / 5 * 1000}
    finally:
        books.close()


class _Clock:
    """Adds up what statements take, until their rows can be read."""

    def __init__(self, books: Books) -> None:
        self.seconds, self._begun = 0.0, 0.0
        event.listen(books.engine, "before_cursor_execute", self._before)
        event.listen(books.engine, "after_cursor_execute", self._after)

    def _before(self, *_: Any) -> None:
        self._begun = perf_counter()

    def _after(self, *_: Any) -> None:
        self.seconds += perf_counter() - self._begun


def _figures(what: str, rounds: Mapping[int, Sequence[Costs]]) -> list[Figure]:
    by_size = {size: [_total(what, costs) for costs in some] for size, some in rounds.items()}
    smallest, largest = min(by_size), max(by_size)
    ratio = median(by_size[largest]) / median(by_size[smallest])
    target = at_most(1.2) if what == COLD else None
    lines = [figure(f"{TITLES[what]}, {size:,} open", values, "ms", digits=2) for size, values in by_size.items()]
    return [*lines, Figure(f"… {largest:,} open ÷ {smallest:,} open", ratio, digits=2, target=target)]


def _total(what: str, costs: Costs) -> float:
    """Server and worker together."""
    return sum(value for name, value in costs.items() if name.split(",")[0] == what)


TITLES = {
    COLD: "CPU of a case's first look, server and worker",
    WARM: "CPU of its next look at once, server and worker",
    DATABASE: "Database's time in a look",
    SWEEP: "Database's time for the sweep's questions, each minute",
}
