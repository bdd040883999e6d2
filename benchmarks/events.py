"""How many history events a life takes, without those that only a moved clock makes."""

from __future__ import annotations

import asyncio

from benchmarks.driver import ground, history
from benchmarks.figures import Figure, at_most
from benchmarks.lives import LADDER, PAYER
from benchmarks.processes import OURS, worker_process
from benchmarks.sides import Ours

TARGETS = {PAYER: at_most(32), LADDER: at_most(108)}


def measure() -> list[Figure]:
    """The events of each life."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    async with ground() as here, worker_process(OURS, here.server.address, here.home):
        figures = []
        for life, target in TARGETS.items():
            handle = await here.live(Ours(here.books), life, f"events-{life.name}")
            figures.append(Figure(f"History events, {life.name}", len(await history(handle)), target=target))
    return figures
