"""Hypothesis strategies: the random stories of the benchmarks, led by hypothesis so that a failure shrinks."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from benchmarks.random_stories import RandomStory, tell
from domain.events import Event
from domain.facts import Facts
from domain.policy import Policy
from domain.simulation import Simulation

STEADY = settings(
    derandomize=True, deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow], database=None
)
"""The same examples at every run, so that a red build is a changed rule."""

stories = st.randoms(use_true_random=False).map(tell)
start_hours = st.integers(-30, 80)
"""Hours from the midnight of the issue day to the start of the life."""


class Watched(Simulation):
    """A simulation that remembers what was known before each event, and what each look waits for."""

    def __init__(self, story: RandomStory, start_hour: int = 0) -> None:
        midnight = story.law.calendar.moment(datetime.combine(story.invoice.issued, time.min))
        super().__init__(story.invoice, story.policy, story.law, midnight + timedelta(hours=start_hour))
        self.story = story
        self.known: list[tuple[Facts, Event]] = []
        self.looks: list[tuple[datetime, datetime | None]] = []
        self.rules: list[tuple[Policy, Policy | None]] = []
        """After each look the rules that hold, and those that it is to be moved to."""
        self._policies: dict[int, Policy] = {}

    def look(self) -> datetime | None:
        until = super().look()
        self.looks.append((self.now, until))
        self.rules.append((self.policy, self.moving_to))
        return until

    def policy_at(self, event: Event) -> Policy:
        """The rules that held when this very event came."""
        return self._policies[id(event)]

    def learn(self, event: Event) -> None:
        self.known.append((self.facts, event))
        self._policies[id(event)] = self.policy
        super().learn(event)


def lived(story: RandomStory, start_hour: int = 0) -> Watched:
    """The whole life of a story."""
    life = Watched(story, start_hour)
    life.run(story.happens)
    return life
