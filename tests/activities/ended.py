"""Cases that are over: paid, closed, and looked at for the last time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import update

from activities.forgetting import Forgetter
from domain.decisions import End
from domain.events import Closed, Paid
from domain.keeping import KeepingRule
from domain.stages import Stage
from domain.words import Outcome, Reason
from store.books import Books
from store.cases import INVOICE
from store.engine import writing
from store.looks import Looked
from tests.gateway.cases import Kept, at

CALENDAR_YEAR = KeepingRule((12, 31))


def ended(case: Kept, wall: str = "2026-04-09T10:00") -> Kept:
    """The same case, paid and at its end."""
    moment, balance = at(wall), case.file.facts.balance
    case.hear(
        Paid(at=moment, amount=balance, dated=moment.date()),
        Closed(at=moment, outcome=Outcome.PAID, reason=Reason.PAID),
    )
    look(case, wall)
    return case


def look(case: Kept, wall: str) -> None:
    """The last look."""
    with case.books.cases.locked(case.id) as locked:
        looked = Looked("run", len(locked.events), at(wall), End(Outcome.PAID), Stage.CLOSED, None, None)
        case.books.looks.record(locked, looked)


def aged(case: Kept, by: timedelta) -> None:
    """Let a case be so old: nobody has moved its clock, and its last look was then."""
    then = {"shift": 0.0, "looked_at": datetime.now(UTC) - by}
    with writing(case.books.engine) as connection:
        connection.execute(update(INVOICE).where(INVOICE.c.id == case.id).values(**then))


def forgetter(books: Books, outbox: Path = Path("/nonexistent")) -> Forgetter:
    return Forgetter(books, CALENDAR_YEAR, outbox)
