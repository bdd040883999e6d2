"""Connections. SQLite in WAL mode is the embedded default; PostgreSQL is a URL away.

A write transaction takes its lock when it begins: SQLite's single writer (``BEGIN IMMEDIATE``) or, on PostgreSQL, the
invoice's row (``FOR UPDATE``, see ``store/cases.py``), or a name where there is no row yet (``hold``). So what was read
is still true when it is acted upon. A read sees one moment of the books: SQLite's own way, and asked of PostgreSQL.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from hashlib import sha256
from threading import RLock
from typing import Any

import psycopg
from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown
from sqlalchemy import (
    ARRAY,
    URL,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    any_,
    cast,
    create_engine,
    event,
    func,
    make_url,
    select,
)
from sqlalchemy.engine import Dialect, ExceptionContext
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.types import TypeDecorator

READ_ONLY = "kvitt_read_only"
TURN = "kvitt_turn"
LIGHT = "kvitt_light"

SQLITE_TIMEOUT_S = 30
"""Seconds to wait for a lock."""

POOL = {"pool_size": 20, "max_overflow": 20}
"""Connections that a process keeps, and may open beyond them. A thread has one while it reads or writes, and none while
it waits for a vendor or for another's answer, so there need not be as many as threads."""

PATIENCE = {
    "statement_timeout": "30s",
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "60s",
}
"""What PostgreSQL cuts off, so that a process that hangs keeps its locks from nobody for long."""

LINE = {
    "connect_timeout": "10",
    "application_name": "kvitt",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
    "options": " ".join(f"-c {name}={value}" for name, value in (PATIENCE | {"TimeZone": "UTC"}).items()),
}
"""How we call PostgreSQL, and when a line counts as dead. What the address itself says holds instead."""


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


class PlainText(StrDumperUnknown):
    """Text as PostgreSQL keeps it: without NUL, which a made-up address may hold, or a vendor's word."""

    def dump(self, obj: str) -> Buffer | None:
        """The text; what it cannot hold is shown as lost."""
        return super().dump(obj.replace("\0", "\ufffd"))


def open_engine(address: str) -> Engine:
    """An engine for a database's address; SQLite gets WAL, foreign keys and patience with other writers.

    An error of the database never quotes what was written: names, addresses, messages.

    Raises:
        ArgumentError: it is no address, or one of another database.
    """
    url = make_url(address)
    match url.get_backend_name():
        case "sqlite":
            return _open_sqlite(url)
        case "postgresql" | "postgres":
            return _open_postgres(url)
        case other:
            raise ArgumentError(f"the books are kept in SQLite or PostgreSQL, not in {other}")


def hold(connection: Connection, *name: str) -> None:
    """Let nobody else hold this name until the transaction ends: for what has no row yet that could be locked.

    SQLite's one writer holds every name already.
    """
    if connection.dialect.name == "postgresql":
        key = int.from_bytes(sha256("\0".join(name).encode()).digest()[:8], signed=True)
        connection.execute(select(func.pg_advisory_xact_lock(key)))


@contextmanager
def writing(engine: Engine, *, light: bool = False) -> Iterator[Connection]:
    """A write transaction: all of it or nothing, and on the disk when it ends.

    A light one may be lost in a power cut (it saves a wait for the disk): only what would be found out again, or
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


def _open_sqlite(url: URL) -> Engine:
    patience = {"timeout": SQLITE_TIMEOUT_S, "check_same_thread": False}
    engine = create_engine(url, connect_args=patience, hide_parameters=True, **POOL)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    engine.update_execution_options(**{TURN: RLock()})
    return engine


def _open_postgres(url: URL) -> Engine:
    line = {name: value for name, value in LINE.items() if name not in url.query}
    url = url.set(drivername="postgresql+psycopg")
    engine = create_engine(url, connect_args=line, pool_pre_ping=True, hide_parameters=True, **POOL)
    engine.update_execution_options(preserve_rowcount=True)  # else an INSERT's is lost with its cursor
    event.listen(engine, "connect", _prepare_postgres)
    event.listen(engine, "begin", _begin_postgres)
    event.listen(engine, "handle_error", _say_no_more)
    return engine


def _prepare_sqlite(dbapi: Any, _record: object) -> None:
    dbapi.isolation_level = None
    dbapi.execute("PRAGMA foreign_keys=ON")
    _enter_wal(dbapi)


def _enter_wal(dbapi: Any) -> None:
    """Write ahead. Of two that open new books at once SQLite refuses one without waiting, so we wait ourselves."""
    deadline = time.monotonic() + SQLITE_TIMEOUT_S
    while True:
        try:
            dbapi.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _begin_sqlite(connection: Connection) -> None:
    options, cursor = connection.get_execution_options(), connection.connection.cursor()
    try:
        if options.get(READ_ONLY):
            cursor.execute("BEGIN")
            return
        cursor.execute(f"PRAGMA synchronous={'NORMAL' if options.get(LIGHT) else 'FULL'}")
        cursor.execute("BEGIN IMMEDIATE")
    except sqlite3.Error as error:
        raise _not_begun(error) from error


def _prepare_postgres(dbapi: Any, _record: object) -> None:
    dbapi.adapters.register_dumper(str, PlainText)


def _begin_postgres(connection: Connection) -> None:
    options = connection.get_execution_options()
    try:
        if options.get(READ_ONLY):
            connection.connection.cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        elif options.get(LIGHT):
            connection.connection.cursor().execute("SET LOCAL synchronous_commit TO off")
    except psycopg.Error as error:
        raise _not_begun(error) from error


def _not_begun(error: Exception) -> OperationalError:
    """What went wrong, as SQLAlchemy tells everything else: where a transaction begins it lets the driver speak."""
    return OperationalError("BEGIN", None, error, hide_parameters=True)


def _say_no_more(context: ExceptionContext) -> None:
    """PostgreSQL explains an error by quoting the row; keep its first words, which name the table and the rule."""
    error, ours = context.original_exception, context.sqlalchemy_exception
    if isinstance(error, psycopg.Error) and error.diag.message_primary:
        error.args = (error.diag.message_primary,)
        if ours is not None:
            ours.args = (f"({type(error).__module__}.{type(error).__name__}) {error.diag.message_primary}",)


def among(column: ColumnElement[Any], values: Sequence[Any], connection: Connection) -> ColumnElement[bool]:
    """``column IN (values)`` with all of them in one parameter: a thousand cost more to spell than to find."""
    if connection.dialect.name == "sqlite":
        return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))
    return column == any_(cast(list(values), ARRAY(column.type)))
