"""A clock for one life, whose first hop begins with the life.

Starting the hop by a request of its own could meet a running activity, and then costs one more workflow task: the two
sides would not make the same history. Temporal's time skipping is experimental.
"""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import FastForwardPollingResult
from temporalio.api.workflowservice.v1 import PollWorkflowExecutionTimeSkippingRequest
from temporalio.client import Client, WorkflowHandle
from temporalio.testing import TimeSkipper, TimeSkippingConfig
from temporalio.testing._timeskipping import FastForwardConfig  # 1.35 does not export it

from workflows.clock import MANY_SKIPS

COMPLETED = FastForwardPollingResult.FAST_FORWARD_POLLING_RESULT_FAST_FORWARD_COMPLETED


class Hops:
    """Moves one workflow's clock. ``client`` must start the workflow."""

    def __init__(self, client: Client, first: timedelta) -> None:
        self._first = str(uuid4())
        config = TimeSkippingConfig(
            fast_forward_config=FastForwardConfig(self._first, first), max_session_skip_count=MANY_SKIPS
        )
        self._skipper = TimeSkipper(client, config=config)
        self.client = self._skipper.client

    async def hop(self, handle: WorkflowHandle[object, object], duration: timedelta) -> None:
        """Go on by this long; everything that falls due on the way happens."""
        await self._skipper.fast_forward(handle, duration)

    async def first_hop(self, handle: WorkflowHandle[object, object]) -> None:
        """Wait until the hop with which the life began is over."""
        request = PollWorkflowExecutionTimeSkippingRequest(
            namespace=self.client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id),
            fast_forward_id=self._first,
        )
        poll = self.client.workflow_service.poll_workflow_execution_time_skipping
        while (await poll(request, retry=True)).fast_forward_polling_result != COMPLETED:
            pass
