"""Days that are easily missed, in whole lives: four countries' bank holidays, the leap day, the two nights."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from domain.case import Case
from domain.events import Reserved
from domain.law import law_of
from domain.policy import Claim
from domain.words import DUE_REMINDER, DebtorKind
from tests.domain.build import EMAIL, SMS, Life, rung
from tests.domain.law.living import after_due, begin, live

LAWS = {country: law_of(country, DebtorKind.CONSUMER) for country in ("SE", "NO", "DK", "FI")}
FREE = after_due(1, "email", "0.00")


def days(life, step):
    """The days on which a step's messages went out."""
    events = [event for event in life.events if isinstance(event, Reserved) and event.send.step == step]
    return [str(life.law.calendar.wall(event.at).date()) for event in events]


@pytest.mark.parametrize(
    ("due", "country", "due_reminder", "reminder"),
    [
        # Friday 19 June 2026, Midsummer Eve: Swedish and Finnish banks are closed
        ("2026-06-19", "SE", "2026-06-22", "2026-06-23"),
        ("2026-06-19", "FI", "2026-06-22", "2026-06-23"),
        ("2026-06-19", "NO", "2026-06-19", "2026-06-22"),
        ("2026-06-19", "DK", "2026-06-19", "2026-06-22"),
        # Thursday 31 December 2026: Swedish and Danish banks are closed; 1 January is a Friday
        ("2026-12-31", "SE", "2027-01-04", "2027-01-05"),
        ("2026-12-31", "DK", "2027-01-04", "2027-01-05"),
        ("2026-12-31", "NO", "2026-12-31", "2027-01-04"),
        ("2026-12-31", "FI", "2026-12-31", "2027-01-04"),
        # Tuesday 29 February 2028, and a Sunday in 2032
        *(("2028-02-29", country, "2028-02-29", "2028-03-01") for country in LAWS),
        *(("2032-02-29", country, "2032-03-01", "2032-03-02") for country in LAWS),
        # Friday 15 May 2026, after Ascension: only Danish banks are closed
        ("2026-05-15", "DK", "2026-05-18", "2026-05-19"),
        ("2026-05-15", "SE", "2026-05-15", "2026-05-18"),
        # Thursday 24 December 2026: closed in all; Boxing Day is a Saturday
        *(("2026-12-24", country, "2026-12-28", "2026-12-29") for country in LAWS),
    ],
)
def test_a_due_day_on_which_banks_are_closed_is_the_next_bank_day(due, country, due_reminder, reminder):
    """Trap 17: nobody is contacted on it, a payment on the next is in time, and only then is it late."""
    life = live(LAWS[country], FREE, due=date.fromisoformat(due), due_reminder=(EMAIL,))

    assert days(life, DUE_REMINDER) == [due_reminder]
    assert days(life, "reminder-1") == [reminder]


@pytest.mark.parametrize("country", LAWS)
def test_a_fortnight_over_the_leap_day_has_fourteen_days(country):
    """Trap 17: from Tuesday 15 February 2028 to the 29th."""
    life = live(LAWS[country], after_due(14, "email", "0.00"), due=date(2028, 2, 15))

    assert days(life, "reminder-1") == ["2028-02-29"]


@pytest.mark.parametrize(
    ("country", "due", "interest"),
    [
        # Midsummer Eve: the 22nd is in time, so the 23rd bears interest; of 10 000
        ("SE", date(2026, 6, 19), date(2026, 6, 23)),
        ("NO", date(2026, 6, 19), date(2026, 6, 20)),
        ("FI", date(2026, 6, 19), date(2026, 6, 23)),
        ("DK", date(2025, 6, 5), date(2025, 6, 7)),  # Constitution Day; the 6th is a Friday
    ],
)
def test_interest_runs_from_the_day_after_the_last_day_in_time(country, due, interest):
    """Trap 17."""
    reminder = after_due(21, "email", "0.00")
    life = live(LAWS[country], reminder, due=due, owed="10000.00", interest=Claim.LEGAL)

    assert life.facts.charges[0].periods[0].since == interest


# --- the two nights --------------------------------------------------------------------------------------------------

NINE = {"SE": (8, 7), "NO": (8, 7), "DK": (8, 7), "FI": (7, 6)}
"""Nine o'clock in UTC, in winter and in summer."""


@pytest.mark.parametrize("country", LAWS)
@pytest.mark.parametrize(
    ("issued", "then"),
    [(date(2026, 3, 27), date(2026, 3, 30)), (date(2026, 10, 23), date(2026, 10, 26))],
    ids=["spring", "autumn"],
)
def test_three_days_over_the_night_are_three_days_and_nine_o_clock_is_nine(country, issued, then):
    """Traps 17 and 23: anchored on a local day and a local hour."""
    winter, summer = NINE[country]
    before, after = (winter, summer) if issued.month == 3 else (summer, winter)
    rungs = (rung("email", 3), SMS)
    life = live(LAWS[country], issued=issued, due=date(2026, 12, 1), distribution=rungs)

    moments = [event.at for event in life.events if isinstance(event, Reserved)][:2]

    assert moments == [
        datetime(issued.year, issued.month, issued.day, before, tzinfo=UTC),
        datetime(then.year, then.month, then.day, after, tzinfo=UTC),
    ]


@pytest.mark.parametrize("country", LAWS)
@pytest.mark.parametrize(
    ("due", "reminder"),
    [(date(2026, 3, 24), "2026-03-31"), (date(2026, 10, 20), "2026-10-27")],
    ids=["spring", "autumn"],
)
def test_a_reminder_after_the_night_is_at_nine(country, due, reminder):
    """Trap 23."""
    life = live(LAWS[country], after_due(7, "email", "0.00"), due=due)
    event = [event for event in life.events if isinstance(event, Reserved)][-1]

    assert f"{life.law.calendar.wall(event.at):%Y-%m-%d %H:%M}" == f"{reminder} 09:00"


@pytest.mark.parametrize(
    ("last", "ends"),
    [
        ("03-28", datetime(2026, 3, 28, 23, tzinfo=UTC)),  # Saturday: the night itself begins
        ("03-29", datetime(2026, 3, 29, 22, tzinfo=UTC)),  # Sunday, of 23 hours
        ("10-24", datetime(2026, 10, 24, 22, tzinfo=UTC)),
        ("10-25", datetime(2026, 10, 25, 23, tzinfo=UTC)),  # of 25 hours
    ],
)
def test_a_respite_ends_at_the_debtors_midnight(last, ends):
    """Trap 17."""
    life = Life().hear(f"{last[:2]}-20 10:00 respite until={last}")

    assert life.decide().until == ends


# --- new due dates ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("country", "due"),
    [("NO", date(2026, 4, 29)), ("SE", date(2026, 4, 1)), ("DK", date(2026, 4, 1)), ("FI", date(2026, 4, 1))],
)
def test_only_a_norwegian_reminder_sets_a_new_due_date(country, due):
    """Trap 18: sent on 15 April, and 14 days."""
    life = begin(LAWS[country], after_due(14)).live("04-16 12:00")

    assert Case.at(life.facts, life.policy, life.law, life.now).due == due


def test_a_norwegian_reminder_over_midsummer_leaves_fourteen_days():
    """Trap 18: sent on Friday 5 June, so Midsummer Eve, a bank day in Norway."""
    life = begin(LAWS["NO"], replace(FREE, wait=after_due(14).wait), due=date(2026, 5, 22)).live("06-05 12:00")

    assert life.facts.sends[-1].pay_by == date(2026, 6, 19)
