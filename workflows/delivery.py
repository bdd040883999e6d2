"""One message to a merchant's systems: delivered, however long it takes, or given up for dead."""

from __future__ import annotations

from temporalio import workflow
from temporalio.exceptions import ActivityError

with workflow.unsafe.imports_passed_through():
    from domain.deliveries import DELIVER, GIVE_UP, DeliveryOrder
    from workflows.options import DELIVERING, GIVING_UP


@workflow.defn(name="webhook")
class DeliveryWorkflow:
    """It knows which message, and neither what it says nor to whom. Its answer is how it ended."""

    @workflow.run
    async def run(self, order: DeliveryOrder) -> str:
        """Try until it is heard, or until it is hopeless."""
        try:
            ended: str = await workflow.execute_activity(DELIVER, order, result_type=str, **DELIVERING)
        except ActivityError:
            ended = await workflow.execute_activity(GIVE_UP, order, result_type=str, **GIVING_UP)
        return ended
