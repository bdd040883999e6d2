"""``kvitt ledger``: what is owed, line by line, on any day."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer
from rich.markup import escape

from commands import show
from commands.orders import JSON, MERCHANT, NUMBER
from commands.session import CommandError, found_in, opened_books
from config.settings import read_settings
from domain.explaining import WHAT, explained, line_as_json, open_as_json
from domain.law.pack import Law
from domain.ledger import Ledger, LedgerLine
from domain.ledger import ledger as ledger_of
from domain.money import Money
from domain.telling import moment, step_name

HEADINGS = ("Value day", "Booked", "What", "Amount", "Principal", "Interest", "Costs", "Balance", "By law")


def register(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command(rich_help_panel="Look")(ledger)


def ledger(
    number: NUMBER,
    at: Annotated[str | None, typer.Option("--at", help="The balance of a day, by value days.", metavar="DAY")] = None,
    merchant: MERCHANT = None,
    json_: JSON = False,
) -> None:
    """Explain what is owed, line by line. Example: kvitt ledger 10001 --at 2026-05-01."""
    chosen = _day(at) if at else None
    with opened_books(read_settings()) as books:
        ref = found_in(books, number, merchant)
        case = books.cases.read(ref.id)
    whole = ledger_of(case.facts, case.law)
    book = whole.at(chosen) if chosen else whole
    day = chosen or max((line.day for line in book.lines), default=case.invoice.issued)
    sentences = list(explained(book, case.law, day))
    if json_:
        _as_json(book, day, case.law, sentences)
        return
    title = f"{ref.merchant}/{ref.number}, {case.facts.amount.currency}"
    show.rows(title, HEADINGS, [_row(line, case.law) for line in book.lines])
    show.say()
    for sentence in sentences:
        show.say(escape(sentence))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text} is no day; write it as in 2026-05-01") from None


def _as_json(book: Ledger, day: date, law: Law, sentences: list[str]) -> None:
    show.as_json(
        {
            "currency": book.open.balance.currency,
            "at": day,
            "lines": [line_as_json(line, law.calendar) for line in book.lines],
            "open": open_as_json(book.open),
            "explained": sentences,
        }
    )


def _row(line: LedgerLine, law: Law) -> tuple[str, ...]:
    what = WHAT[line.what] + (f", {step_name(line.step)}" if line.step else "")
    return (
        line.day.isoformat(),
        moment(line.booked, law.calendar),
        what,
        *map(_signed, (line.amount, line.principal, line.interest, line.costs)),
        str(line.balance),
        escape(line.law or ""),
    )


def _signed(amount: Money) -> str:
    """An amount with its sign; nothing for nothing."""
    return f"{'+' if amount.minor > 0 else ''}{amount}" if amount else ""
