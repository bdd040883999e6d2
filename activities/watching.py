"""Vendors, watched: each call is timed, and is a step of its trace."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from opentelemetry.trace import SpanKind

from channels.answer import Answer
from channels.hearing import Heard
from channels.way import Item, Way
from domain.policy import Channel
from telemetry.figures import VENDOR_CALL
from telemetry.process import Telemetry


def watched(ways: Mapping[Channel, Way], telemetry: Telemetry) -> dict[Channel, Way]:
    """The same ways; where somebody wants to know, each with a watch."""
    if not telemetry.is_watching:
        return dict(ways)
    return {channel: Watched(way, channel, telemetry) for channel, way in ways.items()}


@dataclass(frozen=True, slots=True)
class Watched:
    """A way out, and how long its vendor takes."""

    way: Way
    channel: Channel
    telemetry: Telemetry

    @property
    def name(self) -> str:
        """The vendor, as the books call it."""
        return self.way.name

    @property
    def tells(self) -> bool:
        """Whether ``status`` can ever say anything."""
        return self.way.tells

    def send(self, item: Item) -> Answer:
        """Ask the vendor once."""
        with self._asking("send", item) as came_to:
            answer = self.way.send(item)
            came_to(answer.status)
        return answer

    def evidence(self, item: Item, now: datetime) -> Answer:
        """Look for what became of an item."""
        with self._asking("evidence", item) as came_to:
            answer = self.way.evidence(item, now)
            came_to(answer.status)
        return answer

    def status(self, item: Item) -> Sequence[Heard]:
        """What the vendor says now of an item."""
        with self._asking("status", item) as came_to:
            heard = self.way.status(item)
            came_to(heard[-1].word if heard else "nothing")
        return heard

    def recall(self, item: Item) -> Answer:
        """Call it back."""
        with self._asking("recall", item) as came_to:
            answer = self.way.recall(item)
            came_to(answer.status)
        return answer

    @contextmanager
    def _asking(self, call: str, item: Item) -> Iterator[Callable[[str], None]]:
        """A step of the trace, and its time. What came of it is told within the block; it broke where nothing is."""
        outcome, began = "broken", time.perf_counter()

        def came_to(word: str) -> None:
            nonlocal outcome
            outcome = str(word)

        told = {"kvitt.channel": str(self.channel), "kvitt.vendor": self.name, "kvitt.send": item.id}
        with self.telemetry.tracer.start_as_current_span(
            f"{call} {self.channel}", kind=SpanKind.CLIENT, attributes=told
        ) as span:
            try:
                yield came_to
            finally:
                span.set_attribute("kvitt.outcome", outcome)
                seconds = time.perf_counter() - began
                self.telemetry.figures.took(VENDOR_CALL, seconds, str(self.channel), self.name, call, outcome)
