"""The one way to a running batch: begin it, steer it, see how far it is."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from temporalio.client import Client, RPCTimeoutOrCancelledError, WorkflowUpdateFailedError
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy
from temporalio.service import RPCError

from domain.batches import ENDED, BatchOrder, BatchProgress, BatchState, Steering, batch_queue
from store.books import Books
from workflows.batch import BatchWorkflow
from workflows.invoice import MERCHANT


class BatchClient:
    """What other parts of the program do with batches. What is to be done is in the books before it begins.

    A batch lives in real time, also where cases live in their own: ``client`` is a plain one.
    """

    def __init__(self, client: Client, books: Books, queue: str) -> None:
        self.client, self.books, self.queue = client, books, batch_queue(queue)

    async def begin(self, batch_id: str) -> None:
        """Let a batch be carried; one that is carried goes on."""
        await self.client.start_workflow(BatchWorkflow.run, BatchOrder(batch_id), **await self._options(batch_id))

    async def steer(self, steering: Steering, patience: timedelta) -> BatchProgress:
        """Tell a batch what a person wishes, and wait a while for it. A missing workflow is started by the same call.

        Returns:
            How the batch stands then; where no worker answers the wish is kept for the next.
        """
        batch = await asyncio.to_thread(self.books.batches.get, steering.batch_id)
        if batch.state is BatchState.FILLING:
            await asyncio.to_thread(self.books.batches.steer, steering, datetime.now(UTC))
        elif batch.state not in ENDED:
            order, options = BatchOrder(batch.id), await self._options(batch.id)
            for name, given in _signals(steering):
                await self.client.start_workflow(
                    BatchWorkflow.run, order, start_signal=name, start_signal_args=given, **options
                )
            await self._heard(order, patience)
        return await asyncio.to_thread(self.books.batches.progress, batch.id)

    async def _heard(self, order: BatchOrder, patience: timedelta) -> None:
        """Wait until the wish was taken. It may have ended the batch before anybody could ask."""
        handle = self.client.get_workflow_handle_for(BatchWorkflow.run, order.workflow_id)
        try:
            async with asyncio.timeout(patience.total_seconds()):
                await handle.execute_update("hear")
        except (RPCError, RPCTimeoutOrCancelledError, WorkflowUpdateFailedError, TimeoutError):
            return

    async def _options(self, batch_id: str) -> dict[str, Any]:
        """How a batch's workflow starts. No name of anybody: neither its file's nor why."""
        batch = await asyncio.to_thread(self.books.batches.get, batch_id)
        columns = [SearchAttributePair(MERCHANT, batch.merchant)] if batch.merchant else []
        whose = f" of {batch.merchant}" if batch.merchant else ""
        return {
            "id": BatchOrder(batch_id).workflow_id,
            "task_queue": self.queue,
            "id_conflict_policy": WorkflowIDConflictPolicy.USE_EXISTING,
            "search_attributes": TypedSearchAttributes(columns),
            "static_summary": f"Batch: {batch.kind}, {batch.total:,} invoices{whose}",
        }


def _signals(steering: Steering) -> list[tuple[str, list[Any]]]:
    """What the workflow is told."""
    told: list[tuple[str, list[Any]]] = [("change rate", [steering.rate])] if steering.rate else []
    match steering.state:
        case BatchState.PAUSED:
            told.append(("pause", []))
        case BatchState.RUNNING:
            told.append(("resume", [steering.at_once]))
        case BatchState.STOPPED:
            told.append(("stop", []))
    return told
