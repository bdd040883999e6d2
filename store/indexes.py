"""Indexes that migrations add: built after them, one by one, so that on PostgreSQL nobody waits for a large table's.

Which are missing is seen at each start, so one that was broken off is built by the next process.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text

from store.engine import reading, writing

PAUSE_S = 0.1
"""How long to wait between two looks at whether it is our turn."""

_THERE = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'index'",
    "postgresql": """
        SELECT relname FROM pg_class JOIN pg_index ON indexrelid = oid WHERE indisvalid AND pg_table_is_visible(oid)
    """,
}
_MINE = text("SELECT pg_try_advisory_lock(hashtext('kvitt indexes'))")
"""Asked again and again: a statement that waited would be one that the building of an index waits for."""


@dataclass(frozen=True, slots=True)
class Added:
    """An index that a migration adds."""

    name: str
    table: str
    columns: str
    where: str = ""
    """Which rows it has; empty: all."""

    @property
    def on(self) -> str:
        """Of what it is an index."""
        return f"{self.table} ({self.columns})" + (f" WHERE {self.where}" if self.where else "")


def build(engine: Engine, wanted: Sequence[Added]) -> None:
    """Build those that are not there. Processes that try at once take turns."""
    with reading(engine) as connection:
        is_whole = not missing(connection, wanted)
    if is_whole:
        return
    if engine.dialect.name == "postgresql":
        _build_beside(engine, wanted)
    else:
        _build_here(engine, wanted)


def missing(connection: Connection, wanted: Iterable[Added]) -> list[Added]:
    """Those that are not there, or were broken off."""
    there = set(connection.execute(text(_THERE[connection.dialect.name])).scalars())
    return [index for index in wanted if index.name not in there]


def _build_here(engine: Engine, wanted: Iterable[Added]) -> None:
    """SQLite has one writer: between two indexes it is the others' turn. One that a power cut takes is built again."""
    for index in wanted:
        with writing(engine, light=True) as connection:
            connection.execute(text(f"CREATE INDEX IF NOT EXISTS {index.name} ON {index.on}"))


def _build_beside(engine: Engine, wanted: Iterable[Added]) -> None:
    """Outside any transaction, while others go on writing. What is left of one that was broken off is of no use.

    The turn ends with the engine's connections.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.execute(_MINE).scalar():
            time.sleep(PAUSE_S)
        connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text("SET lock_timeout = 0"))
        for index in missing(connection, wanted):
            connection.execute(text(f"DROP INDEX CONCURRENTLY IF EXISTS {index.name}"))
            connection.execute(text(f"CREATE INDEX CONCURRENTLY {index.name} ON {index.on}"))
