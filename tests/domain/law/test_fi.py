"""Finland: two small reminders a fortnight apart, an own demand that costs no more, interest by the Bank of Finland."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.calendar import Span
from domain.law import law_of
from domain.law.pack import Known, Part, Start, Statement
from domain.policy import Anchor, Channel, Reminder, Rung
from domain.simulation import simulate
from domain.timeline import Did, life
from domain.words import DebtorKind, Message
from tests.domain.build import a_policy, an_invoice
from tests.domain.law.reading import DAY, demanded, eur, fee, rate

CONSUMER, COMPANY = (law_of("FI", kind) for kind in DebtorKind)
EVERY = pytest.mark.parametrize("law", [CONSUMER, COMPANY], ids=list(DebtorKind))


@pytest.mark.parametrize(
    ("day", "consumer", "company"),
    [
        # laki saatavien perinnästä 10 a §, and since 1 May 2022 10 g § and on
        (date(2013, 3, 15), None, None),
        (date(2013, 3, 16), eur("5.00"), None),
        (date(2022, 4, 30), eur("5.00"), None),
        (date(2022, 5, 1), eur("5.00"), eur("12.00")),
        (date(2026, 3, 2), eur("5.00"), eur("12.00")),
    ],
)
@pytest.mark.parametrize("owed", ["50.00", "500.00", "50000.00"])
def test_a_reminder_and_the_creditors_own_demand_cost_the_same_whatever_is_owed(day, consumer, company, owed):
    """14, 24 and 50 euros, and 50 to 110, are for those who collect for others (Suomen Yrittäjät)."""
    for law, most in ((CONSUMER, consumer), (COMPANY, company)):
        assert fee(law, eur(owed), Channel.LETTER, day) == most
        assert demanded(law, eur(owed), day=day) == most


def test_a_consumer_is_charged_a_fortnight_after_the_due_date_and_after_the_last():
    reminders = CONSUMER.reminders

    assert (reminders.not_before.at(DAY), reminders.spacing.at(DAY), reminders.count.at(DAY)) == (14, 14, 2)
    assert reminders.told_before_due.at(DAY) == 14
    assert (CONSUMER.demand.not_before.at(DAY), CONSUMER.demand.spacing.at(DAY)) == (14, 14)


def test_a_company_is_charged_ten_days_after_the_last():
    assert (COMPANY.reminders.not_before.at(DAY), COMPANY.reminders.spacing.at(DAY)) == (None, 10)
    assert COMPANY.demand.spacing.at(DAY) == 10
    assert COMPANY.reminders.told_before_due.at(DAY) is None


@EVERY
def test_what_we_limit_out_of_caution_is_marked_so(law):
    once = law.demand.count.on(DAY)

    assert once is not None
    assert (once.value, once.source.known) == (1, Known.MEMORY)
    assert law.demand.count.firm(DAY) is None


@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
@pytest.mark.parametrize(
    ("sent", "last"),
    [
        # 5 § in its wording of laki 299/2022: 14 days since the reminder was sent
        (date(2026, 3, 2), date(2026, 3, 16)),
        (date(2026, 2, 20), date(2026, 3, 6)),  # a February of 28 days
        (date(2028, 2, 20), date(2028, 3, 5)),  # a leap year
        (date(2026, 6, 6), date(2026, 6, 20)),  # Midsummer Day stays the last
    ],
)
def test_a_consumers_claim_goes_to_an_agency_a_fortnight_after_a_reminder(channel, sent, last):
    assert CONSUMER.last_day(CONSUMER.collection.notice.at(sent), sent, channel) == last


def test_a_companys_claim_needs_no_notice():
    assert COMPANY.collection.notice.at(DAY) is None


@pytest.mark.parametrize(
    ("day", "consumer", "company"),
    [
        # korkolaki 12 §, + 7 by 4 § and + 8 by 4 a §; both totals as the Bank of Finland tells them
        (date(2022, 12, 31), None, None),  # not carried
        (date(2023, 1, 1), "9.50", "10.50"),
        (date(2023, 7, 1), "11.00", "12.00"),
        (date(2024, 1, 1), "11.50", "12.50"),
        (date(2024, 7, 1), "11.50", "12.50"),
        (date(2025, 1, 1), "10.50", "11.50"),
        (date(2025, 7, 1), "9.50", "10.50"),  # the ECB's 2.15, rounded up to 2.50
        (date(2026, 1, 1), "9.50", "10.50"),
        (date(2026, 7, 1), "9.50", "10.50"),  # the ECB's 2.40, rounded up to 2.50
        (date(2027, 1, 1), None, None),  # not announced yet
    ],
)
def test_interest_is_seven_or_eight_points_above_the_reference_rate(day, consumer, company):
    assert (rate(CONSUMER, day), rate(COMPANY, day)) == (consumer, company)
    assert CONSUMER.interest.starts.at(day) is COMPANY.interest.starts.at(day) is Start.DUE


@pytest.mark.parametrize(("day", "sum_"), [(date(2013, 3, 15), None), (date(2013, 3, 16), eur("40.00"))])
def test_only_a_company_owes_compensation(day, sum_):
    assert COMPANY.compensation_of(eur("50.00"), day) == sum_  # 10 e §
    assert CONSUMER.compensation_of(eur("50.00"), day) is None


@EVERY
def test_a_payment_covers_the_principal_before_the_costs(law):
    assert law.allocates(DAY) == (Part.PRINCIPAL, Part.INTEREST, Part.COSTS)


def test_for_consumers_that_order_is_the_laws_and_for_companies_our_default():
    assert CONSUMER.allocation.firm(DAY) is not None
    assert COMPANY.allocation.on(DAY) is None


@EVERY
@pytest.mark.parametrize("message", [Message.REMINDER, Message.LAST_REMINDER, Message.DEMAND])
def test_each_letter_itemises_the_sum_and_says_how_to_object(law, message):
    stated = set(law.must_state[message].at(DAY))

    assert {Statement.CREDITOR, Statement.CONTACT, Statement.OBJECT} <= stated
    assert {Statement.PRINCIPAL, Statement.INTEREST, Statement.COSTS, Statement.TOTAL} <= stated


@pytest.mark.parametrize(("wait", "charged"), [(9, ["12.00"]), (10, ["12.00", "12.00"])])
def test_a_companys_demand_costs_nothing_sooner_than_ten_days_after_a_reminder_that_cost(wait, charged):
    """10 g-10 j §: ten days since the last, whichever of the two it was. A consumer's waits for the notice anyway."""
    letter, twelve = (Rung(Channel.LETTER),), eur("12.00")
    invoice = an_invoice(country="FI", kind=DebtorKind.COMPANY, amount=eur("89.90"))
    reminder = Reminder(Anchor.AFTER_DUE, Span(14), twelve, letter)
    demand = Reminder(Anchor.AFTER_PREVIOUS, Span(wait), twelve, letter, demand=True)
    policy = replace(a_policy(), currency="EUR", reminders=(reminder, demand), collection=None, tolerance=eur("0.00"))

    entries = life(invoice, COMPANY.calendar, simulate(invoice, policy, COMPANY, ()))

    assert [str(entry.amount) for entry in entries if entry.did is Did.CHARGED] == charged
