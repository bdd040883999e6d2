"""Until when a merchant must keep what it booked. Where no law is firmly known, as long as any that we know of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.law import LAWS
from domain.law.retention import From, Keeping
from domain.words import DebtorKind

LONGEST = Keeping(10, From.YEAR_OF_ITS_END)
"""As long as any law that we know of, and counted from the latest day."""


@dataclass(frozen=True, slots=True)
class KeepingRule:
    """What an installation adds to the law: when accounting years end, and how long it keeps at least."""

    year_ends: tuple[int, int] | None = None
    """Month and day; None: nobody says, so it may be as late as it can."""
    at_least: int = 0
    """Years."""

    def until(self, country: str, booked: date, today: date) -> date:
        """The last day on which a merchant of this country must keep what it booked on a day, as the law is today."""
        return keeping_of(country, today).last_day(booked, self.year_ends, self.at_least)


def keeping_of(country: str, day: date) -> Keeping:
    """The law of a merchant's country, on a day."""
    law = LAWS.get((country, DebtorKind.COMPANY))
    known = law.books.firm(day) if law else None
    return (known.value if known else None) or LONGEST
