"""A merchant's shop for tests: an endpoint that listens, a receiver behind it, and what comes of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from temporalio.client import Client

from domain.events import Paid
from domain.money import Money
from store.books import Books
from store.deliveries import DEAD, DELIVERED, Delivery
from store.endpoints import Endpoint
from tests.channels.receiver import Receiver, receiving
from tests.live.delivering import telling
from tests.live.house import House, numbered, story
from workflows import options
from workflows.opening import opening_of
from workflows.server import connect

QUICK = replace(options.DELIVERING["retry_policy"], initial_interval=timedelta(milliseconds=50), backoff_coefficient=1)
"""As often as ever, only sooner."""


@dataclass
class Shop:
    """A merchant's endpoint, and what comes of it. Each has a queue of its own, so that tests do not meet."""

    house: House
    client: Client
    receiver: Receiver
    endpoint: Endpoint
    queue: str

    @property
    def books(self) -> Books:
        return self.house.books

    @property
    def deliveries(self) -> list[Delivery]:
        """What is told to this endpoint, oldest first."""
        newest = self.books.deliveries.newest(1000, self.endpoint.merchant)
        return [one for one in reversed(newest) if one.endpoint_id == self.endpoint.id]

    def pay(self, invoice_id: int | None = None) -> int:
        """Something happens; to which invoice."""
        return an_event(self.books, invoice_id)

    def telling(self) -> AbstractAsyncContextManager[None]:
        return telling(self.client, self.books, self.queue)

    async def until(self, claim: Callable[[list[Delivery]], object]) -> list[Delivery]:
        """Until this is so of what is told."""
        async with asyncio.timeout(120):
            while not claim(told := await asyncio.to_thread(lambda: self.deliveries)):
                await asyncio.sleep(0.05)
        return told

    async def until_ended(self, state: str, count: int = 1) -> list[Delivery]:
        return await self.until(lambda told: len(told) >= count and all(one.state == state for one in told))


def is_dead_or_delivered(told: list[Delivery]) -> bool:
    return bool(told) and all(one.state in (DEAD, DELIVERED) for one in told)


@asynccontextmanager
async def listening(house: House, receiver: Receiver, *types: str) -> AsyncIterator[Shop]:
    books, client = house.books, await connect(house.client.client.service_client.config.target_host)
    with receiving(receiver):
        endpoint = books.endpoints.add("nordljus", receiver.url, types, datetime.now(UTC))
        try:
            yield Shop(house, client, receiver, endpoint, f"queue-{endpoint.id}")
        finally:
            if any(one.id == endpoint.id for one in books.endpoints.of_merchant("nordljus")):
                books.endpoints.close("nordljus", endpoint.id, datetime.now(UTC))


def an_event(books: Books, invoice_id: int | None = None) -> int:
    """Something happens to an invoice that nobody carries; to which."""
    if invoice_id is None:
        told = story("pays-on-time")
        opening = numbered(opening_of(told.invoice, told.loaded), f"hook-{uuid4().hex}")
        invoice_id = books.registry.open(opening, datetime.now(UTC)).id
    with books.cases.locked(invoice_id) as case:
        case.add(Paid(at=datetime.now(UTC), amount=Money(100, "SEK"), dated=date(2026, 3, 2)))
    return invoice_id
