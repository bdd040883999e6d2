"""The next few of a batch: invoices that are started, or that get the same order. Done twice they change nothing."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar

import structlog
from temporalio import activity
from temporalio.exceptions import FailureError
from temporalio.service import RPCError

from activities.hearing import AWAY
from config.discreet import discreetly
from config.invoices import MerchantOf
from config.problems import ConfigError
from domain.batches import STEER, STEP, BatchOrder, BatchProgress, BatchState, ItemState, Steering
from domain.wire import InvoiceRef
from store.batch_items import Ended, Item
from store.batches import Batch
from store.orders import Order
from store.registry import Opening
from workflows.client import CaseClient
from workflows.foreseeing import Foretold, first_sends, foretold, is_late, named, read_item
from workflows.ordering import Asked
from workflows.orders import FOR_MANY

T = TypeVar("T")
R = TypeVar("R")

MOST = 100
"""Invoices of one step."""
STEP_S = 2.0
"""How long the invoices of a step last at the batch's rate, if they are not the most."""
AT_ONCE = 16
"""Invoices that are worked on at the same time."""
BEAT_S = 3
"""How often a step says that it is alive."""

NOBODYS_FAULT = (*AWAY, FailureError)
"""What is nothing about one invoice: the books or Temporal do not answer."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class BatchActivities:
    """What the batches' queue does."""

    client: CaseClient
    merchant_of: MerchantOf
    """Gives the merchant's file that counts for new invoices."""

    @activity.defn(name=STEP)
    async def step(self, order: BatchOrder) -> BatchProgress:
        """Do the next few, and say how long to rest so that the rate holds."""
        begun, books = time.monotonic(), self.client.books
        async with _beating():
            batch = await asyncio.to_thread(books.batches.get, order.batch_id)
            count = await self._do(batch) if batch.state is BatchState.RUNNING else 0
            progress = await asyncio.to_thread(books.batches.progress, batch.id)
        rest = count / batch.rate - (time.monotonic() - begun)
        return replace(progress, rest_seconds=max(0.0, round(rest, 3)))

    @activity.defn(name=STEER)
    async def steer(self, steering: Steering) -> BatchProgress:
        """Write down what a person wishes."""
        batches = self.client.books.batches
        await asyncio.to_thread(batches.steer, steering, datetime.now(UTC))
        return await asyncio.to_thread(batches.progress, steering.batch_id)

    async def _do(self, batch: Batch) -> int:
        """The next few; how many were done."""
        few = min(MOST, max(1, int(batch.rate * STEP_S)))
        waiting = await asyncio.to_thread(self.client.books.batch_items.waiting, batch.id, few)
        ended, held_back = await (self._start(batch, waiting) if batch.starts else self._order(batch, waiting))
        await asyncio.to_thread(self.client.books.batch_items.settle, batch.id, ended, datetime.now(UTC))
        if held_back:
            await asyncio.to_thread(self.client.books.batches.hold_back, batch.id)
        return len(waiting) - len(held_back)

    async def _start(self, batch: Batch, items: Sequence[Item]) -> tuple[list[Ended], frozenset[int]]:
        """Start invoices: they go into the books in one go, with what became of them, and are woken side by side."""
        read = await asyncio.to_thread(self._read, batch, items)
        openings = {place: one for place, one in read.items() if isinstance(one, Opening)}
        now, refs = datetime.now(UTC), list[InvoiceRef]()
        acting = await asyncio.to_thread(self._acting, openings, now)
        held_back = await self._held_back(batch, items, acting)
        entering = [(place, one) for place, one in openings.items() if place not in held_back]
        if entering:
            refs = await asyncio.to_thread(self.client.books.batch_items.start, batch.id, entering, now)
        await side_by_side(self._wake, refs)
        return [one for one in read.values() if isinstance(one, Ended)], held_back

    def _acting(self, openings: Mapping[int, Opening], now: datetime) -> dict[int, int]:
        """How many messages go out at once for overdue invoices, by place. For what is there already none does."""
        late = {place: one for place, one in openings.items() if is_late(one, now)}
        known = self.client.books.selecting.known(map(named, late.values()))
        return {place: len(first_sends(one, now)) for place, one in late.items() if named(one) not in known}

    async def _wake(self, ref: InvoiceRef) -> None:
        """Begin an invoice's life. Where that fails the sweep does it: the invoice is in the books."""
        try:
            await self.client.heal(ref)
        except RPCError as error:
            log.warning("an invoice of a batch could not be woken; the sweep will", invoice=ref.id, error=error.status)

    def _read(self, batch: Batch, items: Sequence[Item]) -> dict[int, Opening | Ended]:
        """Each invoice as it is entered; or why it cannot be, seen from its merchant's file as it is now."""
        merchant_of = lru_cache(maxsize=None)(self.merchant_of)
        read: dict[int, Opening | Ended] = {}
        for item in items:
            try:
                read[item.place] = read_item(item, merchant_of)
            except Exception as error:  # noqa: BLE001  (whatever is wrong with one, the others have their turn)
                read[item.place] = _refused(batch, item.place, error)
        return read

    async def _order(self, batch: Batch, items: Sequence[Item]) -> tuple[list[Ended], frozenset[int]]:
        """Give each the same order."""
        asked = Asked(FOR_MANY[batch.kind], batch.fields)
        found = await side_by_side(lambda item: self._foretold(batch, asked, item), items)
        told = {one.place: one for one in found if isinstance(one, _Told)}
        acting = {place: len(one.foretold.goes_out) for place, one in told.items()}
        held_back = await self._held_back(batch, items, acting)
        given = await side_by_side(
            lambda one: self._give(batch, one), [one for place, one in told.items() if place not in held_back]
        )
        return [*given, *(one for one in found if isinstance(one, Ended))], held_back

    async def _foretold(self, batch: Batch, asked: Asked, item: Item) -> _Told | Ended:
        if item.ref is None:
            raise AssertionError("an order goes to an invoice that is in the books")
        try:
            now = await self.client.clock.now(item.ref, self.client.books)
            order_id = _order_id(batch, item.ref)
            told = await asyncio.to_thread(foretold, self.client.books, item.ref, asked, order_id, now)
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one, the others have their turn)
            return _refused(batch, item.place, error)
        return _Told(item.place, item.ref, told)

    async def _give(self, batch: Batch, told: _Told) -> Ended:
        """Write the order down, and let the case look soon."""
        ready, ref = told.foretold.ready, told.ref
        order = Order(_order_id(batch, ref), batch.kind, batch.who, batch.why, ready.reply)
        try:
            await asyncio.to_thread(self.client.books.orders.give, ref.id, order, ready.event, ready.details)
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one, the others have their turn)
            return _refused(batch, told.place, error)
        await self.client.wake(ref)
        return Ended(told.place, ItemState.DONE)

    async def _held_back(self, batch: Batch, items: Sequence[Item], acting: Mapping[int, int]) -> frozenset[int]:
        """The places of those that would act at once and may not: more messages than a person has confirmed."""
        admitted = {item.place for item in items if item.acts}
        new = {place: messages for place, messages in acting.items() if messages and place not in admitted}
        if not new:
            return frozenset()
        return frozenset(new) - await asyncio.to_thread(self.client.books.batch_items.admit, batch.id, new)


@dataclass(frozen=True, slots=True)
class _Told:
    """An invoice of a batch, and what its order would set going."""

    place: int
    ref: InvoiceRef
    foretold: Foretold


def _refused(batch: Batch, place: int, error: Exception) -> Ended:
    """What is wrong with one invoice. Where the books or Temporal do not answer, nothing is: then all is tried anew."""
    if isinstance(error, NOBODYS_FAULT):
        raise error
    if isinstance(error, ConfigError):
        return Ended(place, ItemState.REFUSED, discreetly(error.problems))
    log.error("an invoice of a batch could not be done", batch=batch.id, place=place, error=type(error).__name__)
    what = f"something unexpected happened ({type(error).__name__})"
    return Ended(place, ItemState.REFUSED, f"{what}; do it by itself, and report what that says")


def _order_id(batch: Batch, ref: InvoiceRef) -> str:
    """Every invoice's order has an id of its own, so that none is given twice."""
    return f"batch:{batch.id}:{ref.id}"


async def side_by_side(work: Callable[[T], Awaitable[R]], items: Sequence[T]) -> list[R]:
    """Do this with each, a few at the same time; the results in the items' order."""
    results: dict[int, R] = {}
    waiting = iter(enumerate(items))

    async def one_by_one() -> None:
        for index, item in waiting:
            results[index] = await work(item)

    await asyncio.gather(*(one_by_one() for _ in range(AT_ONCE)))
    return [results[index] for index in range(len(items))]


@asynccontextmanager
async def _beating() -> AsyncIterator[None]:
    """Say that the step is alive, so that a worker that died is noticed soon."""

    async def beat() -> None:
        while True:
            activity.heartbeat()
            await asyncio.sleep(BEAT_S)

    task = asyncio.create_task(beat())
    try:
        yield
    finally:
        task.cancel()
