"""Who owes, and for what. Personal data: kept in the store and the messages, never in facts or history."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from domain.money import Money


@dataclass(frozen=True, slots=True)
class Customer:
    """The debtor as people write it. ``address`` is lines, the country apart."""

    name: str
    country: str
    language: str
    email: str | None = None
    phone: str | None = None
    address: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the invoice; ``net`` and ``vat`` are for the whole line."""

    text: str
    quantity: Decimal
    unit: str
    unit_price: Money
    net: Money
    vat_rate: Decimal
    """Percent, as in ``Decimal("25")``."""
    vat: Money
