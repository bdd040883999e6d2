"""A plain design of the same life, for comparison: what one writes who has read Temporal's tutorials.

An activity per look, a child workflow for each use of a channel, and in it an activity per send. What looks and sends
answer was written down from real lives, as for the floor; timers, columns and plans are the same as ours.
"""

from __future__ import annotations

from datetime import timedelta

from temporalio import workflow

with workflow.unsafe.imports_passed_through():
    from domain.policy import Channel
    from domain.wire import LOOK, Glance, InvoiceRef, LookOrder, Next, Report, SendOrder, channel_queue, send_activity
    from workflows import options
    from workflows.invoice import columns_of


@workflow.defn(name="plain channel")
class PlainChannel:
    """One use of a channel."""

    @workflow.run
    async def run(self, channel: Channel, order: SendOrder, summary: str) -> Report:
        """Send, and tell what came of it."""
        report: Report = await workflow.execute_activity(
            send_activity(channel),
            order,
            result_type=Report,
            task_queue=channel_queue(workflow.info().task_queue, channel),
            summary=summary,
            **options.SENDING,
        )
        return report


@workflow.defn(name="plain invoice")
class PlainInvoice:
    """Replays a script; ``ref.id`` says which."""

    @workflow.init
    def __init__(self, ref: InvoiceRef) -> None:
        self.woken = False

    @workflow.run
    async def run(self, ref: InvoiceRef) -> str:
        """Look, obey, wait."""
        number, shown = 0, ""
        while True:
            self.woken = False
            number += 1
            order = LookOrder(ref.id, workflow.now(), workflow.info().run_id, number)
            glance: Glance = await workflow.execute_activity(LOOK, order, result_type=Glance, **options.LOOKING)
            if glance.plan:
                workflow.set_current_details(glance.plan)
            if glance.send:
                channel, work = glance.send.channel, SendOrder(ref.id, glance.send)
                await workflow.execute_child_workflow(
                    PlainChannel.run,
                    args=[channel, work, glance.summary],
                    id=f"{workflow.info().workflow_id}/{channel}/{number}",
                )
                continue
            columns = f"{glance.stage} {glance.next_step} {glance.next_at} {glance.due}"
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
