"""Money: whole minor units and an ISO 4217 currency. No float comes near it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

TWO_DECIMALS = ("SEK", "NOK", "DKK", "EUR", "USD", "GBP", "CHF", "PLN", "CZK", "HUF", "RON", "BGN")
MINOR_DIGITS = {**dict.fromkeys(TWO_DECIMALS, 2), "ISK": 0}
"""Decimals of each currency we handle (ISO 4217)."""

PLAIN = re.compile(r"(-?\d{1,13})(?:\.(\d+))?", re.ASCII)
"""An amount as files and people write it: no exponent, no digit groups, nothing that must be a mistake."""


class MoneyError(ValueError):
    """An amount that is not money, or two currencies in one sum."""


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount.

    >>> Money.parse("249.00", "SEK") + Money(6000, "SEK")
    Money(minor=30900, currency='SEK')
    >>> str(Money(30900, "SEK"))
    '309.00'
    """

    minor: int
    currency: str

    @classmethod
    def zero(cls, currency: str) -> Money:
        """Nothing, in this currency."""
        return cls(0, currency)

    @classmethod
    def parse(cls, text: str, currency: str) -> Money:
        """Read a decimal string such as ``"249.00"``; more decimals than the currency has are refused.

        Raises:
            MoneyError: the text is not a plain decimal number, or the currency is unknown.
        """
        digits = MINOR_DIGITS.get(currency)
        if digits is None:
            raise MoneyError(f"unknown currency {currency!r}; known: {', '.join(sorted(MINOR_DIGITS))}")
        written = PLAIN.fullmatch(text.strip())
        if written is None:
            raise MoneyError(f'{text!r} is not an amount; write a decimal number such as "249.00"')
        whole, decimals = written[1], (written[2] or "").rstrip("0")
        if len(decimals) > digits:
            problem = f"{text!r} is not an amount in {currency}"
            raise MoneyError(f'{problem}; write at most {digits} decimals, as in "249.00"')
        return cls(int(whole + decimals.ljust(digits, "0")), currency)

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Money:
        return Money(-self.minor, self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other)

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other)

    def __gt__(self, other: Money) -> bool:
        return self.minor > self._same(other)

    def __ge__(self, other: Money) -> bool:
        return self.minor >= self._same(other)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        digits = MINOR_DIGITS[self.currency]
        return f"{Decimal(self.minor).scaleb(-digits):.{digits}f}"

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise MoneyError(f"cannot mix {self.currency} and {other.currency}")
        return other.minor
