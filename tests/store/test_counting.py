"""What ops watch is counted right, at one moment, and asked of indexes only."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, Select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from domain.decisions import Wait
from domain.words import Reason
from store.books import Books, open_books
from store.cases import INVOICE
from store.counting import ASKED, Counts, count, late
from store.engine import reading, writing
from store.inbox import NEW, UNREADABLE
from store.looks import Looked
from tests.gateway.cases import Kept
from tests.live.shop import an_event

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def books(books_url: str) -> Iterator[Books]:
    opened = open_books(books_url)
    yield opened
    opened.close()


def stand(books: Books, number: str, stage: str, **columns: object) -> int:
    """A case, as its last look left it."""
    case = Kept(books, number, "2026-03-02T09:00")
    with books.cases.locked(case.id) as locked:
        books.looks.record(locked, Looked("run", 1, NOW, Wait(NOW, Reason.ISSUED), stage, None, None))
    with writing(books.engine) as connection:
        connection.execute(update(INVOICE).where(INVOICE.c.id == case.id).values(shift=0, **columns))
    return case.id


def test_empty_books_have_nothing_to_count(books: Books):
    assert count(books.engine, NOW) == Counts({}, {}, {}, 0, 0, {}, None, {}, {})


def test_open_invoices_are_counted_by_stage_and_by_why_they_wait(books: Books):
    ages = [NOW - timedelta(days=days) for days in (3, 5, 1)]
    stand(books, "1", "needs_attention", waits_for="unreachable", since=ages[0])
    stand(books, "2", "needs_attention", waits_for="unreachable", since=ages[1])
    stand(books, "3", "distributing", waits_for="awaiting_evidence", since=ages[2])
    stand(books, "4", "reminding")
    stand(books, "5", "closed")

    counts = count(books.engine, NOW)

    assert counts.stages == {"needs_attention": 2, "distributing": 1, "reminding": 1}
    assert counts.waiting == {"unreachable": 2, "awaiting_evidence": 1}
    assert counts.waiting_since == {"unreachable": ages[1], "awaiting_evidence": ages[2]}


def test_a_case_is_late_an_hour_after_its_moment_and_failing_since_its_look_broke_down(books: Books):
    stand(books, "1", "reminding", next_at=NOW - timedelta(minutes=61), resting=True)
    stand(books, "2", "reminding", next_at=NOW - timedelta(minutes=59), resting=True)
    stand(books, "3", "reminding", next_at=NOW + timedelta(days=1), resting=True, failed_since=NOW)

    counts = count(books.engine, NOW)

    assert (counts.late, counts.failing) == (1, 1)


def test_posts_and_webhooks_are_counted_until_they_are_read_and_delivered(books: Books):
    old, older = NOW - timedelta(minutes=5), NOW - timedelta(minutes=9)
    first = books.inbox.keep("twilio", "1", "", b"", older)
    books.inbox.keep("twilio", "2", "", b"", old)
    assert first
    books.inbox.unreadable(first)
    books.endpoints.add("nordljus", "https://shop.example", (), NOW)
    an_event(books)
    while books.deliveries.write_down(NOW):
        pass
    books.deliveries.begun(books.deliveries.to_begin(10))

    counts = count(books.engine, NOW)

    assert counts.posts == {NEW: 1, UNREADABLE: 1}
    assert counts.oldest_post == old
    assert counts.deliveries == {"pending": 1}


@pytest.mark.parametrize("query", [*ASKED, late(NOW)], ids=range(len(ASKED) + 1))
def test_nothing_is_asked_of_a_whole_table(books: Books, query: Select[tuple[object, ...]]):
    """Books of a hundred thousand invoices are read as quickly as there is something to count."""
    plan = explained(books.engine, query)

    assert "INDEX" in plan.upper()
    assert "SEQ SCAN" not in plan.upper()
    assert not [line for line in plan.splitlines() if line.startswith("SCAN") and "INDEX" not in line]


def explained(engine: Engine, query: Select[tuple[object, ...]]) -> str:
    """How the database would go about it, where reading all of a small table were not the quickest."""
    is_sqlite = engine.dialect.name == "sqlite"
    dialect = sqlite.dialect() if is_sqlite else postgresql.dialect()  # type: ignore[no-untyped-call]
    words = str(query.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))
    with reading(engine) as connection:
        if not is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        rows = connection.execute(text(f"{'EXPLAIN QUERY PLAN' if is_sqlite else 'EXPLAIN'} {words}"))
        return "\n".join(str(row[-1]) for row in rows)
