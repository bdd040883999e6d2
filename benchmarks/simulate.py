"""How fast lives are simulated on one core: all example stories in rotation, parsed beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from pathlib import Path
from time import perf_counter

from benchmarks.figures import Figure, at_least, figure
from benchmarks.lives import MERCHANTS, STORIES
from config.stories import read_story
from domain.facts import Invoice
from domain.law import Law, law_of
from domain.policy import Policy
from domain.simulation import Simulation, plan
from domain.stories import Happening

ROUNDS = 5
SECONDS = 1.5
"""How long a round lasts, at least."""

Life = tuple[Invoice, Policy, Law, Sequence[Happening]]


class Planning(Simulation):
    """A simulation that also makes the plan at each look, as the real look does."""

    def look(self) -> datetime | None:
        """Look, and plan from here."""
        timer = super().look()
        plan(self.facts, self.policy, self.law, self.now, self.moving_to)
        return timer


def measure() -> list[Figure]:
    """Lives per second, without plans and with one at each look."""
    lives = [_parsed(path) for path in sorted(STORIES.glob("*.yaml"))]
    return [
        figure("Simulation, without plans", _rates(lives, Simulation), "lives/s", target=at_least(1500)),
        figure("Simulation, a plan at each look", _rates(lives, Planning), "lives/s", target=at_least(300)),
    ]


def _parsed(path: Path) -> Life:
    story = read_story(path, MERCHANTS)
    invoice = story.invoice.to_domain(story.merchant)
    return invoice, story.policy, law_of(invoice.country, invoice.kind), story.happens


def _rates(lives: Sequence[Life], kind: type[Simulation]) -> list[float]:
    """Lives per second of each round, after one that only warms up."""
    return [_rate(lives, kind) for _ in range(ROUNDS + 1)][1:]


def _rate(lives: Sequence[Life], kind: type[Simulation]) -> float:
    lived, begun = 0, perf_counter()
    while perf_counter() - begun < SECONDS:
        for life in lives:
            _live(kind, *life)
        lived += len(lives)
    return lived / (perf_counter() - begun)


def _live(kind: type[Simulation], invoice: Invoice, policy: Policy, law: Law, happens: Sequence[Happening]) -> None:
    """A whole life, begun as ``simulate`` begins one: when the day of issue does."""
    midnight = law.calendar.moment(datetime.combine(invoice.issued, time.min))
    kind(invoice, policy, law, midnight).run(happens)
