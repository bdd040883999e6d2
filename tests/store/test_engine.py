"""Connections: what the books say when something goes wrong, and how long they wait."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url, select, text
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import ArgumentError, IntegrityError, InternalError

from channels.hearing import Word
from domain.events import Stopped
from domain.money import Money
from store import engine as store_engine
from store.books import open_books
from store.codec import dump
from store.engine import hold, open_engine, reading, writing
from store.registry import COMMAND
from store.tables import HeardRow
from tests.databases import on_postgres
from tests.gateway.cases import opening

ROW: dict[str, Any] = {"id": "1", "merchant": "nordljus", "number": "1", "kind": "stopped", "who": "Anna Lundberg"}
ROW |= {"why": "moved", "at": datetime(2026, 3, 2, tzinfo=UTC), "taken": False}
ROW |= {"body": dump(Stopped(at=ROW["at"]))}


@pytest.mark.parametrize(
    ("rows", "says"),
    [([ROW, ROW], "unique"), ([ROW | {"kind": None}], "null")],
    ids=["the same again", "an empty column"],
)
def test_an_error_of_the_database_does_not_quote_what_was_written(
    books_url: str, rows: list[dict[str, Any]], says: str
):
    books = open_books(books_url)

    with pytest.raises(IntegrityError) as told, writing(books.engine) as connection:
        connection.execute(COMMAND.insert(), rows)

    assert says in str(told.value).lower()
    assert "command" in str(told.value)
    for error in (told.value, told.value.orig):
        assert "Anna" not in f"{error} {error!r}"
    books.close()


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(("light", "waits"), [(False, 2), (True, 1)], ids=["to the disk", "light"])
def test_a_write_waits_for_the_disk_unless_it_is_light(books_url: str, light: bool, waits: int):
    """SQLite's words: 2 is FULL, 1 is NORMAL. The mode of one transaction does not leak into the next."""
    books = open_books(books_url)

    with writing(books.engine, light=not light):
        pass
    with writing(books.engine, light=light) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == waits
    books.close()


@pytest.mark.only_on("postgres")
@pytest.mark.parametrize(("light", "waits"), [(False, "on"), (True, "off")], ids=["to the disk", "light"])
def test_a_commit_waits_for_the_disk_unless_it_is_light(books_url: str, light: bool, waits: str):
    """The mode of one transaction does not leak into the next."""
    engine = open_engine(books_url)

    with writing(engine, light=not light):
        pass
    with writing(engine, light=light) as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == waits
    engine.dispose()


def test_an_insert_that_meets_a_row_tells_that_it_wrote_none(books_url: str):
    books = open_books(books_url)
    into = {"sqlite": sqlite_insert, "postgresql": postgres_insert}[books.engine.dialect.name](COMMAND)

    with writing(books.engine) as connection:
        written = [connection.execute(into.on_conflict_do_nothing(), ROW).rowcount for _ in range(2)]

    assert written == [1, 0]
    books.close()


def test_what_is_only_read_cannot_be_written(books_url: str):
    """PostgreSQL refuses it; SQLite forgets it."""
    books = open_books(books_url)

    with suppress(InternalError), reading(books.engine) as connection:
        connection.execute(COMMAND.insert(), ROW)

    assert books.orders.given("nordljus", "1") == []
    books.close()


def test_a_name_that_is_held_is_waited_for_and_no_other(books_url: str):
    engine, finished = open_engine(books_url), []

    def take(*name: str) -> None:
        with writing(engine) as connection:
            hold(connection, *name)
            finished.append(name)

    with ThreadPoolExecutor(2) as pool:
        with writing(engine) as connection:
            hold(connection, "invoice", "a", "1")
            waiting = pool.submit(take, "invoice", "a", "1")
            if engine.dialect.name == "postgresql":
                pool.submit(take, "invoice", "a1", "").result()
                assert finished == [("invoice", "a1", "")]
            assert not waiting.done()
        waiting.result()
    assert finished[-1] == ("invoice", "a", "1")
    engine.dispose()


@pytest.mark.only_on("postgres")
@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_an_address_of_postgresql_needs_no_driver(books_url: str, scheme: str):
    engine = open_engine(books_url.replace("postgresql+psycopg", scheme))

    with reading(engine) as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
    engine.dispose()


@pytest.mark.only_on("postgres")
def test_postgresql_cuts_off_what_hangs_and_knows_who_it_was(books_url: str):
    engine = open_engine(books_url)
    patient = open_engine(str(make_url(books_url).update_query_dict({"application_name": "ours"})))

    with reading(engine) as connection:
        shown = {name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in store_engine.PATIENCE}
        assert shown == {
            "statement_timeout": "30s",
            "lock_timeout": "20s",
            "idle_in_transaction_session_timeout": "1min",
        }
        assert connection.exec_driver_sql("SHOW application_name").scalar() == "kvitt"
    with reading(patient) as connection:
        assert connection.exec_driver_sql("SHOW application_name").scalar() == "ours"
    engine.dispose()
    patient.dispose()


@pytest.mark.parametrize("address", ["mysql://kvitt@127.0.0.1/kvitt", "nonsense", ""])
def test_another_database_is_refused(address: str):
    with pytest.raises(ArgumentError):
        open_engine(address)


def test_text_with_a_nul_is_no_error_and_finds_nothing(books_url: str):
    """A made-up link, or a vendor's word: PostgreSQL knows no NUL in text."""
    books = open_books(books_url)

    assert books.sends.by_token("\0") is None
    with writing(books.engine) as connection:
        connection.execute(COMMAND.insert(), ROW | {"why": "a\0b"})

    [given] = books.orders.given("nordljus", "1")
    assert given.why in ("a\0b", "a\ufffdb")
    books.close()


def test_an_amount_has_room(books_url: str):
    """The largest that an invoice may be of."""
    books, large = open_books(books_url), opening("1")
    amount = Money.parse("999999999999.99", "SEK")

    opened = books.registry.open(replace(large, invoice=replace(large.invoice, amount=amount)), ROW["at"])

    assert books.looks.one(opened.id).balance == amount
    books.close()


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/Stockholm"])
def test_a_vendors_odd_moment_comes_back_wherever_the_server_is(books_url: str, zone: str):
    """By local time the first and the last hour lie in years that Python does not have."""
    if on_postgres():
        with create_engine(books_url, isolation_level="AUTOCOMMIT").connect() as admin:
            admin.execute(text(f"ALTER DATABASE \"{make_url(books_url).database}\" SET timezone TO '{zone}'"))
    books, ends = open_books(books_url), [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]

    with writing(books.engine) as connection:
        connection.execute(COMMAND.insert(), [ROW | {"id": str(at.year), "at": at} for at in ends])
    with reading(books.engine) as connection:
        assert sorted(connection.execute(select(COMMAND.c.at)).scalars()) == ends
    books.close()


def test_every_word_of_a_vendor_has_room():
    """SQLite would not say so."""
    room = HeardRow.__table__.c.word.type.length  # type: ignore[attr-defined]

    assert max(len(word) for word in Word) <= room
