"""What crosses Temporal: ids, codes, amounts and moments. No name, no address, no text of a message.

A field that is added later has a default, so that histories written before still read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.decisions import Recall, Reconcile, Send
from domain.policy import Channel
from domain.words import Outcome, Reason, Status

LOOK = "look"
"""The local activity that loads the facts, decides, and writes the decision down."""


@dataclass(frozen=True, slots=True)
class InvoiceRef:
    """Which invoice a workflow carries."""

    id: int
    merchant: str
    number: str

    @property
    def workflow_id(self) -> str:
        """Readable, and the same for ever."""
        return f"invoice/{self.merchant}/{self.number}"


@dataclass(frozen=True, slots=True)
class LookOrder:
    """Look at an invoice. ``now`` is the workflow's clock; run and number tell this look from every other."""

    invoice_id: int
    now: datetime
    run_id: str
    number: int


class Next(StrEnum):
    """What the loop does after a look."""

    WAIT = "wait"
    SEND = "send"
    RECONCILE = "reconcile"
    RECALL = "recall"
    END = "end"


@dataclass(frozen=True, slots=True)
class Glance:
    """What a look came to."""

    next: Next
    summary: str
    """The timer or activity that follows, in words."""
    stage: str
    due: date
    reason: Reason | None = None
    wait_seconds: float | None = None
    """How long to wait; None with ``Next.WAIT``: until something happens."""
    send: Send | None = None
    reconcile: Reconcile | None = None
    outcome: Outcome | None = None
    next_step: str = ""
    next_at: datetime | None = None
    recall: Recall | None = None
    plan: str = ""
    """Where the case stands and what comes if nothing happens, as Markdown (``domain/briefing.py``)."""
    since: datetime | None = None
    """Since when it waits for a person, the agency, an answer or evidence; None: for none of these."""
    bounced_at: datetime | None = None
    """When a message last failed for good."""
    version: int | None = None
    """Which version of the merchant's file it goes by."""


@dataclass(frozen=True, slots=True)
class SendOrder:
    """Send this, if it still stands."""

    invoice_id: int
    send: Send


@dataclass(frozen=True, slots=True)
class ReconcileOrder:
    """Look for evidence of this send."""

    invoice_id: int
    reconcile: Reconcile


@dataclass(frozen=True, slots=True)
class RecallOrder:
    """Call this send back."""

    invoice_id: int
    recall: Recall


@dataclass(frozen=True, slots=True)
class Report:
    """What became of a send; ``status`` None: it no longer stood, so nothing was sent."""

    status: Status | None
    why: Reason | None = None


def send_activity(channel: Channel) -> str:
    """The name of a channel's activity."""
    return f"send {channel}"


def reconcile_activity(channel: Channel) -> str:
    """The name of a channel's search for evidence."""
    return f"reconcile {channel}"


def recall_activity(channel: Channel) -> str:
    """The name of a channel's calling back."""
    return f"recall {channel}"


def channel_queue(queue: str, channel: Channel) -> str:
    """Each channel has a task queue of its own, so that a slow vendor blocks nobody else."""
    return f"{queue}-{channel}"
