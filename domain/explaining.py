"""The ledger in words: what each line says, and how the balance of a day comes about."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from domain.calendar import Calendar
from domain.law.pack import Law, Part
from domain.ledger import Ledger, LedgerLine, Open
from domain.money import Money
from domain.postings import MONEY, Entry

WHAT = {
    Entry.INVOICED: "invoiced",
    Entry.AMENDED: "amended",
    Entry.CREDITED: "credited",
    Entry.WRITTEN_OFF: "written off",
    Entry.PAID: "paid",
    Entry.COLLECTED: "collected by the agency",
    Entry.FEE: "fee",
    Entry.INTEREST: "late interest",
    Entry.COMPENSATION: "compensation for late payment",
    Entry.FEE_REVERSED: "fee taken back",
    Entry.INTEREST_REVERSED: "late interest taken back",
    Entry.COMPENSATION_REVERSED: "compensation taken back",
}


def line_as_json(line: LedgerLine, calendar: Calendar) -> dict[str, str]:
    """A line as machines read it: amounts as decimal strings, the moment local; what does not apply is left out."""
    fields = {
        "day": line.day.isoformat(),
        "booked": calendar.local(line.booked).isoformat(timespec="seconds"),
        "what": line.what,
        "amount": str(line.amount),
        "principal": str(line.principal),
        "interest": str(line.interest),
        "costs": str(line.costs),
        "in_favour": str(line.in_favour),
        "balance": str(line.balance),
        "step": line.step,
        "law": line.law,
    }
    return {name: str(value) for name, value in fields.items() if value is not None}


def open_as_json(owed: Open) -> dict[str, str]:
    """What is owed by its parts, as machines read it."""
    parts = ("principal", "interest", "costs", "in_favour", "balance")
    return {name: str(getattr(owed, name)) for name in parts}


def explained(ledger: Ledger, law: Law, day: date) -> Iterator[str]:
    """How the balance of a day comes about, in sentences; the ledger is the one of that day."""
    yield _owed(ledger.open, day)
    added, taken = _sums(ledger, more=True), _sums(ledger, more=False)
    yield f"Added: {added or 'nothing'}. Taken off: {taken or 'nothing'}."
    if any(line.what in MONEY for line in ledger.lines):
        yield _order(law, day)
    if later := [line for line in ledger.lines if law.calendar.wall(line.booked).date() > day]:
        what = ", ".join(f"{WHAT[line.what]} {_plain(line.amount)} (value day {line.day})" for line in later)
        yield f"Booked after that day and counted from the day of the payer's bank: {what}."


def _owed(owed: Open, day: date) -> str:
    currency = owed.principal.currency
    if owed.balance.minor < 0:
        return f"On {day}, {_plain(owed.balance)} {currency} stand in the debtor's favour."
    if not owed.balance:
        return f"On {day} nothing is owed."
    parts = f"principal {owed.principal}, interest {owed.interest}, costs {owed.costs}"
    favour = f", less {owed.in_favour} in the debtor's favour" if owed.in_favour else ""
    return f"On {day}, {owed.balance} {currency} are owed: {parts}{favour}."


def _sums(ledger: Ledger, *, more: bool) -> str:
    """What was added, or taken off, kind by kind."""
    sums: dict[Entry, Money] = {}
    for line in ledger.lines:
        if line.amount and (line.amount.minor > 0) is more:
            sums[line.what] = sums.get(line.what, Money.zero(line.amount.currency)) + line.amount
    return ", ".join(f"{WHAT[what]} {_plain(amount)}" for what, amount in sums.items())


def _order(law: Law, day: date) -> str:
    first, second, third = (_PARTS[part] for part in law.allocates(day))
    firm = law.allocation.firm(day)
    why = firm.source.ref if firm else "no firm source says otherwise, so in the debtor's favour"
    return f"Money covers {first} first, then {second}, then {third} ({why})."


def _plain(amount: Money) -> str:
    """An amount without its sign."""
    return str(amount if amount.minor >= 0 else -amount)


_PARTS = {Part.PRINCIPAL: "the principal", Part.INTEREST: "interest", Part.COSTS: "costs"}
