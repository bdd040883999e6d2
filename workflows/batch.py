"""The loop that carries a batch: the next few, a rest so that the rate holds, and what a person wishes in between."""

from __future__ import annotations

from collections import deque
from datetime import timedelta

from temporalio import workflow
from temporalio.exceptions import ActivityError
from temporalio.workflow import ActivityHandle

with workflow.unsafe.imports_passed_through():
    from domain.batches import ENDED, STEER, STEP, BatchOrder, BatchProgress, BatchState, Steering
    from workflows.options import BATCHING, STEERING

PATIENCE = timedelta(seconds=15)
"""How long a wish waits for the step that is under way."""


@workflow.defn(name="batch")
class BatchWorkflow:
    """It knows neither what is done nor with whom: the books know, and an activity does the next few of it."""

    @workflow.init
    def __init__(self, order: BatchOrder) -> None:
        self.order = order
        self.wishes: deque[Steering] = deque()
        self.progress: BatchProgress | None = None
        self.free_at = workflow.now()
        """When the rate allows more."""

    @workflow.run
    async def run(self, order: BatchOrder) -> str:
        """Carry the batch to its end; how it ended."""
        while True:
            await self._until_there_is_something_to_do()
            if workflow.info().is_continue_as_new_suggested() and self._nobody_waits():
                workflow.continue_as_new(order)
            progress = await (self._steer() if self.wishes else self._step())
            if progress and progress.state in ENDED and not self.wishes:
                await workflow.wait_condition(workflow.all_handlers_finished)
                return str(progress)

    @workflow.signal(name="pause")
    def pause(self) -> None:
        """Do nothing until resumed."""
        self.wishes.append(Steering(self.order.batch_id, BatchState.PAUSED))

    @workflow.signal(name="resume")
    def resume(self, at_once: int | None = None) -> None:
        """Go on; so many more messages may go out at once."""
        self.wishes.append(Steering(self.order.batch_id, BatchState.RUNNING, at_once=at_once))

    @workflow.signal(name="stop")
    def stop(self) -> None:
        """Give up what is not done yet."""
        self.wishes.append(Steering(self.order.batch_id, BatchState.STOPPED))

    @workflow.signal(name="change rate")
    def change_rate(self, rate: float) -> None:
        """So many a second from now on."""
        self.wishes.append(Steering(self.order.batch_id, rate=rate))

    @workflow.update(name="hear")
    async def hear(self) -> None:
        """Wait until what was wished so far is done."""
        await workflow.wait_condition(lambda: not self.wishes)

    @workflow.query(name="progress")
    def told(self) -> BatchProgress | None:
        """How far it is."""
        return self.progress

    async def _step(self) -> BatchProgress | None:
        """Do the next few. A wish does not wait for what is tried again and again: that is given up, and begun anew."""
        before = str(self.progress or "begins")
        step = workflow.start_activity(STEP, self.order, result_type=BatchProgress, summary=before, **BATCHING)
        await workflow.wait_condition(lambda: step.done() or bool(self.wishes))
        if not step.done() and not await self._ends(step):
            return None
        progress: BatchProgress = await step
        self.free_at = workflow.now() + timedelta(seconds=progress.rest_seconds)
        return self._show(progress)

    async def _ends(self, step: ActivityHandle[BatchProgress]) -> bool:
        """Whether a step that is under way ends soon by itself; else it is cancelled."""
        try:
            await workflow.wait_condition(step.done, timeout=PATIENCE)
        except TimeoutError:
            step.cancel()
        try:
            await step
        except ActivityError:
            return False
        return True

    async def _steer(self) -> BatchProgress:
        """Take the oldest wish."""
        progress: BatchProgress = await workflow.execute_local_activity(
            STEER, self.wishes[0], result_type=BatchProgress, **STEERING
        )
        self.wishes.popleft()
        return self._show(progress)

    def _show(self, progress: BatchProgress) -> BatchProgress:
        """Tell ops in the UI."""
        self.progress = progress
        workflow.set_current_details(str(progress))
        return progress

    def _nobody_waits(self) -> bool:
        return not self.wishes and workflow.all_handlers_finished()

    async def _until_there_is_something_to_do(self) -> None:
        """Until the rate allows more, or, where it is paused, until somebody wishes something."""
        if self.wishes or self.progress is None:
            return
        is_paused = self.progress.state is BatchState.PAUSED
        rest = self.free_at - workflow.now()
        if not is_paused and rest <= timedelta(0):
            return
        try:
            await workflow.wait_condition(
                lambda: bool(self.wishes), timeout=None if is_paused else rest, timeout_summary=str(self.progress)
            )
        except TimeoutError:
            return
