"""A soak from its first life to the last count."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from channels.way import MailboxError
from tests.faults.field import Field, open_field
from tests.faults.living import StuckError
from tests.faults.running import print_daily, until_read
from tests.soak.counting import Result, count
from tests.soak.living import SoakLife
from tests.soak.plan import chance_of, make_plan, story_of
from tests.soak.publishing import PUBLICATIONS, Publishers
from tests.soak.weather import bad_weather

AT_ONCE = 32
"""Lives that take a turn side by side."""
SHARE = 4
"""One of so many lives is somewhere in the middle at any time."""
TRIALS = 20
"""How often a print house is asked in the end."""
LATE = 3
"""How often in a row a life may come to rest late, before it is left alone until the weather is fine."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be soaked."""

    seed: int
    lives: int
    days: int


@dataclass
class Soak:
    """All lives of a run, and who of them is where."""

    wish: Wish
    ground: Field
    publishers: Publishers
    advance: Callable[[], None]
    lives: list[SoakLife] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)
    stuck: dict[str, str] = field(default_factory=dict)
    """The lives that did not come to rest when they were last asked to, and where they stand."""
    late: Counter[str] = field(default_factory=Counter)
    """How often in a row that was so."""
    batches: list[str] = field(default_factory=list)
    begun: int = 0
    _under_way: list[SoakLife] = field(default_factory=list)

    async def live(self) -> None:
        """All lives, turn by turn; in the middle others' rules are published."""
        chance, room = Random(self.wish.seed), max(AT_ONCE, self.wish.lives // SHARE)
        publish_at = [self.wish.lives * nth // (len(PUBLICATIONS) + 1) for nth in range(1, len(PUBLICATIONS) + 1)]

        async def publish() -> None:
            for at, when in zip(publish_at, PUBLICATIONS, strict=True):
                while self.begun < at:
                    await asyncio.sleep(0.05)
                self.batches += await self.publishers.publish(when)

        async def take_turns() -> None:
            while len(self._under_way) or self.begun < len(self.lives):
                begins = self.begun < len(self.lives) and len(self._under_way) < room
                if begins:
                    life, self.begun = self.lives[self.begun], self.begun + 1
                elif self._under_way:
                    life = self._under_way.pop(chance.randrange(len(self._under_way)))
                await self._turn(life)

        async with asyncio.TaskGroup() as group:
            group.create_task(publish())
            for _ in range(AT_ONCE):
                group.create_task(take_turns())

    async def settle(self) -> None:
        """Everything heals: all cases are moved, all that was said is read, all lives rest."""
        await self.publishers.until_moved(self.batches)
        for _ in range(2):
            await self._rest_all()
            await self._print_all()
            await until_read(self.ground)
        await self._rest_all()

    async def _print_all(self) -> None:
        """What lies at the print houses is printed and reported; one that does not answer is asked again."""
        for _ in range(TRIALS):
            with suppress(MailboxError):
                await asyncio.to_thread(self.ground.print_letters)
                return
        raise StuckError("the print house does not answer")

    async def _rest_all(self) -> None:
        waiting = iter([life for life in self.lives if life.ref])

        async def some() -> None:
            for life in waiting:
                await self._try(life, life.rest)

        await asyncio.gather(*(some() for _ in range(AT_ONCE)))

    async def _turn(self, life: SoakLife) -> None:
        """A life's next turn; it comes back to the others until it is over. One that is late comes to rest first."""
        number = life.life.number
        await self._try(life, life.begin if not life.ref else life.rest if number in self.stuck else life.turn)
        if life.over or self.late[number] == LATE:
            self.advance()
        else:
            self._under_way.append(life)

    async def _try(self, life: SoakLife, do: Callable[[], Awaitable[None]]) -> None:
        """Live on. A busy machine may be late; only who does not rest in the end, in fine weather, is stuck."""
        number = life.life.number
        try:
            await do()
        except (StuckError, TimeoutError) as error:
            self.struck["a rest that took more than a minute"] += 1
            self.stuck[number] = str(error) or "no answer"
            self.late[number] += 1
        else:
            self.stuck.pop(number, None)
            self.late[number] = 0


async def run(home: Path, wish: Wish, advance: Callable[[], None] = lambda: None) -> Result:
    """Soak, and count."""
    plan = make_plan(wish.seed, wish.lives)
    async with open_field(home, plan) as ground:
        publishers = Publishers(ground, Random(wish.seed))
        merchant_of = await publishers.open()
        soak = Soak(wish, ground, publishers, advance)
        for life in plan.lives.values():
            told, chance = story_of(wish.seed, life), chance_of(wish.seed, life, "world")
            soak.lives.append(
                SoakLife(
                    ground,
                    life,
                    told=told,
                    chance=chance,
                    days=wish.days,
                    merchant_of=merchant_of,
                    struck=soak.struck,
                )
            )
        async with _beside(print_daily(ground)):
            async with _beside(bad_weather(ground, Random(wish.seed), soak.struck)):
                await soak.live()
            await soak.settle()
        return await count(ground, soak.lives, soak.stuck, soak.struck, soak.batches)


@asynccontextmanager
async def _beside(work: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Something that goes on as long as the block does."""
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
