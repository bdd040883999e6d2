"""Money: exact, in one currency, read from plain decimal strings only."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.money import MINOR_DIGITS, Money, MoneyError
from tests.domain.build import nok, sek


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("249.00", "SEK", 24900),
        ("249", "SEK", 24900),
        ("249.5", "NOK", 24950),
        ("-0.50", "SEK", -50),
        (" 1.00 ", "SEK", 100),
        ("1.500", "SEK", 150),
        ("1200", "ISK", 1200),
        ("1200.0", "ISK", 1200),
    ],
)
def test_a_decimal_string_is_read_exactly(text, currency, minor):
    assert Money.parse(text, currency) == Money(minor, currency)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1,00",
        "1 000.00",
        "1_000",
        "1e3",
        "+1",
        ".5",
        "5.",
        "0.001",
        "NaN",
        "inf",
        "１２",
        "9" * 16,
        "1." + "0" * 30 + "1",
    ],
)
def test_what_is_not_a_plain_amount_is_refused(text):
    with pytest.raises(MoneyError, match="is not an amount"):
        Money.parse(text, "SEK")


def test_an_unknown_currency_is_refused_with_the_known_ones():
    with pytest.raises(MoneyError, match="unknown currency 'XXX'; known: BGN, CHF, CZK"):
        Money.parse("1.00", "XXX")


@pytest.mark.parametrize("operate", [lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a < b, lambda a, b: a >= b])
def test_two_currencies_never_meet_in_one_sum(operate):
    with pytest.raises(MoneyError, match="cannot mix SEK and NOK"):
        operate(sek("1.00"), nok("1.00"))


def test_money_adds_compares_and_negates():
    assert sek("249.00") + sek("60.00") - sek("9.00") == sek("300.00")
    assert -sek("1.00") == sek("-1.00")
    assert sek("1.00") < sek("1.01") <= sek("1.01")
    assert sek("1.01") > sek("1.00") >= sek("1.00")
    assert bool(sek("0.01")) is True
    assert bool(Money.zero("SEK")) is False


@settings(derandomize=True, deadline=None)
@given(st.integers(-(10**12), 10**12), st.sampled_from(sorted(MINOR_DIGITS)))
def test_what_is_written_is_read_back(minor, currency):
    money = Money(minor, currency)

    assert Money.parse(str(money), currency) == money
