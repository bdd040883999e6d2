"""The rules that a case is to move to come into the books with the order, and not before."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlalchemy import event

from config.merchants import Loaded, load_text
from domain.wire import InvoiceRef
from store.books import Books, open_books
from tests.gateway.cases import at, merchant, opening
from workflows.foreseeing import Foretold, foretold
from workflows.ordering import Asked, prepared
from workflows.orders import FOR_MANY

NOON = at("2026-04-02T12:00")
MOVE = Asked(FOR_MANY["move"], {"version": "2"})


@pytest.fixture
def books(books_url: str) -> Iterator[Books]:
    opened = open_books(books_url)
    yield opened
    opened.close()


def published(books: Books, source: str, who: str) -> Loaded:
    loaded = load_text(source, "nordljus")
    books.registry.publish(loaded.merchant, loaded.text, at("2026-03-01T12:00"), who)
    return loaded


def a_case(books: Books) -> InvoiceRef:
    """It goes by version 1, and version 2 says that it is sent by letter alone."""
    text = merchant().text.replace("spread: 0 minutes", "spread: 0 minutes  # one")
    ref = InvoiceRef(books.registry.open(opening("1", published(books, text, "ops")), NOON).id, "nordljus", "1")
    told = "    - {channel: email, viewed_within: 3 days}\n    - {channel: sms, viewed_within: 2 days}\n"
    assert told in text
    published(books, text.replace(told, ""), "ops")
    return ref


def seen(books: Books, ref: InvoiceRef, now: datetime = NOON) -> Foretold:
    return foretold(books, ref, MOVE, "", now, only_seen=True)


def test_to_see_what_a_move_would_set_going_writes_nothing(books: Books):
    ref, written = a_case(books), list[str]()

    @event.listens_for(books.engine, "before_cursor_execute")
    def note(*told: object) -> None:
        if not str(told[2]).lstrip().upper().startswith(("SELECT", "PRAGMA", "SHOW")):
            written.append(str(told[2]))

    [send] = seen(books, ref).goes_out

    assert send.channel == "letter"
    assert written == []


def test_what_is_seen_before_rules_are_pinned_is_what_is_seen_after(books: Books):
    ref = a_case(books)
    before = seen(books, ref)

    given = prepared(books, ref, MOVE, "move-1", NOON)

    assert seen(books, ref).ready.event == given.event == prepared(books, ref, MOVE, "move-2", NOON).event
    assert seen(books, ref).goes_out == before.goes_out
    assert given.event != before.ready.event
