"""A power cut may take the last light commits: whoever lives on with them in mind sees what the books say."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import delete, update

from domain.events import BookedThrough, Paused, Released, Stopped
from store.books import Books, open_books
from store.cases import EVENT, INVOICE
from store.engine import writing
from tests.gateway.cases import opening

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)


def lost(books: Books, invoice_id: int, last: int) -> None:
    """The books as they were before the events from here on."""
    with writing(books.engine) as connection:
        connection.execute(delete(EVENT).where(EVENT.c.invoice_id == invoice_id, EVENT.c.seq >= last))
        connection.execute(update(INVOICE).where(INVOICE.c.id == invoice_id).values(events=last - 1))


def test_what_was_lost_is_not_believed_and_what_comes_then_has_its_place(books_url: str):
    books = open_books(books_url)
    invoice_id = books.registry.open(opening("1"), NOW).id
    with books.cases.locked(invoice_id) as case:
        case.add(Paused(at=NOW))
        case.add(Released(at=NOW))

    lost(books, invoice_id, 2)

    assert books.cases.read(invoice_id).facts.hold is not None
    with books.cases.locked(invoice_id) as case:
        assert case.add(Stopped(at=NOW))
    assert [type(event) for event in books.cases.read(invoice_id).events] == [Paused, Stopped]
    books.close()


def test_other_events_in_the_place_of_those_that_were_lost_are_seen(books_url: str):
    books, other = open_books(books_url), open_books(books_url)
    invoice_id = books.registry.open(opening("1"), NOW).id
    with books.cases.locked(invoice_id) as case:
        case.add(Paused(at=NOW))

    lost(books, invoice_id, 1)
    with other.cases.locked(invoice_id) as case:
        case.add(BookedThrough(at=NOW, day=NOW.date()))

    facts = books.cases.read(invoice_id).facts
    assert (facts.hold, facts.booked_through) == (None, NOW.date())
    books.close()
    other.close()
