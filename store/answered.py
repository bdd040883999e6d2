"""Requests that carry an ``Idempotency-Key``, and what they were answered: the same again gets the same again.

What such a request does is idempotent in itself (an invoice by its number, an order by its id). So a key whose first
request died without an answer may be taken over.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from store.engine import writing
from store.tables import AnsweredRow

ANSWERED: Table = AnsweredRow.__table__  # type: ignore[attr-defined]
KEPT_FOR = timedelta(hours=48)
"""How long an answer is kept at least."""
DEAD_AFTER = timedelta(minutes=2)
"""How old a request without an answer is when nobody answers it any more."""

_TIDY_EVERY_S = 60.0
_CLAIM = {
    "sqlite": sqlite_insert(ANSWERED).on_conflict_do_nothing(),
    "postgresql": postgres_insert(ANSWERED).on_conflict_do_nothing(),
}


class Standing(Enum):
    """How a request stands to those before it with its key."""

    FIRST = auto()
    """There was none, or it died: this one does the work."""
    RUNNING = auto()
    """The first is being answered."""
    OTHER = auto()
    """The key was another request's."""
    AGAIN = auto()
    """The same was answered."""


@dataclass(frozen=True, slots=True)
class Claim:
    """What came of claiming a key; status and body are there if the same was answered."""

    standing: Standing
    status: int = 0
    body: str = ""


class Answered:
    """The keys of requests, each merchant's apart. All writes are light: after a power cut the work is found done."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._tidied = float("-inf")

    def claim(self, merchant: str, key: str, request_sha256: str, now: datetime) -> Claim:
        """Claim a key for a request, or say why not."""
        self._tidy(now)
        row = {"merchant": merchant, "key": key, "request_sha256": request_sha256, "at": now}
        with writing(self.engine, light=True) as connection:
            if connection.execute(_CLAIM[connection.dialect.name], row).rowcount == 1:
                return Claim(Standing.FIRST)
            return _known(connection, row, now)

    def answer(self, merchant: str, key: str, status: int, body: str) -> None:
        """Keep the answer; the first one stays."""
        with writing(self.engine, light=True) as connection:
            open_ = update(ANSWERED).where(_of(merchant, key), ANSWERED.c.status.is_(None))
            connection.execute(open_.values(status=status, body=body))

    def release(self, merchant: str, key: str) -> None:
        """Nothing was done: the key is free."""
        with writing(self.engine, light=True) as connection:
            connection.execute(delete(ANSWERED).where(_of(merchant, key), ANSWERED.c.status.is_(None)))

    def _tidy(self, now: datetime) -> None:
        """Forget the old ones, once in a while."""
        if time.monotonic() - self._tidied < _TIDY_EVERY_S:
            return
        self._tidied = time.monotonic()
        with writing(self.engine, light=True) as connection:
            connection.execute(delete(ANSWERED).where(ANSWERED.c.at < now - KEPT_FOR))


def _known(connection: Connection, row: dict[str, Any], now: datetime) -> Claim:
    mine = _of(row["merchant"], row["key"])
    known = connection.execute(select(ANSWERED).where(mine).with_for_update()).one_or_none()
    if known is None:
        return Claim(Standing.RUNNING)  # it was released this moment
    if known.request_sha256 != row["request_sha256"]:
        return Claim(Standing.OTHER)
    if known.status is not None:
        return Claim(Standing.AGAIN, known.status, known.body)
    if now - known.at < DEAD_AFTER:
        return Claim(Standing.RUNNING)
    connection.execute(update(ANSWERED).where(mine).values(at=now))
    return Claim(Standing.FIRST)


def _of(merchant: str, key: str) -> ColumnElement[bool]:
    return (ANSWERED.c.merchant == merchant) & (ANSWERED.c.key == key)
