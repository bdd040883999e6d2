"""What only the books and Temporal know is read now and then, and shown: how much waits, for what, and since when."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.service import RPCError

from domain.batches import batch_queue
from domain.deliveries import webhook_queue
from domain.policy import Channel
from domain.wire import channel_queue
from store.counting import OPEN, UNDELIVERED, UNENDED, UNREAD, count
from telemetry.figures import (
    BACKLOG,
    BACKLOG_AGE,
    BATCHES,
    BOOKS_READ,
    CASES_FAILING,
    CASES_LATE,
    DELIVERIES_OPEN,
    INBOX,
    INBOX_AGE,
    INVOICES,
    POLLERS,
    QUEUES_READ,
    WAITING,
    WAITING_AGE,
    Figure,
)
from telemetry.process import Telemetry
from workflows.client import CaseClient

EVERY = timedelta(seconds=15)
"""How often the books and the queues are read."""

AT_MOST = 20
"""The books are left alone for this many times as long as reading them took."""

PATIENCE = timedelta(seconds=5)
"""How long the server may take to tell of a queue."""

WORKFLOW, ACTIVITY = TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW, TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY
KINDS = {WORKFLOW: "workflow", ACTIVITY: "activity"}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Measuring:
    """Reads, and shows what it read."""

    client: CaseClient
    telemetry: Telemetry
    reasons: set[str] = field(default_factory=set)
    """The reasons that were shown once: where nothing waits any more, they go back to 0."""

    async def books(self) -> None:
        """Read the books.

        Raises:
            SQLAlchemyError: they do not answer.
        """
        now = datetime.now(UTC)
        counts = await asyncio.to_thread(count, self.client.books.engine, now)
        show = self.telemetry.figures.show
        self._each(INVOICES, OPEN, counts.stages)
        self._each(INBOX, UNREAD, counts.posts)
        self._each(DELIVERIES_OPEN, UNDELIVERED, counts.deliveries)
        self._each(BATCHES, UNENDED, counts.batches)
        self.reasons.update(counts.waiting)
        self._each(WAITING, self.reasons, counts.waiting)
        for reason in self.reasons:
            show(WAITING_AGE, _age(counts.waiting_since.get(reason), now), reason)
        show(INBOX_AGE, _age(counts.oldest_post, now))
        show(CASES_LATE, counts.late)
        show(CASES_FAILING, counts.failing)
        show(BOOKS_READ, now.timestamp())

    async def queues(self) -> None:
        """Ask the server how much waits for a worker, and whether there is one.

        Raises:
            RPCError: it does not answer.
        """
        for name, kind in queues(self.client.queue):
            request = DescribeTaskQueueRequest(
                namespace=self.client.client.namespace,
                task_queue=TaskQueue(name=name),
                task_queue_type=kind,
                report_stats=True,
            )
            told = await self.client.client.workflow_service.describe_task_queue(request, timeout=PATIENCE)
            stats, labels = told.stats, (name, KINDS[kind])
            self.telemetry.figures.show(BACKLOG, stats.approximate_backlog_count, *labels)
            age = stats.approximate_backlog_age.ToTimedelta()
            self.telemetry.figures.show(BACKLOG_AGE, age.total_seconds(), *labels)
            self.telemetry.figures.show(POLLERS, len(told.pollers), *labels)
        self.telemetry.figures.show(QUEUES_READ, time.time())

    def _each(self, figure: Figure, labels: Collection[str], counted: Mapping[str, int]) -> None:
        for label in labels:
            self.telemetry.figures.show(figure, counted.get(label, 0), label)


def queues(queue: str) -> Iterator[tuple[str, TaskQueueType.ValueType]]:
    """Every queue that workers of ours poll, and for what."""
    yield queue, WORKFLOW
    for name in (webhook_queue(queue), batch_queue(queue)):
        yield name, WORKFLOW
        yield name, ACTIVITY
    for channel in Channel:
        yield channel_queue(queue, channel), ACTIVITY


@asynccontextmanager
async def measuring(client: CaseClient, telemetry: Telemetry) -> AsyncIterator[None]:
    """Measure until the block ends, if anybody looks."""
    if not telemetry.shows:
        yield
        return
    here = Measuring(client, telemetry)
    tasks = [asyncio.create_task(_again_and_again(work)) for work in (here.books, here.queues)]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _again_and_again(work: Callable[[], Awaitable[None]]) -> None:
    while True:
        began = time.monotonic()
        try:
            await work()
        except (SQLAlchemyError, RPCError) as error:
            log.warning("the figures could not be read; they are read again", error=type(error).__name__)
        took = time.monotonic() - began
        await asyncio.sleep(max(EVERY.total_seconds(), AT_MOST * took))


def _age(since: datetime | None, now: datetime) -> float:
    """Seconds; where clocks are moved it may be ahead, which is no age."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0
