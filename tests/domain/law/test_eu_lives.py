"""Companies elsewhere in the Union: forty euros and eight points by the directive, and neither in other money."""

from __future__ import annotations

from datetime import date

import pytest

from domain.law import law_of
from domain.policy import Claim
from domain.words import DebtorKind
from tests.domain.law.living import after_due, after_previous, asked, borne, handed_over, interest, late, live

AUSTRIA, BULGARIA, POLAND = (law_of(country, DebtorKind.COMPANY) for country in ("AT", "BG", "PL"))


@pytest.mark.parametrize(
    ("law", "channel", "expected"),
    [
        # Directive 2011/7/EU art. 6: EUR 40 once; of a fee no figure is known
        (AUSTRIA, "letter", ["2026-04-15 reminder letter compensation 40.00"]),
        (BULGARIA, "email", ["2026-04-15 reminder email compensation 40.00"]),
        (AUSTRIA, "sms", []),
        # what Poland made of it in złoty is not known, nor its reference rate
        (POLAND, "letter", []),
    ],
)
def test_a_company_owes_forty_euros_once_and_no_fee(law, channel, expected):
    reminders = after_due(14, channel, "10.00"), after_previous(15, channel, "10.00")

    assert asked(live(law, *reminders)) == expected


def test_in_poland_no_interest_is_asked_for():
    assert asked(live(POLAND, after_due(14), interest=Claim.LEGAL)) == []


def test_a_claim_needs_no_notice():
    # sent on Wednesday 15 April, a day to pay
    assert handed_over(live(AUSTRIA, after_due(14), collect=True)) == date(2026, 4, 17)


INTEREST = [
    # Directive 2011/7/EU art. 2 (6) and (7): the ECB's rate + 8; 2024 has 366 days, for no rule is known
    # 1 July 2024: 4.50, then 4.25. 10 000 x 12.50 x 18 / 36 600 and 10 000 x 12.25 x 12 / 36 600
    (
        *(AUSTRIA, "2024-06-12", 30, [], "101.63"),
        [
            "2024-06-13 to 2024-06-30: 12.50 % on 10000.00 is 61.47",
            "2024-07-01 to 2024-07-12: 12.25 % on 10000.00 is 40.16",
        ],
    ),
    # 1 January 2025: 3.15. 10 000 x 12.25 x 29 / 36 600 and 10 000 x 11.15 x 16 / 36 500
    (
        *(AUSTRIA, "2024-12-02", 45, [], "145.93"),
        [
            "2024-12-03 to 2024-12-31: 12.25 % on 10000.00 is 97.06",
            "2025-01-01 to 2025-01-16: 11.15 % on 10000.00 is 48.87",
        ],
    ),
    # Bulgaria has the euro since 1 January 2026; its own rate of before is not known. 10 000 x 10.15 x 16 / 36 500
    (BULGARIA, "2025-12-02", 45, [], "44.49", ["2026-01-01 to 2026-01-16: 10.15 % on 10000.00 is 44.49"]),
    # 29 February: 10 000 x 12.50 x 30 / 36 600
    (AUSTRIA, "2024-01-31", 30, [], "102.45", ["2024-02-01 to 2024-03-01: 12.50 % on 10000.00 is 102.45"]),
    # 4 000 of 15 February, booked on the 20th: 15 days on 10 000, 15 on 6 000
    (
        *(AUSTRIA, "2024-01-31", 30, ["2024-02-20 10:00 paid 4000.00 dated=2024-02-15"], "81.95"),
        [
            "2024-02-01 to 2024-02-15: 12.50 % on 10000.00 is 51.22",
            "2024-02-16 to 2024-03-01: 12.50 % on 6000.00 is 30.73",
        ],
    ),
    # 2 500 disputed from the 11th through the 20th: 10 days on 10 000, 10 on 7 500, 10 on 10 000
    (
        *(AUSTRIA, "2024-01-31", 30, ["2024-02-11 10:00 disputed 2500.00", "2024-02-20 10:00 answered"], "93.91"),
        [
            "2024-02-01 to 2024-02-10: 12.50 % on 10000.00 is 34.15",
            "2024-02-11 to 2024-02-20: 12.50 % on 7500.00 is 25.61",
            "2024-02-21 to 2024-03-01: 12.50 % on 10000.00 is 34.15",
        ],
    ),
]


@pytest.mark.parametrize(("law", "due", "wait", "lines", "sum_", "expected"), INTEREST)
def test_a_companys_interest_to_the_cent(law, due, wait, lines, sum_, expected):
    life = late(law, due, wait, *lines)

    assert borne(life) == expected
    assert interest(life) == [sum_]
