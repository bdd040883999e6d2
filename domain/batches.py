"""A batch: what is done with many invoices. What crosses Temporal of it is its id, counts and a person's wishes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

STEP, STEER = "batch step", "steer batch"
"""The activities: do the next few; take what a person wishes."""

START = "start"
"""The kind of a batch that starts invoices; every other kind is the name of an order."""

USUAL_RATE = 50.0
"""How many invoices a second at most, unless somebody says otherwise."""


class BatchState(StrEnum):
    """Where a batch stands."""

    FILLING = "filling"
    """Invoices are still being added; nothing is done with them."""
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    """Given up; what was done stays done."""


ENDED = frozenset({BatchState.DONE, BatchState.STOPPED})


class ItemState(StrEnum):
    """What became of one invoice of a batch."""

    WAITING = "waiting"
    DONE = "done"
    UNCHANGED = "unchanged"
    """It was there already, or had been done."""
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class BatchOrder:
    """Carry this batch."""

    batch_id: str

    @property
    def workflow_id(self) -> str:
        """Readable, and the same for ever."""
        return f"batch/{self.batch_id}"


@dataclass(frozen=True, slots=True)
class Steering:
    """What a person wishes: another state, another rate, or more messages that may go out at once."""

    batch_id: str
    state: BatchState | None = None
    rate: float | None = None
    at_once: int | None = None


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """How far a batch is, and how long to rest so that its rate holds."""

    state: BatchState
    total: int
    done: int
    unchanged: int
    refused: int
    rest_seconds: float = 0.0
    said: str = ""
    """Why it paused of its own accord."""

    @property
    def handled(self) -> int:
        """How many nobody waits for."""
        return self.done + self.unchanged + self.refused

    def __str__(self) -> str:
        """The progress as people read it: ``running: 1,200 of 100,000, 3 refused``."""
        known = f", {self.unchanged:,} were there already" if self.unchanged else ""
        refused = f", {self.refused:,} refused" if self.refused else ""
        why = f". {self.said}" if self.said else ""
        return f"{self.state}: {self.handled:,} of {self.total:,}{known}{refused}{why}"


def batch_queue(queue: str) -> str:
    """Batches have a task queue of their own, so that none keeps an invoice waiting."""
    return f"{queue}-batch"
