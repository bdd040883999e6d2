"""What a law lets somebody charge, as a function of what is owed and of how it is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal
from typing import Protocol

from domain.money import Money
from domain.policy import Channel


class Cap(Protocol):
    """The most that may be charged."""

    def of(self, principal: Money, channel: Channel) -> Money | None:
        """The most for this open principal on this channel; None: nothing is known in its currency."""

    def __str__(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """One amount."""

    amount: Money

    def of(self, principal: Money, channel: Channel) -> Money | None:
        """The amount, in its own currency."""
        return self.amount if principal.currency == self.amount.currency else None

    def __str__(self) -> str:
        return f"{self.amount} {self.amount.currency}"


@dataclass(frozen=True, slots=True)
class ByChannel:
    """What each channel costs the creditor in print and postage; a channel that is not named costs nothing."""

    currency: str
    amounts: Mapping[Channel, Money]

    def of(self, principal: Money, channel: Channel) -> Money | None:
        """What this channel costs."""
        return self.amounts.get(channel, Money.zero(self.currency)) if principal.currency == self.currency else None

    def __str__(self) -> str:
        named = ", ".join(f"{channel} {amount}" for channel, amount in self.amounts.items())
        return f"{named} {self.currency}, else nothing"


@dataclass(frozen=True, slots=True)
class Tiers:
    """An amount by the size of the principal: up to and including each bound, and one above the last."""

    tiers: tuple[tuple[Money, Money], ...]
    above: Money

    def of(self, principal: Money, channel: Channel) -> Money | None:
        """The amount of the principal's tier."""
        if principal.currency != self.above.currency:
            return None
        return next((amount for bound, amount in self.tiers if principal <= bound), self.above)

    def __str__(self) -> str:
        named = ", ".join(f"{amount} up to {bound}" for bound, amount in self.tiers)
        return f"{named}, {self.above} above ({self.above.currency})"


@dataclass(frozen=True, slots=True)
class Share:
    """Percent of each slice of the principal, between a least and a most; rounded down, in the debtor's favour."""

    slices: tuple[tuple[Money, Decimal], ...]
    """How wide each slice is, and its percent."""
    above: Decimal
    least: Money
    most: Money

    def of(self, principal: Money, channel: Channel) -> Money | None:
        """The sum over the slices."""
        if principal.currency != self.least.currency:
            return None
        left, total = principal.minor, Decimal(0)
        for width, percent in self.slices:
            part = min(left, width.minor)
            total += part * percent / 100
            left -= part
        total += left * self.above / 100
        minor = int(total.to_integral_value(ROUND_DOWN))
        return Money(min(max(minor, self.least.minor), self.most.minor), principal.currency)

    def __str__(self) -> str:
        places = ["first", *("next" for _ in self.slices[1:])]
        named = ", ".join(
            f"{percent} % of the {place} {width}" for place, (width, percent) in zip(places, self.slices, strict=True)
        )
        return f"{named}, {self.above} % above; {self.least} to {self.most} {self.least.currency}"
