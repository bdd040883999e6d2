"""A run: all lives side by side, the weather over some of them, then the count."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from channels.way import MailboxError
from tests.faults.counting import Counted, count
from tests.faults.field import Field, open_field
from tests.faults.living import Living, StuckError
from tests.faults.plan import Plan, Weather

AT_ONCE = 24
DOWN_S = 3.0
"""How long a database or a server is away; longer than what waits for it, shorter than anybody's patience."""
PRESS_EVERY_S = 10.0
QUIET = 30
"""How often in a row nothing new must lie in the inbox, asked ten times a second."""


async def run(home: Path, plan: Plan, advance: Callable[[], None] = lambda: None) -> Counted:
    """Live all lives of a plan, and count."""
    async with open_field(home, plan) as field:
        lives = {number: Living(field, life) for number, life in plan.lives.items()}
        stuck: dict[str, str] = {}

        async def live(living: Living) -> None:
            try:
                if living.ref is None:
                    await living.begin()
                await living.run()
            except (StuckError, TimeoutError) as error:
                stuck[living.life.number] = str(error) or "no answer"
            advance()

        in_weather = {number for numbers in plan.weather.values() for number in numbers}
        order = [living for number, living in lives.items() if number not in in_weather]
        random.Random(plan.seed).shuffle(order)
        waiting = iter(order)

        async def live_some() -> None:
            for living in waiting:
                await live(living)

        press = asyncio.create_task(print_daily(field))
        try:
            await asyncio.gather(*(live_some() for _ in range(AT_ONCE)))
            for weather, numbers in plan.weather.items():
                await _WEATHER[weather](field, [lives[number] for number in numbers], live)
        finally:
            press.cancel()
            await asyncio.gather(press, return_exceptions=True)
        await asyncio.to_thread(field.print_letters)
        await until_read(field)
        return await count(field, list(lives.values()), stuck)


Live = Callable[[Living], object]


async def _cut_database(field: Field, lives: list[Living], live: Live) -> None:
    """Again and again while they live."""
    done = asyncio.gather(*map(live, lives))  # type: ignore[call-overload]
    while not done.done():
        await asyncio.sleep(1)
        await asyncio.to_thread(down_for, field, DOWN_S)
        await asyncio.sleep(DOWN_S)
    await done


def down_for(field: Field, seconds: float) -> None:
    """Nobody gets into the books for a while. One thread does it all: others may be waiting for the books."""
    with field.database_down():
        time.sleep(seconds)


async def _restart_temporal(field: Field, lives: list[Living], live: Live) -> None:
    """Twice while they live."""
    done = asyncio.gather(*map(live, lives))  # type: ignore[call-overload]
    for _ in range(2):
        await asyncio.sleep(2)
        await field.server.stop()
        await asyncio.sleep(1)
        await field.server.start()
    await done


async def _calls_without_temporal(field: Field, lives: list[Living], live: Live) -> None:
    """All vendors call at once while the server is away; they are answered all the same."""
    await _calls_while(field, lives, live, temporal=True)


async def _calls_without_database(field: Field, lives: list[Living], live: Live) -> None:
    """All vendors call at once while nothing can be kept: some call again, the others are asked."""
    await _calls_while(field, lives, live, temporal=False)


async def _calls_while(field: Field, lives: list[Living], live: Live, *, temporal: bool) -> None:
    field.caller.hold()
    await asyncio.gather(*(living.begin() for living in lives))
    await asyncio.gather(*(living.to_first() for living in lives))
    if temporal:
        await field.server.stop()
        field.caller.let_go()
        await asyncio.sleep(DOWN_S)
        await field.server.start()
    else:
        cut = asyncio.create_task(asyncio.to_thread(down_for, field, 2 * DOWN_S))
        await asyncio.sleep(0.3)
        field.caller.let_go()
        await cut
    await asyncio.gather(*(living.rest() for living in lives))
    await asyncio.gather(*map(live, lives))  # type: ignore[call-overload]


async def print_daily(field: Field) -> None:
    """Now and then the print house's day is over: what lies there is closed, printed and reported."""
    while True:
        await asyncio.sleep(PRESS_EVERY_S)
        with suppress(MailboxError):  # tried again, as in earnest
            await asyncio.to_thread(field.print_letters)


async def until_read(field: Field) -> None:
    """Whatever was kept is read in the end, and the last reports are fetched: all is quiet for a few rounds."""
    quiet = 0
    for _ in range(300):
        quiet = 0 if await asyncio.to_thread(field.books.inbox.oldest_new) else quiet + 1
        if quiet == QUIET:
            return
        await asyncio.sleep(0.1)


_WEATHER = {
    Weather.DATABASE: _cut_database,
    Weather.TEMPORAL: _restart_temporal,
    Weather.CALLS_WITHOUT_TEMPORAL: _calls_without_temporal,
    Weather.CALLS_WITHOUT_DATABASE: _calls_without_database,
}
