"""Amounts, days and numbers as people of a language write them. Nothing here computes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from babel.dates import format_date
from babel.numbers import format_decimal

from domain.money import MINOR_DIGITS, Money

NO_BREAK_SPACE = "\u00a0"
MINUS = "\u2212"

_LOCALES = {"sv": "sv_SE", "en": "en_GB", "nb": "nb_NO", "da": "da_DK", "fi": "fi_FI", "de": "de_DE"}
_CURRENCY_WORDS = {
    ("sv", "SEK"): "kr",
    ("nb", "NOK"): "kr",
    ("da", "DKK"): "kr",
    ("fi", "EUR"): "€",
    ("de", "EUR"): "€",
    ("en", "GBP"): "£",
}
"""The ISO code is clear everywhere; people at home expect their own word."""
_CODE_FIRST = frozenset({"en"})
_DAY_WITHOUT_POINT = frozenset({"sv", "en"})


@dataclass(frozen=True, slots=True)
class Formats:
    """How one language writes values.

    >>> Formats("en").amount(Money.parse("1234.50", "SEK")).replace(NO_BREAK_SPACE, " ")
    'SEK 1,234.50'
    >>> plain(Formats("sv").amount(Money.parse("1234.50", "SEK")))
    '1 234,50 kr'
    >>> Formats("en").amount(Money.parse("1234.50", "GBP"))
    '£1,234.50'
    """

    language: str

    def amount(self, money: Money) -> str:
        """Write the amount with its currency, kept together by no-break spaces."""
        number, unit = self.number(abs_of(money)), self.currency(money.currency)
        space = "" if unit == "£" else NO_BREAK_SPACE
        parts = (unit, number) if self.language in _CODE_FIRST else (number, unit)
        return (MINUS if money.minor < 0 else "") + space.join(parts)

    def number(self, money: Money) -> str:
        """Write the amount without its currency, for a column that names it in its head."""
        digits = MINOR_DIGITS[money.currency]
        pattern = "#,##0." + "0" * digits if digits else "#,##0"
        text: str = format_decimal(Decimal(str(abs_of(money))), format=pattern, locale=self._locale)
        return (MINUS if money.minor < 0 else "") + text

    def currency(self, code: str) -> str:
        """Name the currency."""
        return _CURRENCY_WORDS.get((self.language, code), code)

    def day(self, day: date) -> str:
        """Write the day with its month in words, so that nobody reads it the wrong way round."""
        return format_date(day, f"{self._day_and_month}'{NO_BREAK_SPACE}'y", locale=self._locale)

    def short_day(self, day: date) -> str:
        """Write the day without its year, for an SMS, which is read within days."""
        return format_date(day, self._day_and_month, locale=self._locale)

    def quantity(self, quantity: Decimal) -> str:
        """Write a count with as many decimals as it has."""
        text: str = format_decimal(quantity, format="#,##0.######", locale=self._locale)
        return text.replace("-", MINUS)

    def percent(self, rate: Decimal) -> str:
        """Write a rate that is given in percent."""
        number = format_decimal(rate, format="#,##0.##", locale=self._locale)
        return f"{number}%" if self.language in _CODE_FIRST else f"{number}{NO_BREAK_SPACE}%"

    @property
    def decimal_point(self) -> str:
        """What parts whole units from their fractions where people type an amount."""
        return "." if self.language in _CODE_FIRST else ","

    @property
    def _day_and_month(self) -> str:
        point = "" if self.language in _DAY_WITHOUT_POINT else "."
        return f"d'{point}{NO_BREAK_SPACE}'MMMM"

    @property
    def _locale(self) -> str:
        return _LOCALES[self.language]


def abs_of(money: Money) -> Money:
    """Drop the sign."""
    return Money(abs(money.minor), money.currency)


def plain(text: str) -> str:
    """Use ordinary spaces only: for SMS (a no-break space costs an alphabet), subjects and plain text."""
    return text.replace(NO_BREAK_SPACE, " ").replace("\u202f", " ")
