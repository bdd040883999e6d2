"""The ledger: how every posting changed what is owed, and of which part; the balance of any day, line by line.

Lines go by value day: money counts from the day of the payer's bank, everything else from the day it was booked. What
a payment covers first, the law of the debtor's country says. Money beyond the debt stands in the debtor's favour and
covers whatever is charged later.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from domain.facts import Facts, Invoice
from domain.law.pack import Law, Part
from domain.money import Money
from domain.postings import CHARGES, Entry, Posting

_PART_OF = {
    **dict.fromkeys((Entry.INVOICED, Entry.AMENDED, Entry.CREDITED), Part.PRINCIPAL),
    **{
        entry: Part.INTEREST if charged is Entry.INTEREST else Part.COSTS
        for charged, taken_back in CHARGES.values()
        for entry in (charged, taken_back)
    },
}
"""The part of the debt that each entry changes; money and what is written off go by the law's order."""


@dataclass(frozen=True, slots=True)
class Open:
    """What is owed, by its parts; ``in_favour`` is money beyond it."""

    principal: Money
    interest: Money
    costs: Money
    in_favour: Money

    @property
    def balance(self) -> Money:
        """What is owed in all; below zero when too much was paid."""
        return self.principal + self.interest + self.costs - self.in_favour


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One posting: its value day, when it was booked, its amount (above zero: more is owed), and what it changed."""

    day: date
    booked: datetime
    what: Entry
    amount: Money
    principal: Money
    interest: Money
    costs: Money
    in_favour: Money
    balance: Money
    """After it."""
    law: str | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """All postings of an invoice, oldest value day first."""

    lines: tuple[LedgerLine, ...]
    open: Open

    def at(self, day: date) -> Ledger:
        """The ledger as it stood at the end of a day, by value days."""
        lines = tuple(line for line in self.lines if line.day <= day)
        return Ledger(lines, _sum(lines, self.open.principal.currency))


def ledger(facts: Facts, law: Law) -> Ledger:
    """The ledger of all that is known."""
    return _ledger(facts.invoice, facts.postings, law)


@lru_cache(maxsize=32)
def _ledger(invoice: Invoice, postings: tuple[Posting, ...], law: Law) -> Ledger:
    currency = invoice.amount.currency
    account = _Account(law, currency)
    lines = tuple(account.post(day, posting) for day, posting in _by_value_day(invoice, postings, law))
    return Ledger(lines, _sum(lines, currency))


def _by_value_day(invoice: Invoice, postings: tuple[Posting, ...], law: Law) -> list[tuple[date, Posting]]:
    issued = law.calendar.moment(datetime.combine(invoice.issued, time.min))
    all_of_them = (Posting(Entry.INVOICED, issued, invoice.amount, invoice.issued), *postings)
    days = [(posting.dated or law.calendar.wall(posting.at).date(), posting) for posting in all_of_them]
    dated = [(max(day, invoice.issued), posting) for day, posting in days]  # nothing counts before the invoice does
    return sorted(dated, key=lambda pair: pair[0])


def _sum(lines: tuple[LedgerLine, ...], currency: str) -> Open:
    parts = zip(*((line.principal, line.interest, line.costs, line.in_favour) for line in lines), strict=True)
    return Open(*(sum(part, Money.zero(currency)) for part in parts)) if lines else Open(*[Money.zero(currency)] * 4)


class _Account:
    """What is open in minor units, part by part, while postings are gone through."""

    def __init__(self, law: Law, currency: str) -> None:
        self.law, self.currency = law, currency
        self.open = dict.fromkeys(Part, 0)
        self.covered = dict.fromkeys(Part, 0)
        """What money has covered of each part, to be uncovered when it is taken back."""
        self.in_favour = 0

    def post(self, day: date, posting: Posting) -> LedgerLine:
        before, in_favour = dict(self.open), self.in_favour
        order = self.law.allocates(day)
        part = _PART_OF.get(posting.what)
        if part is None:
            self._pay(-posting.amount.minor, order)
        else:
            self._change(part, posting.amount.minor, order)
        return self._line(day, posting, before, in_favour)

    def _change(self, part: Part, more: int, order: tuple[Part, ...]) -> None:
        """More or less of a part is owed. What was covered already and is owed no more covers the rest."""
        self.open[part] += more
        if self.open[part] < 0:
            freed, self.open[part] = -self.open[part], 0
            self.covered[part] -= min(freed, self.covered[part])
            self._pay(freed, order)
        elif self.in_favour:
            freed, self.in_favour = self.in_favour, 0
            self._pay(freed, order)

    def _pay(self, amount: int, order: tuple[Part, ...]) -> None:
        if amount < 0:
            self._take_back(-amount, order)
            return
        for part in order:
            covers = min(amount, self.open[part])
            self.open[part] -= covers
            self.covered[part] += covers
            amount -= covers
        self.in_favour += amount

    def _take_back(self, amount: int, order: tuple[Part, ...]) -> None:
        kept = min(amount, self.in_favour)
        self.in_favour -= kept
        amount -= kept
        for part in reversed(order):
            uncovers = min(amount, self.covered[part])
            self.open[part] += uncovers
            self.covered[part] -= uncovers
            amount -= uncovers
        self.open[Part.PRINCIPAL] += amount

    def _line(self, day: date, posting: Posting, before: Mapping[Part, int], in_favour: int) -> LedgerLine:
        changed = {part: Money(self.open[part] - before[part], self.currency) for part in Part}
        balance = Money(sum(self.open.values()) - self.in_favour, self.currency)
        return LedgerLine(
            day,
            posting.at,
            posting.what,
            posting.amount,
            changed[Part.PRINCIPAL],
            changed[Part.INTEREST],
            changed[Part.COSTS],
            Money(self.in_favour - in_favour, self.currency),
            balance,
            posting.law,
            posting.step,
        )
