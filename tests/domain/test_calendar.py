"""Bank days, contact windows, deadlines, and the two nights on which the clock is moved."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from domain.calendar import Hold, Hours, Window, merged
from domain.case import Case
from domain.facts import Facts
from tests.domain.build import NO, SE, a_policy, an_invoice, bank_days, days, in_norway, nok, wall

SWEDEN, NORWAY = SE.calendar, NO.calendar
DAYTIME = Window(SWEDEN, Hours(time(9), time(19)))


def weekdays_closed(calendar, year):
    """The days from Monday to Friday on which banks are closed."""
    every = (date(year, 1, 1) + timedelta(days=n) for n in range(366))
    return [f"{day:%m-%d}" for day in every if day.year == year and day.weekday() < 5 and not calendar.is_bank_day(day)]


def test_swedish_bank_days_of_2026_are_the_riksbanks():
    """Read on 21 November 2026: 6 June is a Saturday; the three eves are closed."""
    assert weekdays_closed(SWEDEN, 2026) == [
        *("01-01", "01-06", "04-03", "04-06", "05-01", "05-14"),
        *("06-19", "12-24", "12-25", "12-31"),
    ]


def test_norwegian_bank_days_of_2026():
    assert weekdays_closed(NORWAY, 2026) == [
        *("01-01", "04-02", "04-03", "04-06", "05-01", "05-14", "05-25", "12-24", "12-25"),
    ]


@pytest.mark.parametrize(
    ("day", "bank_day"),
    [
        (date(2026, 6, 19), False),
        (date(2026, 6, 20), False),
        (date(2026, 6, 22), True),
        (date(2026, 12, 24), False),
        (date(2026, 12, 31), False),
        (date(2028, 2, 29), True),
        (date(2032, 2, 29), False),
    ],
    ids=["Midsummer Eve", "Midsummer Day", "Monday", "Christmas Eve", "New Year's Eve", "29 February", "a Sunday"],
)
def test_swedish_bank_day(day, bank_day):
    """Trap 17."""
    assert SWEDEN.is_bank_day(day) is bank_day


@pytest.mark.parametrize(
    ("day", "span", "expected"),
    [
        (date(2028, 2, 28), days(1), date(2028, 2, 29)),
        (date(2028, 2, 29), days(366), date(2029, 3, 1)),
        (date(2026, 6, 18), bank_days(1), date(2026, 6, 22)),
        (date(2026, 12, 30), bank_days(1), date(2027, 1, 4)),
        (date(2026, 4, 2), bank_days(2), date(2026, 4, 8)),
        (date(2026, 4, 4), bank_days(0), date(2026, 4, 4)),
        (date(2026, 4, 4), bank_days(1), date(2026, 4, 7)),
    ],
)
def test_days_and_bank_days_are_counted(day, span, expected):
    assert SWEDEN.add(day, span) == expected


def test_a_day_rolls_to_a_bank_day_either_way():
    assert SWEDEN.roll(date(2026, 4, 3)) == date(2026, 4, 7)
    assert SWEDEN.roll_back(date(2026, 4, 6)) == date(2026, 4, 2)
    assert SWEDEN.roll(date(2026, 4, 7)) == SWEDEN.roll_back(date(2026, 4, 7)) == date(2026, 4, 7)


# --- the two nights --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("03-28 09:00", datetime(2026, 3, 28, 8, tzinfo=UTC)),
        ("03-30 09:00", datetime(2026, 3, 30, 7, tzinfo=UTC)),
        ("10-23 09:00", datetime(2026, 10, 23, 7, tzinfo=UTC)),
        ("10-26 09:00", datetime(2026, 10, 26, 8, tzinfo=UTC)),
    ],
)
def test_nine_o_clock_stays_nine_o_clock(at, moment):
    """Trap 17."""
    assert SWEDEN.moment(wall(at)) == moment
    assert SWEDEN.wall(moment) == wall(at)


def test_an_hour_that_does_not_exist_becomes_the_same_distance_after_the_gap():
    assert SWEDEN.moment(wall("03-29 02:30")) == SWEDEN.moment(wall("03-29 03:30"))


def test_an_hour_that_comes_twice_is_its_first():
    assert SWEDEN.moment(wall("10-25 02:30")) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert SWEDEN.wall(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == wall("10-25 02:30")


def test_a_wait_in_the_hour_that_comes_twice_lies_ahead():
    second = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    case = Case.at(Facts.at_start(an_invoice()), a_policy(), SE, second)

    assert case.until(wall("10-25 02:35")) == datetime(2026, 10, 25, 1, 35, tzinfo=UTC)


def test_people_are_shown_the_debtors_offset_to_the_minute():
    assert SWEDEN.local(datetime(2026, 7, 1, 7, 0, 59, 5, tzinfo=UTC)).isoformat() == "2026-07-01T09:00:00+02:00"


def test_wall_time_is_to_the_minute():
    assert SWEDEN.wall(datetime(2026, 7, 1, 7, 0, 59, 5, tzinfo=UTC)) == wall("07-01 09:00")


# --- the contact window ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "fitted"),
    [
        ("03-02 09:00", "03-02 09:00"),
        ("03-02 18:59", "03-02 18:59"),
        ("03-02 19:00", "03-03 09:00"),
        ("03-02 08:59", "03-02 09:00"),
        ("03-06 19:00", "03-09 09:00"),
        ("03-07 12:00", "03-09 09:00"),
        ("06-18 20:00", "06-22 09:00"),
        ("12-30 20:00", "2027-01-04 09:00"),
        ("12-23 20:00", "12-28 09:00"),
    ],
)
def test_a_wall_time_fits_into_the_contact_window(at, fitted):
    assert DAYTIME.fit(wall(at)) == wall(fitted)
    assert DAYTIME.contains(wall(at)) is (at == fitted)
    assert DAYTIME.contains(wall(fitted))


def test_the_law_narrows_the_merchants_hours():
    wide = Hours(time(6), time(23))
    invoice = an_invoice(country="NO", amount=nok("249.00"))

    case = Case.at(
        Facts.at_start(invoice), in_norway(a_policy(contact_hours=wide)), NO, datetime(2026, 3, 2, tzinfo=UTC)
    )

    assert str(case.window.hours) == "08:00-21:00"


def test_hours_the_law_forbids_altogether_are_read_as_the_laws():
    night = Hours(time(22), time(23))
    invoice = an_invoice(country="NO", amount=nok("249.00"))

    case = Case.at(
        Facts.at_start(invoice), in_norway(a_policy(contact_hours=night)), NO, datetime(2026, 3, 2, tzinfo=UTC)
    )

    assert str(case.window.hours) == "08:00-21:00"


def test_a_mass_send_is_spread_by_invoice_and_stays_inside_the_window():
    opens = {
        Case.at(
            Facts.at_start(an_invoice(number=str(n))), a_policy(spread_minutes=90), SE, datetime(2026, 3, 2, tzinfo=UTC)
        ).window.hours.opens
        for n in range(200)
    }

    assert len(opens) > 60
    assert time(9) <= min(opens) < max(opens) < time(10, 30)


def test_a_spread_wider_than_the_window_never_closes_it():
    policy = a_policy(contact_hours=Hours(time(9), time(10)), spread_minutes=600)
    for n in range(50):
        case = Case.at(Facts.at_start(an_invoice(number=str(n))), policy, SE, datetime(2026, 3, 2, tzinfo=UTC))

        assert case.window.hours.opens < case.window.hours.closes


# --- deadlines over holds --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("span", "holds", "expected"),
    [
        (days(10), [], "03-12 14:00"),
        (days(10), [("03-04 10:00", "03-09 16:00")], "03-17 14:00"),
        (days(10), [("03-04 10:00", "03-09 16:00"), ("03-10 10:00", "03-11 10:00")], "03-18 14:00"),
        (days(10), [("02-20 10:00", "03-09 16:00")], "03-19 14:00"),
        (days(10), [("02-20 10:00", "03-02 13:00")], "03-12 14:00"),
        (days(10), [("03-12 14:00", "03-20 10:00")], "03-12 14:00"),
        (days(10), [("03-04 10:00", None)], "03-12 14:00"),
        (bank_days(5), [], "03-09 14:00"),
        (bank_days(5), [("03-04 10:00", "03-11 16:00")], "03-16 14:00"),
        (bank_days(5), [("03-06 10:00", "03-08 00:00")], "03-09 14:00"),
    ],
    ids=[
        "none",
        "one",
        "two",
        "begun before the anchor",
        "over before the anchor",
        "begun when all was over",
        "lasting",
        "bank days",
        "bank days held",
        "only a Saturday held",
    ],
)
def test_what_remained_of_a_wait_resumes_after_a_hold(span, holds, expected):
    held = [Hold(wall(starts), wall(ends) if ends else None) for starts, ends in holds]

    assert SWEDEN.deadline(wall("03-02 14:00"), span, held) == wall(expected)


@pytest.mark.parametrize(
    ("holds", "expected"),
    [
        ([(4, 20), (6, 8)], [(4, 20)]),
        ([(4, 10), (6, 15)], [(4, 15)]),
        ([(6, 15), (4, 10)], [(4, 15)]),
        ([(4, 6), (8, 10)], [(4, 6), (8, 10)]),
        ([(4, 6), (6, 10)], [(4, 10)]),
        ([(4, None), (6, 8)], [(4, None)]),
        ([(4, 8), (6, None)], [(4, None)]),
    ],
)
def test_holds_that_touch_are_one(holds, expected):
    def stretch(first, last):
        return Hold(datetime(2026, 3, first), datetime(2026, 3, last) if last else None)

    assert merged(stretch(*pair) for pair in holds) == tuple(stretch(*pair) for pair in expected)
