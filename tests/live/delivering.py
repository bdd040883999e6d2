"""A worker that delivers to merchants, as a process: ``python -m tests.live.delivering ADDRESS URL QUEUE``."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
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
async def delivering(client: Client, books: Books, queue: str, workflows: Sequence[type] = ()) -> AsyncIterator[None]:
    """What posts: the activities, and whatever workflows are to run beside them."""
    async with posting(public_only=False) as poster:
        activities = DeliveryActivities(books, poster)
        async with Worker(
            client,
            task_queue=webhook_queue(queue),
            workflows=workflows,
            activities=[activities.deliver, activities.give_up],
            interceptors=[Discreet()],
        ):
            yield


@asynccontextmanager
async def telling(client: Client, books: Books, queue: str) -> AsyncIterator[None]:
    """All that tells merchants what happens, as in ``worker.py``."""
    announcer = Announcer(client, books, queue)
    async with delivering(client, books, queue, [DeliveryWorkflow]), announcing(announcer):
        yield


async def main(address: str, url: str, queue: str) -> None:
    books = open_books(url, migrate=False)
    async with delivering(await connect(address), books, queue):
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
