"""The rest of the Union: companies have the directive, in their own zone and money; consumers have no law here."""

from __future__ import annotations

from datetime import date

import pytest

from domain.law import LAWS, UnknownLawError, eu, law_of
from domain.law.bank_days import OTHER_MEMBERS
from domain.law.pack import PRINCIPAL_FIRST, Known, Start
from domain.money import MINOR_DIGITS, Money
from domain.policy import Channel
from domain.words import DebtorKind
from tests.domain.law.reading import DAY, eur, fee, rate

EVERY = pytest.mark.parametrize("law", eu.LAWS.values(), ids=eu.LAWS.keys())


def test_a_company_in_poland_has_a_law_with_its_own_clock_and_money():
    law = law_of("PL", DebtorKind.COMPANY)

    assert (law.country, law.kind, law.currency) == ("PL", DebtorKind.COMPANY, "PLN")
    assert (law.names["en"], str(law.calendar.zone)) == ("Poland", "Europe/Warsaw")


def test_a_consumer_in_poland_has_none():
    with pytest.raises(UnknownLawError, match=r"no law is known for a consumer in 'PL'; known: .*GB"):
        law_of("PL", DebtorKind.CONSUMER)


@pytest.mark.parametrize("country", ["US", "CH", "EU", "XX", "pl", ""])
@pytest.mark.parametrize("kind", DebtorKind)
def test_outside_the_union_there_is_no_law(country, kind):
    with pytest.raises(UnknownLawError):
        law_of(country, kind)


@pytest.mark.parametrize("country", ["SE", "DE", "NL", "FR", "GB", "NO"])
def test_who_has_a_law_of_its_own_is_not_given_the_directive(country):
    assert eu.law_for(country) is None
    assert law_of(country, DebtorKind.COMPANY) is LAWS[country, DebtorKind.COMPANY]


def test_the_directive_serves_the_twenty_one_other_states():
    assert eu.LAWS.keys() == OTHER_MEMBERS.keys()
    assert len(eu.LAWS) == 21


@EVERY
def test_each_state_has_its_clock_its_names_and_money_that_we_handle(law):
    assert str(law.calendar.zone) == OTHER_MEMBERS[law.country]
    assert {"en", "sv"} <= law.names.keys()
    assert law.currency in MINOR_DIGITS
    assert not law.calendar.is_bank_day(date(2026, 5, 1))  # TARGET is closed


@EVERY
def test_a_reminder_costs_nothing_anywhere_and_the_principal_is_paid_first(law):
    assert fee(law, Money(100_000_00, law.currency), Channel.LETTER) is None
    assert law.allocates(DAY) == PRINCIPAL_FIRST


@EVERY
def test_forty_euros_once_an_invoice_in_euros(law):
    # Directive 2011/7/EU art. 6 (1)
    assert law.compensation_of(eur("500.00"), DAY) == eur("40.00")


@pytest.mark.parametrize("country", ["PL", "CZ", "HU", "RO"])
def test_what_a_state_made_of_forty_euros_in_its_own_money_is_not_known(country):
    law = law_of(country, DebtorKind.COMPANY)

    assert law.compensation_of(Money.parse("500.00", law.currency), DAY) is None


@pytest.mark.parametrize(
    ("country", "day", "percent"),
    [
        # Directive 2011/7/EU art. 2 (6) and (7), 3 (2): the ECB's rate on 1 January or 1 July + 8
        ("AT", date(2023, 12, 31), None),  # not carried
        ("AT", date(2024, 6, 30), "12.50"),  # 4.50
        ("IE", date(2024, 7, 1), "12.25"),  # 4.25; enterprise.gov.ie tells 12.25 %
        ("ES", date(2025, 1, 1), "11.15"),  # 3.15
        ("IT", date(2025, 7, 1), "10.15"),  # 2.15
        ("BE", date(2026, 6, 30), "10.15"),  # 2.15; getinvoicepdf.com tells 10.15 %
        ("BE", date(2026, 12, 31), "10.40"),  # 2.40; and 10.40 %
        ("BE", date(2027, 1, 1), None),  # not yet set
        # Bulgaria has the euro since 1 January 2026
        ("BG", date(2025, 12, 31), None),
        ("BG", date(2026, 1, 1), "10.15"),
        # their own central banks' rates are not known here
        ("PL", date(2026, 7, 1), None),
        ("CZ", date(2026, 7, 1), None),
        ("HU", date(2026, 7, 1), None),
        ("RO", date(2026, 7, 1), None),
    ],
)
def test_interest_follows_the_ecb_where_the_money_is_the_euro(country, day, percent):
    assert rate(law_of(country, DebtorKind.COMPANY), day) == percent


@EVERY
def test_interest_starts_on_the_day_after_the_due_date(law):
    assert law.interest.starts.at(DAY) is Start.DUE


@EVERY
def test_what_is_not_known_says_so(law):
    for line in (law.reminders.cap.on(DAY), law.interest.reference.on(DAY)):
        assert line is not None
        assert line.value is not None or line.source.known is Known.UNKNOWN
