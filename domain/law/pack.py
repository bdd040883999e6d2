"""The shape of a country's law: dated values, each with its source and how surely we know it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from domain.calendar import Calendar, Hours
from domain.money import Money

T = TypeVar("T")


class Known(StrEnum):
    """How a value is known."""

    PRIMARY = "read in an official or primary source"
    SECONDARY = "read in a secondary source"
    MEMORY = "from memory, to be checked"
    UNKNOWN = "looked for, not found"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a rule stands: the reference shown to people, and how we know it."""

    ref: str
    known: Known
    note: str = ""

    def __str__(self) -> str:
        return self.ref


@dataclass(frozen=True, slots=True)
class Value(Generic[T]):
    """What holds from a day on; None where nobody could tell us."""

    since: date
    value: T | None
    source: Source


@dataclass(frozen=True, slots=True)
class Dated(Generic[T]):
    """A value through time, oldest first. A new figure is a new line; old cases keep theirs."""

    values: tuple[Value[T], ...]

    def on(self, day: date) -> Value[T] | None:
        """What held on a day; None before the first line."""
        return next((line for line in reversed(self.values) if line.since <= day), None)


@dataclass(frozen=True, slots=True)
class ReminderLaw:
    """What a country demands of reminders and their fees. None: the law sets no such limit."""

    fee_cap: Dated[Money]
    """The most that one reminder may cost. No line, or None in it: unknown, so nothing is charged."""
    fee_needs_agreement: Source | None
    """A fee must have been agreed no later than when the debt arose."""
    fee_needs_writing: Source | None
    """A fee may only be charged for a reminder in writing; an SMS is not taken as writing."""
    fee_limit: tuple[int, Source] | None
    """How many reminders may cost, in total."""
    fee_not_before: tuple[int, Source] | None
    """Calendar days after the due date before a reminder may cost."""
    new_due: tuple[int, Source] | None
    """Each reminder prints a new due date at least so many calendar days after it is sent."""
    usual_fees: tuple[int, Source] | None = None
    """How many paid reminders practice accepts; more gives a warning."""


@dataclass(frozen=True, slots=True)
class CollectionLaw:
    """What must come before a claim is handed over."""

    notice: tuple[int, Source] | None
    """A written notice that collection follows, so many calendar days before."""


@dataclass(frozen=True, slots=True)
class Law:
    """One country, as one literal."""

    country: str
    names: dict[str, str]
    currency: str
    calendar: Calendar
    about: str
    contact_hours: tuple[Hours, Source] | None
    """The widest hours in which a debtor may be contacted on a bank day."""
    reminders: ReminderLaw
    collection: CollectionLaw
    on_time: Source
    """Why a payment on the first bank day after a due date that is none is on time."""
    dispute: Source
    """Why a dispute stops everything."""
    sources: tuple[str, ...]
