"""What crosses Temporal when a message is delivered to a merchant: which one, and nothing of what it says."""

from __future__ import annotations

from dataclasses import dataclass

DELIVER = "deliver webhook"
"""The activity that posts a message once and writes down what the receiver said."""

GIVE_UP = "give up webhook"
"""The activity that writes down that a message is dead."""


@dataclass(frozen=True, slots=True)
class DeliveryOrder:
    """Deliver this message. ``round`` counts how often a person had it sent anew."""

    delivery_id: str
    round: int = 0

    @property
    def workflow_id(self) -> str:
        """One workflow a round."""
        return f"webhook/{self.delivery_id}/{self.round}"


def webhook_queue(queue: str) -> str:
    """Merchants' receivers have a task queue of their own, so that a slow one holds up no invoice."""
    return f"{queue}-webhooks"
