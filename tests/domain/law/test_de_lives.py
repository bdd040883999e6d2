"""German lives: the first reminder is free and brings default about; then paper's cost, interest, forty euros."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.law import law_of
from domain.policy import Claim
from domain.words import DebtorKind
from tests.domain.build import LETTER, rung
from tests.domain.law.living import after_due, after_previous, asked, begin, borne, handed_over, interest, live

CONSUMER, COMPANY = (law_of("DE", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@EVERY
@pytest.mark.parametrize(
    ("first", "second", "wish", "expected"),
    [
        # BGH VIII ZR 95/18: print and postage, about 0.76; BGB § 286: the first brings default about
        ("letter", "letter", "legal", ["2026-04-30 reminder letter fee 0.76"]),
        ("email", "letter", "2.50", ["2026-04-30 reminder letter fee 0.76"]),
        ("letter", "letter", "0.50", ["2026-04-30 reminder letter fee 0.50"]),
        ("letter", "email", "legal", []),  # costs nothing
        ("letter", "sms", "legal", []),
    ],
)
def test_only_a_letter_after_the_first_reminder_costs_and_what_paper_costs(law, first, second, wish, expected):
    reminders = after_due(14, first, wish), after_previous(15, second, wish)

    assert asked(live(law, *reminders, fee_agreed=False, compensation=Claim.NONE)) == expected


def test_a_letter_after_an_sms_alone_is_the_free_one():
    life = live(CONSUMER, after_due(14, "sms"), after_previous(15), after_previous(15))

    assert asked(life) == ["2026-05-15 reminder letter fee 0.76"]


def test_a_letter_on_the_day_of_the_free_email_is_free_too():
    by_view = replace(after_due(14), rungs=(rung("email", 0), LETTER))

    assert asked(live(CONSUMER, by_view)) == []


@EVERY
@pytest.mark.parametrize(
    ("due", "channels", "expected"),
    [
        # no notice is needed: the day after the reminder is its day to pay
        (date(2026, 4, 1), "letter", date(2026, 4, 17)),  # sent on Wednesday 15 April
        (date(2026, 4, 1), "sms", date(2026, 4, 17)),
        (date(2026, 12, 9), "letter", date(2026, 12, 29)),  # sent on the 23rd: the 24th is no bank day, nor the 25th
    ],
)
def test_the_first_day_on_which_a_claim_is_handed_over(law, due, channels, expected):
    assert handed_over(live(law, after_due(14, channels), due=due, collect=True)) == expected


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        # BGB § 288 (5): EUR 40 in default, so not with the reminder that brings it about; costs count on it
        (COMPANY, ["2026-04-30 reminder letter compensation 40.00"]),
        (CONSUMER, ["2026-04-30 reminder letter fee 0.76", "2026-05-15 reminder letter fee 0.76"]),
    ],
)
def test_a_company_in_default_owes_forty_euros_in_place_of_costs(law, expected):
    assert asked(live(law, after_due(14), after_previous(15), after_previous(15))) == expected


def test_a_company_owes_nothing_where_one_reminder_is_all():
    assert asked(live(COMPANY, after_due(14), interest=Claim.LEGAL)) == []


def test_a_second_letter_before_the_first_has_come_finds_no_default_yet():
    life = live(COMPANY, after_due(14), after_previous(1), after_previous(14))

    # the first is received on 21 April, four bank days after the 15th; the second is of the 17th
    assert asked(life) == ["2026-05-04 reminder letter compensation 40.00"]


def test_compensation_is_less_by_the_costs_that_stand():
    reminders = after_due(14), after_previous(15), after_previous(15)
    life = begin(COMPANY, *reminders, compensation=Claim.NONE).live("05-04 12:00")
    life.policy = replace(life.policy, compensation=Claim.LEGAL)

    # 40 - 0.76
    assert asked(life.live("07-01 12:00"))[1:] == ["2026-05-15 reminder letter compensation 39.24"]


INTEREST = [
    # BGB § 247 and § 288: the base rate + 5, or + 9, from the day after the first reminder; 2024 has 366 days
    # told on 12 June by e-mail. 1 July: 3.62, then 3.37. 10 000 x 8.62 x 18 / 36 600 and 10 000 x 8.37 x 12 / 36 600
    (
        *(CONSUMER, "2024-05-31", (12, "email", 30), [], "69.83"),
        [
            "2024-06-13 to 2024-06-30: 8.62 % on 10000.00 is 42.39",
            "2024-07-01 to 2024-07-12: 8.37 % on 10000.00 is 27.44",
        ],
    ),
    # a company's: 12.62 and 12.37
    (
        *(COMPANY, "2024-05-31", (12, "email", 30), [], "102.61"),
        [
            "2024-06-13 to 2024-06-30: 12.62 % on 10000.00 is 62.06",
            "2024-07-01 to 2024-07-12: 12.37 % on 10000.00 is 40.55",
        ],
    ),
    # told on 2 December. 1 January 2025: 2.27. 10 000 x 8.37 x 29 / 36 600 and 10 000 x 7.27 x 16 / 36 500
    (
        *(CONSUMER, "2024-11-20", (12, "email", 45), [], "98.17"),
        [
            "2024-12-03 to 2024-12-31: 8.37 % on 10000.00 is 66.31",
            "2025-01-01 to 2025-01-16: 7.27 % on 10000.00 is 31.86",
        ],
    ),
    # the rate of July 2026 was not found: told on 10 June, 20 days of June, 10 000 x 6.27 x 20 / 36 500
    (
        *(CONSUMER, "2026-05-29", (12, "email", 30), [], "34.35"),
        ["2026-06-11 to 2026-06-30: 6.27 % on 10000.00 is 34.35"],
    ),
    # told on 1 February 2024 by e-mail: 28 days and one. 10 000 x 8.62 x 29 / 36 600
    (
        *(CONSUMER, "2024-01-31", (1, "email", 29), [], "68.30"),
        ["2024-02-02 to 2024-03-01: 8.62 % on 10000.00 is 68.30"],
    ),
    # by letter: received four bank days later (BGB § 130, our caution), on the 7th. 10 000 x 8.62 x 23 / 36 600
    (
        *(CONSUMER, "2024-01-31", (1, "letter", 29), [], "54.16"),
        ["2024-02-08 to 2024-03-01: 8.62 % on 10000.00 is 54.16"],
    ),
    # 4 000 of 15 February, booked on the 20th: 14 days on 10 000, 15 on 6 000
    (
        *(CONSUMER, "2024-01-31", (1, "email", 29), ["2024-02-20 10:00 paid 4000.00 dated=2024-02-15"], "54.16"),
        [
            "2024-02-02 to 2024-02-15: 8.62 % on 10000.00 is 32.97",
            "2024-02-16 to 2024-03-01: 8.62 % on 6000.00 is 21.19",
        ],
    ),
    # 2 500 disputed from the 11th through the 20th: 9 days on 10 000, 10 on 7 500, 10 on 10 000
    (
        *(CONSUMER, "2024-01-31", (1, "email", 29)),
        *(["2024-02-11 10:00 disputed 2500.00", "2024-02-20 10:00 answered"], "62.40"),
        [
            "2024-02-02 to 2024-02-10: 8.62 % on 10000.00 is 21.19",
            "2024-02-11 to 2024-02-20: 8.62 % on 7500.00 is 17.66",
            "2024-02-21 to 2024-03-01: 8.62 % on 10000.00 is 23.55",
        ],
    ),
]


@pytest.mark.parametrize(("law", "due", "told", "lines", "sum_", "expected"), INTEREST)
def test_interest_to_the_cent(law, due, told, lines, sum_, expected):
    first, channel, then = told
    reminders = after_due(first, channel, "0.00"), after_previous(then, "email", "0.00")
    claims = {"interest": Claim.LEGAL, "compensation": Claim.NONE}
    life = live(law, *reminders, lines=lines, owed="10000.00", due=date.fromisoformat(due), **claims)

    assert borne(life) == expected
    assert interest(life) == [sum_]
