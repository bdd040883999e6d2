"""Dutch lives: a free letter and fourteen full days from the day after its receipt, then one claim for costs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.law import law_of
from domain.policy import Claim
from domain.words import DebtorKind
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

CONSUMER, COMPANY = (law_of("NL", kind) for kind in DebtorKind)


@pytest.mark.parametrize(
    ("channel", "by", "charged"),
    [
        # BW 6:96 (6), HR 2016:2704: 14 full days from the day after receipt; sent on Wednesday 15 April
        ("letter", "2026-05-05", "2026-05-06"),  # received on Monday the 20th; the 21st and 14 days
        ("email", "2026-04-30", "2026-05-04"),  # the 16th and 14 days; 1 May and the weekend are no bank days
    ],
)
def test_a_consumer_pays_costs_only_from_the_day_after_the_free_letters_fortnight(channel, by, charged):
    life = live(CONSUMER, after_due(14, channel), after_previous(1), after_previous(15))

    assert sent(life)[0] == f"2026-04-15 reminder {channel} by {by}"
    assert asked(life) == [f"{charged} reminder letter fee 150.00"]  # 15 % of 1 000, once


def test_an_sms_is_no_free_letter():
    life = live(CONSUMER, after_due(14, "sms"), after_previous(15), after_previous(1))

    # the letter of 4 May: received on the 7th; the 8th and 14 days; Monday the 25th is Whit Monday
    assert sent(life)[1] == "2026-05-04 reminder letter by 2026-05-22"
    assert asked(life) == ["2026-05-26 reminder letter fee 150.00"]


@pytest.mark.parametrize(
    ("owed", "wish", "fee"),
    [
        # Besluit vergoeding voor buitengerechtelijke incassokosten art. 2
        ("89.90", "legal", "40.00"),  # 13.48: at least 40
        ("2500.00", "legal", "375.00"),  # 15 %
        ("3000.00", "legal", "425.00"),  # and 10 % of 500
        ("12000.00", "legal", "895.00"),  # 375 + 250 + 250 + 1 % of 2 000
        ("3000.00", "500.00", "425.00"),
        ("3000.00", "100.00", "100.00"),
    ],
)
def test_the_claim_for_costs_goes_by_the_scale(owed, wish, fee):
    life = live(CONSUMER, after_due(14, "letter", wish), after_previous(1, "letter", wish), owed=owed)

    assert asked(life) == [f"2026-05-06 reminder letter fee {fee}"]


def test_what_was_paid_meanwhile_is_not_in_the_scale():
    lines = ["04-20 10:00 paid 600.00"]

    assert asked(live(CONSUMER, after_due(14), after_previous(1), lines=lines)) == [
        "2026-05-06 reminder letter fee 60.00"  # 15 % of 400
    ]


@pytest.mark.parametrize(
    ("law", "channel", "expected"),
    [
        (CONSUMER, "letter", date(2026, 5, 6)),
        (CONSUMER, "email", date(2026, 5, 4)),
        (CONSUMER, "sms", None),  # no letter
        (COMPANY, "letter", date(2026, 4, 17)),  # none is needed: a day to pay
    ],
)
def test_the_first_day_on_which_a_claim_is_handed_over(law, channel, expected):
    assert handed_over(live(law, after_due(14, channel), collect=True)) == expected


@pytest.mark.parametrize(
    ("compensation", "expected"),
    [
        # no letter first; EUR 40 is the least of the scale, so the two together come to no more than it
        (Claim.NONE, ["2026-04-15 reminder letter fee 150.00"]),
        (Claim.LEGAL, ["2026-04-15 reminder letter fee 110.00 compensation 40.00"]),
    ],
)
def test_a_company_owes_the_costs_of_the_scale_at_once(compensation, expected):
    assert asked(live(COMPANY, after_due(14), after_previous(15), compensation=compensation)) == expected


def test_costs_that_stand_leave_no_compensation():
    life = begin(COMPANY, after_due(14), after_previous(15), compensation=Claim.NONE).live("04-20 12:00")
    life.policy = replace(life.policy, compensation=Claim.LEGAL)

    assert asked(life.live("06-01 12:00")) == ["2026-04-15 reminder letter fee 150.00"]


INTEREST = [
    # BW 6:119a and 6:120 (2): the ECB's rate + 8; a day of 2024 is a 366th of a year, for no rule was found
    # 1 July 2024: 4.50, then 4.25. 10 000 x 12.50 x 18 / 36 600 and 10 000 x 12.25 x 12 / 36 600
    (
        *("2024-06-12", 30, [], "101.63"),
        [
            "2024-06-13 to 2024-06-30: 12.50 % on 10000.00 is 61.47",
            "2024-07-01 to 2024-07-12: 12.25 % on 10000.00 is 40.16",
        ],
    ),
    # 1 January 2025: 3.15. 10 000 x 12.25 x 29 / 36 600 and 10 000 x 11.15 x 16 / 36 500
    (
        *("2024-12-02", 45, [], "145.93"),
        [
            "2024-12-03 to 2024-12-31: 12.25 % on 10000.00 is 97.06",
            "2025-01-01 to 2025-01-16: 11.15 % on 10000.00 is 48.87",
        ],
    ),
    # the rate of 2027 is not set: 29 days of December 2026, 10 000 x 10.40 x 29 / 36 500
    ("2026-12-02", 45, [], "82.63", ["2026-12-03 to 2026-12-31: 10.40 % on 10000.00 is 82.63"]),
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


@pytest.mark.parametrize(("due", "wait", "lines", "sum_", "expected"), INTEREST)
def test_a_companys_interest_to_the_cent(due, wait, lines, sum_, expected):
    life = late(COMPANY, due, wait, *lines)

    assert borne(life) == expected
    assert interest(life) == [sum_]


def test_a_consumer_is_asked_for_no_interest_while_nobody_knows_from_when():
    assert interest(late(CONSUMER, "2024-06-12", 30)) == []
