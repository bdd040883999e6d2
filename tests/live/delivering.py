"""A worker that delivers to merchants, as a process: ``python -m tests.live.delivering ADDRESS URL QUEUE``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from temporalio.client import Client
from temporalio.worker import Worker

from activities.announcing import Announcer, DeliveryActivities, announcing
from activities.discreet import Discreet
from channels.webhook import posting
from domain.deliveries import webhook_queue
from store.books import Books, open_books
from workflows.delivery import DeliveryWorkflow
from workflows.server import connect


@asynccontextmanager
async def delivering(client: Client, books: Books, queue: str) -> AsyncIterator[None]:
    """Only what posts: the activities."""
    async with posting(public_only=False) as poster:
        activities = DeliveryActivities(books, poster)
        async with Worker(
            client,
            task_queue=webhook_queue(queue),
            activities=[activities.deliver, activities.give_up],
            interceptors=[Discreet()],
        ):
            yield


@asynccontextmanager
async def telling(client: Client, books: Books, queue: str) -> AsyncIterator[None]:
    """All that tells merchants what happens."""
    async with (
        delivering(client, books, queue),
        Worker(client, task_queue=webhook_queue(queue), workflows=[DeliveryWorkflow]),
        announcing(Announcer(client, books, queue)),
    ):
        yield


async def main(address: str, url: str, queue: str) -> None:
    books = open_books(url, migrate=False)
    async with delivering(await connect(address), books, queue):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
