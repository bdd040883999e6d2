"""Local time, for lists that know an invoice by its id only."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from domain.calendar import Calendar
from domain.telling import moment
from store.books import Books


class Calendars:
    """The calendar of each invoice's debtor. A debtor's country does not change, so it is read once."""

    def __init__(self, books: Books) -> None:
        self._books = books
        self.of = lru_cache(maxsize=65536)(self._read)

    def tell(self, invoice_id: int, at: datetime | None) -> str:
        """A moment as ops read it, local to the debtor."""
        return moment(at, self.of(invoice_id)) if at else ""

    def _read(self, invoice_id: int) -> Calendar:
        return self._books.cases.read(invoice_id).law.calendar
