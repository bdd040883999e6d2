"""Until when vouchers are kept: by the law of the merchant's country, and never a day too short."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.keeping import LONGEST, KeepingRule, keeping_of
from domain.law import LAWS
from domain.law.pack import FIRM
from domain.law.retention import From, Keeping

TODAY = date(2026, 11, 22)
CALENDAR_YEAR = KeepingRule((12, 31))
DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize(
    ("country", "until"),
    [
        ("SE", date(2033, 12, 31)),
        ("NO", date(2031, 12, 31)),
        ("DK", date(2031, 12, 31)),
        ("FI", date(2032, 12, 31)),
        ("DE", date(2034, 12, 31)),
        ("NL", date(2033, 12, 31)),
        ("FR", date(2036, 12, 31)),
        ("GB", date(2032, 12, 31)),
        ("PL", date(2036, 12, 31)),
        ("US", date(2036, 12, 31)),
    ],
)
def test_a_voucher_is_kept_as_its_merchants_country_wants_it(country: str, until: date):
    assert CALENDAR_YEAR.until(country, date(2026, 3, 2), TODAY) == until


def test_every_country_whose_law_we_serve_says_how_long_and_from_where_we_know():
    for law in LAWS.values():
        for value in law.books.values:
            assert value.source.known in FIRM
            assert value.source.link


def test_a_law_that_was_shortened_holds_for_all_that_is_still_kept():
    before, since = date(2024, 12, 31), date(2025, 1, 1)

    assert CALENDAR_YEAR.until("DE", date(2019, 5, 1), before) == date(2029, 12, 31)
    assert CALENDAR_YEAR.until("DE", date(2019, 5, 1), since) == date(2027, 12, 31)


def test_an_accounting_year_that_ends_in_spring_moves_the_end():
    broken = KeepingRule((4, 30))

    assert broken.until("NO", date(2026, 4, 30), TODAY) == date(2031, 4, 30)
    assert broken.until("NO", date(2026, 5, 1), TODAY) == date(2032, 4, 30)
    assert broken.until("SE", date(2026, 5, 1), TODAY) == date(2034, 12, 31)


def test_a_year_that_ends_on_a_leap_day_is_never_cut_short():
    assert KeepingRule((2, 29)).until("NO", date(2026, 2, 1), TODAY) == date(2031, 3, 1)


def test_a_merchant_that_wants_more_gets_more_and_one_that_wants_less_does_not():
    assert KeepingRule((12, 31), at_least=10).until("NO", date(2026, 3, 2), TODAY) == date(2036, 12, 31)
    assert KeepingRule((12, 31), at_least=1).until("NO", date(2026, 3, 2), TODAY) == date(2031, 12, 31)


@given(DAYS, st.sampled_from(sorted({country for country, _ in LAWS})), st.dates(date(2001, 1, 1), date(2001, 12, 31)))
def test_where_nobody_says_when_the_year_ends_it_is_kept_no_shorter_than_if_somebody_did(
    booked: date, country: str, end: date
):
    said = KeepingRule((end.month, end.day)).until(country, booked, TODAY)

    assert KeepingRule().until(country, booked, TODAY) >= said


@given(DAYS, st.sampled_from([*From]), st.integers(1, 15))
def test_it_is_kept_for_all_its_years(booked: date, counted: From, years: int):
    last = Keeping(years, counted).last_day(booked, (12, 31))

    assert (last - booked).days >= 365 * years


def test_a_law_that_is_not_known_is_the_longest():
    longest = max((value.value for law in LAWS.values() for value in law.books.values), key=lambda one: one.years)

    assert keeping_of("XX", TODAY) == LONGEST
    assert LONGEST.years >= longest.years
