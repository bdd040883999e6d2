"""Germany: reminders cost what paper costs, the first is free, interest follows the Bundesbank."""

from __future__ import annotations

from datetime import date

import pytest

from domain.law import law_of
from domain.law.pack import DayCount, Known, Part, Start
from domain.policy import Channel
from domain.words import DebtorKind
from tests.domain.law.reading import DAY, eur, fee, rate

CONSUMER, COMPANY = (law_of("DE", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@EVERY
@pytest.mark.parametrize(
    ("channel", "cost"),
    [
        # BGH, 26.06.2019, VIII ZR 95/18: print, envelope and postage, about 0.76; no staff
        (Channel.LETTER, "0.76"),
        # nothing is printed or posted
        (Channel.EMAIL, "0.00"),
        (Channel.SMS, "0.00"),
    ],
)
def test_a_reminder_costs_what_its_paper_costs_whatever_is_owed(law, channel, cost):
    assert {fee(law, eur(owed), channel) for owed in ("1.00", "89.90", "12000.00")} == {eur(cost)}


def test_before_the_ruling_no_sum_is_known():
    assert fee(CONSUMER, eur("89.90"), Channel.LETTER, date(2019, 6, 25)) is None
    assert fee(CONSUMER, eur("89.90"), Channel.LETTER, date(2019, 6, 26)) == eur("0.76")


@EVERY
def test_the_reminder_that_brings_default_about_is_free_and_needs_no_term(law):
    assert law.reminders.free_first.at(DAY) == ()


@EVERY
def test_there_is_no_demand_of_the_creditors_own_and_no_notice_before_collection(law):
    assert law.demand.term.at(DAY) is None
    assert law.demand.cap.firm(DAY) is None
    assert law.collection.notice.at(DAY) is None
    assert law.collection.fee.cap.firm(DAY) is None


@pytest.mark.parametrize(
    ("day", "consumer", "company"),
    [
        # Basiszinssatz (Bundesbank) + 5 or + 9: BGB § 288
        (date(2023, 12, 31), None, None),  # not carried
        (date(2024, 1, 1), "8.62", "12.62"),  # 3.62
        (date(2024, 6, 30), "8.62", "12.62"),
        (date(2024, 7, 1), "8.37", "12.37"),  # 3.37
        (date(2025, 1, 1), "7.27", "11.27"),  # 2.27
        (date(2025, 7, 1), "6.27", "10.27"),  # 1.27
        (date(2026, 6, 30), "6.27", "10.27"),  # 1.27 still
        (date(2026, 7, 1), None, None),  # not found
    ],
)
def test_interest_is_points_above_the_base_rate_while_that_is_known(day, consumer, company):
    assert (rate(CONSUMER, day), rate(COMPANY, day)) == (consumer, company)


def test_the_rate_that_was_not_found_says_so():
    line = CONSUMER.interest.reference.on(date(2026, 11, 22))

    assert line is not None
    assert (line.value, line.source.known) == (None, Known.UNKNOWN)


@EVERY
def test_interest_starts_with_the_first_reminder_and_counts_the_days_of_the_year(law):
    assert law.interest.starts.at(DAY) is Start.NOTICE
    assert law.interest.day_count.at(DAY) is DayCount.ACTUAL_ACTUAL


def test_only_a_company_owes_the_forty_euros():
    assert COMPANY.compensation_of(eur("12000.00"), DAY) == eur("40.00")  # BGB § 288 (5)
    assert CONSUMER.compensation_of(eur("12000.00"), DAY) is None


@EVERY
def test_a_payment_covers_costs_then_interest_then_the_principal(law):
    assert law.allocates(DAY) == (Part.COSTS, Part.INTEREST, Part.PRINCIPAL)  # BGB § 367 (1)
