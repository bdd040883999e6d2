"""The invoices of a batch: those that wait, what became of the others, and what could not be done, with its cure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Row,
    bindparam,
    delete,
    false,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.batches import BatchState, ItemState
from domain.wire import InvoiceRef
from store.batches import ITEM, change_batch, count_items, one_batch
from store.cases import INVOICE
from store.engine import among, reading, writing
from store.registry import Opened, Opening, enter
from store.selecting import Selection, in_order

_OF, _AT = "of_batch", "at_place"
_NEW = {
    "sqlite": sqlite_insert(ITEM).on_conflict_do_nothing(),
    "postgresql": postgres_insert(ITEM).on_conflict_do_nothing(),
}
_SETTLE = (
    update(ITEM)
    .where(ITEM.c.batch_id == bindparam(_OF), ITEM.c.place == bindparam(_AT))
    .values(
        state=bindparam("ended"),
        said=bindparam("words"),
        invoice_id=func.coalesce(bindparam("of_invoice"), ITEM.c.invoice_id),
        source=None,
    )
)


@dataclass(frozen=True, slots=True)
class NewItem:
    """An invoice to be started; without a source it could not be read, and ``said`` tells why and the cure."""

    place: int
    source: str | None
    number: str = ""
    origin: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """An invoice of a batch that waits for its turn: one in the books, or one to be started."""

    place: int
    ref: InvoiceRef | None
    source: str | None
    acts: bool
    """Whether the messages that go out at once for it were counted."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What became of an invoice of a batch."""

    place: int
    state: ItemState
    said: str = ""
    invoice_id: int | None = None


@dataclass(frozen=True, slots=True)
class RefusedItem:
    """An invoice that could not be used: its place, its number if it has one, where it was written, why."""

    place: int
    number: str
    origin: str
    said: str


class BatchRunsError(ValueError):
    """A batch that runs, or has run, takes no more invoices."""


class BatchItems:
    """What is in batches."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def fill(self, batch_id: str, items: Sequence[NewItem]) -> None:
        """Add invoices to be started; one whose place is taken is there already.

        Raises:
            BatchRunsError: it takes no more.
            UnknownBatchError: there is no such batch.
        """
        rows = [_new_row(batch_id, item) for item in items]
        with writing(self.engine) as connection:
            _filling(connection, batch_id)
            if rows:
                connection.execute(_NEW[connection.dialect.name], rows)

    def choose(self, batch_id: str, selection: Selection) -> int:
        """Put the invoices that are meant into a batch, and no others; how many there are.

        Raises:
            BatchRunsError: it takes no more.
            UnknownBatchError: there is no such batch.
        """
        with writing(self.engine) as connection:
            _filling(connection, batch_id)
            connection.execute(delete(ITEM).where(ITEM.c.batch_id == batch_id))
            columns = _chosen(connection, batch_id, selection)
            chosen = select(*(column.label(name) for name, column in columns.items()))
            connection.execute(insert(ITEM).from_select(list(columns), chosen))
            return count_items(connection, batch_id)

    def waiting(self, batch_id: str, limit: int, after: int = 0) -> list[Item]:
        """The next invoices whose turn has not come, by place."""
        query = select(ITEM, INVOICE.c.merchant, INVOICE.c.number.label("of_number"))
        query = query.outerjoin(INVOICE, INVOICE.c.id == ITEM.c.invoice_id)
        mine = (ITEM.c.batch_id == batch_id) & (ITEM.c.state == ItemState.WAITING.value) & (ITEM.c.place > after)
        with reading(self.engine) as connection:
            return [_item(row) for row in connection.execute(query.where(mine).order_by(ITEM.c.place).limit(limit))]

    def admit(self, batch_id: str, messages: Mapping[int, int]) -> frozenset[int]:
        """Of the places, each with how many messages would go out at once for it, those that may have theirs: all in
        all, not more than a person has confirmed.
        """
        with writing(self.engine) as connection:
            batch = one_batch(connection, batch_id, lock=True)
            admitted, acted = list[int](), batch.acted
            for place in sorted(messages):
                if batch.at_once is None or acted + messages[place] <= batch.at_once:
                    admitted.append(place)
                    acted += messages[place]
            mine = (ITEM.c.batch_id == batch_id) & among(ITEM.c.place, admitted, connection)
            connection.execute(update(ITEM).where(mine).values(acts=True))
            change_batch(connection, batch_id, acted=acted)
        return frozenset(admitted)

    def start(self, batch_id: str, openings: Sequence[tuple[int, Opening]], now: datetime) -> list[InvoiceRef]:
        """Enter invoices, each with its place, and write down that it was done, all in one go; the new ones.

        Whoever enters many at once takes their locks in the same order, lest two wait for each other.
        """
        in_turn = sorted(openings, key=lambda one: (one[1].invoice.merchant, one[1].invoice.number, one[0]))
        opened: list[Opened] = []
        with writing(self.engine) as connection:
            one_batch(connection, batch_id, lock=True)  # before its items, as everybody does
            for _, opening in in_turn:
                opened.append(enter(connection, opening, now))
            ended = [
                Ended(place, ItemState.DONE if one.created else ItemState.UNCHANGED, invoice_id=one.id)
                for (place, _), one in zip(in_turn, opened, strict=True)
            ]
            connection.execute(_SETTLE, [_settled(batch_id, one) for one in ended])
        return [
            InvoiceRef(one.id, opening.invoice.merchant, opening.invoice.number)
            for (_, opening), one in zip(in_turn, opened, strict=True)
            if one.created
        ]

    def settle(self, batch_id: str, ended: Sequence[Ended], now: datetime) -> None:
        """Write down what became of some, in one go; with the last of them the batch is done.

        A power cut may lose it: then they are done again, which changes nothing.
        """
        with writing(self.engine, light=True) as connection:
            batch = one_batch(connection, batch_id, lock=True)  # before its items, as everybody does
            if ended:
                connection.execute(_SETTLE, [_settled(batch_id, one) for one in ended])
            if batch.state is BatchState.RUNNING and not count_items(connection, batch_id, ItemState.WAITING):
                change_batch(connection, batch_id, state=BatchState.DONE, ended_at=now)

    def refused(self, batch_id: str, limit: int, after: int = 0) -> list[RefusedItem]:
        """The invoices that could not be used, by place; only those after a place."""
        number = func.coalesce(INVOICE.c.number, ITEM.c.number).label("its_number")
        query = select(ITEM.c.place, number, ITEM.c.origin, ITEM.c.said)
        query = query.outerjoin(INVOICE, INVOICE.c.id == ITEM.c.invoice_id)
        mine = (ITEM.c.batch_id == batch_id) & (ITEM.c.state == ItemState.REFUSED.value) & (ITEM.c.place > after)
        with reading(self.engine) as connection:
            rows = connection.execute(query.where(mine).order_by(ITEM.c.place).limit(limit))
            return [RefusedItem(row.place, row.its_number, row.origin, row.said) for row in rows]


def _filling(connection: Connection, batch_id: str) -> None:
    if one_batch(connection, batch_id, lock=True).state is not BatchState.FILLING:
        raise BatchRunsError(batch_id)


def _chosen(connection: Connection, batch_id: str, selection: Selection) -> dict[str, ColumnElement[Any]]:
    """The invoices that are meant, as rows of a batch."""
    which = in_order(selection, connection).order_by(None).subquery()
    return {
        "batch_id": literal(batch_id),
        "place": func.row_number().over(order_by=which.c.id),
        "invoice_id": which.c.id,
        "state": literal(ItemState.WAITING.value),
        "said": literal(""),
        "number": literal(""),
        "origin": literal(""),
        "acts": false(),
    }


def _new_row(batch_id: str, item: NewItem) -> dict[str, Any]:
    state = ItemState.REFUSED if item.source is None else ItemState.WAITING
    row = {name: getattr(item, name) for name in ("place", "source", "number", "origin", "said")}
    return {"batch_id": batch_id, "state": state.value, "acts": False, **row}


def _settled(batch_id: str, ended: Ended) -> dict[str, Any]:
    how = {"ended": ended.state.value, "words": ended.said, "of_invoice": ended.invoice_id}
    return {_OF: batch_id, _AT: ended.place, **how}


def _item(row: Row[Any]) -> Item:
    ref = InvoiceRef(row.invoice_id, row.merchant, row.of_number) if row.invoice_id is not None else None
    return Item(row.place, ref, row.source, row.acts)
