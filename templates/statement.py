"""How the total comes about: the lines, the VAT, and what was added and taken off since. Sums of the books' own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from domain.charge import Added, ChargeKind, Period
from domain.money import Money
from domain.words import Message
from templates.content import Content, Line
from templates.errors import RenderError
from templates.formats import abs_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One row under the lines; ``label`` names its label, ``rate`` and ``base`` are there for VAT only."""

    label: str
    amount: Money
    rate: Decimal | None = None
    base: Money | None = None
    periods: tuple[Period, ...] = ()
    """For which days, on what and at which rate interest has accrued."""


def vat_entries(content: Content) -> list[Entry]:
    """Sum net and VAT per rate, and what the invoice was changed by since; nothing for a plain amount."""
    if not content.lines:
        return []
    zero = Money.zero(content.amount.currency)
    net = sum((line.net for line in content.lines), zero)
    vat = sum((line.vat for line in content.lines), zero)
    changed = content.amount - net - vat
    entries = [Entry("net", net), *_by_rate(content.lines, zero)]
    return [*entries, Entry("changed", changed)] if changed else entries


def account_entries(content: Content) -> list[Entry]:
    """Lead from the invoice's amount to what is to be paid; only the total where nothing lies between.

    Raises:
        RenderError: the rows do not come to the total: a charge in the books and not in the message, or the reverse.

    """
    between = list(_between(content))
    comes_to = sum((entry.amount for entry in between), content.amount)
    if comes_to != content.total:
        raise RenderError("statement", f"the rows come to {comes_to}, the total is {content.total}")
    start = [Entry("amount", content.amount)] if between or content.message is Message.RECEIPT else []
    last = abs_of(content.total) if content.total.minor < 0 else content.total
    return [*start, *between, Entry(_total_label(content), last)]


def _by_rate(lines: tuple[Line, ...], zero: Money) -> Iterator[Entry]:
    for rate in sorted({line.vat_rate for line in lines}, reverse=True):
        of_rate = [line for line in lines if line.vat_rate == rate]
        base = sum((line.net for line in of_rate), zero)
        yield Entry("vat", sum((line.vat for line in of_rate), zero), rate, base)


def _between(content: Content) -> Iterator[Entry]:
    yield from (Entry(f"earlier_{kind}", amount) for kind, amount in content.standing if amount)
    for one in content.added:
        if one.kind is ChargeKind.INTEREST and not one.periods:
            raise RenderError("statement", "late interest is asked for without its rate, its base and its days")
        yield Entry(_added_label(content, one), one.amount, periods=one.periods)
    off = {
        "credited": content.credited,
        "written_off": content.written_off,
        "paid": content.paid,
        "disputed": content.disputed,
    }
    yield from (Entry(label, -amount) for label, amount in off.items() if amount)


def _added_label(content: Content, added: Added) -> str:
    if added.kind is ChargeKind.FEE and content.message is Message.DEMAND:
        return "demand_fee"
    return added.kind


def _total_label(content: Content) -> str:
    """Name the last row: a receipt's rest is within the tolerance or written off, so nobody is asked for it."""
    if content.total.minor < 0:
        return "in_favour"
    if content.message is Message.RECEIPT:
        return "rest"
    return "total"
