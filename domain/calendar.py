"""Local time: bank days, contact windows and deadlines, in the debtor's country.

Rules reason in *wall* time: naive datetimes of the debtor's zone, to the minute. "Three days later at the same
hour" is then plain arithmetic, and summer time cannot shift it. Moments (aware, UTC) exist only at the edges.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    """What a span counts."""

    DAYS = "days"
    BANK_DAYS = "bank days"
    WEEKDAYS = "weekdays"
    """Monday to Friday, holidays too."""


@dataclass(frozen=True, slots=True)
class Span:
    """A wait: so many calendar days, or so many bank days."""

    count: int
    unit: Unit = Unit.DAYS

    def __str__(self) -> str:
        return f"{self.count} {self.unit if self.count != 1 else self.unit.removesuffix('s')}"


@dataclass(frozen=True, slots=True)
class Hours:
    """From ``opens`` up to, not including, ``closes``; local time."""

    opens: time
    closes: time

    def narrowed(self, other: Hours) -> Hours:
        """The hours that both allow."""
        return Hours(max(self.opens, other.opens), min(self.closes, other.closes))

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


@dataclass(frozen=True, slots=True)
class Hold:
    """A stretch of wall time in which deadlines stand still; ``ends`` is None while it lasts."""

    starts: datetime
    ends: datetime | None


def merged(holds: Iterable[Hold]) -> tuple[Hold, ...]:
    """The same stretches, oldest first, each day in one of them only: a day held twice is still one day."""
    apart: list[Hold] = []
    for hold in sorted(holds, key=lambda hold: hold.starts):
        last = apart[-1] if apart else None
        if last is None or (last.ends is not None and last.ends < hold.starts):
            apart.append(hold)
        elif last.ends is not None and (hold.ends is None or hold.ends > last.ends):
            apart[-1] = Hold(last.starts, hold.ends)
    return tuple(apart)


class Calendar:
    """A country's clock and its bank days.

    Args:
        zone: IANA name of the time zone.
        closed: gives the days of a year, weekends apart, on which banks are closed.
    """

    def __init__(self, zone: str, closed: Callable[[int], Iterable[date]]) -> None:
        self.zone = ZoneInfo(zone)
        self._closed = lru_cache(maxsize=None)(lambda year: frozenset(closed(year)))
        self.moment = lru_cache(maxsize=65536)(self._moment)
        self.wall = lru_cache(maxsize=65536)(self._wall)
        self.is_bank_day = lru_cache(maxsize=65536)(self._is_bank_day)

    def local(self, moment: datetime) -> datetime:
        """The moment with the debtor's offset, to the minute: what people are shown."""
        return moment.astimezone(self.zone).replace(second=0, microsecond=0)

    def roll(self, day: date) -> date:
        """The day itself, or the next bank day: until then a payment is on time."""
        while not self.is_bank_day(day):
            day += ONE_DAY
        return day

    def roll_back(self, day: date) -> date:
        """The day itself, or the bank day before it."""
        while not self.is_bank_day(day):
            day -= ONE_DAY
        return day

    def add(self, day: date, span: Span) -> date:
        """The day that lies ``span`` after ``day``."""
        if span.unit is Unit.DAYS:
            return day + timedelta(days=span.count)
        for _ in range(span.count):
            day = self._next(day, span.unit)
        return day

    def deadline(self, anchor: datetime, span: Span, holds: Iterable[Hold] = ()) -> datetime:
        """``span`` after the anchor, at the anchor's hour; what remains at a hold resumes when it ends.

        The holds come oldest first and do not overlap (``merged``). One that lasts still has no end to resume from,
        so it is left out: nothing is done while it lasts.
        """
        when = self._after(anchor, span)
        for hold in holds:
            if hold.ends is None or hold.starts >= when or hold.ends <= anchor:
                continue
            left = self._between(max(hold.starts, anchor).date(), when.date(), span.unit)
            when = self._after(datetime.combine(hold.ends.date(), anchor.time()), Span(left, span.unit))
        return when

    def _after(self, anchor: datetime, span: Span) -> datetime:
        return datetime.combine(self.add(anchor.date(), span), anchor.time())

    def _between(self, first: date, last: date, unit: Unit) -> int:
        days = (last - first).days
        if unit is Unit.DAYS:
            return days
        return sum(self._counts(first + timedelta(days=n), unit) for n in range(1, days + 1))

    def _next(self, day: date, unit: Unit) -> date:
        day += ONE_DAY
        while not self._counts(day, unit):
            day += ONE_DAY
        return day

    def _counts(self, day: date, unit: Unit) -> bool:
        return day.weekday() < 5 if unit is Unit.WEEKDAYS else self.is_bank_day(day)

    def _wall(self, moment: datetime) -> datetime:
        """The debtor's wall clock at a moment, to the minute."""
        return moment.astimezone(self.zone).replace(second=0, microsecond=0, tzinfo=None, fold=0)

    def _moment(self, wall: datetime) -> datetime:
        """The UTC moment of a wall time; one that summer time skips becomes the same distance after the gap."""
        return wall.replace(tzinfo=self.zone).astimezone(UTC)

    def _is_bank_day(self, day: date) -> bool:
        return day.weekday() < 5 and day not in self._closed(day.year)


@dataclass(frozen=True, slots=True)
class Window:
    """When a debtor may be contacted: these hours, on bank days."""

    calendar: Calendar
    hours: Hours

    def contains(self, wall: datetime) -> bool:
        """Whether a message may go out at this wall time."""
        return self.hours.opens <= wall.time() < self.hours.closes and self.calendar.is_bank_day(wall.date())

    def fit(self, wall: datetime) -> datetime:
        """The wall time itself when it lies inside, else the next opening."""
        day, at = wall.date(), wall.time()
        if self.calendar.is_bank_day(day) and at < self.hours.closes:
            return wall if at >= self.hours.opens else datetime.combine(day, self.hours.opens)
        return datetime.combine(self.calendar.roll(day + ONE_DAY), self.hours.opens)

    def opening(self, day: date) -> datetime:
        """The first moment to contact somebody on or after a day."""
        return self.fit(datetime.combine(day, time.min))
