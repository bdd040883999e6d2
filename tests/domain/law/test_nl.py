"""The Netherlands: a free letter with fourteen full days, then one claim for costs by the scale."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

import pytest
from holidays import country_holidays

from domain.law import law_of
from domain.law.pack import Part, Statement
from domain.policy import Channel
from domain.words import DebtorKind, Message
from tests.domain.law.reading import DAY, eur, fee, rate

CONSUMER, COMPANY = (law_of("NL", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@EVERY
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
def test_one_claim_for_costs_by_the_scale_whatever_the_channel(law, channel):
    assert fee(law, eur("89.90"), channel) == eur("40.00")  # 15 % is 13.48: at least 40
    assert fee(law, eur("1250.00"), channel) == eur("187.50")  # 15 %
    assert law.reminders.count.at(DAY) == 1


@pytest.mark.parametrize(
    ("channel", "sent", "last"),
    [
        # BW art. 6:96 (6), HR 25.11.2016: "within fifteen days after delivery" is right, so the fifteenth is the last
        (Channel.EMAIL, date(2026, 3, 2), date(2026, 3, 17)),  # received at once
        (Channel.EMAIL, date(2026, 2, 20), date(2026, 3, 7)),  # a February of 28 days; a Saturday stays the last
        (Channel.EMAIL, date(2028, 2, 21), date(2028, 3, 7)),  # a leap year
        (Channel.LETTER, date(2026, 3, 2), date(2026, 3, 20)),  # received on Thursday the 5th
        (Channel.LETTER, date(2026, 3, 6), date(2026, 3, 26)),  # over a weekend: Wednesday the 11th
        (Channel.LETTER, date(2026, 4, 2), date(2026, 4, 24)),  # over Easter: Thursday the 9th
        (Channel.LETTER, date(2026, 5, 12), date(2026, 6, 2)),  # over Ascension: Monday the 18th
    ],
)
def test_the_free_letter_leaves_fourteen_full_days_after_its_receipt(channel, sent, last):
    terms = CONSUMER.reminders.free_first.at(sent)

    assert CONSUMER.last_day(terms, sent, channel) == last


def test_no_letter_is_taken_as_received_before_the_supreme_court_takes_it_so():
    days = (date(2026, 1, 1) + timedelta(days=n) for n in range(3 * 365))
    letter = CONSUMER.reminders.free_first.at(DAY)

    for sent in filter(CONSUMER.calendar.is_bank_day, days):
        assert CONSUMER.last_day(letter, sent, Channel.LETTER) >= delivered(sent) + timedelta(days=15), sent


def delivered(sent: date) -> date:
    """The second day after sending; Sundays, Mondays and public holidays are none (HR 25.11.2016)."""
    day, left = sent, 2
    while left:
        day += timedelta(days=1)
        left -= day.weekday() not in (6, 0) and day not in holidays_of(day.year)
    return day


def holidays_of(year: int) -> Iterable[date]:
    """Those of the Algemene termijnenwet: Good Friday and Liberation Day of every year among them."""
    return country_holidays("NL", years=year, categories=("public", "optional"))


def test_a_consumer_is_charged_only_after_that_letter_and_a_company_without():
    assert CONSUMER.reminders.free_first.at(DAY)
    assert COMPANY.reminders.free_first.at(DAY) is None


def test_the_letter_says_what_not_paying_will_cost_and_a_company_needs_none():
    stated = CONSUMER.must_state[Message.REMINDER].at(DAY)

    assert stated == (Statement.TERM, Statement.COST_IF_UNPAID)
    assert Statement.COLLECTION_FOLLOWS in CONSUMER.must_state[Message.LAST_REMINDER].at(DAY)
    assert not COMPANY.must_state


def test_collection_from_a_consumer_needs_the_same_letter():
    assert CONSUMER.collection.notice.at(DAY) == CONSUMER.reminders.free_first.at(DAY)
    assert COMPANY.collection.notice.at(DAY) is None


@pytest.mark.parametrize(
    ("day", "company"),
    [
        # BW art. 6:119a, 6:120 (2): the ECB's rate before the half-year + 8
        (date(2023, 12, 31), None),
        (date(2024, 1, 1), "12.50"),  # 4.50; Wieringa Advocaten tell 12.5 %
        (date(2024, 7, 1), "12.25"),  # 4.25; Metaalunie tells 12.25 %
        (date(2025, 1, 1), "11.15"),  # 3.15; Wieringa Advocaten tell 11.15 %
        (date(2025, 7, 1), "10.15"),  # 2.15
        (date(2026, 1, 1), "10.15"),  # 2.15
        (date(2026, 12, 31), "10.40"),  # 2.40
        (date(2027, 1, 1), None),  # not yet set
    ],
)
def test_a_company_owes_interest_and_a_consumer_is_asked_for_none(day, company):
    assert rate(COMPANY, day) == company
    assert rate(CONSUMER, day) is None


def test_a_company_owes_at_least_forty_euros():
    assert COMPANY.compensation_of(eur("89.90"), DAY) == eur("40.00")
    assert CONSUMER.compensation_of(eur("89.90"), DAY) is None


@EVERY
def test_a_payment_covers_costs_then_interest_then_the_principal(law):
    assert law.allocates(DAY) == (Part.COSTS, Part.INTEREST, Part.PRINCIPAL)  # BW art. 6:44 (1)


@EVERY
def test_the_creditor_may_remind_in_its_own_name(law):
    assert law.creditor_may_send(Message.REMINDER, DAY)
