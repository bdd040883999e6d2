"""What a message adds to a debt, and on which legal ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from domain.money import Money


class ChargeKind(StrEnum):
    """Why more is owed than was invoiced."""

    FEE = "fee"
    INTEREST = "interest"
    COMPENSATION = "compensation"
    """The fixed sum for the creditor's costs that the law gives among companies."""


@dataclass(frozen=True, slots=True)
class Period:
    """Simple interest for some days, the first and the last included; ``rate`` is percent a year."""

    since: date
    through: date
    base: Money
    rate: Decimal


@dataclass(frozen=True, slots=True)
class Added:
    """One charge of a message; ``cap`` is the limit in force, ``capped`` whether it cut the merchant's wish."""

    kind: ChargeKind
    amount: Money
    law: str
    capped: bool = False
    cap: Money | None = None
    periods: tuple[Period, ...] = ()
