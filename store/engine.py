"""Connections. SQLite in WAL mode is the embedded default; PostgreSQL is a URL away.

A write transaction takes its lock when it begins: SQLite's single writer (``BEGIN IMMEDIATE``) or, on PostgreSQL, the
invoice's row (``FOR UPDATE``, see ``store/cases.py``). So what was read is still true when it is acted upon.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from threading import RLock
from typing import Any

from sqlalchemy import Connection, DateTime, Engine, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

READ_ONLY = "kvitt_read_only"
TURN = "kvitt_turn"
LIGHT = "kvitt_light"


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC; SQLite knows no zones, so it is given none."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """UTC, and naive for SQLite."""
        if value is None:
            return None
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def open_engine(url: str) -> Engine:
    """An engine for a database URL; SQLite gets WAL, foreign keys and patience with other writers.

    An error of the database never quotes what was written: names, addresses, messages.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    patience = {"timeout": 30, "check_same_thread": False}
    engine = create_engine(url, connect_args=patience, pool_size=16, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    engine.update_execution_options(**{TURN: RLock()})
    return engine


@contextmanager
def writing(engine: Engine, *, light: bool = False) -> Iterator[Connection]:
    """A write transaction: all of it or nothing, and on the disk when it ends.

    A light one may be lost in a power cut (SQLite saves a wait for the disk): only what would be found out again, or
    what a transaction that is not light follows before anybody outside is told, may be written so.

    SQLite's writers within a process take turns: left to itself it makes them sleep and try again, some for long.
    """
    turn: AbstractContextManager[object] = engine.get_execution_options().get(TURN, nullcontext())
    with turn, engine.connect().execution_options(**{LIGHT: light}) as connection, connection.begin():
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A consistent view that blocks nobody."""
    with engine.connect().execution_options(**{READ_ONLY: True}) as connection:
        yield connection


def _prepare_sqlite(dbapi: Any, _record: object) -> None:
    dbapi.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON"):
        dbapi.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    options, cursor = connection.get_execution_options(), connection.connection.cursor()
    if options.get(READ_ONLY):
        cursor.execute("BEGIN")
        return
    cursor.execute(f"PRAGMA synchronous={'NORMAL' if options.get(LIGHT) else 'FULL'}")
    cursor.execute("BEGIN IMMEDIATE")
