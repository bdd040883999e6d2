"""The inbox: what vendors sent, as it came; and what it says of our sends, written into many journals at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, bindparam, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.events import Event
from domain.policy import Channel
from domain.stages import Stage
from domain.wire import InvoiceRef
from domain.words import SendId
from store.cases import CHANGE_INVOICE, EVENT, INVOICE, LISTENS, OF, announce, event_row, is_wanted
from store.engine import reading, writing
from store.opt_outs import OPT_OUT, OptOut, add_opt_out
from store.sends import SEND
from store.tables import HeardRow, PostRow

POST: Table = PostRow.__table__  # type: ignore[attr-defined]
HEARD: Table = HeardRow.__table__  # type: ignore[attr-defined]

NEW, READ, UNREADABLE = "new", "read", "unreadable"
"""The states of a post."""

_INSERT: dict[str, Any] = {"sqlite": sqlite_insert, "postgresql": postgres_insert}
_KEEP = {name: into(POST).on_conflict_do_nothing().returning(POST.c.id) for name, into in _INSERT.items()}
_HEAR = {name: into(HEARD).on_conflict_do_nothing().returning(HEARD.c.key) for name, into in _INSERT.items()}
_MARK = update(POST).where(POST.c.id == bindparam("of_post"))
_AT_ONCE = 500
"""How many ids stand in one question."""


@dataclass(frozen=True, slots=True)
class KeptPost:
    """A post as the books hold it."""

    id: int
    vendor: str
    about: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """A send that a vendor may speak of."""

    id: str
    ref: InvoiceRef
    send: SendId
    channel: Channel
    recipient: str
    is_answered: bool
    """Whether the vendor's own answer is in the books."""
    policy_version_id: int


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that a vendor said, and what it means to us."""

    key: str
    word: str
    at: datetime | None
    said: str
    about: Known | None = None
    event: Event | None = None
    """What it changes in the journal; None: it is only kept."""
    is_final: bool = False
    """Whether nothing more is to be heard of this send."""
    opt_out: OptOut | None = None
    opts_in: tuple[Channel, str] | None = None


class Inbox:
    """What was heard, and how far it was understood."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def keep(self, vendor: str, key: str, about: str, body: bytes, now: datetime) -> int | None:
        """Keep a post for good, once; None: it is there already."""
        row = {"vendor": vendor, "key": key, "about": about, "body": body, "received_at": now, "state": NEW}
        with writing(self.engine) as connection:
            kept = connection.execute(_KEEP[connection.dialect.name], row).scalar()
        return None if kept is None else int(kept)

    def new(self, before: datetime, limit: int = 100) -> list[KeptPost]:
        """Posts that nobody has read, oldest first."""
        query = select(POST).where(POST.c.state == NEW, POST.c.received_at <= before).order_by(POST.c.id).limit(limit)
        with reading(self.engine) as connection:
            return [KeptPost(row.id, row.vendor, row.about, row.body) for row in connection.execute(query)]

    def unreadable(self, post_id: int) -> None:
        """Nobody can read it: a person must."""
        with writing(self.engine) as connection:
            connection.execute(_MARK, {"of_post": post_id, "state": UNREADABLE})

    def counts(self) -> dict[str, int]:
        """How many posts are in which state."""
        query = select(POST.c.state, func.count().label("posts")).group_by(POST.c.state)
        with reading(self.engine) as connection:
            return {row.state: row.posts for row in connection.execute(query)}

    def oldest_new(self) -> datetime | None:
        """When the oldest post came that nobody has read."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.min(POST.c.received_at)).where(POST.c.state == NEW)).scalar()

    def known(self, vendor: str, ids: Iterable[str], vendor_ids: Iterable[str]) -> dict[str, Known]:
        """The sends that these ids mean, ours or the vendor's, each by that id."""
        found: dict[str, Known] = {}
        with reading(self.engine) as connection:
            for row in _sends(connection, SEND.c.id, set(ids)):
                found[row.id] = _known(row)
            for row in _sends(connection, SEND.c.vendor_id, set(vendor_ids)):
                if row.vendor == vendor:
                    found[row.vendor_id] = _known(row)
        return found

    def write(self, vendor: str, lines: Sequence[Line], post_id: int | None = None) -> list[InvoiceRef]:
        """Write down what a post says, all of it or nothing; whose loop must look now.

        It may be called twice with the same: each line is written once. It need not wait for the disk: until it is
        there, the post is new.
        """
        with writing(self.engine, light=True) as connection:
            new = _hear(connection, vendor, lines, post_id)
            woken = _add_events(connection, [line for line in new if line.event])
            silenced = {line.about.id for line in new if line.is_final and line.about}
            for ids in _parts(sorted(silenced)):
                connection.execute(update(SEND).where(SEND.c.id.in_(ids)).values(ask_at=None))
            for line in new:
                if line.opt_out:
                    add_opt_out(connection, line.opt_out)
                if line.opts_in:
                    channel, address = line.opts_in
                    mine = (OPT_OUT.c.channel == channel) & (OPT_OUT.c.address == address.casefold())
                    connection.execute(OPT_OUT.delete().where(mine))
            if post_id is not None:
                connection.execute(_MARK, {"of_post": post_id, "state": READ})
        return woken


def _hear(connection: Connection, vendor: str, lines: Sequence[Line], post_id: int | None) -> list[Line]:
    """Write the lines down; those that were not there yet."""
    rows = {
        line.key: {
            "vendor": vendor,
            "key": line.key,
            "post_id": post_id,
            "send_id": line.about.id if line.about else None,
            "word": line.word,
            "at": line.at,
            "said": line.said,
        }
        for line in lines
    }
    if not rows:
        return []
    new = set(connection.execute(_HEAR[connection.dialect.name], list(rows.values())).scalars())
    fresh = []
    for line in lines:
        if line.key in new:
            new.discard(line.key)
            fresh.append(line)
    return fresh


def _add_events(connection: Connection, lines: Sequence[Line]) -> list[InvoiceRef]:
    """Add to the journals, each under its invoice's lock, taken in order so that nobody waits in a circle."""
    of: dict[int, list[Line]] = {}
    for line in lines:
        if line.about:
            of.setdefault(line.about.ref.id, []).append(line)
    events: list[dict[str, Any]] = []
    counts: list[dict[str, Any]] = []
    woken: list[InvoiceRef] = []
    for row in _locked(connection, sorted(of)):
        seq = row.events
        wanted = 0
        for line in of[row.id]:
            if line.event is None:
                continue
            seq += 1
            events.append(event_row(row.id, seq, line.event, f"heard:{line.key}"))
            if row.listens:
                announce(connection, row.id, seq, line.event)
            if is_wanted(line.event, row.next_at, is_closed=row.stage == Stage.CLOSED):
                wanted = seq
        counts.append({OF: row.id, "events": seq, "wanted": wanted or row.wanted})
        if wanted:
            woken.append(InvoiceRef(row.id, row.merchant, row.number))
    if events:
        connection.execute(insert(EVENT), events)
        connection.execute(CHANGE_INVOICE, counts)
    return woken


def _locked(connection: Connection, ids: Sequence[int]) -> list[Row[Any]]:
    columns = (
        INVOICE.c.id,
        INVOICE.c.merchant,
        INVOICE.c.number,
        INVOICE.c.events,
        INVOICE.c.wanted,
        INVOICE.c.next_at,
        INVOICE.c.stage,
        LISTENS,
    )
    rows: list[Row[Any]] = []
    for part in _parts(ids):
        query = select(*columns).where(INVOICE.c.id.in_(part)).order_by(INVOICE.c.id).with_for_update(of=INVOICE)
        rows.extend(connection.execute(query))
    return rows


def _sends(connection: Connection, column: Any, ids: set[str]) -> list[Row[Any]]:
    rows: list[Row[Any]] = []
    for part in _parts(sorted(ids)):
        query = select(
            SEND.c.id,
            SEND.c.invoice_id,
            SEND.c.step,
            SEND.c.rung,
            SEND.c.attempt,
            SEND.c.channel,
            SEND.c.recipient,
            SEND.c.vendor,
            SEND.c.vendor_id,
            INVOICE.c.merchant,
            INVOICE.c.number,
            INVOICE.c.policy_version_id,
        ).join(INVOICE, INVOICE.c.id == SEND.c.invoice_id)
        rows.extend(connection.execute(query.where(column.in_(part))))
    return rows


def _known(row: Row[Any]) -> Known:
    return Known(
        row.id,
        InvoiceRef(row.invoice_id, row.merchant, row.number),
        SendId(row.step, row.rung, row.attempt),
        Channel(row.channel),
        row.recipient or "",
        row.vendor_id is not None,
        row.policy_version_id,
    )


def _parts(ids: Sequence[Any]) -> list[Sequence[Any]]:
    return [ids[start : start + _AT_ONCE] for start in range(0, len(ids), _AT_ONCE)]
