"""Case time. In production it is the machine's; with test clocks each workflow has its own, which can be moved on.

The only module that knows Temporal's experimental time skipping.
"""

from __future__ import annotations

import asyncio
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


class TestClock(RealClock):
    """A clock for each case, which only goes forward. Never in production."""

    __test__ = False

    def __init__(self, client: Client) -> None:
        self.skipper = TimeSkipper(client, config=TimeSkippingConfig(enabled=False, max_session_skip_count=MANY_SKIPS))
        super().__init__(self.skipper.client)

    async def now(self, ref: InvoiceRef, books: Books) -> datetime:
        """The workflow's virtual now and the case's shift; never before the last look."""
        handle = self.client.get_workflow_handle(ref.workflow_id)
        running = await is_running(handle)
        virtual = await self.skipper.get_current_time(handle) if running else datetime.now(UTC)
        case = await asyncio.to_thread(books.cases.read, ref.id)
        return max(virtual + case.shift, case.looked_at) if case.looked_at else virtual + case.shift

    async def fast_forward(self, ref: InvoiceRef, books: Books, duration: timedelta) -> None:
        """Move a case's clock on; everything that falls due on the way happens.

        A closed case has no workflow whose clock could be moved: its shift takes what remains.
        """
        target = await self.now(ref, books) + duration
        handle = self.client.get_workflow_handle(ref.workflow_id)
        if not await is_running(handle) or not await self.skipper.fast_forward(handle, duration):
            case = await asyncio.to_thread(books.cases.read, ref.id)
            await asyncio.to_thread(books.cases.shift, ref.id, target - (datetime.now(UTC) + case.shift))


async def is_running(handle: WorkflowHandle[object, object]) -> bool:
    """Whether a workflow runs; one that never was does not."""
    try:
        description = await handle.describe()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return False
        raise
    return description.status is WorkflowExecutionStatus.RUNNING
