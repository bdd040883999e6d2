"""Norwegian lives: two small fees a fortnight apart, a notice and a demand of fourteen days, interest to the øre."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.law import law_of
from domain.law.pack import Dated, Known, Source, Value, Who
from domain.policy import Claim
from domain.words import DebtorKind, Message
from tests.domain.law.living import (
    after_due,
    after_previous,
    asked,
    begin,
    borne,
    handed_over,
    interest,
    late,
    live,
    sent,
)

CONSUMER, COMPANY = (law_of("NO", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@EVERY
@pytest.mark.parametrize(
    ("wait", "channels", "wish", "expected"),
    [
        # inkassoforskriften § 1-2: a twentieth of 750, no sooner than 14 days after the due date, 1 April
        (13, "letter", "legal", []),
        (14, "letter", "legal", ["2026-04-15 reminder letter fee 37.00"]),
        (14, "email", "50.00", ["2026-04-15 reminder email fee 37.00"]),
        (14, "letter", "30.00", ["2026-04-15 reminder letter fee 30.00"]),
        (14, "sms", "legal", []),  # no writing
    ],
)
def test_a_written_reminder_costs_37_from_the_fourteenth_day(law, wait, channels, wish, expected):
    life = live(law, after_due(wait, channels, wish), fee_agreed=False, compensation=Claim.NONE)

    assert asked(life) == expected


@EVERY
def test_a_reminder_of_2025_costs_35(law):
    # a twentieth of 700; due on Wednesday 5 November
    life = live(law, after_due(14), due=date(2025, 11, 5), compensation=Claim.NONE)

    assert asked(life) == ["2025-11-19 reminder letter fee 35.00"]


def test_a_notice_and_a_demand_leave_fourteen_days_each_and_the_demand_costs_112():
    """One reminder, the notice as the second that costs (§ 1-3), and the demand (§ 1-2: three twentieths of 750)."""
    reminders = after_due(14), after_previous(1), after_previous(1, demand=True)
    life = live(CONSUMER, *reminders, collect=True)

    # 15 April + 14 is the 29th; 30 April + 14 is Ascension Day, so the 15th is still in time, a Friday
    assert sent(life) == [
        "2026-04-15 reminder letter by 2026-04-29",
        "2026-04-30 last_reminder letter by 2026-05-14",
        "2026-05-18 demand letter by 2026-06-01",
        "2026-06-02 claim collection by 2026-06-02",
    ]
    assert [line.split(maxsplit=1)[1] for line in asked(life)] == [
        "reminder letter fee 37.00",
        "last_reminder letter fee 37.00",
        "demand letter fee 112.00",
    ]


def test_a_third_reminder_costs_nothing():
    life = live(CONSUMER, after_due(14), after_previous(1), after_previous(1), after_previous(1))

    # § 1-3: two in all
    assert asked(life) == ["2026-04-15 reminder letter fee 37.00", "2026-04-30 reminder letter fee 37.00"]


def test_a_demand_without_the_notice_before_it_is_the_notice():
    life = live(CONSUMER, after_due(14, demand=True))

    assert sent(life) == ["2026-04-15 reminder letter by 2026-04-29"]
    assert asked(life) == ["2026-04-15 reminder letter fee 37.00"]


@EVERY
@pytest.mark.parametrize(
    ("due", "channels", "expected"),
    [
        # inkassoloven § 9: 14 days from sending, on paper or not
        (date(2026, 4, 1), "letter", date(2026, 4, 30)),  # sent on the 15th
        (date(2026, 4, 1), "email", date(2026, 4, 30)),
        (date(2026, 3, 9), "letter", date(2026, 4, 8)),  # sent on 23 March: Easter Monday, so the 7th is in time
        (date(2026, 12, 2), "letter", date(2026, 12, 31)),  # sent on the 16th; New Year's Eve is a bank day
        (date(2028, 2, 1), "letter", date(2028, 3, 1)),  # sent on 15 February of a leap year: the 29th
        (date(2026, 4, 1), "sms", None),  # no writing
    ],
)
def test_a_claim_is_handed_over_when_the_notice_of_fourteen_days_is_over(law, due, channels, expected):
    assert handed_over(live(law, after_due(14, channels), due=due, collect=True)) == expected


def test_from_the_day_on_which_only_agencies_may_send_the_notice_none_of_ours_is_waited_for():
    """The day is made up: Prop. 3 L (2025-2026) has none yet."""
    bill = Value(date(2026, 4, 10), Who.AGENCY, Source("NO: lov om inkasso", Known.PRIMARY))
    today = CONSUMER.may_send[Message.LAST_REMINDER]
    law = replace(CONSUMER, may_send={Message.LAST_REMINDER: Dated((*today.values, bill))})

    life = live(law, after_due(14, "sms"), collect=True)

    assert sent(life) == ["2026-04-15 reminder sms by 2026-04-29", "2026-04-30 claim collection by 2026-04-30"]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        # forsinkelsesrenteloven § 3 a: 460 in the first half of 2026, no fee beside it; 470 in that of 2025
        (date(2026, 4, 1), "2026-04-15 reminder letter compensation 460.00"),
        (date(2025, 4, 1), "2025-04-15 reminder letter compensation 470.00"),
        # that of July 2026 was not found: only the fee
        (date(2026, 7, 1), "2026-07-15 reminder letter fee 37.00"),
    ],
)
def test_a_company_owes_the_compensation_of_the_half_year(due, expected):
    assert asked(live(COMPANY, after_due(14), due=due)) == [expected]


def test_compensation_is_less_by_the_fees_that_stand():
    life = begin(COMPANY, after_due(14), after_previous(15), compensation=Claim.NONE).live("04-20 12:00")
    life.policy = replace(life.policy, compensation=Claim.LEGAL)

    # 460 - 37
    assert asked(life.live("06-01 12:00"))[1:] == ["2026-04-30 reminder letter compensation 423.00"]


def test_a_consumer_owes_a_fee_and_interest_and_no_compensation():
    # 1 000 x 12 x 14 / 36 500
    life = live(CONSUMER, after_due(14), interest=Claim.LEGAL)

    assert asked(life) == ["2026-04-15 reminder letter fee 37.00 interest 4.60"]


INTEREST = [
    # forsinkelsesrenteloven § 3: what the ministry sets for a half-year; a day of 2024 is a 366th of a year
    # the rate of July 2024 was not found: 18 days of June only, 10 000 x 12.50 x 18 / 36 600
    ("2024-06-12", 30, [], "61.47", ["2024-06-13 to 2024-06-30: 12.50 % on 10000.00 is 61.47"]),
    # December 2024 unknown, January 2025 known: 10 000 x 12.50 x 16 / 36 500
    ("2024-12-02", 45, [], "54.79", ["2025-01-01 to 2025-01-16: 12.50 % on 10000.00 is 54.79"]),
    # the first half of 2026, and July unknown: 10 000 x 12.00 x 20 / 36 500
    ("2026-06-10", 30, [], "65.75", ["2026-06-11 to 2026-06-30: 12.00 % on 10000.00 is 65.75"]),
    # 29 February: 10 000 x 12.50 x 30 / 36 600
    ("2024-01-31", 30, [], "102.45", ["2024-02-01 to 2024-03-01: 12.50 % on 10000.00 is 102.45"]),
    # 4 000 of 15 February, booked on the 20th: 15 days on 10 000, 15 on 6 000
    (
        *("2024-01-31", 30, ["2024-02-20 10:00 paid 4000.00 dated=2024-02-15"], "81.95"),
        [
            "2024-02-01 to 2024-02-15: 12.50 % on 10000.00 is 51.22",
            "2024-02-16 to 2024-03-01: 12.50 % on 6000.00 is 30.73",
        ],
    ),
    # 2 500 disputed from the 11th through the 20th: 10 days on 10 000, 10 on 7 500, 10 on 10 000
    (
        *("2024-01-31", 30, ["2024-02-11 10:00 disputed 2500.00", "2024-02-20 10:00 answered"], "93.91"),
        [
            "2024-02-01 to 2024-02-10: 12.50 % on 10000.00 is 34.15",
            "2024-02-11 to 2024-02-20: 12.50 % on 7500.00 is 25.61",
            "2024-02-21 to 2024-03-01: 12.50 % on 10000.00 is 34.15",
        ],
    ),
]


@EVERY
@pytest.mark.parametrize(("due", "wait", "lines", "sum_", "expected"), INTEREST)
def test_interest_to_the_ore(law, due, wait, lines, sum_, expected):
    life = late(law, due, wait, *lines)

    assert borne(life) == expected
    assert interest(life) == [sum_]
