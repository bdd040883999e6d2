"""Small readers for tests of the packs: what a law lets somebody charge on a day."""

from __future__ import annotations

from datetime import date

from domain.interest import rate_on
from domain.law import Dated, Law
from domain.law.caps import Cap
from domain.money import Money
from domain.policy import Channel

DAY = date(2026, 3, 2)
"""A Monday on which every rule of today held."""


def eur(amount: str) -> Money:
    return Money.parse(amount, "EUR")


def gbp(amount: str) -> Money:
    return Money.parse(amount, "GBP")


def dkk(amount: str) -> Money:
    return Money.parse(amount, "DKK")


def fee(law: Law, principal: Money, channel: Channel, day: date = DAY) -> Money | None:
    """The most that a reminder may cost; None: nothing may be charged."""
    return charged(law.reminders.cap, principal, channel, day)


def demanded(law: Law, principal: Money, channel: Channel = Channel.LETTER, day: date = DAY) -> Money | None:
    """The most that the creditor's own demand may cost."""
    return charged(law.demand.cap, principal, channel, day)


def charged(cap: Dated[Cap], principal: Money, channel: Channel, day: date) -> Money | None:
    """The most by a cap, if it is firmly known."""
    firm = cap.firm(day)
    return firm.value.of(principal, channel) if firm and firm.value else None


def rate(law: Law, day: date) -> str | None:
    """The percent of late interest that may be charged for a day."""
    percent = rate_on(law.interest, day)
    return None if percent is None else str(percent)
