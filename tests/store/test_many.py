"""Rows that are written together are the rows that would have been written one by one, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from store.books import open_books
from store.engine import writing
from store.many import Many
from store.sends import HEARD

NAMES = ("vendor", "key", "word", "said", "at")
HEAR, HEAR_ONCE = Many(HEARD, *NAMES), Many(HEARD, *NAMES, once=True)
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)

ODD = {
    "plain": ("delivered", "250 2.0.0 OK", NOON),
    "no moment": ("delivered", "", None),
    "a part of a second": ("opened", "", NOON + timedelta(microseconds=7)),
    "another zone": ("opened", "", datetime(2026, 7, 1, 2, tzinfo=timezone(timedelta(hours=2)))),
    "long ago": ("other", "", datetime(1, 1, 2, tzinfo=UTC)),
    "quotes": ("bounced", """550 "no" such 'user'; DROP TABLE heard; -- %s :at ? \\ {} [null]""", NOON),
    "letters": ("bounced", "brevlådan är full ✉ 𝕏\n\t", NOON),
    "a zero": ("refused", "end\0less", NOON),
    "what only looks like one": ("refused", r"C:\u0000\new", NOON),
}


@pytest.fixture
def connection(books_url: str) -> Iterator[Connection]:
    books = open_books(books_url)
    with writing(books.engine) as connection:
        yield connection
    books.close()


def kept(connection: Connection, vendor: str) -> list[Any]:
    """As the database has them, not as SQLAlchemy reads them."""
    query = text("SELECT key, word, said, at FROM heard WHERE vendor = :vendor ORDER BY key")
    return list(connection.execute(query, {"vendor": vendor}))


def test_odd_rows_are_written_as_sqlalchemy_writes_them(connection: Connection):
    rows = [(key, *row) for key, row in ODD.items()]

    count = HEAR.insert(connection, [("together", *row) for row in rows])

    for row in rows:
        connection.execute(insert(HEARD), dict(zip(NAMES, ("alone", *row), strict=True)))
    assert count == len(ODD)
    assert kept(connection, "together") == kept(connection, "alone")


def test_what_is_there_already_stays_as_it_is_and_is_not_counted(connection: Connection):
    HEAR.insert(connection, [("v", "1", "delivered", "first", NOON)])

    count = HEAR_ONCE.insert(connection, [("v", key, "bounced", "second", NOON) for key in "123"])

    assert count == 2
    assert [row.said for row in kept(connection, "v")] == ["first", "second", "second"]


def test_no_rows_are_no_statement(connection: Connection):
    assert HEAR.insert(connection, []) == 0
