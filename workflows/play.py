"""A story played on a real workflow, on its own virtual clock, by the same calls that the world makes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from domain.law.bank_days import calendar_of
from domain.stories import Happening, event_of
from domain.wire import InvoiceRef
from store.orders import Order
from store.registry import Opening
from workflows.client import CaseClient

JUST_BEFORE = timedelta(seconds=20)
"""How far ahead of a happening the clock stops to let it be written down: what arrives at 09:00 is known at 09:00."""


@asynccontextmanager
async def _nothing_stops() -> AsyncIterator[None]:
    yield


@dataclass(frozen=True, slots=True)
class Player:
    """Plays stories. ``outage`` stops the worker for as long as its block lasts."""

    client: CaseClient
    outage: Callable[[], AbstractAsyncContextManager[None]] = _nothing_stops

    async def play(self, opening: Opening, happens: Sequence[Happening], until: datetime | None = None) -> InvoiceRef:
        """Live the whole life; or, with ``until``, no timer that comes later."""
        calendar = calendar_of(opening.invoice.country)
        begins = calendar.moment(datetime.combine(opening.invoice.issued, time.min))
        ref = (await self.client.start(replace(opening, shift=begins - datetime.now(UTC)))).ref
        await self.client.rest(ref)
        world = [_Turn(number, happening) for number, happening in enumerate(sorted(happens, key=lambda h: h.at))]
        while world:
            turn = world.pop(0)
            at = max(calendar.moment(turn.happening.at), begins)
            if turn.happening.up_at is None:
                await self._meet(ref, turn, at)
                continue
            missed = [other for other in world if other.happening.at < turn.happening.up_at]
            world = world[len(missed) :]
            await self._down(ref, missed, at, max(calendar.moment(turn.happening.up_at), begins))
        while (timer := await asyncio.to_thread(self._timer, ref)) and (until is None or timer <= until):
            await self._move_to(ref, timer)
        return ref

    async def _meet(self, ref: InvoiceRef, turn: _Turn, at: datetime) -> None:
        """Write a happening down just before its minute, so that nothing of that minute comes first; then look."""
        await self._move_to(ref, at - JUST_BEFORE)
        wakes = await asyncio.to_thread(self._hear, ref, [turn], at)
        await self._move_to(ref, at)
        if wakes:
            await self._look(ref)

    async def _down(self, ref: InvoiceRef, missed: Sequence[_Turn], at: datetime, up_at: datetime) -> None:
        """Nothing of ours runs; what the world did meanwhile is booked when we are up again."""
        await self._move_to(ref, at - JUST_BEFORE)
        async with self.outage():
            now = await self.client.clock.now(ref, self.client.books)
            await asyncio.to_thread(self.client.books.cases.shift, ref.id, up_at - now)
            await asyncio.to_thread(self._hear, ref, missed, up_at)
        await self._look(ref)

    async def _look(self, ref: InvoiceRef) -> None:
        await self.client.look_again(ref)
        await self.client.rest(ref)

    async def _move_to(self, ref: InvoiceRef, at: datetime) -> None:
        ahead = at - await self.client.clock.now(ref, self.client.books)
        if ahead > timedelta(0):
            await self.client.fast_forward(ref, ahead)
            await self.client.rest(ref)

    def _timer(self, ref: InvoiceRef) -> datetime | None:
        return self.client.books.looks.last(ref.id)[1]

    def _hear(self, ref: InvoiceRef, turns: Sequence[_Turn], at: datetime) -> bool:
        """Write down what happened; whether any of it wakes the loop."""
        wakes = False
        turns = [self._published(ref, turn) for turn in turns]
        with self.client.books.cases.locked(ref.id) as case:
            for turn in turns:
                event = event_of(turn.happening, case.facts, at)
                order = Order(f"story:{ref.id}:{turn.number}", turn.happening.what, "story", reply=turn.happening.note)
                if event and case.add(event, f"command:{order.id}"):
                    wakes = wakes or case.wants_look(event)
                    if turn.happening.reply:
                        self.client.books.orders.note(case, order, event)
        return wakes

    def _published(self, ref: InvoiceRef, turn: _Turn) -> _Turn:
        """The rules that a case is moved to are in the books first."""
        happening, books = turn.happening, self.client.books
        if happening.policy is None:
            return turn
        rules = books.registry.rules(books.cases.read(ref.id).merchant_version_id, 0, happening.policy)
        return replace(turn, happening=replace(happening, rules=rules))


@dataclass(frozen=True, slots=True)
class _Turn:
    """A happening and its place in the story, which makes it happen once."""

    number: int
    happening: Happening
