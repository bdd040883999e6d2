"""The one way to a running case: start, wake, order, look at, and move its clock."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client, RPCTimeoutOrCancelledError, WithStartWorkflowOperation, WorkflowHandle
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.service import RPCError

from domain.events import Event
from domain.stages import Stage
from domain.wire import Glance, InvoiceRef
from store.books import Books
from store.orders import Order
from store.registry import Opening
from workflows.clock import RealClock, TestClock
from workflows.invoice import DUE_DAY, MERCHANT, STAGE, InvoiceWorkflow

PATIENCE = timedelta(seconds=20)
"""How long an order waits for what follows it."""


@dataclass(frozen=True, slots=True)
class Started:
    """An invoice whose life has begun; ``created`` is False if it had begun before."""

    ref: InvoiceRef
    created: bool


class ClocksForbiddenError(RuntimeError):
    """Somebody tried to move time where time is real."""


class CaseClient:
    """What other parts of the program do with cases. Facts go into the books first; then the loop is woken."""

    def __init__(self, client: Client, books: Books, queue: str, *, test_clocks: bool = False) -> None:
        self.clock = TestClock(client) if test_clocks else RealClock(client)
        self.client, self.books, self.queue = self.clock.client, books, queue
        self.plain = client
        """The client as it was given: what it starts lives in real time."""

    async def start(self, opening: Opening) -> Started:
        """Enter an invoice and begin its life; doing it again changes nothing."""
        opened = await asyncio.to_thread(self.books.registry.open, opening, datetime.now(UTC))
        ref = InvoiceRef(opened.id, opening.invoice.merchant, opening.invoice.number)
        looked_at, _ = await asyncio.to_thread(self.books.looks.last, ref.id)
        if looked_at is None:
            await self.wake(ref)
        return Started(ref, opened.created)

    async def wake(self, ref: InvoiceRef) -> None:
        """Let the loop look again, soon; a missing workflow is started by the same call."""
        await self.client.start_workflow(
            InvoiceWorkflow.run, ref, start_signal="wake", **await asyncio.to_thread(self._options, ref)
        )

    async def heal(self, ref: InvoiceRef) -> None:
        """Start the loop of a case that has none; one that runs notices nothing."""
        await self.client.start_workflow(InvoiceWorkflow.run, ref, **await asyncio.to_thread(self._options, ref))

    async def look_again(self, ref: InvoiceRef) -> Glance:
        """Let the loop look at once, and wait for what it decides."""
        options = await asyncio.to_thread(self._options, ref)
        start = WithStartWorkflowOperation(InvoiceWorkflow.run, ref, **options)
        glance: Glance = await self.client.execute_update_with_start_workflow(
            "look_again", start_workflow_operation=start, result_type=Glance
        )
        return glance

    async def order(
        self, ref: InvoiceRef, order: Order, event: Event, details: str | None = None, patience: timedelta = PATIENCE
    ) -> Glance | None:
        """Give an order: it is written down once, then looked at.

        Returns:
            What followed; None if nobody has looked yet. The order stands all the same, and the sweep sees to it.

        Raises:
            OrderIdTakenError: another invoice has an order of this id.
        """
        await asyncio.to_thread(self.books.orders.give, ref.id, order, event, details)
        try:
            async with asyncio.timeout(patience.total_seconds()):
                return await self.look_again(ref)
        except (RPCError, RPCTimeoutOrCancelledError, TimeoutError):
            return None

    async def report(self, ref: InvoiceRef, event: Event, key: str) -> bool:
        """Write down what a vendor, a bank or a debtor did; wake the loop if it can mean more work. False: known."""

        def add() -> tuple[bool, bool]:
            with self.books.cases.locked(ref.id) as case:
                return case.add(event, key), case.wants_look(event)

        new, wakes = await asyncio.to_thread(add)
        if new and wakes:
            await self.wake(ref)
        return new

    async def rest(self, ref: InvoiceRef, within: timedelta = timedelta(seconds=60)) -> None:
        """Wait until the case has nothing to do but wait.

        Raises:
            TimeoutError: it is still busy.
        """
        now = await self.clock.now(ref, self.books)
        async with asyncio.timeout(within.total_seconds()):
            while not await asyncio.to_thread(self.books.looks.at_rest, ref.id, now):
                await asyncio.sleep(0.005)

    async def fast_forward(self, ref: InvoiceRef, duration: timedelta) -> None:
        """Move a case's clock on.

        Raises:
            ClocksForbiddenError: time is real here.
        """
        if not isinstance(self.clock, TestClock):
            raise ClocksForbiddenError("time is real here; set KVITT_ALLOW_TEST_CLOCKS=true on a system for trying out")
        await self.clock.fast_forward(ref, self.books, duration)

    def handle(self, ref: InvoiceRef) -> WorkflowHandle[InvoiceWorkflow, str]:
        """The running or last workflow of a case."""
        return self.client.get_workflow_handle_for(InvoiceWorkflow.run, ref.workflow_id)

    def find(self, merchant: str, number: str) -> InvoiceRef:
        """The reference of an invoice in the books.

        Raises:
            UnknownInvoiceError: there is none.
        """
        return InvoiceRef(self.books.cases.find(merchant, number), merchant, number)

    def _options(self, ref: InvoiceRef) -> dict[str, Any]:
        """How a workflow starts: its id, its columns, and its head in the UI. No name of anybody."""
        case = self.books.cases.read(ref.id)
        invoice = case.invoice
        columns = [
            SearchAttributePair(MERCHANT, ref.merchant),
            SearchAttributePair(STAGE, Stage.OPENED.value),
            SearchAttributePair(DUE_DAY, case.facts.due.isoformat()),
        ]
        amount = f"{invoice.amount} {invoice.amount.currency}"
        return {
            "id": ref.workflow_id,
            "task_queue": self.queue,
            "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
            "search_attributes": TypedSearchAttributes(columns),
            "static_summary": f"Invoice {ref.number}, {amount}, due {case.facts.due}",
            "static_details": (
                f"- Merchant: `{ref.merchant}`\n- Invoice: `{ref.number}`\n- Amount: {amount}\n"
                f"- Issued: {invoice.issued}\n- Due: {invoice.due}\n- Debtor: {invoice.kind}, {invoice.country}\n"
                f"- Reference: `{case.reference}`\n- In the books: invoice {ref.id}, policy {case.policy_version_id}"
            ),
        }
