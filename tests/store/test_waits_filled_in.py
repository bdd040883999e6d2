"""Cases that wait for a person, and get no look for months, are found right after the books were brought up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import MetaData, insert, select
from sqlmodel import SQLModel

from domain.attention import Need
from domain.events import Asked
from domain.words import Reason
from store.books import Books, open_books
from store.engine import open_engine, writing
from store.schema import upgrade
from tests.databases import database_of, empty_database
from tests.store.test_attention import Case

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
ASKED = NOW - timedelta(days=40)
TABLES = ("merchant_version", "policy_version", "invoice", "event")
STEPS = {"1": "asked: unreachable", "2": "wait: disputed", "3": "distribution: sms", "4": None}


def test_what_older_books_say_of_what_a_case_waits_for_is_found_by_it(tmp_path: Path):
    now, before = open_books(database_of(tmp_path)), empty_database(tmp_path)
    for number, step in STEPS.items():
        case = Case(now, number)
        if number == "1":
            with now.cases.locked(case.id) as file:
                for at in (ASKED - timedelta(days=9), ASKED):
                    file.add(Asked(at=at, reason=Reason.UNREACHABLE))
        case.change(next_step=step, looked_at=NOW, resting=True)
    upgrade(before, "0005")
    copy(now, before)

    books = open_books(before)
    found = books.attention.needs(NOW)
    books.close()
    now.close()

    assert [(one.need, one.what, one.since) for one in found.found] == [
        (Need.UNREACHABLE, "nordljus/1", ASKED),
        (Need.DISPUTED, "nordljus/2", NOW),
    ]


def copy(books: Books, old: str) -> None:
    """What older books would hold of these."""
    engine, there = open_engine(old), MetaData()
    there.reflect(engine)
    with books.engine.connect() as connection, writing(engine) as to:
        for name in TABLES:
            table, ours = there.tables[name], SQLModel.metadata.tables[name]
            rows = connection.execute(select(*(ours.c[column.name] for column in table.c))).mappings()
            to.execute(insert(table), [dict(row) for row in rows])
    engine.dispose()
