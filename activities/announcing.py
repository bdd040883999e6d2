"""Merchants' systems hear what happens: announcements become messages, each message a workflow that delivers it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from temporalio import activity
from temporalio.client import Client
from temporalio.common import Priority, WorkflowIDConflictPolicy
from temporalio.exceptions import ApplicationError, ApplicationErrorCategory

from channels.webhook import GONE, Poster, Reply, signed
from domain.deliveries import DELIVER, GIVE_UP, DeliveryOrder, webhook_queue
from store.books import Books
from store.deliveries import DEAD, DELIVERED, Begin, Delivery
from store.endpoints import UnknownEndpointError
from telemetry.figures import DELIVERIES, Figures
from workflows.delivery import DeliveryWorkflow

LOOK_EVERY = timedelta(seconds=1)
"""How often the books are asked whether there is something to tell."""

ANEW_EVERY = timedelta(hours=1)
"""How often every message under way is begun again, in case the server lost its workflow."""

AGAIN = "again"
"""What came of an attempt that was not the last."""

AT_ONCE = 20
"""Workflows that are begun at the same time."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class DeliveryActivities:
    """What the webhooks' queue does."""

    books: Books
    poster: Poster
    figures: Figures = field(default_factory=Figures, kw_only=True)

    @activity.defn(name=DELIVER)
    async def deliver(self, order: DeliveryOrder) -> str:
        """Post a message, once; how its delivery ended. What the receiver said is kept in the books.

        Raises:
            ApplicationError: it has not arrived; it is tried again.
        """
        message = await asyncio.to_thread(self.books.deliveries.get, order.delivery_id)
        if message.round != order.round or message.state in (DELIVERED, DEAD):
            return message.state
        if not message.is_open:
            await self._record(order, Reply(None, "the endpoint is closed"), DEAD)
            return DEAD
        headers = signed(message.secrets, message.id, message.body, datetime.now(UTC))
        reply = await self.poster.post(message.url, headers, message.body)
        if reply.is_taken:
            await self._record(order, reply, DELIVERED)
            return DELIVERED
        if reply.status == GONE:
            await asyncio.to_thread(self._close, message)
            await self._record(order, reply, DEAD)
            return DEAD
        await self._record(order, reply, None)
        said = f"the receiver answered {reply.status or 'nothing'}"
        raise ApplicationError(said, type="NotDelivered", category=ApplicationErrorCategory.BENIGN)

    @activity.defn(name=GIVE_UP)
    async def give_up(self, order: DeliveryOrder) -> str:
        """Write down that a message is dead; how its delivery ended."""
        await asyncio.to_thread(self.books.deliveries.give_up, order, datetime.now(UTC))
        self.figures.count(DELIVERIES, DEAD)
        return (await asyncio.to_thread(self.books.deliveries.get, order.delivery_id)).state

    async def _record(self, order: DeliveryOrder, reply: Reply, ended: str | None) -> None:
        now = datetime.now(UTC)
        await asyncio.to_thread(self.books.deliveries.tried, order, reply.status, reply.said, ended, now)
        self.figures.count(DELIVERIES, ended or AGAIN)

    def _close(self, message: Delivery) -> None:
        with suppress(UnknownEndpointError):  # another message has closed it meanwhile
            self.books.endpoints.close(message.merchant, message.endpoint_id, datetime.now(UTC))


class Announcer:
    """Turns announcements into messages, and begins their workflows. Any number may work side by side."""

    def __init__(self, client: Client, books: Books, queue: str) -> None:
        self.client, self.books, self.queue = client, books, webhook_queue(queue)

    async def announce(self) -> int:
        """Do what there is to do now; how many messages were begun."""
        while await asyncio.to_thread(self.books.deliveries.write_down, datetime.now(UTC)):
            pass
        begun = 0
        while found := await asyncio.to_thread(self.books.deliveries.to_begin, AT_ONCE):
            await asyncio.gather(*map(self._begin, found))
            await asyncio.to_thread(self.books.deliveries.begun, found)
            begun += len(found)
        return begun

    async def anew(self) -> None:
        """Let every message that is under way be begun again, in case the server lost its workflow."""
        await asyncio.to_thread(self.books.deliveries.begin_anew)

    async def _begin(self, begin: Begin) -> None:
        """Begin a message's workflow; one that runs goes on. Where the server is fair, each endpoint has its turn."""
        await self.client.start_workflow(
            DeliveryWorkflow.run,
            begin.order,
            id=begin.order.workflow_id,
            task_queue=self.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            priority=Priority(fairness_key=begin.endpoint_id),
        )


@asynccontextmanager
async def announcing(announcer: Announcer) -> AsyncIterator[Callable[[], None]]:
    """Announce, once a second and whenever what this gives is called (from any thread), until the block ends.

    ``announcer`` has a plain client: messages are delivered in real time also where cases live in their own.
    """
    loop, called = asyncio.get_running_loop(), asyncio.Event()

    async def announce() -> None:
        anew, well = loop.time(), True
        while True:
            called.clear()
            if loop.time() >= anew and (well := await _done(announcer.anew, quietly=not well)):
                anew = loop.time() + ANEW_EVERY.total_seconds()
            well = await _done(announcer.announce, quietly=not well)
            with suppress(TimeoutError):
                await asyncio.wait_for(called.wait(), LOOK_EVERY.total_seconds())

    def wake() -> None:
        loop.call_soon_threadsafe(called.set)

    task = asyncio.create_task(announce())
    try:
        yield wake
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _done(work: Callable[[], Awaitable[object]], *, quietly: bool) -> bool:
    """Do this, if it can be done; what cannot be done now is done in a second, and said once."""
    try:
        await work()
    except Exception as error:  # noqa: BLE001  (the entry point of this loop: nothing may silence it for good)
        if not quietly:
            log.warning("merchants cannot be told now; it goes on in a while", error=type(error).__name__)
        return False
    return True
