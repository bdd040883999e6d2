"""What goes wrong for everybody at once, again and again while lives go on."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from random import Random

from tests.faults.field import WORKERS, Field
from tests.faults.running import down_for

EVERY_S = (6.0, 20.0)
"""How long the sun shines in between."""
AWAY_S = 2.0
"""How long a database or a server is away."""

Storm = Callable[[Field, Random], Awaitable[None]]


async def bad_weather(field: Field, chance: Random, struck: Counter[str]) -> None:
    """One thing after the other, until cancelled; what is away is back by then."""
    while True:
        await asyncio.sleep(chance.uniform(*EVERY_S))
        what = chance.choices(list(STORMS), [often for often, _ in STORMS.values()])[0]
        struck[what] += 1
        storm = asyncio.ensure_future(STORMS[what][1](field, chance))
        try:
            await asyncio.shield(storm)
        except asyncio.CancelledError:
            await storm
            raise


async def _kill_worker(field: Field, chance: Random) -> None:
    _signal(field, chance.randrange(WORKERS), signal.SIGKILL)


async def _stop_worker(field: Field, chance: Random) -> None:
    """It finishes what it has begun, and another takes its place."""
    _signal(field, chance.randrange(WORKERS), signal.SIGTERM)


async def _kill_gateway(field: Field, chance: Random) -> None:
    _signal(field, WORKERS, signal.SIGKILL)


async def _cut_database(field: Field, chance: Random) -> None:
    await asyncio.to_thread(down_for, field, AWAY_S)


async def _restart_temporal(field: Field, chance: Random) -> None:
    await field.server.stop()
    await asyncio.sleep(AWAY_S)
    await field.server.start()


def _signal(field: Field, nth: int, what: signal.Signals) -> None:
    _, process = field.crew.jobs[nth]
    with suppress(ValueError, ProcessLookupError):  # it is dead already, and about to be replaced
        if process.pid:
            os.kill(process.pid, what)


STORMS: dict[str, tuple[int, Storm]] = {
    "a worker killed (SIGKILL)": (5, _kill_worker),
    "a worker stopped (SIGTERM)": (3, _stop_worker),
    "the gateway killed": (2, _kill_gateway),
    "the database cut or locked": (3, _cut_database),
    "Temporal stopped and restarted": (2, _restart_temporal),
}
"""How often each comes, beside the others."""
