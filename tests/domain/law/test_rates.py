"""Reference rates are set for half a year: the last that was published must not run on by itself."""

from __future__ import annotations

from datetime import date

import pytest

from domain.law import LAWS, eu
from domain.law.bank_days import READ
from domain.law.pack import Law
from tests.domain.law.reading import rate

EVERY = pytest.mark.parametrize("law", [*LAWS.values(), *eu.LAWS.values()], ids=lambda law: f"{law.country} {law.kind}")


@EVERY
def test_the_half_year_after_the_day_of_reading_has_no_rate(law: Law) -> None:
    assert rate(law, date(READ.year + 1, 1, 1)) is None


@EVERY
def test_a_rate_begins_with_a_half_year_and_the_lines_are_in_order(law: Law) -> None:
    days = [line.since for line in law.interest.reference.values if line.value is not None]

    assert days == sorted(set(days))
    assert {(day.month, day.day) for day in days} <= {(1, 1), (7, 1)}
