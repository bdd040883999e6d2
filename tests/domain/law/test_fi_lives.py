"""Finnish lives: fees a fortnight apart if told in time, a fortnight before collection, interest to the cent."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.law import law_of
from domain.policy import Claim
from domain.words import DebtorKind
from tests.domain.law.living import after_due, after_previous, asked, begin, borne, handed_over, interest, late, live

CONSUMER, COMPANY = (law_of("FI", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@pytest.mark.parametrize(
    ("law", "wait", "channels", "wish", "expected"),
    [
        # laki saatavien perinnästä 10 a § and 10 b §: EUR 5, 14 days after the due date, 1 April
        (CONSUMER, 13, "letter", "legal", []),
        (CONSUMER, 14, "letter", "legal", ["2026-04-15 reminder letter fee 5.00"]),
        (CONSUMER, 14, "email", "9.00", ["2026-04-15 reminder email fee 5.00"]),
        (CONSUMER, 14, "letter", "3.50", ["2026-04-15 reminder letter fee 3.50"]),
        (CONSUMER, 14, "sms", "legal", []),  # no writing
        # since 1 May 2022: EUR 12 from a company, from the first day
        (COMPANY, 6, "letter", "legal", ["2026-04-07 reminder letter fee 12.00"]),
        (COMPANY, 6, "email", "15.00", ["2026-04-07 reminder email fee 12.00"]),
        (COMPANY, 6, "sms", "legal", []),
    ],
)
def test_what_a_written_reminder_costs(law, wait, channels, wish, expected):
    life = live(law, after_due(wait, channels, wish), fee_agreed=False, compensation=Claim.NONE)

    assert asked(life) == expected


@pytest.mark.parametrize(
    ("law", "issued", "expected"),
    [
        # 10 b §: told of the due date 14 days before it; 18 March is the last such day for 1 April
        (CONSUMER, date(2026, 3, 18), ["2026-04-15 reminder letter fee 5.00"]),
        (CONSUMER, date(2026, 3, 19), []),
        (COMPANY, date(2026, 3, 19), ["2026-04-15 reminder letter fee 12.00"]),
    ],
)
def test_a_consumer_who_was_told_of_the_due_date_too_late_pays_no_fee(law, issued, expected):
    assert asked(live(law, after_due(14), issued=issued, compensation=Claim.NONE)) == expected


@pytest.mark.parametrize(
    ("law", "first", "wait", "days"),
    [
        # 10 b §: 14 days since the last; 15 April is a Wednesday
        (CONSUMER, 14, 13, ["2026-04-15"]),
        (CONSUMER, 14, 14, ["2026-04-15", "2026-04-29"]),
        # 10 g § and on: ten days; 20 April is a Monday
        (COMPANY, 19, 9, ["2026-04-20"]),
        (COMPANY, 19, 10, ["2026-04-20", "2026-04-30"]),
    ],
)
def test_a_second_fee_waits_for_its_day(law, first, wait, days):
    life = live(law, after_due(first), after_previous(wait), compensation=Claim.NONE)

    assert [line.split()[0] for line in asked(life)] == days


@pytest.mark.parametrize(
    ("law", "fee", "demanded"),
    # a consumer's third reminder is the notice, which gives until 27 May
    [(CONSUMER, "5.00", "2026-05-28"), (COMPANY, "12.00", "2026-05-27")],
)
def test_two_reminders_cost_and_an_own_demand_no_more_than_they(law, fee, demanded):
    """14 to 50 and 50 to 110 euros are for those who collect for others."""
    reminders = after_due(14), after_previous(14), after_previous(14), after_previous(14, demand=True)
    life = live(law, *reminders, compensation=Claim.NONE)

    assert asked(life) == [
        f"2026-04-15 reminder letter fee {fee}",
        f"2026-04-29 reminder letter fee {fee}",
        f"{demanded} demand letter fee {fee}",
    ]


@pytest.mark.parametrize(
    ("law", "due", "demand", "expected"),
    [
        # 5 §: 14 days after a reminder was sent; 15 April + 14
        (CONSUMER, date(2026, 4, 1), False, date(2026, 4, 30)),
        # sent on 5 June: 14 days are Midsummer Eve, so Monday the 22nd is in time
        (CONSUMER, date(2026, 5, 22), False, date(2026, 6, 23)),
        # sent on 17 December: New Year's Eve, a bank day; the 1st is none, nor the weekend
        (CONSUMER, date(2026, 12, 3), False, date(2027, 1, 4)),
        # sent on 15 February of a leap year: the 29th
        (CONSUMER, date(2028, 2, 1), False, date(2028, 3, 1)),
        # a company needs no notice: a day to pay, the 16th
        (COMPANY, date(2026, 4, 1), False, date(2026, 4, 17)),
        # but its demand gives ten days: Saturday the 25th, so the 27th
        (COMPANY, date(2026, 4, 1), True, date(2026, 4, 28)),
    ],
)
def test_the_first_day_on_which_a_claim_is_handed_over(law, due, demand, expected):
    assert handed_over(live(law, after_due(14, demand=demand), due=due, collect=True)) == expected


def test_a_consumers_claim_is_not_handed_over_after_an_sms_alone():
    assert handed_over(live(CONSUMER, after_due(14, "sms"), collect=True)) is None


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        # 10 e §: EUR 40, other costs only above it
        (COMPANY, ["2026-04-15 reminder letter compensation 40.00"]),
        (CONSUMER, ["2026-04-15 reminder letter fee 5.00", "2026-04-29 reminder letter fee 5.00"]),
    ],
)
def test_a_company_owes_compensation_in_place_of_fees(law, expected):
    assert asked(live(law, after_due(14), after_previous(14))) == expected


def test_compensation_is_less_by_the_fees_that_stand():
    life = begin(COMPANY, after_due(14), after_previous(14), compensation=Claim.NONE).live("04-20 12:00")
    life.policy = replace(life.policy, compensation=Claim.LEGAL)

    # 40 - 12
    assert asked(life.live("06-01 12:00"))[1:] == ["2026-04-29 reminder letter compensation 28.00"]


INTEREST = [
    # korkolaki 4 §, 4 a § and 12 §: the reference rate + 7, or + 8; a day of 2024 is a 366th of a year
    # 1 July 2023: 2.50 + 7, then 4.00 + 7. 10 000 x 9.50 x 18 / 36 500 and 10 000 x 11.00 x 12 / 36 500
    (
        *(CONSUMER, "2023-06-12", 30, [], "83.00"),
        [
            "2023-06-13 to 2023-06-30: 9.50 % on 10000.00 is 46.84",
            "2023-07-01 to 2023-07-12: 11.00 % on 10000.00 is 36.16",
        ],
    ),
    # 1 January 2025: 4.50 + 7, then 3.50 + 7. 10 000 x 11.50 x 29 / 36 600 and 10 000 x 10.50 x 16 / 36 500
    (
        *(CONSUMER, "2024-12-02", 45, [], "137.14"),
        [
            "2024-12-03 to 2024-12-31: 11.50 % on 10000.00 is 91.12",
            "2025-01-01 to 2025-01-16: 10.50 % on 10000.00 is 46.02",
        ],
    ),
    # a company's: 12.50 and 11.50
    (
        *(COMPANY, "2024-12-02", 45, [], "149.45"),
        [
            "2024-12-03 to 2024-12-31: 12.50 % on 10000.00 is 99.04",
            "2025-01-01 to 2025-01-16: 11.50 % on 10000.00 is 50.41",
        ],
    ),
    # the rate of 2027 is not announced: 29 days of December 2026, 10 000 x 9.50 x 29 / 36 500
    (CONSUMER, "2026-12-02", 45, [], "75.47", ["2026-12-03 to 2026-12-31: 9.50 % on 10000.00 is 75.47"]),
    # 29 February: 10 000 x 11.50 x 30 / 36 600, and at 12.50
    (CONSUMER, "2024-01-31", 30, [], "94.26", ["2024-02-01 to 2024-03-01: 11.50 % on 10000.00 is 94.26"]),
    (COMPANY, "2024-01-31", 30, [], "102.45", ["2024-02-01 to 2024-03-01: 12.50 % on 10000.00 is 102.45"]),
    # 4 000 of 15 February, booked on the 20th: 15 days on 10 000, 15 on 6 000
    (
        *(CONSUMER, "2024-01-31", 30, ["2024-02-20 10:00 paid 4000.00 dated=2024-02-15"], "75.40"),
        [
            "2024-02-01 to 2024-02-15: 11.50 % on 10000.00 is 47.13",
            "2024-02-16 to 2024-03-01: 11.50 % on 6000.00 is 28.27",
        ],
    ),
    # 2 500 disputed from the 11th through the 20th: 10 days on 10 000, 10 on 7 500, 10 on 10 000
    (
        *(CONSUMER, "2024-01-31", 30, ["2024-02-11 10:00 disputed 2500.00", "2024-02-20 10:00 answered"], "86.40"),
        [
            "2024-02-01 to 2024-02-10: 11.50 % on 10000.00 is 31.42",
            "2024-02-11 to 2024-02-20: 11.50 % on 7500.00 is 23.56",
            "2024-02-21 to 2024-03-01: 11.50 % on 10000.00 is 31.42",
        ],
    ),
]


@pytest.mark.parametrize(("law", "due", "wait", "lines", "sum_", "expected"), INTEREST)
def test_interest_to_the_cent(law, due, wait, lines, sum_, expected):
    life = late(law, due, wait, *lines)

    assert borne(life) == expected
    assert interest(life) == [sum_]
