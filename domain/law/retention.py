"""How long a merchant must keep its vouchers, by the law of its own country: until then a customer is not forgotten."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

LONGEST_YEAR = timedelta(days=365)
"""Where nobody says when an accounting year ends: what was booked in one is at most so much older than its end."""


class From(StrEnum):
    """From when the years are counted."""

    ACCOUNTING_YEAR = "the end of the accounting year"
    YEAR_OF_ITS_END = "the end of the calendar year in which the accounting year ends"
    YEAR_OF_VOUCHER = "the end of the calendar year of the voucher"


@dataclass(frozen=True, slots=True)
class Keeping:
    """So many years, and from when."""

    years: int
    counted: From

    def __str__(self) -> str:
        return f"{self.years} years from {self.counted}"

    def last_day(self, booked: date, year_ends: tuple[int, int] | None = None, at_least: int = 0) -> date:
        """The last day on which a voucher of this day must be kept.

        ``year_ends`` is month and day of the accounting year's end; nobody says: it may have ended as late as it can.
        ``at_least`` are the years for which the merchant wants it kept if the law wants fewer.
        """
        years, end = max(self.years, at_least), _end_of_year(booked, year_ends)
        if self.counted is From.ACCOUNTING_YEAR:
            return _years_on(end, years)
        last = booked if self.counted is From.YEAR_OF_VOUCHER else end
        return date(last.year + years, 12, 31)


def _end_of_year(booked: date, year_ends: tuple[int, int] | None) -> date:
    """The last day of the accounting year in which something was booked."""
    if year_ends is None:
        return booked + LONGEST_YEAR
    end = _day(booked.year, *year_ends)
    return end if end >= booked else _day(booked.year + 1, *year_ends)


def _years_on(day: date, years: int) -> date:
    return _day(day.year + years, day.month, day.day)


def _day(year: int, month: int, day: int) -> date:
    """29 February is 1 March where there is none, so that nothing goes a day too soon."""
    try:
        return date(year, month, day)
    except ValueError:
        return date(year, 3, 1)
