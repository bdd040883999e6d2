"""Swedish lives: what reminders and demands ask for, when a claim is handed over, interest to the öre."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.law import law_of
from domain.policy import Claim
from domain.words import DebtorKind
from tests.domain.law.living import after_due, after_previous, asked, begin, borne, handed_over, interest, late, live

CONSUMER, COMPANY = (law_of("SE", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@EVERY
@pytest.mark.parametrize(
    ("channels", "wish", "agreed", "expected"),
    [
        # lag (1981:739) 2 § and 4 §: SEK 60 for a written reminder that was agreed; due on 1 April
        ("letter", "legal", True, ["2026-04-15 reminder letter fee 60.00"]),
        ("email", "legal", True, ["2026-04-15 reminder email fee 60.00"]),
        ("letter", "75.00", True, ["2026-04-15 reminder letter fee 60.00"]),
        ("letter", "45.00", True, ["2026-04-15 reminder letter fee 45.00"]),
        ("sms", "legal", True, []),  # no writing
        ("letter", "legal", False, []),  # not agreed
    ],
)
def test_an_agreed_written_reminder_costs_at_most_sixty(law, channels, wish, agreed, expected):
    life = live(law, after_due(14, channels, wish), fee_agreed=agreed, compensation=Claim.NONE)

    assert asked(life) == expected


@EVERY
@pytest.mark.parametrize(
    ("channels", "agreed", "expected"),
    [
        # 4 §: SEK 180; 3 §: without agreement; 1 April + 14, and 15 days on, the 30th
        ("letter", True, ["2026-04-15 reminder letter fee 60.00", "2026-04-30 demand letter fee 180.00"]),
        ("email", True, ["2026-04-15 reminder email fee 60.00", "2026-04-30 demand email fee 180.00"]),
        ("letter", False, ["2026-04-30 demand letter fee 180.00"]),
        ("sms", True, []),
    ],
)
def test_a_demand_costs_a_hundred_and_eighty_without_agreement(law, channels, agreed, expected):
    reminders = after_due(14, channels), after_previous(15, channels, demand=True)

    assert asked(live(law, *reminders, fee_agreed=agreed, compensation=Claim.NONE)) == expected


@pytest.mark.parametrize(
    ("day", "channels", "demand", "expected"),
    [
        # No notice is needed: the day after the reminder is its day to pay, then Friday the 17th
        (date(2026, 4, 1), "letter", False, date(2026, 4, 17)),
        # Inkassonämnden 273-2021: 8 days from sending and 4 bank days after receipt; sent on Wednesday 15 April
        (date(2026, 4, 1), "email", True, date(2026, 4, 24)),  # the 23rd by days, the 21st by bank days
        (date(2026, 4, 1), "letter", True, date(2026, 4, 27)),  # received on the 20th: 21, 22, 23, Friday the 24th
        # sent on Wednesday 17 June; the Friday is Midsummer Eve
        (date(2026, 6, 3), "email", True, date(2026, 6, 26)),  # the 25th by days; 18, 22, 23, 24 by bank days
        (date(2026, 6, 3), "letter", True, date(2026, 6, 30)),  # received on the 23rd: 24, 25, 26, 29
        # sent on Wednesday 16 December
        (date(2026, 12, 2), "letter", True, date(2026, 12, 30)),  # received on the 21st: 22, 23, 28, 29
    ],
)
def test_the_first_day_on_which_a_claim_is_handed_over(day, channels, demand, expected):
    life = live(CONSUMER, after_due(14, channels, demand=demand), due=day, collect=True)

    assert handed_over(life) == expected


@pytest.mark.parametrize(
    ("law", "channels", "expected"),
    [
        # 4 a §: SEK 450 from a company, once; 4 a § and 4 §: other costs only above it
        (COMPANY, "letter", ["2026-04-15 reminder letter compensation 450.00"]),
        (COMPANY, "email", ["2026-04-15 reminder email compensation 450.00"]),
        (COMPANY, "sms", []),  # no writing
        (CONSUMER, "letter", ["2026-04-15 reminder letter fee 60.00", "2026-04-30 demand letter fee 180.00"]),
    ],
)
def test_a_company_owes_compensation_in_place_of_fees_and_a_consumer_never(law, channels, expected):
    reminders = after_due(14, channels), after_previous(15, channels, demand=True)

    assert asked(live(law, *reminders)) == expected


def test_compensation_is_less_by_the_fees_that_stand():
    life = begin(COMPANY, after_due(14), after_previous(15), compensation=Claim.NONE).live("04-20 12:00")
    life.policy = replace(life.policy, compensation=Claim.LEGAL)

    # 450 - 60
    assert asked(life.live("06-01 12:00"))[1:] == ["2026-04-30 reminder letter compensation 390.00"]


INTEREST = [
    # räntelag 6 § and 9 §: the reference rate + 8; a day of 2024 is a 366th of a year
    # 1 January 2024: 3.50 + 8, then 4.00 + 8. 10 000 x 11.50 x 30 / 36 500 and 10 000 x 12.00 x 15 / 36 600
    (
        *("2023-12-01", 45, [], "143.70"),
        [
            "2023-12-02 to 2023-12-31: 11.50 % on 10000.00 is 94.52",
            "2024-01-01 to 2024-01-15: 12.00 % on 10000.00 is 49.18",
        ],
    ),
    # 1 July 2024 changed nothing: 10 000 x 12.00 x 30 / 36 600
    ("2024-06-12", 30, [], "98.36", ["2024-06-13 to 2024-07-12: 12.00 % on 10000.00 is 98.36"]),
    # 29 February: 29 days and one
    ("2024-01-31", 30, [], "98.36", ["2024-02-01 to 2024-03-01: 12.00 % on 10000.00 is 98.36"]),
    # 1 January 2025: 4.00 + 8, then 3.00 + 8. 10 000 x 12.00 x 29 / 36 600 and 10 000 x 11.00 x 16 / 36 500
    (
        *("2024-12-02", 45, [], "143.29"),
        [
            "2024-12-03 to 2024-12-31: 12.00 % on 10000.00 is 95.08",
            "2025-01-01 to 2025-01-16: 11.00 % on 10000.00 is 48.21",
        ],
    ),
    # the rate of July 2026 was not found: 20 days of June only, 10 000 x 10.00 x 20 / 36 500
    ("2026-06-10", 45, [], "54.79", ["2026-06-11 to 2026-06-30: 10.00 % on 10000.00 is 54.79"]),
    # due when none is known
    ("2026-07-01", 45, [], None, []),
    # 4 000 of 15 February, booked on the 20th: 10 000 x 12 x 15 / 36 600 and 6 000 x 12 x 15 / 36 600
    (
        *("2024-01-31", 30, ["2024-02-20 10:00 paid 4000.00 dated=2024-02-15"], "78.68"),
        [
            "2024-02-01 to 2024-02-15: 12.00 % on 10000.00 is 49.18",
            "2024-02-16 to 2024-03-01: 12.00 % on 6000.00 is 29.50",
        ],
    ),
    # 2 500 disputed from the 11th through the 20th: 10 days on 10 000, 10 on 7 500, 10 on 10 000
    (
        *("2024-01-31", 30, ["2024-02-11 10:00 disputed 2500.00", "2024-02-20 10:00 answered"], "90.15"),
        [
            "2024-02-01 to 2024-02-10: 12.00 % on 10000.00 is 32.78",
            "2024-02-11 to 2024-02-20: 12.00 % on 7500.00 is 24.59",
            "2024-02-21 to 2024-03-01: 12.00 % on 10000.00 is 32.78",
        ],
    ),
    # disputed on one day: 10 days, one on 7 500, 19 days
    (
        *("2024-01-31", 30, ["2024-02-11 10:00 disputed 2500.00", "2024-02-11 15:00 answered"], "97.52"),
        [
            "2024-02-01 to 2024-02-10: 12.00 % on 10000.00 is 32.78",
            "2024-02-11 to 2024-02-11: 12.00 % on 7500.00 is 2.45",
            "2024-02-12 to 2024-03-01: 12.00 % on 10000.00 is 62.29",
        ],
    ),
    # upheld: it was never owed. 7 500 x 12 x 30 / 36 600
    (
        *("2024-01-31", 30, ["2024-02-11 10:00 disputed 2500.00", "2024-02-20 10:00 answered upheld"], "73.77"),
        ["2024-02-01 to 2024-03-01: 12.00 % on 7500.00 is 73.77"],
    ),
]


@EVERY
@pytest.mark.parametrize(("due", "wait", "lines", "sum_", "expected"), INTEREST)
def test_interest_to_the_ore(law, due, wait, lines, sum_, expected):
    life = late(law, due, wait, *lines)

    assert borne(life) == expected
    assert interest(life) == ([sum_] if sum_ else [])


def test_interest_is_in_the_next_message_only_for_the_days_since_the_last():
    life = live(
        CONSUMER,
        after_due(14, "letter", "0.00"),
        after_previous(15, "letter", "0.00"),
        due=date(2024, 1, 31),
        interest=Claim.LEGAL,
    )

    # 1 000 x 12 x 14 / 36 600 and x 15
    assert interest(life) == ["4.59", "4.91"]
    assert [line.split(":")[0] for line in borne(life)] == ["2024-02-01 to 2024-02-14", "2024-02-15 to 2024-02-29"]
