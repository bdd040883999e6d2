"""Danish lives: three fees ten days apart, a hundred for handing over, ten days' notice, interest to the øre."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.law import law_of
from domain.policy import Claim
from domain.words import DebtorKind
from tests.domain.law.living import after_due, after_previous, asked, begin, borne, handed_over, interest, late, live

CONSUMER, COMPANY = (law_of("DK", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@EVERY
@pytest.mark.parametrize(
    ("channels", "wish", "expected"),
    [
        # renteloven § 9 b: DKK 100 with VAT, in writing
        ("letter", "legal", ["2026-04-15 reminder letter fee 100.00"]),
        ("email", "150.00", ["2026-04-15 reminder email fee 100.00"]),
        ("letter", "75.00", ["2026-04-15 reminder letter fee 75.00"]),
        ("sms", "legal", []),
    ],
)
def test_a_written_reminder_costs_a_hundred_without_agreement(law, channels, wish, expected):
    life = live(law, after_due(14, channels, wish), fee_agreed=False, compensation=Claim.NONE)

    assert asked(life) == expected


@EVERY
@pytest.mark.parametrize(
    ("wait", "expected"),
    [
        # § 9 b: ten days since the last; the first goes out on Monday 20 April
        (9, ["2026-04-20 reminder letter fee 100.00"]),  # Wednesday the 29th is a day too early
        (10, ["2026-04-20 reminder letter fee 100.00", "2026-04-30 reminder letter fee 100.00"]),
    ],
)
def test_a_second_fee_comes_ten_days_after_the_first(law, wait, expected):
    assert asked(live(law, after_due(19), after_previous(wait), compensation=Claim.NONE)) == expected


@EVERY
def test_three_reminders_cost_and_handing_over_once(law):
    reminders = after_due(14), *[after_previous(14)] * 3
    life = live(law, *reminders, compensation=Claim.NONE, collect=True, hand_over_fee="150.00")

    # § 9 b: three reminders in all, DKK 100 for handing over
    assert asked(life) == [
        "2026-04-15 reminder letter fee 100.00",
        "2026-04-29 reminder letter fee 100.00",
        "2026-05-13 reminder letter fee 100.00",
        "2026-06-09 claim collection fee 100.00",
    ]


def test_handing_over_costs_nothing_where_the_merchant_does_not_wish_it():
    life = live(CONSUMER, after_due(14, "letter", "0.00"), collect=True)

    assert handed_over(life) is not None
    assert asked(life) == []


@EVERY
@pytest.mark.parametrize(
    ("due", "channels", "expected"),
    [
        # inkassoloven § 10: ten days from sending
        (date(2026, 4, 1), "letter", date(2026, 4, 28)),  # sent on the 15th: Saturday the 25th, so the 27th
        (date(2026, 4, 1), "email", date(2026, 4, 28)),
        (date(2026, 5, 13), "letter", date(2026, 6, 9)),  # sent on 27 May: Saturday 6 June, so Monday the 8th
        (date(2026, 12, 7), "letter", date(2027, 1, 5)),  # sent on the 21st: New Year's Eve, so Monday the 4th
        (date(2028, 2, 1), "letter", date(2028, 2, 28)),  # sent on 15 February: Friday the 25th
        (date(2026, 4, 1), "sms", None),  # no letter
    ],
)
def test_a_claim_is_handed_over_when_the_notice_of_ten_days_is_over(law, due, channels, expected):
    assert handed_over(live(law, after_due(14, channels), due=due, collect=True)) == expected


def test_a_demand_gives_ten_days_and_costs_nothing_of_its_own():
    life = live(CONSUMER, after_due(14), after_previous(14, demand=True), compensation=Claim.NONE, collect=True)

    # sent on 29 April: Saturday 9 May, so Monday the 11th
    assert handed_over(life) == date(2026, 5, 12)
    assert asked(life) == ["2026-04-15 last_reminder letter fee 100.00"]


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        # bekendtgørelse 105/2013: DKK 310; we count fees towards it
        (COMPANY, ["2026-04-15 reminder letter compensation 310.00"]),
        (CONSUMER, ["2026-04-15 reminder letter fee 100.00", "2026-04-29 reminder letter fee 100.00"]),
    ],
)
def test_a_company_owes_compensation_in_place_of_fees(law, expected):
    assert asked(live(law, after_due(14), after_previous(14))) == expected


def test_compensation_is_less_by_the_fees_that_stand():
    life = begin(COMPANY, after_due(14), after_previous(14), compensation=Claim.NONE).live("04-20 12:00")
    life.policy = replace(life.policy, compensation=Claim.LEGAL)

    # 310 - 100
    assert asked(life.live("06-01 12:00"))[1:] == ["2026-04-29 reminder letter compensation 210.00"]


INTEREST = [
    # renteloven § 5: the lending rate + 8; a day of 2024 is a 366th of a year
    # 1 July 2024: 3.75 + 8, then 3.50 + 8. 10 000 x 11.75 x 18 / 36 600 and 10 000 x 11.50 x 12 / 36 600
    (
        *("2024-06-12", 30, [], "95.48"),
        [
            "2024-06-13 to 2024-06-30: 11.75 % on 10000.00 is 57.78",
            "2024-07-01 to 2024-07-12: 11.50 % on 10000.00 is 37.70",
        ],
    ),
    # 1 January 2025: 2.75 + 8. 10 000 x 11.50 x 29 / 36 600 and 10 000 x 10.75 x 16 / 36 500
    (
        *("2024-12-02", 45, [], "138.24"),
        [
            "2024-12-03 to 2024-12-31: 11.50 % on 10000.00 is 91.12",
            "2025-01-01 to 2025-01-16: 10.75 % on 10000.00 is 47.12",
        ],
    ),
    # the rate of 2026 was not found: 29 days of December 2025, 10 000 x 9.75 x 29 / 36 500
    ("2025-12-02", 45, [], "77.46", ["2025-12-03 to 2025-12-31: 9.75 % on 10000.00 is 77.46"]),
    # 29 February: 10 000 x 11.75 x 30 / 36 600
    ("2024-01-31", 30, [], "96.31", ["2024-02-01 to 2024-03-01: 11.75 % on 10000.00 is 96.31"]),
    # 4 000 of 15 February, booked on the 20th: 15 days on 10 000, 15 on 6 000
    (
        *("2024-01-31", 30, ["2024-02-20 10:00 paid 4000.00 dated=2024-02-15"], "77.04"),
        [
            "2024-02-01 to 2024-02-15: 11.75 % on 10000.00 is 48.15",
            "2024-02-16 to 2024-03-01: 11.75 % on 6000.00 is 28.89",
        ],
    ),
    # 2 500 disputed from the 11th through the 20th: 10 days on 10 000, 10 on 7 500, 10 on 10 000
    (
        *("2024-01-31", 30, ["2024-02-11 10:00 disputed 2500.00", "2024-02-20 10:00 answered"], "88.27"),
        [
            "2024-02-01 to 2024-02-10: 11.75 % on 10000.00 is 32.10",
            "2024-02-11 to 2024-02-20: 11.75 % on 7500.00 is 24.07",
            "2024-02-21 to 2024-03-01: 11.75 % on 10000.00 is 32.10",
        ],
    ),
]


@EVERY
@pytest.mark.parametrize(("due", "wait", "lines", "sum_", "expected"), INTEREST)
def test_interest_to_the_ore(law, due, wait, lines, sum_, expected):
    life = late(law, due, wait, *lines)

    assert borne(life) == expected
    assert interest(life) == [sum_]
