"""French lives: nothing from a consumer; forty euros and ten points from a company, to the cent, by 365 days."""

from __future__ import annotations

from datetime import date

import pytest

from domain.law import law_of
from domain.policy import Claim
from domain.words import DebtorKind
from tests.domain.law.living import after_due, after_previous, asked, borne, handed_over, interest, late, live

CONSUMER, COMPANY = (law_of("FR", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@pytest.mark.parametrize("channel", ["letter", "email", "sms"])
@pytest.mark.parametrize("wish", ["legal", "5.00"])
def test_a_consumer_is_asked_for_nothing_however_often_and_late(channel, wish):
    reminders = after_due(14, channel, wish), after_previous(30, channel, wish), after_previous(30, channel, wish)

    # CPCE art. L111-8
    assert asked(live(CONSUMER, *reminders, interest=Claim.LEGAL, collect=True)) == []


@pytest.mark.parametrize(
    ("channel", "compensation", "expected"),
    [
        # C. com. art. D441-5: EUR 40 an invoice, once; no fee is known
        ("letter", Claim.LEGAL, ["2026-04-15 reminder letter compensation 40.00"]),
        ("email", Claim.LEGAL, ["2026-04-15 reminder email compensation 40.00"]),
        ("sms", Claim.LEGAL, []),
        ("letter", Claim.NONE, []),
    ],
)
def test_a_company_owes_forty_euros_once_and_no_fee(channel, compensation, expected):
    reminders = after_due(14, channel), after_previous(15, channel)

    assert asked(live(COMPANY, *reminders, compensation=compensation)) == expected


@EVERY
@pytest.mark.parametrize(
    ("due", "expected"),
    [
        # no notice is needed: the day after the reminder is its day to pay
        (date(2026, 4, 1), date(2026, 4, 17)),  # sent on Wednesday 15 April
        (date(2026, 4, 16), date(2026, 5, 5)),  # sent on Thursday the 30th: 1 May is closed, Monday the 4th is in time
    ],
)
def test_the_first_day_on_which_a_claim_is_handed_over(law, due, expected):
    assert handed_over(live(law, after_due(14), due=due, collect=True)) == expected


INTEREST = [
    # C. com. art. L441-10: the ECB's rate + 10; practice counts 365 days, also in 2024
    # 1 July 2024: 4.50, then 4.25. 10 000 x 14.50 x 18 / 36 500 and 10 000 x 14.25 x 12 / 36 500
    (
        *("2024-06-12", 30, [], "118.34"),
        [
            "2024-06-13 to 2024-06-30: 14.50 % on 10000.00 is 71.50",
            "2024-07-01 to 2024-07-12: 14.25 % on 10000.00 is 46.84",
        ],
    ),
    # 1 January 2025: 3.15. 10 000 x 14.25 x 29 / 36 500 and 10 000 x 13.15 x 16 / 36 500
    (
        *("2024-12-02", 45, [], "170.85"),
        [
            "2024-12-03 to 2024-12-31: 14.25 % on 10000.00 is 113.21",
            "2025-01-01 to 2025-01-16: 13.15 % on 10000.00 is 57.64",
        ],
    ),
    # the rate of 2027 is not set: 29 days of December 2026, 10 000 x 12.40 x 29 / 36 500
    ("2026-12-02", 45, [], "98.52", ["2026-12-03 to 2026-12-31: 12.40 % on 10000.00 is 98.52"]),
    # 29 February is a day as any other: 10 000 x 14.50 x 30 / 36 500
    ("2024-01-31", 30, [], "119.17", ["2024-02-01 to 2024-03-01: 14.50 % on 10000.00 is 119.17"]),
    # 4 000 of 15 February, booked on the 20th: 15 days on 10 000, 15 on 6 000
    (
        *("2024-01-31", 30, ["2024-02-20 10:00 paid 4000.00 dated=2024-02-15"], "95.33"),
        [
            "2024-02-01 to 2024-02-15: 14.50 % on 10000.00 is 59.58",
            "2024-02-16 to 2024-03-01: 14.50 % on 6000.00 is 35.75",
        ],
    ),
    # 2 500 disputed from the 11th through the 20th: 10 days on 10 000, 10 on 7 500, 10 on 10 000
    (
        *("2024-01-31", 30, ["2024-02-11 10:00 disputed 2500.00", "2024-02-20 10:00 answered"], "109.23"),
        [
            "2024-02-01 to 2024-02-10: 14.50 % on 10000.00 is 39.72",
            "2024-02-11 to 2024-02-20: 14.50 % on 7500.00 is 29.79",
            "2024-02-21 to 2024-03-01: 14.50 % on 10000.00 is 39.72",
        ],
    ),
]


@pytest.mark.parametrize(("due", "wait", "lines", "sum_", "expected"), INTEREST)
def test_a_companys_interest_to_the_cent(due, wait, lines, sum_, expected):
    life = late(COMPANY, due, wait, *lines)

    assert borne(life) == expected
    assert interest(life) == [sum_]
