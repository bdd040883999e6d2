"""The schema: made from nothing, or from the books of the version before, it is what the code takes it to be."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier
from pathlib import Path

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, func, insert, select
from sqlmodel import SQLModel

from domain.decisions import Wait
from domain.events import Stopped
from domain.policy import Channel
from domain.words import Reason
from store.books import Books, open_books
from store.condition import condition
from store.engine import open_engine, writing
from store.looks import Looked
from store.orders import Order
from store.schema import IS_AT, OLDEST, upgrade
from tests.databases import database_of, empty_database
from tests.gateway.cases import Kept

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_the_schema_is_what_the_models_say(tmp_path: Path):
    engine = open_engine(made(empty_database(tmp_path)))

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": IS_AT, "include_object": ours}
        )
        assert compare_metadata(context, SQLModel.metadata) == []
    engine.dispose()


def ours(_: object, name: str | None, *__: object) -> bool:
    return name != OLDEST


def test_books_of_the_version_before_are_brought_here_with_all_that_is_in_them(tmp_path: Path):
    now, before = open_books(database_of(tmp_path)), made(empty_database(tmp_path), "0001")
    invoice_id = fill(now)
    copy(now, before)

    books = open_books(before)
    old, new = now.cases.read(invoice_id), books.cases.read(invoice_id)
    assert (new.invoice, new.events, new.facts, new.policy) == (old.invoice, old.events, old.facts, old.policy)
    assert new.next_at == old.next_at == NOW
    [sent], [kept] = now.sends.of_invoice(invoice_id), books.sends.of_invoice(invoice_id)
    assert kept.parcel is not None
    assert sent.parcel is not None
    assert (kept.id, kept.token, kept.parcel.body) == (sent.id, sent.token, sent.parcel.body)
    assert books.orders.given("nordljus", "1") == now.orders.given("nordljus", "1") != []
    with books.cases.locked(invoice_id) as case:
        assert case.add(Stopped(at=NOW))
    now.close()
    books.close()


def test_processes_that_come_up_at_once_make_the_schema_once(tmp_path: Path):
    url = empty_database(tmp_path)
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(4)
    sides = [context.Process(target=come_up, args=(url, start)) for _ in range(4)]
    for side in sides:
        side.start()
    for side in sides:
        side.join(60)

    assert [side.exitcode for side in sides] == [0] * 4
    found = condition(url)
    assert found is not None
    assert found.schema.revision == found.schema.newest is not None


def come_up(url: str, start: Barrier) -> None:
    start.wait()
    books = open_books(url)
    assert books.looks.stages() == {}


def made(url: str, revision: str = "head") -> str:
    upgrade(url, revision)
    return url


def fill(books: Books) -> int:
    """An invoice with something in every table of the first books."""
    case = Kept(books, "1", "2026-03-02T09:00")
    case.send(Channel.EMAIL, "2026-03-02T10:00")
    books.orders.give(case.id, Order("order-1", "stop", "ops", "a wish"), Stopped(at=NOW))
    with books.cases.locked(case.id) as locked:
        decision = Wait(NOW, Reason.ISSUED)
        books.looks.record(locked, Looked("run-1", 1, NOW, decision, "issued", "due_reminder", NOW))
    return case.id


def copy(books: Books, old: str) -> None:
    """What older books would hold of these."""
    engine, tables = open_engine(old), MetaData()
    tables.reflect(engine)
    with books.engine.connect() as connection, writing(engine) as to:
        for table in tables.sorted_tables:
            if table.name in (IS_AT, OLDEST):
                continue
            rows = connection.execute(select(*(SQLModel.metadata.tables[table.name].c[c.name] for c in table.c)))
            to.execute(insert(table), [dict(row) for row in rows.mappings()])
            assert to.execute(select(func.count()).select_from(table)).scalar(), f"nothing in {table.name}"
    engine.dispose()
