"""The worker process: everything it needs is put together here, and taken apart cleanly on SIGTERM."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError
from temporalio.worker import Worker

from activities.collection import CollectionActivities, CollectionPacker
from activities.discreet import Discreet
from activities.email import EmailActivities, EmailPacker
from activities.letter import LetterActivities, LetterPacker
from activities.looking import Looking
from activities.sending import Sending
from activities.sms import SmsActivities, SmsPacker
from channels.outbox import Outbox
from config.settings import Settings
from domain.policy import Channel
from domain.wire import InvoiceRef, channel_queue
from store.books import Books
from templates.renderer import Renderer
from workflows.client import CaseClient
from workflows.invoice import InvoiceWorkflow

GRACE = timedelta(seconds=20)
"""How long running activities may finish when the worker is told to stop."""

SWEEP_EVERY = timedelta(minutes=1)

log = structlog.get_logger()


def channel_activities(books: Books, settings: Settings) -> dict[Channel, Sequence[Callable[..., Any]]]:
    """What each channel's queue does."""
    renderer, outbox = Renderer(), settings.home / "outbox"
    url = settings.address
    email = EmailActivities(Sending(books, Outbox(outbox, Channel.EMAIL), EmailPacker(renderer, url)))
    sms = SmsActivities(Sending(books, Outbox(outbox, Channel.SMS), SmsPacker(renderer, url)))
    letter = LetterActivities(Sending(books, Outbox(outbox, Channel.LETTER), LetterPacker(renderer, url)))
    agency = CollectionActivities(Sending(books, Outbox(outbox, Channel.COLLECTION), CollectionPacker(books)))
    return {
        Channel.EMAIL: [email.send, email.reconcile],
        Channel.SMS: [sms.send, sms.reconcile],
        Channel.LETTER: [letter.send, letter.reconcile],
        Channel.COLLECTION: [agency.send, agency.reconcile],
    }


@asynccontextmanager
async def running(client: Client, books: Books, settings: Settings) -> AsyncIterator[None]:
    """Workers on every queue, until the block ends; then they finish what they have begun."""
    async with AsyncExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(max_workers=32, thread_name_prefix="activity"))
        looking = Looking(books, settings.allow_test_clocks)
        loop = Worker(
            client,
            task_queue=settings.task_queue,
            workflows=[InvoiceWorkflow],
            activities=[looking.look],
            activity_executor=pool,
            graceful_shutdown_timeout=GRACE,
            interceptors=[Discreet()],
        )
        await stack.enter_async_context(loop)
        for channel, activities in channel_activities(books, settings).items():
            queue = channel_queue(settings.task_queue, channel)
            worker = Worker(
                client,
                task_queue=queue,
                activities=activities,
                activity_executor=pool,
                graceful_shutdown_timeout=GRACE,
                interceptors=[Discreet()],
            )
            await stack.enter_async_context(worker)
        gc.freeze()  # what is loaded by now stays, so the collector need not walk through it again and again
        yield


@asynccontextmanager
async def sweeping(client: CaseClient) -> AsyncIterator[None]:
    """Wake, now and then, every case with an event that got no look: a lost signal delays and never loses.

    And give a loop to those that have none: whoever entered them died before it began, or the server lost it.
    """

    async def sweep() -> None:
        while True:
            await _each(client.books.cases.behind, client.wake)
            await _each(lambda: client.books.cases.adrift(datetime.now(UTC)), client.heal)
            await asyncio.sleep(SWEEP_EVERY.total_seconds())

    task = asyncio.create_task(sweep())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _each(find: Callable[[], Sequence[InvoiceRef]], cure: Callable[[InvoiceRef], Awaitable[None]]) -> None:
    """Cure each case that is found. What cannot be cured now is found again; it keeps no other from its cure."""
    try:
        found = await asyncio.to_thread(find)
    except SQLAlchemyError as error:
        log.warning("the sweep found no books; it goes on in a while", error=type(error).__name__)
        return
    for ref in found:
        try:
            await cure(ref)
        except (RPCError, SQLAlchemyError) as error:
            log.warning("the sweep could not wake a case; it tries again", invoice=ref.id, error=type(error).__name__)


async def until_stopped() -> None:
    """Wait for SIGTERM or SIGINT."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    await stop.wait()
