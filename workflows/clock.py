"""Case time. In production it is the machine's; with test clocks each workflow has its own, which can be moved on.

The only module that knows Temporal's experimental time skipping.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from temporalio.client import Client, WorkflowExecutionStatus, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.testing import TimeSkipper, TimeSkippingConfig

from domain.wire import InvoiceRef
from store.books import Books

MANY_SKIPS = 100_000
"""Far more hops than any life makes; the server's own limit is 100."""

SERVER_SETTINGS = {"frontend.WorkflowTimeSkippingEnabled": "true", "history.timerProcessorMaxTimeShift": '"10ms"'}
"""What a server needs so that clocks can be moved, and quickly."""


class RealClock:
    """The machine's clock, for every case."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def now(self, ref: InvoiceRef, books: Books) -> datetime:
        """The case's now."""
        return datetime.now(UTC)

    async def catch_up(self, ref: InvoiceRef, books: Books) -> None:
        """Nothing to catch up with: time is the same for all."""


class TestClock(RealClock):
    """A clock for each case, which only goes forward. Never in production."""

    __test__ = False

    def __init__(self, client: Client) -> None:
        self.skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False, max_session_skip_count=MANY_SKIPS))
        super().__init__(self.skipper.client)

    async def now(self, ref: InvoiceRef, books: Books) -> datetime:
        """The workflow's virtual now and the case's shift; never before the last look."""
        handle = self.client.get_workflow_handle(ref.workflow_id)
        shift = books.cases.read(ref.id).shift
        virtual = datetime.now(UTC)
        if await is_running(handle):
            virtual = await self.skipper.get_current_time(handle)
        looked_at, _ = books.looks.last(ref.id)
        return max(virtual + shift, looked_at) if looked_at else virtual + shift

    async def catch_up(self, ref: InvoiceRef, books: Books) -> None:
        """Before a closed case gets a new workflow: the time that the old one had skipped moves into the shift."""
        if await is_running(self.client.get_workflow_handle(ref.workflow_id)):
            return
        looked_at, _ = books.looks.last(ref.id)
        behind = looked_at - (datetime.now(UTC) + books.cases.read(ref.id).shift) if looked_at else timedelta(0)
        if behind > timedelta(0):
            books.cases.shift(ref.id, behind)

    async def fast_forward(self, ref: InvoiceRef, books: Books, duration: timedelta) -> None:
        """Move a case's clock on; everything that falls due on the way happens. A closed case's shift moves instead."""
        handle = self.client.get_workflow_handle(ref.workflow_id)
        if not await is_running(handle):
            await self.catch_up(ref, books)
            books.cases.shift(ref.id, duration)
            return
        before = await self.now(ref, books)
        if not await self.skipper.fast_forward(handle, duration):
            await self.catch_up(ref, books)
            left = before + duration - await self.now(ref, books)
            books.cases.shift(ref.id, max(left, timedelta(0)))


async def is_running(handle: WorkflowHandle[object, object]) -> bool:
    """Whether a workflow runs; one that never was does not."""
    try:
        description = await handle.describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return description.status is WorkflowExecutionStatus.RUNNING
