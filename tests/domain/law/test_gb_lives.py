"""British lives: nothing from a consumer; a fixed sum by the debt's size and one rate throughout from a company."""

from __future__ import annotations

from datetime import date

import pytest

from domain.law import law_of
from domain.policy import Claim
from domain.words import DebtorKind
from tests.domain.law.living import after_due, after_previous, asked, borne, handed_over, interest, late, live

CONSUMER, COMPANY = (law_of("GB", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@pytest.mark.parametrize("channel", ["letter", "email", "sms"])
def test_a_consumer_is_asked_for_nothing_even_if_it_was_agreed(channel):
    reminders = after_due(14, channel, "12.00"), after_previous(15, channel, "12.00", demand=True)

    # Consumer Rights Act 2015, part 2: what the contract says and is fair, and no figure is known
    assert asked(live(CONSUMER, *reminders, interest=Claim.LEGAL, collect=True)) == []


@pytest.mark.parametrize(
    ("owed", "channel", "expected"),
    [
        # Late Payment of Commercial Debts (Interest) Act 1998 s. 5A (2)
        ("999.99", "letter", ["2026-04-15 reminder letter compensation 40.00"]),
        ("1000.00", "letter", ["2026-04-15 reminder letter compensation 70.00"]),
        ("9999.99", "email", ["2026-04-15 reminder email compensation 70.00"]),
        ("10000.00", "letter", ["2026-04-15 reminder letter compensation 100.00"]),
        ("10000.00", "sms", []),
    ],
)
def test_a_company_owes_a_fixed_sum_once_by_the_size_of_the_debt(owed, channel, expected):
    assert asked(live(COMPANY, after_due(14, channel), after_previous(15, channel), owed=owed)) == expected


def test_the_size_is_what_is_open_on_the_day():
    life = live(COMPANY, after_due(14), owed="1000.00", lines=["04-10 10:00 paid 0.01"])

    assert asked(life) == ["2026-04-15 reminder letter compensation 40.00"]


@EVERY
@pytest.mark.parametrize(
    ("due", "demand", "expected"),
    [
        # a reminder needs a day to pay; sent on Wednesday 15 April
        (date(2026, 4, 1), False, date(2026, 4, 17)),
        # Pre-Action Protocol for Debt Claims: 30 days from the letter: Friday 15 May, so Monday the 18th
        (date(2026, 4, 1), True, date(2026, 5, 18)),
        # sent on 24 April: Sunday 24 May, and Monday is a bank holiday, so Tuesday the 26th is in time
        (date(2026, 4, 10), True, date(2026, 5, 27)),
    ],
)
def test_the_first_day_on_which_a_claim_is_handed_over(law, due, demand, expected):
    assert handed_over(live(law, after_due(14, demand=demand), due=due, collect=True)) == expected


INTEREST = [
    # SI 2002/1675 art. 4: Bank Rate before the half-year in which interest begins, + 8, throughout; 365 days
    # begun in June 2024 at 5.25: 10 000 x 13.25 x 30 / 36 500
    ("2024-06-12", 30, [], "108.90", ["2024-06-13 to 2024-07-12: 13.25 % on 10000.00 is 108.90"]),
    # begun in December 2024 at 5.25, though January began at 4.75: 10 000 x 13.25 x 45 / 36 500
    ("2024-12-02", 45, [], "163.35", ["2024-12-03 to 2025-01-16: 13.25 % on 10000.00 is 163.35"]),
    # begun in January 2025: 10 000 x 12.75 x 30 / 36 500
    ("2025-01-06", 30, [], "104.79", ["2025-01-07 to 2025-02-05: 12.75 % on 10000.00 is 104.79"]),
    # begun in December 2026 at 3.75; what 2027 brings does not matter: 10 000 x 11.75 x 44 / 36 500
    ("2026-12-02", 44, [], "141.64", ["2026-12-03 to 2027-01-15: 11.75 % on 10000.00 is 141.64"]),
    # begun in 2027, whose rate is not set
    ("2027-01-06", 30, [], None, []),
    # 29 February is a day as any other: 10 000 x 13.25 x 30 / 36 500
    ("2024-01-31", 30, [], "108.90", ["2024-02-01 to 2024-03-01: 13.25 % on 10000.00 is 108.90"]),
    # 4 000 of 15 February, booked on the 20th: 15 days on 10 000, 15 on 6 000
    (
        *("2024-01-31", 30, ["2024-02-20 10:00 paid 4000.00 dated=2024-02-15"], "87.12"),
        [
            "2024-02-01 to 2024-02-15: 13.25 % on 10000.00 is 54.45",
            "2024-02-16 to 2024-03-01: 13.25 % on 6000.00 is 32.67",
        ],
    ),
    # 2 500 disputed from the 11th through the 20th: 10 days on 10 000, 10 on 7 500, 10 on 10 000
    (
        *("2024-01-31", 30, ["2024-02-11 10:00 disputed 2500.00", "2024-02-20 10:00 answered"], "99.82"),
        [
            "2024-02-01 to 2024-02-10: 13.25 % on 10000.00 is 36.30",
            "2024-02-11 to 2024-02-20: 13.25 % on 7500.00 is 27.22",
            "2024-02-21 to 2024-03-01: 13.25 % on 10000.00 is 36.30",
        ],
    ),
]


@pytest.mark.parametrize(("due", "wait", "lines", "sum_", "expected"), INTEREST)
def test_a_companys_interest_to_the_penny(due, wait, lines, sum_, expected):
    life = late(COMPANY, due, wait, *lines)

    assert borne(life) == expected
    assert interest(life) == ([sum_] if sum_ else [])
