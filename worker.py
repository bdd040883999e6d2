"""The worker process: everything it needs is put together here, and taken apart cleanly on SIGTERM."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from threading import Timer
from typing import Any, TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.worker import Worker

from activities.announcing import Announcer, DeliveryActivities, announcing
from activities.asking import Asking, Duty, calmly
from activities.batches import BatchActivities
from activities.collection import CollectionActivities, pack_for_agency
from activities.discreet import Discreet
from activities.email import EmailActivities, EmailPacker
from activities.hearing import Hearing
from activities.letter import LetterActivities, LetterPacker
from activities.looking import Looking
from activities.retention import Retention
from activities.sending import Sending
from activities.sms import SmsActivities, SmsPacker
from activities.vendors import PARSERS, bounce_address, mailboxes, rounds, ways
from activities.watching import watched
from channels.way import Way
from channels.webhook import posting
from config.settings import Settings
from domain.batches import batch_queue
from domain.deliveries import webhook_queue
from domain.policy import Channel
from domain.wire import channel_queue
from store.books import Books
from telemetry.process import OFF, Telemetry
from templates.renderer import Renderer
from workflows.batch import BatchWorkflow
from workflows.batching import BatchClient
from workflows.client import CaseClient
from workflows.delivery import DeliveryWorkflow
from workflows.deployment import versioned
from workflows.invoice import InvoiceWorkflow
from workflows.published import Merchants
from workflows.runner import RUNNER

GRACE = timedelta(seconds=20)
"""How long running activities may finish when the worker is told to stop."""

LAST = GRACE + timedelta(seconds=10)
"""How long a process that is told to stop may take."""

THREADS = 32
"""Looks that run side by side."""

CHANNEL_THREADS = 16
"""Sends of one channel that run side by side. They are its own: a vendor that hangs holds up nobody else's, nor any
look. The worker takes no more of them than it has threads for, so that none grows old in a queue of ours."""

SWEEP_EVERY = timedelta(minutes=1)

UNBEGUN = timedelta(days=7)
"""How long a batch is kept that nobody has begun."""

log = structlog.get_logger()

T = TypeVar("T")


def channel_activities(
    books: Books, settings: Settings, ways: Mapping[Channel, Way], telemetry: Telemetry = OFF
) -> dict[Channel, Sequence[Callable[..., Any]]]:
    """What each channel's queue does."""
    renderer, url, way, seen = Renderer(), settings.address, watched(ways, telemetry), telemetry.figures
    email = EmailActivities(Sending(books, way[Channel.EMAIL], EmailPacker(renderer, url), figures=seen))
    sms = SmsActivities(Sending(books, way[Channel.SMS], SmsPacker(renderer, url), figures=seen))
    letter = LetterActivities(Sending(books, way[Channel.LETTER], LetterPacker(renderer, url), figures=seen))
    agency = CollectionActivities(Sending(books, way[Channel.COLLECTION], pack_for_agency, figures=seen))
    return {
        Channel.EMAIL: [email.send, email.reconcile],
        Channel.SMS: [sms.send, sms.reconcile],
        Channel.LETTER: [letter.send, letter.reconcile, letter.recall],
        Channel.COLLECTION: [agency.send, agency.reconcile],
    }


@asynccontextmanager
async def running(client: Client, books: Books, settings: Settings, telemetry: Telemetry = OFF) -> AsyncIterator[None]:
    """Workers on every queue, until the block ends; then they finish what they have begun."""
    async with AsyncExitStack() as stack:
        poster = await stack.enter_async_context(posting(public_only=settings.production))
        deliveries = DeliveryActivities(books, poster, figures=telemetry.figures)
        cases = CaseClient(client, books, settings.task_queue, test_clocks=settings.allow_test_clocks)
        batches = BatchActivities(cases, Merchants(books, settings.merchants))
        queues: list[tuple[str, Sequence[type], Sequence[Callable[..., Any]]]] = [
            (settings.task_queue, [InvoiceWorkflow], [Looking(books, settings.allow_test_clocks).look]),
            (webhook_queue(settings.task_queue), [DeliveryWorkflow], [deliveries.deliver, deliveries.give_up]),
            (batch_queue(settings.task_queue), [BatchWorkflow], [batches.step, batches.steer]),
        ]
        for channel, activities in channel_activities(books, settings, ways(settings), telemetry).items():
            queues.append((channel_queue(settings.task_queue, channel), [], activities))
        for queue, workflows, activities in queues:
            threads = THREADS if workflows else CHANNEL_THREADS
            pool = stack.enter_context(ThreadPoolExecutor(max_workers=threads, thread_name_prefix=queue))
            worker = Worker(
                client,
                task_queue=queue,
                workflows=workflows,
                workflow_runner=RUNNER,
                activities=activities,
                activity_executor=pool,
                deployment_config=versioned(settings.task_queue, settings.build_id),
                max_cached_workflows=settings.cache,
                max_concurrent_activities=None if workflows else CHANNEL_THREADS,
                graceful_shutdown_timeout=GRACE,
                interceptors=[Discreet()],
            )
            await stack.enter_async_context(worker)
        gc.freeze()  # what is loaded by now stays, so the collector need not walk through it again and again
        yield


@asynccontextmanager
async def sweeping(client: CaseClient, settings: Settings, telemetry: Telemetry = OFF) -> AsyncIterator[None]:
    """See to it, now and then, that a lost signal or a vendor's lost call only delays.

    Every case with an event that got no look is woken, and those without a loop get one: whoever entered them died
    before it began, or the server lost it. Vendors are asked, mailboxes emptied, batches closed. What merchants want
    to hear is sent on its way, and what nobody may keep any longer is let go of.
    """
    hearing, out = Hearing(client, PARSERS, figures=telemetry.figures), ways(settings)
    asking = Asking(hearing, watched(out, telemetry), mailboxes(settings), rounds(out))
    retention = Retention(client.books, settings)

    batches = BatchClient(client.plain, client.books, client.queue)

    async def wake(_: datetime) -> None:
        await _each(client.books.cases.behind, client.wake)
        await _each(lambda: client.books.cases.adrift(datetime.now(UTC)), client.heal)

    async def carry(now: datetime) -> None:
        await _each(client.books.batches.under_way, batches.begin)
        await asyncio.to_thread(client.books.batches.discard_stale, now - UNBEGUN)

    async with AsyncExitStack() as stack:
        await stack.enter_async_context(announcing(Announcer(client.plain, client.books, client.queue)))
        if address := bounce_address(settings, hearing.keep):
            await stack.enter_async_context(address)
        tasks = [asyncio.create_task(_every_minute(duty)) for duty in (wake, carry, retention.tend, *asking.duties())]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _every_minute(duty: Duty) -> None:
    while True:
        await calmly(duty, datetime.now(UTC))
        await asyncio.sleep(SWEEP_EVERY.total_seconds())


async def _each(find: Callable[[], Sequence[T]], cure: Callable[[T], Awaitable[None]]) -> None:
    """Cure each case or batch that is found. What cannot be cured now is found again; it keeps no other from its."""
    try:
        found = await asyncio.to_thread(find)
    except SQLAlchemyError as error:
        log.warning("the sweep found no books; it goes on in a while", error=type(error).__name__)
        return
    for one in found:
        try:
            await cure(one)
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one, the others are waiting)
            which = getattr(one, "id", one)
            log.warning("the sweep could not wake a case; it tries again", which=which, error=type(error).__name__)


async def until_stopped() -> None:
    """Wait for SIGTERM or SIGINT. From then on the process has until ``LAST`` to end by itself."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
    end_within(LAST)


def end_within(patience: timedelta) -> None:
    """End the process when its time is over, whatever it still waits for.

    A look that fails is tried again and again, and the SDK waits for it also when it is told to stop (sdk-rust #709,
    read 2026-11-22). It has written nothing down, so the next worker begins it anew.
    """
    last = Timer(patience.total_seconds(), _end)
    last.daemon = True
    last.start()


def _end() -> None:
    log.warning("it could not stop by itself in time and ends now; what was being tried is begun anew by the next")
    with suppress(OSError):
        sys.stdout.flush()
    os._exit(0)
