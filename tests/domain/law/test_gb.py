"""The United Kingdom: nothing from consumers, a fixed sum and interest from companies."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from domain.law import law_of
from domain.law.pack import PRINCIPAL_FIRST, DayCount, Start, Statement
from domain.policy import Channel
from domain.words import DebtorKind, Message
from tests.domain.law.reading import DAY, fee, gbp, rate

CONSUMER, COMPANY = (law_of("GB", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@pytest.mark.parametrize("kind", DebtorKind)
def test_uk_is_another_name_of_gb(kind):
    assert law_of("UK", kind) is law_of("GB", kind)


@EVERY
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS, Channel.LETTER])
def test_a_reminder_costs_nothing_since_no_figure_is_known(law, channel):
    assert fee(law, gbp("12000.00"), channel) is None


def test_a_consumers_fee_would_need_the_contract():
    assert CONSUMER.reminders.needs_agreement.at(DAY) is True  # Consumer Rights Act 2015, part 2
    assert COMPANY.reminders.needs_agreement.at(DAY) is None


@pytest.mark.parametrize(
    ("debt", "fixed_sum"),
    [
        # Late Payment of Commercial Debts (Interest) Act 1998 s. 5A (2)
        ("999.99", "40.00"),  # less than 1 000
        ("1000.00", "70.00"),  # 1 000 or more, less than 10 000
        ("9999.99", "70.00"),
        ("10000.00", "100.00"),  # 10 000 or more
    ],
)
def test_a_company_owes_a_fixed_sum_by_the_size_of_the_debt(debt, fixed_sum):
    assert COMPANY.compensation_of(gbp(debt), DAY) == gbp(fixed_sum)
    assert CONSUMER.compensation_of(gbp(debt), DAY) is None


@pytest.mark.parametrize(
    ("day", "company"),
    [
        # Bank Rate on 31 December or 30 June + 8: SI 2002/1675 art. 4
        (date(2023, 12, 31), None),  # not carried
        (date(2024, 1, 1), "13.25"),  # 5.25; payontime.co.uk tells 13.25 %
        (date(2024, 12, 31), "13.25"),  # 5.25 on 30 June, though 5.00 from August
        (date(2025, 1, 1), "12.75"),  # 4.75
        (date(2025, 7, 1), "12.25"),  # 4.25
        (date(2026, 1, 1), "11.75"),  # 3.75; usewolfx.com tells 11.75 %
        (date(2026, 12, 31), "11.75"),  # 3.75
        (date(2027, 1, 1), None),  # not yet set
    ],
)
def test_a_company_owes_eight_points_above_bank_rate_and_a_consumer_no_interest(day, company):
    assert rate(COMPANY, day) == company
    assert rate(CONSUMER, day) is None


def test_a_companys_interest_starts_on_the_day_after_and_counts_365_days():
    assert COMPANY.interest.starts.at(DAY) is Start.DUE
    assert COMPANY.interest.day_count.at(DAY) is DayCount.ACTUAL_365


def test_the_rate_of_the_first_day_holds_and_none_of_a_later_day_is_higher():
    # Interest goes day by day, the order fixes it on the first: as long as the rates fall, nobody is asked too much.
    rates = [line.value for line in COMPANY.interest.reference.values if line.value is not None]

    assert COMPANY.interest.fixed.at(DAY) is True
    assert all(earlier >= later for earlier, later in pairwise(rates))


@EVERY
def test_a_letter_of_claim_gives_thirty_days_from_its_date_on_any_channel(law):
    terms = law.demand.term.at(DAY)

    # Pre-Action Protocol for Debt Claims: 30 days from the date at the top of the letter
    assert law.last_day(terms, date(2026, 3, 2), Channel.LETTER) == date(2026, 4, 1)
    assert law.last_day(terms, date(2026, 3, 2), Channel.EMAIL) == date(2026, 4, 1)
    assert law.demand.term.at(date(2017, 9, 30)) is None
    assert Statement.LEGAL_FOLLOWS in law.must_state[Message.DEMAND].at(DAY)


@EVERY
def test_a_letter_of_claim_costs_nothing_and_collection_needs_no_notice(law):
    assert law.demand.cap.firm(DAY) is None
    assert law.collection.notice.at(DAY) is None


@EVERY
def test_no_order_of_payment_is_known_so_the_principal_comes_first(law):
    assert law.allocates(DAY) == PRINCIPAL_FIRST
