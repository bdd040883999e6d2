"""The loop that carries one invoice: look, obey, wait; for months."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import SearchAttributeKey, SearchAttributeUpdate
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from domain.policy import Channel
    from domain.wire import (
        LOOK,
        Glance,
        InvoiceRef,
        LookOrder,
        Next,
        RecallOrder,
        ReconcileOrder,
        Report,
        SendOrder,
        channel_queue,
        recall_activity,
        reconcile_activity,
        send_activity,
    )
    from workflows import options

MERCHANT = SearchAttributeKey.for_keyword("Merchant")
STAGE = SearchAttributeKey.for_keyword("Stage")
NEXT_STEP = SearchAttributeKey.for_keyword("NextStep")
NEXT_AT = SearchAttributeKey.for_datetime("NextAt")
DUE_DAY = SearchAttributeKey.for_keyword("DueDay")
SINCE = SearchAttributeKey.for_datetime("Since")
BOUNCED_AT = SearchAttributeKey.for_datetime("BouncedAt")
VERSION = SearchAttributeKey.for_int("Version")


@workflow.defn(name="invoice")
class InvoiceWorkflow:
    """One invoice. It knows no money, no country and no date: the look decides, the loop obeys."""

    @workflow.init
    def __init__(self, ref: InvoiceRef) -> None:
        self.ref = ref
        self.woken = False
        self.begun = 0
        """Looks begun."""
        self.ended = 0
        """Looks ended."""
        self.glance: Glance | None = None
        self.shown: tuple[object, ...] = ()

    @workflow.run
    async def run(self, ref: InvoiceRef) -> str:
        """Carry the invoice to its end; the outcome."""
        while True:
            glance = await self._look()
            match glance.next:
                case Next.WAIT:
                    await self._rest(glance)
                case Next.SEND | Next.RECONCILE | Next.RECALL:
                    await self._obey(glance)
                case Next.END:
                    self._show(glance)
                    await workflow.wait_condition(lambda: self.woken or workflow.all_handlers_finished())
                    if not self.woken:
                        return glance.outcome or ""
            if workflow.info().is_continue_as_new_suggested() and workflow.all_handlers_finished():
                workflow.continue_as_new(ref)

    @workflow.signal(name="wake")
    def wake(self) -> None:
        """Something happened; the store knows what."""
        self.woken = True

    @workflow.update(name="look_again")
    async def look_again(self) -> Glance:
        """Look at once; what that came to."""
        wanted = self.begun + 1
        self.woken = True
        await workflow.wait_condition(lambda: self.ended >= wanted)
        if self.glance is None:
            raise AssertionError("a look has ended and left nothing")
        return self.glance

    @workflow.query(name="status")
    def status(self) -> Glance | None:
        """The last look."""
        return self.glance

    async def _look(self) -> Glance:
        self.woken = False
        self.begun += 1
        order = LookOrder(self.ref.id, workflow.now(), workflow.info().run_id, self.begun)
        glance: Glance = await workflow.execute_local_activity(LOOK, order, result_type=Glance, **options.LOOKING)
        self.ended = self.begun
        self.glance = glance
        if glance.plan:
            workflow.set_current_details(glance.plan)
        return glance

    async def _obey(self, glance: Glance) -> None:
        """Let the channel act. Whatever goes wrong there is in the books, and the next look decides what follows."""
        try:
            if glance.send:
                channel = glance.send.channel
                order = SendOrder(self.ref.id, glance.send)
                await self._ask(channel, send_activity(channel), order, glance.summary, options.SENDING)
            elif glance.reconcile:
                channel = glance.reconcile.channel
                search = ReconcileOrder(self.ref.id, glance.reconcile)
                await self._ask(channel, reconcile_activity(channel), search, glance.summary, options.RECONCILING)
            elif glance.recall:
                channel = glance.recall.channel
                call = RecallOrder(self.ref.id, glance.recall)
                await self._ask(channel, recall_activity(channel), call, glance.summary, options.RECONCILING)
        except ActivityError:
            await self._wait(options.AFTER_A_BREAKDOWN, "An activity broke down; looking again")

    async def _ask(self, channel: Channel, activity: str, order: object, summary: str, how: dict[str, Any]) -> None:
        queue = channel_queue(workflow.info().task_queue, channel)
        await workflow.execute_activity(activity, order, result_type=Report, task_queue=queue, summary=summary, **how)

    async def _rest(self, glance: Glance) -> None:
        """Wait until the moment, or until woken."""
        self._show(glance)
        timeout = None if glance.wait_seconds is None else timedelta(seconds=glance.wait_seconds)
        await self._wait(timeout, glance.summary)

    async def _wait(self, timeout: timedelta | None, summary: str) -> None:
        if self.woken:
            return
        try:
            await workflow.wait_condition(lambda: self.woken, timeout=timeout, timeout_summary=summary)
        except TimeoutError:
            return

    def _show(self, glance: Glance) -> None:
        """Put where the case stands into the columns of the UI, when that has changed.

        The other columns come along. They decide nothing here: workers of before, which do not know them, must give the
        same commands, to go on beside us and after us. Where only they changed, the look tells it by ``next_at``.
        """
        shown = (glance.stage, glance.next_step, glance.next_at, glance.due)
        if shown == self.shown:
            return
        self.shown = shown
        workflow.upsert_search_attributes(columns_of(glance))


def columns_of(glance: Glance) -> list[SearchAttributeUpdate[Any]]:
    """Where a case stands, as columns of the UI; what is not known, or not so, is empty."""
    return [
        STAGE.value_set(glance.stage),
        DUE_DAY.value_set(glance.due.isoformat()),
        NEXT_STEP.value_set(glance.next_step) if glance.next_step else NEXT_STEP.value_unset(),
        NEXT_AT.value_set(glance.next_at) if glance.next_at else NEXT_AT.value_unset(),
        SINCE.value_set(glance.since) if glance.since else SINCE.value_unset(),
        BOUNCED_AT.value_set(glance.bounced_at) if glance.bounced_at else BOUNCED_AT.value_unset(),
        VERSION.value_set(glance.version) if glance.version is not None else VERSION.value_unset(),
    ]
