"""The floor: a bare workflow that gives the same commands in the same order as ours, and knows nothing.

What its looks and activities answer was written down from real lives, so they need no books and do nothing. Whatever
our workflow costs beyond it is the price of what we do.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from domain.wire import LOOK, Glance, InvoiceRef, LookOrder, Next, Report, SendOrder, channel_queue, send_activity
    from workflows import options
    from workflows.invoice import columns_of


@workflow.defn(name="floor")
class FloorWorkflow:
    """Replays a script; ``ref.id`` says which."""

    @workflow.init
    def __init__(self, ref: InvoiceRef) -> None:
        self.woken = False

    @workflow.run
    async def run(self, ref: InvoiceRef) -> str:
        """Look, obey, wait."""
        queue, run_id = workflow.info().task_queue, workflow.info().run_id
        number = 0
        shown: tuple[object, ...] = ()
        while True:
            self.woken = False
            number += 1
            order = LookOrder(ref.id, workflow.now(), run_id, number)
            glance = await workflow.execute_local_activity(LOOK, order, result_type=Glance, **options.LOOKING)
            if glance.plan:
                workflow.set_current_details(glance.plan)
            if glance.send:
                with suppress(ActivityError):  # the server may lose one, as it may lose ours: life goes on
                    await workflow.execute_activity(
                        send_activity(glance.send.channel),
                        SendOrder(ref.id, glance.send),
                        result_type=Report,
                        task_queue=channel_queue(queue, glance.send.channel),
                        summary=glance.summary,
                        **options.SENDING,
                    )
                continue
            columns = (glance.stage, glance.next_step, glance.next_at, glance.due)
            if columns != shown:
                shown = columns
                workflow.upsert_search_attributes(columns_of(glance))
            if glance.next is Next.END:
                return glance.outcome or ""
            await self._wait(glance)

    @workflow.signal(name="wake")
    def wake(self) -> None:
        """Go on."""
        self.woken = True

    async def _wait(self, glance: Glance) -> None:
        timeout = None if glance.wait_seconds is None else timedelta(seconds=glance.wait_seconds)
        try:
            await workflow.wait_condition(lambda: self.woken, timeout=timeout, timeout_summary=glance.summary)
        except TimeoutError:
            return
