"""Many rows by one statement: to spell a thousand of them one by one costs more than to write them.

SQLite's driver takes the rows as they are; PostgreSQL takes them all in one parameter, as it does in ``among``.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects.postgresql import dialect

Row = tuple[Any, ...]

POSTGRES = dialect()  # type: ignore[no-untyped-call]
NUL = r"\u0000"
"""As JSON spells it; PostgreSQL takes no text with it."""


class Many:
    """Inserts rows, each a tuple of these columns of a table; with ``once``, only those that are not there yet.

    The last column is a moment.
    """

    def __init__(self, table: Table, *names: str, once: bool = False) -> None:
        types = [table.c[name].type for name in names]
        self._names = names
        typed = ", ".join(f"{name} {type_.compile(POSTGRES)}" for name, type_ in zip(names, types, strict=True))
        into, more = f"INSERT INTO {table.name} ({', '.join(names)})", " ON CONFLICT DO NOTHING" if once else ""
        self._sqlite = f"{into} VALUES ({', '.join('?' * len(names))}){more}"
        self._postgres = f"{into} SELECT * FROM json_to_recordset(%s) AS row ({typed}){more}"  # noqa: S608 (our own names)

    def insert(self, connection: Connection, rows: Sequence[Row]) -> int:
        """Write them; how many were written."""
        if not rows:
            return 0
        if connection.dialect.name == "sqlite":
            return connection.exec_driver_sql(self._sqlite, self._spelled(rows, zone=None)).rowcount
        return connection.exec_driver_sql(self._postgres, (self._json(self._spelled(rows, zone=UTC)),)).rowcount

    def _spelled(self, rows: Sequence[Row], zone: tzinfo | None) -> list[Row]:
        """The rows with their moments as the database reads them. A batch has few different ones."""
        moments = {moment: _spelling(moment, zone) for moment in {row[-1] for row in rows}}
        return [(*row[:-1], moments[row[-1]]) for row in rows]

    def _json(self, rows: Sequence[Row]) -> str:
        text = self._dumped(rows)
        return text if NUL not in text else self._dumped([tuple(map(_without_nul, row)) for row in rows])

    def _dumped(self, rows: Sequence[Row]) -> str:
        return json.dumps([dict(zip(self._names, row, strict=True)) for row in rows], ensure_ascii=False)


def _spelling(moment: datetime | None, zone: tzinfo | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).replace(tzinfo=zone).isoformat(" ", "microseconds")


def _without_nul(value: Any) -> Any:
    """What PostgreSQL cannot hold is shown as lost, as in ``PlainText``."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value
