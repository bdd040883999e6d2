"""Our figures, in one table, and how they are recorded. Labels are codes: never a person, never an endless set of ids.

They go through the meter of Temporal's SDK, so that one port shows them beside the SDK's own (docs/decisions/0015).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from temporalio.common import MetricMeter

QUICK = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
"""Seconds of an answer of ours."""

SLOW = (0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 40, 60)
"""Seconds of an answer of a vendor's."""

LONG = (60, 600, 3600, 4 * 3600, 86_400, 2 * 86_400, 3 * 86_400, 5 * 86_400, 10 * 86_400, 20 * 86_400, 40 * 86_400)
"""Seconds until a person has looked, from a minute to forty days."""


class Kind(StrEnum):
    """What a figure does."""

    COUNTER = "counter"
    """It only grows, from 0 when the process began."""
    GAUGE = "gauge"
    """It is what was seen last."""
    HISTOGRAM = "histogram"
    """How long things took."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure. Those with a unit are in seconds."""

    name: str
    kind: Kind
    labels: tuple[str, ...]
    means: str
    seconds: bool = False
    buckets: Sequence[float] = ()

    @property
    def shown(self) -> str:
        """What it is called on the page that Prometheus reads."""
        return self.name + ("_seconds" if self.seconds else "") + ("_total" if self.kind is Kind.COUNTER else "")


def _counter(name: str, means: str, *labels: str) -> Figure:
    return Figure(name, Kind.COUNTER, labels, means)


def _gauge(name: str, means: str, *labels: str, seconds: bool = False) -> Figure:
    return Figure(name, Kind.GAUGE, labels, means, seconds)


def _histogram(name: str, means: str, *labels: str, buckets: Sequence[float]) -> Figure:
    return Figure(name, Kind.HISTOGRAM, labels, means, seconds=True, buckets=buckets)


PROCESS = _gauge("kvitt_process", "1 for each process that runs.", "process", "version")
SENDS = _counter(
    "kvitt_sends",
    "Messages by what became of them when they were to go out.",
    "channel",
    "vendor",
    "message",
    "outcome",
    "reason",
)
SEARCHES = _counter(
    "kvitt_searches", "Searches for sends of unknown outcome, by what they found.", "channel", "vendor", "outcome"
)
VENDOR_CALL = _histogram(
    "kvitt_vendor_call",
    "How long a vendor took to answer.",
    "channel",
    "vendor",
    "call",
    "outcome",
    buckets=SLOW,
)
TIME_TO_VIEW = _histogram(
    "kvitt_time_to_view",
    "From a message's way out to the first view of its page by a person, in the case's time.",
    "channel",
    buckets=LONG,
)
HEARD = _counter("kvitt_heard", "What vendors told us of messages, repeats included.", "vendor", "word")
CALLS_REFUSED = _counter("kvitt_calls_refused", "Calls that could not prove who they were from.", "vendor")
DELIVERIES = _counter("kvitt_deliveries", "Webhooks posted to merchants, by what came of each attempt.", "outcome")
REQUEST = _histogram(
    "kvitt_request", "How long the gateway took to answer.", "method", "route", "status", buckets=QUICK
)
DATABASE_ERRORS = _counter("kvitt_database_errors", "Statements that the database refused or did not answer.", "error")

INVOICES = _gauge("kvitt_invoices", "Open invoices by stage.", "stage")
WAITING = _gauge("kvitt_waiting", "Cases that wait for more than their own next step, by why.", "reason")
WAITING_AGE = _gauge("kvitt_waiting_age", "How long the one of them that waits longest does.", "reason", seconds=True)
CASES_FAILING = _gauge("kvitt_cases_failing", "Cases whose last look broke down.")
CASES_LATE = _gauge("kvitt_cases_late", "Cases whose moment passed an hour ago without a look.")
INBOX = _gauge("kvitt_inbox_posts", "Posts of vendors that nobody has read yet, or could read.", "state")
INBOX_AGE = _gauge("kvitt_inbox_age", "How long the oldest post has waited to be read.", seconds=True)
DELIVERIES_OPEN = _gauge("kvitt_deliveries_open", "Webhooks under way, and those given up for dead.", "state")
BATCHES = _gauge("kvitt_batches", "Batches that have not ended.", "state")
BOOKS_READ = _gauge("kvitt_books_read_timestamp", "When the books were last read for these figures.", seconds=True)
BACKLOG = _gauge("kvitt_task_queue_backlog", "Tasks that wait for a worker.", "queue", "kind")
BACKLOG_AGE = _gauge("kvitt_task_queue_backlog_age", "How long the oldest waits.", "queue", "kind", seconds=True)
POLLERS = _gauge("kvitt_task_queue_pollers", "Workers' pollers that the server has seen of late.", "queue", "kind")
QUEUES_READ = _gauge("kvitt_queues_read_timestamp", "When Temporal last told of its queues.", seconds=True)

FIGURES: tuple[Figure, ...] = tuple(one for one in list(globals().values()) if isinstance(one, Figure))

BUCKETS: Mapping[str, Sequence[float]] = {one.name: one.buckets for one in FIGURES if one.buckets}


class Figures:
    """Records figures. Without a meter that shows them, it costs next to nothing."""

    def __init__(self, meter: MetricMeter = MetricMeter.noop) -> None:
        self._made = {figure: _make(meter, figure) for figure in FIGURES}

    def count(self, figure: Figure, *labels: str, by: int = 1) -> None:
        """Let a counter grow."""
        self._made[figure].add(by, _attributes(figure, labels))

    def took(self, figure: Figure, seconds: float, *labels: str) -> None:
        """Something took this long."""
        self._made[figure].record(seconds, _attributes(figure, labels))

    def show(self, figure: Figure, value: float, *labels: str) -> None:
        """A gauge stands here."""
        self._made[figure].set(value, _attributes(figure, labels))


def _make(meter: MetricMeter, figure: Figure) -> Any:
    unit = "seconds" if figure.seconds else None
    match figure.kind:
        case Kind.COUNTER:
            return meter.create_counter(figure.name, figure.means, unit)
        case Kind.GAUGE:
            return meter.create_gauge_float(figure.shown, figure.means)  # the SDK gives gauges no unit
        case Kind.HISTOGRAM:
            return meter.create_histogram_float(figure.name, figure.means, unit)


def _attributes(figure: Figure, labels: Sequence[str]) -> dict[str, str]:
    return dict(zip(figure.labels, map(str, labels), strict=True))
