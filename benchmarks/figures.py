"""A measured figure, its target, and how both are written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from rich.table import Table

HEAD = ("Figure", "Measured", "Spread", "Target", "")


class Sense(StrEnum):
    """On which side of its limit a figure must lie."""

    AT_LEAST = "≥"
    AT_MOST = "≤"


@dataclass(frozen=True, slots=True)
class Target:
    """What a figure must reach."""

    sense: Sense
    limit: float

    def met_by(self, value: float) -> bool:
        """Whether a value reaches it."""
        return value >= self.limit if self.sense is Sense.AT_LEAST else value <= self.limit


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. ``spread`` is the lowest and the highest of the runs whose median ``value`` is."""

    what: str
    value: float
    unit: str = ""
    digits: int = 0
    spread: tuple[float, float] | None = None
    target: Target | None = None

    @property
    def met(self) -> bool:
        """Whether the target is reached; a figure without one always is."""
        return self.target is None or self.target.met_by(self.value)

    def row(self) -> tuple[str, ...]:
        """The line as words."""
        spread = " – ".join(self._number(end) for end in self.spread) if self.spread else ""
        target = f"{self.target.sense} {self.target.limit:,g}" if self.target else ""
        mark = ("✓" if self.met else "✗") if self.target else ""
        return self.what, f"{self._number(self.value)} {self.unit}".strip(), spread, target, mark

    def _number(self, value: float) -> str:
        return f"{value:,.{self.digits}f}"


def median(values: Iterable[float]) -> float:
    """The middle value; of an even number, the lower of the two in the middle, so that it was really measured."""
    ordered = sorted(values)
    return ordered[(len(ordered) - 1) // 2]


def figure(
    what: str, values: Sequence[float], unit: str = "", *, digits: int = 0, target: Target | None = None
) -> Figure:
    """The figure of several runs: their median, lowest and highest."""
    return Figure(what, median(values), unit, digits, (min(values), max(values)), target)


def at_least(limit: float) -> Target:
    """More is better."""
    return Target(Sense.AT_LEAST, limit)


def at_most(limit: float) -> Target:
    """Less is better."""
    return Target(Sense.AT_MOST, limit)


def table(figures: Iterable[Figure]) -> Table:
    """The figures as the terminal shows them; a missed target is red."""
    shown = Table(*HEAD)
    for one in figures:
        shown.add_row(*one.row(), style=None if one.met else "red")
    return shown
