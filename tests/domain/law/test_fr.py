"""France: a consumer is asked for nothing, a company owes forty euros that the invoice announced."""

from __future__ import annotations

from datetime import date, time

import pytest

from domain.calendar import Hours
from domain.law import law_of
from domain.law.pack import DayCount, Part, Start, Statement
from domain.policy import Channel
from domain.words import DebtorKind, Message
from tests.domain.law.reading import DAY, eur, fee, rate

CONSUMER, COMPANY = (law_of("FR", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS, Channel.LETTER])
def test_a_consumer_pays_nothing_for_a_reminder_on_any_channel(channel):
    assert fee(CONSUMER, eur("12000.00"), channel) == eur("0.00")  # CPCE art. L111-8


def test_of_a_companys_reminder_no_fee_is_known():
    assert fee(COMPANY, eur("12000.00"), Channel.LETTER) is None


def test_a_company_owes_forty_euros_an_invoice_since_2013():
    assert COMPANY.compensation_of(eur("89.90"), date(2013, 1, 1)) == eur("40.00")  # C. com. art. D441-5
    assert COMPANY.compensation_of(eur("89.90"), date(2012, 12, 31)) is None
    assert CONSUMER.compensation_of(eur("89.90"), DAY) is None


def test_the_invoice_to_a_company_announces_the_forty_euros_and_the_rate():
    assert COMPANY.must_state[Message.INVOICE].at(DAY) == (Statement.COMPENSATION, Statement.INTEREST_RATE)
    assert not CONSUMER.must_state


@pytest.mark.parametrize(
    ("day", "company"),
    [
        # C. com. art. L441-10: the ECB's rate on 1 January or 1 July + 10
        (date(2023, 12, 31), None),
        (date(2024, 6, 30), "14.50"),  # 4.50
        (date(2024, 7, 1), "14.25"),  # 4.25
        (date(2025, 1, 1), "13.15"),  # 3.15
        (date(2025, 12, 31), "12.15"),  # 2.15
        (date(2026, 1, 1), "12.15"),  # 2.15
        (date(2026, 12, 31), "12.40"),  # 2.40
        (date(2027, 1, 1), None),  # not yet set
    ],
)
def test_a_company_owes_interest_and_a_consumer_is_asked_for_none(day, company):
    assert rate(COMPANY, day) == company
    assert rate(CONSUMER, day) is None


def test_a_companys_interest_starts_without_a_reminder_and_counts_365_days():
    assert COMPANY.interest.starts.at(DAY) is Start.DUE
    assert COMPANY.interest.day_count.at(DAY) is DayCount.ACTUAL_365


@EVERY
def test_a_payment_covers_interest_before_the_principal(law):
    assert law.allocates(DAY) == (Part.INTEREST, Part.COSTS, Part.PRINCIPAL)  # C. civ. art. 1343-1


@EVERY
def test_nobody_is_reminded_before_eight_or_after_twenty(law):
    assert law.contact.weekdays.at(DAY) == Hours(time(8), time(20))
