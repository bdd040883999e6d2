"""What is done for each look, each second and each minute costs the same however many invoices are in the books."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from activities.hearing import FINAL
from activities.looking import Looking
from domain.wire import LookOrder
from store.books import Books, open_books
from store.forgetting import Forget
from store.inbox import Mentions
from tests.databases import on_postgres
from tests.live.house import numbered, story
from workflows.opening import opening_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def forget(books: Books, of: int) -> None:
    with books.cases.locked(of) as case:
        books.forgetting.forget(case, Forget(NOW, "clerk", "", NOW.date()))


def empty_a_post(books: Books, _: int) -> None:
    post = books.inbox.keep("sendgrid", "odd", "", b"of nobody", NOW)
    books.inbox.write("sendgrid", Mentions([], []), post)
    assert books.expiring.posts(NOW + timedelta(days=1), 50) == 1


DUTIES: dict[str, Callable[[Books, int], object]] = {
    "a look": lambda books, of: Looking(books).look(LookOrder(of, NOW, "run", 1)),
    "what a start needs": lambda books, of: books.cases.read(of),
    "whether an invoice is known": lambda books, _: books.cases.find("nordljus", "one"),
    "cases that lie behind": lambda books, _: books.cases.behind(),
    "cases without a loop": lambda books, _: books.cases.adrift(NOW),
    "what merchants are to be told": lambda books, _: books.deliveries.write_down(NOW),
    "which messages are to begin": lambda books, _: books.deliveries.to_begin(20),
    "which messages are begun anew": lambda books, _: books.deliveries.begin_anew(),
    "sends that are silent": lambda books, _: books.sends.silent("outbox", FINAL, NOW, NOW, 50),
    "posts that nobody has read": lambda books, _: books.inbox.new(NOW),
    "forgetting a customer": forget,
    "whose time is over": lambda books, _: books.forgetting.closed(0, 50, NOW),
    "late words about the forgotten": lambda books, _: books.forgetting.again(0, 50),
    "packs that no law wants": lambda books, _: books.forgetting.unseal(NOW.date(), 50),
    "posts about nothing of ours": empty_a_post,
    "messages to merchants that ended": lambda books, _: books.expiring.deliveries(NOW, 50),
    "what the API answered": lambda books, _: books.expiring.answers(NOW),
}
SHORT = r"announcement|endpoint|merchant_version|policy_version"
"""Tables that may be read as a whole: what is in them is soon gone, or is few."""


@pytest.fixture
def books(books_url: str) -> Iterator[Books]:
    books = open_books(books_url)
    yield books
    books.close()


@pytest.mark.parametrize("duty", DUTIES)
def test_no_duty_reads_a_whole_table(books: Books, duty: str):
    told = story("pays-on-time")
    of = books.registry.open(numbered(opening_of(told.invoice, told.loaded), "one"), NOW).id

    with said(books) as statements:
        DUTIES[duty](books, of)

    plans = [plan(books, *statement) for statement in statements]
    assert plans
    assert [text for text in plans if reads_all(text)] == []


def test_a_whole_table_would_be_noticed(books: Books):
    assert reads_all(plan(books, "SELECT id FROM invoice WHERE currency = 'SEK'", {} if on_postgres() else ()))


@contextmanager
def said(books: Books) -> Iterator[list[tuple[str, Any]]]:
    """What the database is asked while the block lasts."""
    statements: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if re.match("SELECT|UPDATE|DELETE", statement):
            statements.append((statement, parameters))

    event.listen(books.engine, "before_cursor_execute", hear)
    try:
        yield statements
    finally:
        event.remove(books.engine, "before_cursor_execute", hear)


def plan(books: Books, statement: str, parameters: Any) -> str:
    """How the database goes about it, where reading all of a small table were not the quickest."""
    with books.engine.connect() as connection:
        if on_postgres():
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN " if on_postgres() else "EXPLAIN QUERY PLAN "
        rows = connection.exec_driver_sql(explain + statement, parameters).all()
    return f"{statement}\n" + "\n".join(str(row[-1]) for row in rows)


def reads_all(text: str) -> bool:
    """All of a table that grows with the invoices."""
    return re.search(rf"Seq Scan on (?!{SHORT})|^SCAN (?!{SHORT})\w+$", text, re.MULTILINE) is not None
