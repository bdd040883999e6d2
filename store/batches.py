"""Batches: what is to be done with many invoices, and how far it has come."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.batches import ENDED, START, BatchProgress, BatchState, ItemState, Steering
from store.codec import dump, load
from store.engine import reading, writing
from store.selecting import Selection
from store.tables import BatchItemRow, BatchRow

BATCH: Table = BatchRow.__table__  # type: ignore[attr-defined]
ITEM: Table = BatchItemRow.__table__  # type: ignore[attr-defined]

EVERYTHING = Selection()
_MOVES = {
    BatchState.PAUSED: {BatchState.RUNNING},
    BatchState.RUNNING: {BatchState.PAUSED},
    BatchState.STOPPED: {BatchState.FILLING, BatchState.RUNNING, BatchState.PAUSED},
}
"""What a person may wish, and from which states on."""
_NEW = {
    "sqlite": sqlite_insert(BATCH).on_conflict_do_nothing(),
    "postgresql": postgres_insert(BATCH).on_conflict_do_nothing(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """A batch as the books hold it."""

    id: str
    kind: str
    who: str
    rate: float
    """How many a second at most."""
    created_at: datetime
    name: str = ""
    merchant: str = ""
    why: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    selection: Selection = EVERYTHING
    at_once: int | None = None
    """How many messages may go out at once because of it, as a person has confirmed; None: as many as there are."""
    acted: int = 0
    """How many of those did."""
    state: BatchState = BatchState.FILLING
    said: str = ""
    total: int = 0
    ended_at: datetime | None = None

    @property
    def starts(self) -> bool:
        """Whether it starts invoices; else it gives each the same order."""
        return self.kind == START

    def __str__(self) -> str:
        """What it does, as people read it."""
        return f"start {self.name}".rstrip() if self.starts else f"{self.kind} {self.name or self.selection}"


class UnknownBatchError(LookupError):
    """There is no such batch, or not this merchant's."""


class Batches:
    """Every batch."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def create(self, batch: Batch) -> Batch:
        """Write a batch down, once: the one of this id, as the books have it."""
        row = {name: getattr(batch, name) for name in ("id", "kind", "who", "rate", "created_at", "name", "merchant")}
        row |= {"why": batch.why, "fields": json.dumps(dict(batch.fields)), "selection": dump(batch.selection)}
        row |= {"at_once": batch.at_once, "acted": 0, "state": BatchState.FILLING.value, "said": "", "total": 0}
        with writing(self.engine) as connection:
            connection.execute(_NEW[connection.dialect.name], row)
            return one_batch(connection, batch.id)

    def run(self, batch_id: str, at_once: int | None, merchant: str = "") -> Batch:
        """Take no more invoices, and begin; ``at_once`` is what a person has confirmed. What runs goes on.

        ``merchant`` is whose they are, where that was found out in filling.

        Raises:
            UnknownBatchError: there is no such batch.
        """
        with writing(self.engine) as connection:
            batch = one_batch(connection, batch_id, lock=True)
            if batch.state is BatchState.FILLING:
                total = count_items(connection, batch_id)
                whose = merchant or batch.merchant
                change_batch(
                    connection, batch_id, state=BatchState.RUNNING, total=total, at_once=at_once, merchant=whose
                )
            return one_batch(connection, batch_id)

    def discard(self, batch_id: str) -> None:
        """Forget a batch that nothing was done with yet."""
        with writing(self.engine) as connection:
            if one_batch(connection, batch_id, lock=True).state is BatchState.FILLING:
                connection.execute(delete(ITEM).where(ITEM.c.batch_id == batch_id))
                connection.execute(delete(BATCH).where(BATCH.c.id == batch_id))

    def discard_stale(self, before: datetime) -> int:
        """Forget the batches that nobody has begun since: they may hold names and addresses. How many there were."""
        stale = select(BATCH.c.id).where(BATCH.c.state == BatchState.FILLING.value, BATCH.c.created_at < before)
        with reading(self.engine) as connection:
            found = list(connection.execute(stale).scalars())
        for batch_id in found:
            self.discard(batch_id)
        return len(found)

    def steer(self, steering: Steering, now: datetime) -> Batch:
        """Do what a person wishes, where the batch stands so that it can be done.

        Raises:
            UnknownBatchError: there is no such batch.
        """
        wish, batch_id = steering.state, steering.batch_id
        with writing(self.engine) as connection:
            batch = one_batch(connection, batch_id, lock=True)
            if steering.rate is not None and batch.state not in ENDED:
                change_batch(connection, batch_id, rate=steering.rate)
            if steering.at_once is not None and batch.state not in ENDED:
                change_batch(connection, batch_id, at_once=batch.acted + steering.at_once)
            if wish and batch.state in _MOVES.get(wish, ()):
                ended = {"ended_at": now} if wish in ENDED else {}
                change_batch(connection, batch_id, state=wish, said="", **ended)
            if wish is BatchState.STOPPED:
                _forget_sources(connection, batch_id)
            return one_batch(connection, batch_id)

    def hold_back(self, batch_id: str) -> None:
        """Pause a batch by which more messages would go out at once than were confirmed, and say so."""
        with writing(self.engine) as connection:
            batch = one_batch(connection, batch_id, lock=True)
            if batch.state is BatchState.RUNNING:
                said = f"More messages would go out at once than the {batch.at_once or 0:,} that were confirmed"
                change_batch(connection, batch_id, state=BatchState.PAUSED, said=said)

    def get(self, batch_id: str, merchant: str | None = None) -> Batch:
        """A batch; with a merchant, only one of its own.

        Raises:
            UnknownBatchError: there is no such batch.
        """
        with reading(self.engine) as connection:
            batch = one_batch(connection, batch_id)
        if merchant is not None and batch.merchant != merchant:
            raise UnknownBatchError(batch_id)
        return batch

    def all(self, limit: int, merchant: str | None = None, after: Batch | None = None) -> list[Batch]:
        """The batches, newest first; only those older than ``after``."""
        query = select(BATCH).order_by(BATCH.c.created_at.desc(), BATCH.c.id).limit(limit)
        if merchant:
            query = query.where(BATCH.c.merchant == merchant)
        if after:
            older = (BATCH.c.created_at == after.created_at) & (BATCH.c.id > after.id)
            query = query.where((BATCH.c.created_at < after.created_at) | older)
        with reading(self.engine) as connection:
            return [_batch(row) for row in connection.execute(query)]

    def under_way(self) -> list[str]:
        """The ids of the batches that need a workflow."""
        states = [BatchState.RUNNING.value, BatchState.PAUSED.value]
        with reading(self.engine) as connection:
            return list(connection.execute(select(BATCH.c.id).where(BATCH.c.state.in_(states))).scalars())

    def progress(self, batch_id: str) -> BatchProgress:
        """How far a batch is.

        Raises:
            UnknownBatchError: there is no such batch.
        """
        counted = select(ITEM.c.state, func.count().label("items")).where(ITEM.c.batch_id == batch_id)
        with reading(self.engine) as connection:
            batch = one_batch(connection, batch_id)
            found = {row.state: row.items for row in connection.execute(counted.group_by(ITEM.c.state))}
        done, unchanged = found.get(ItemState.DONE, 0), found.get(ItemState.UNCHANGED, 0)
        total, refused = batch.total or sum(found.values()), found.get(ItemState.REFUSED, 0)
        return BatchProgress(batch.state, total, done, unchanged, refused, said=batch.said)


def one_batch(connection: Connection, batch_id: str, *, lock: bool = False) -> Batch:
    """A batch, read on the connection at hand.

    Raises:
        UnknownBatchError: there is no such batch.
    """
    query = select(BATCH).where(BATCH.c.id == batch_id)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise UnknownBatchError(batch_id)
    return _batch(row)


def change_batch(connection: Connection, batch_id: str, **values: Any) -> None:
    """Set these columns."""
    connection.execute(update(BATCH).where(BATCH.c.id == batch_id).values(**values))


def count_items(connection: Connection, batch_id: str, state: ItemState | None = None) -> int:
    """How many invoices a batch has, or has in this state."""
    query = select(func.count()).select_from(ITEM).where(ITEM.c.batch_id == batch_id)
    if state:
        query = query.where(ITEM.c.state == state.value)
    return int(connection.execute(query).scalar_one())


def _forget_sources(connection: Connection, batch_id: str) -> None:
    """What was never started is not kept: it has names and addresses in it."""
    connection.execute(update(ITEM).where(ITEM.c.batch_id == batch_id, ITEM.c.source.is_not(None)).values(source=None))


def _batch(row: Row[Any]) -> Batch:
    plain = ("id", "kind", "who", "rate", "created_at", "name", "merchant", "why", "at_once", "acted", "said", "total")
    return Batch(
        **{name: getattr(row, name) for name in plain},
        fields=json.loads(row.fields),
        selection=load(Selection, row.selection),
        state=BatchState(row.state),
        ended_at=row.ended_at,
    )
