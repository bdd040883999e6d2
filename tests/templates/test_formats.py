"""Amounts, days and shares as people of each language write them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from domain.languages import LANGUAGES, spoken
from domain.money import Money
from templates.formats import Formats, plain

DAY = date(2026, 3, 2)
WRITTEN = {
    "sv": ("2 mars 2026", "2 mars", "12,5 %", "−1 234 567,50 kr", "1 234,50 EUR", "412,5"),
    "en": ("2 March 2026", "2 March", "12.5%", "−SEK 1,234,567.50", "EUR 1,234.50", "412.5"),
    "nb": ("2. mars 2026", "2. mars", "12,5 %", "−1 234 567,50 SEK", "1 234,50 EUR", "412,5"),
    "da": ("2. marts 2026", "2. marts", "12,5 %", "−1.234.567,50 SEK", "1.234,50 EUR", "412,5"),
    "fi": ("2. maaliskuuta 2026", "2. maaliskuuta", "12,5 %", "−1 234 567,50 SEK", "1 234,50 €", "412,5"),
    "de": ("2. März 2026", "2. März", "12,5 %", "−1.234.567,50 SEK", "1.234,50 €", "412,5"),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_values_are_written_as_in_the_language(language: str) -> None:
    formats = Formats(language)
    kronor, euro = Money.parse("-1234567.50", "SEK"), Money.parse("1234.50", "EUR")
    written = (
        *(formats.day(DAY), formats.short_day(DAY), formats.percent(Decimal("12.50"))),
        *(formats.amount(kronor), formats.amount(euro), formats.quantity(Decimal("412.50"))),
    )

    assert tuple(plain(value) for value in written) == WRITTEN[language]


@pytest.mark.parametrize(
    ("language", "currency", "written"),
    [("sv", "SEK", "60,00 kr"), ("nb", "NOK", "60,00 kr"), ("da", "DKK", "60,00 kr"), ("en", "GBP", "£60.00")],
)
def test_at_home_a_currency_has_its_own_word(language: str, currency: str, written: str) -> None:
    assert plain(Formats(language).amount(Money.parse("60.00", currency))) == written


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_amount_and_a_day_are_never_broken_over_two_lines(language: str) -> None:
    formats = Formats(language)

    assert " " not in formats.amount(Money.parse("1234567.50", "SEK")) + formats.day(DAY) + formats.percent(Decimal(8))


@pytest.mark.parametrize(
    ("tags", "language"),
    [(["no"], "nb"), (["nn_NO"], "nb"), (["et", "de-AT"], "de"), (["SV"], "sv"), (["et"], "en"), ([], "en")],
)
def test_somebody_gets_the_first_language_that_is_written(tags: list[str], language: str) -> None:
    assert spoken(tags) == language
