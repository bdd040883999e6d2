"""What may be charged, as a function of what is owed: tables computed by hand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.law import nl, uk
from domain.law.caps import ByChannel, Fixed
from domain.money import Money
from domain.policy import Channel
from tests.domain.law.reading import eur, gbp

SCALE, COMPENSATION = nl.SCALE.values[0].value, uk.COMPANY.compensation.values[0].value

CENTS = st.integers(min_value=1, max_value=5_000_000_00)


@pytest.mark.parametrize(
    ("principal", "cost", "sum_by_hand"),
    [
        # Besluit vergoeding voor buitengerechtelijke incassokosten art. 2 (Stb. 2012, 141)
        ("0.01", "40.00", "at least 40"),
        ("100.00", "40.00", "15.00: at least 40"),
        ("266.66", "40.00", "39.99 and nine tenths: at least 40"),
        ("266.67", "40.00", "40.0005: rounded down"),
        ("333.33", "49.99", "49.9995: rounded down"),
        ("1000.00", "150.00", "15 % of 1 000"),
        ("2500.00", "375.00", "15 % of 2 500"),
        ("2500.10", "375.01", "375 and 10 % of 0.10"),
        ("5000.00", "625.00", "375 and 10 % of 2 500"),
        ("7500.00", "750.00", "625 and 5 % of 2 500"),
        ("10000.00", "875.00", "625 and 5 % of 5 000"),
        ("10000.99", "875.00", "875.0099: rounded down"),
        ("200000.00", "2775.00", "875 and 1 % of 190 000"),
        ("300000.00", "3275.00", "2 775 and 0.5 % of 100 000"),
        ("999999.00", "6774.99", "2 775 and 0.5 % of 799 999: 6 774.995, rounded down"),
        ("1000000.00", "6775.00", "2 775 and 0.5 % of 800 000"),
        ("2000000.00", "6775.00", "11 775: at most 6 775"),
    ],
)
def test_the_dutch_scale_takes_its_percent_of_each_slice_between_a_least_and_a_most(principal, cost, sum_by_hand):
    assert SCALE.of(eur(principal), Channel.EMAIL) == eur(cost), sum_by_hand


@given(CENTS, CENTS)
def test_who_owes_more_never_owes_less_for_its_collection(one, other):
    less, more = sorted((one, other))
    costs = [SCALE.of(Money(minor, "EUR"), Channel.LETTER) for minor in (less, more)]

    assert eur("40.00") <= costs[0] <= costs[1] <= eur("6775.00")


@pytest.mark.parametrize(
    ("principal", "fixed_sum"),
    [
        # Late Payment of Commercial Debts (Interest) Act 1998 s. 5A (2): less than 1 000, less than 10 000, or more
        ("1.50", "40.00"),
        ("999.99", "40.00"),
        ("1000.00", "70.00"),
        ("9999.99", "70.00"),
        ("10000.00", "100.00"),
        ("250000.00", "100.00"),
    ],
)
def test_the_british_sum_goes_by_the_size_of_the_debt(principal, fixed_sum):
    assert COMPENSATION.of(gbp(principal), Channel.LETTER) == gbp(fixed_sum)


def test_what_a_channel_costs_is_nothing_where_it_is_not_named():
    cost = ByChannel("EUR", {Channel.LETTER: eur("0.76")})

    assert [cost.of(eur("50.00"), channel) for channel in (Channel.LETTER, Channel.EMAIL, Channel.SMS)] == [
        eur("0.76"),
        eur("0.00"),
        eur("0.00"),
    ]


@pytest.mark.parametrize(
    "cap",
    [Fixed(eur("5.00")), ByChannel("EUR", {Channel.LETTER: eur("0.76")}), SCALE],
    ids=["fixed", "channel", "share"],
)
def test_a_cap_in_one_currency_says_nothing_of_a_debt_in_another(cap):
    assert cap.of(gbp("100.00"), Channel.LETTER) is None


def test_tiers_in_one_currency_say_nothing_of_a_debt_in_another():
    assert COMPENSATION.of(eur("100.00"), Channel.LETTER) is None


@pytest.mark.parametrize(
    ("cap", "told"),
    [
        (Fixed(eur("5.00")), "5.00 EUR"),
        (ByChannel("EUR", {Channel.LETTER: eur("0.76")}), "letter 0.76 EUR, else nothing"),
        (COMPENSATION, "40.00 up to 999.99, 70.00 up to 9999.99, 100.00 above (GBP)"),
        (
            SCALE,
            "15 % of the first 2500.00, 10 % of the next 2500.00, 5 % of the next 5000.00, 1 % of the next 190000.00, "
            "0.5 % above; 40.00 to 6775.00 EUR",
        ),
    ],
    ids=["fixed", "channel", "tiers", "share"],
)
def test_a_cap_is_told_in_words(cap, told):
    assert str(cap) == told
