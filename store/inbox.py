"""The inbox: what vendors sent, as it came; and what it says of our sends, written into many journals at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Engine, Table, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.events import Event
from domain.policy import Channel
from domain.stages import Stage
from domain.wire import InvoiceRef
from domain.words import SendId
from store.cases import CHANGE_INVOICE, ENDPOINT, EVENT, INVOICE, OF, announce, is_wanted
from store.codec import KINDS, dump
from store.engine import among, reading, writing
from store.many import Many, Row
from store.opt_outs import OptOut, add_opt_out, lift_opt_out
from store.sends import HEARD, LONGEST_ID, SEND
from store.tables import PostRow

POST: Table = PostRow.__table__  # type: ignore[attr-defined]

NEW, READ, UNREADABLE = "new", "read", "unreadable"
"""The states of a post."""

_INSERT: dict[str, Any] = {"sqlite": sqlite_insert, "postgresql": postgres_insert}
_KEEP = {name: into(POST).on_conflict_do_nothing().returning(POST.c.id) for name, into in _INSERT.items()}
_HEAR = Many(HEARD, "vendor", "key", "post_id", "send_id", "word", "said", "at", once=True)
_ADD = Many(EVENT, "invoice_id", "seq", "kind", "key", "body", "at")
_MARK = update(POST).where(POST.c.id == bindparam("of_post"))
_TAKE = _MARK.where(POST.c.state == NEW).values(state=READ)
_KNOWN = select(
    SEND.c.id,
    SEND.c.invoice_id,
    INVOICE.c.merchant,
    INVOICE.c.number,
    SEND.c.step,
    SEND.c.rung,
    SEND.c.attempt,
    SEND.c.channel,
    SEND.c.recipient,
    INVOICE.c.policy_version_id,
    INVOICE.c.events,
    INVOICE.c.next_at.is_not(None),
    INVOICE.c.stage,
    SEND.c.vendor,
    SEND.c.vendor_id,
).join(INVOICE, INVOICE.c.id == SEND.c.invoice_id)
_LISTENING = select(ENDPOINT.c.merchant).where(ENDPOINT.c.closed_at.is_(None)).distinct()


@dataclass(frozen=True, slots=True)
class KeptPost:
    """A post as the books hold it."""

    id: int
    vendor: str
    about: str
    body: bytes


class Known(NamedTuple):
    """A send that a vendor may speak of: a row as it was read, because a batch speaks of a thousand."""

    id: str
    invoice_id: int
    merchant: str
    number: str
    step: str
    rung: int
    attempt: int
    channel: str
    recipient: str | None
    policy_version_id: int
    events: int
    has_timer: bool
    stage: str
    vendor: str | None
    vendor_id: str | None

    @property
    def ref(self) -> InvoiceRef:
        """Whose send it is."""
        return InvoiceRef(self.invoice_id, self.merchant, self.number)

    @property
    def send(self) -> SendId:
        """Which of its sends."""
        return SendId(self.step, self.rung, self.attempt)

    @property
    def is_answered(self) -> bool:
        """Whether the vendor's own answer is in the books."""
        return self.vendor_id is not None


class Found(NamedTuple):
    """A vendor has a send of which its own answer was lost: what it calls it, and when to ask what became of it."""

    vendor_id: str | None
    ask_at: datetime | None


class Line(NamedTuple):
    """One thing that a vendor said, and what it means to us."""

    key: str
    word: str
    at: datetime | None
    said: str
    about: Known | None = None
    event: Event | None = None
    """What it changes in the journal; None: it is only kept."""
    opt_out: OptOut | None = None
    opts_in: tuple[Channel, str, str | None] | None = None
    found: Found | None = None


class Mentions(NamedTuple):
    """Which sends a vendor speaks of, and what it says once they are known."""

    ids: Sequence[str]
    vendor_ids: Sequence[str]
    understand: Callable[[Mapping[str, Known], Connection], Sequence[Line]] = lambda *_: ()
    """It is given the connection at hand: who waited for a second one while holding locks could wait for ever."""


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
        """Nobody can read it: a person must. What somebody has read stays read."""
        with writing(self.engine) as connection:
            connection.execute(_MARK.where(POST.c.state == NEW), {"of_post": post_id, "state": UNREADABLE})

    def stuck(self, limit: int = 100) -> list[KeptPost]:
        """Posts that nobody could read, oldest first."""
        query = select(POST).where(POST.c.state == UNREADABLE).order_by(POST.c.id).limit(limit)
        with reading(self.engine) as connection:
            return [KeptPost(row.id, row.vendor, row.about, row.body) for row in connection.execute(query)]

    def get(self, post_id: int) -> KeptPost | None:
        """One post."""
        with reading(self.engine) as connection:
            row = connection.execute(select(POST).where(POST.c.id == post_id)).one_or_none()
        return KeptPost(row.id, row.vendor, row.about, row.body) if row else None

    def again(self, post_id: int) -> bool:
        """Let a post that nobody could read be read once more; False: there is no such post."""
        with writing(self.engine) as connection:
            stuck = _MARK.where(POST.c.state == UNREADABLE)
            return connection.execute(stuck, {"of_post": post_id, "state": NEW}).rowcount == 1

    def counts(self) -> dict[str, int]:
        """How many posts are in which state."""
        query = select(POST.c.state, func.count().label("posts")).group_by(POST.c.state)
        with reading(self.engine) as connection:
            return {row.state: row.posts for row in connection.execute(query)}

    def oldest_new(self) -> datetime | None:
        """When the oldest post came that nobody has read."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.min(POST.c.received_at)).where(POST.c.state == NEW)).scalar()

    def known(self, vendor: str, ids: Sequence[str], vendor_ids: Sequence[str]) -> dict[str, Known]:
        """The sends that these ids mean, ours or the vendor's, each by that id."""
        with reading(self.engine) as connection:
            return _known(connection, vendor, Mentions(ids, vendor_ids))

    def write(self, vendor: str, mentions: Mentions, post_id: int | None = None) -> list[InvoiceRef]:
        """Write down what a vendor said, all of it or nothing; whose loop must look now.

        It may be called twice with the same: each line is written once. It need not wait for the disk: until it is
        there, the post is new.
        """
        with writing(self.engine, light=True) as connection:
            if post_id is not None and not connection.execute(_TAKE, {"of_post": post_id}).rowcount:
                return []
            _lock(connection, mentions)
            known = _known(connection, vendor, mentions)
            new = _hear(connection, vendor, mentions.understand(known, connection), post_id)
            woken = _add_events(connection, new)
            _find(connection, vendor, new)
            for line in sorted((line for line in new if line.opt_out or line.opts_in), key=_address):
                if line.opt_out:
                    add_opt_out(connection, line.opt_out)
                if line.opts_in:
                    lift_opt_out(connection, *line.opts_in)
        return woken


def _find(connection: Connection, vendor: str, lines: Sequence[Line]) -> None:
    """Whom to ask of these sends from now on, as if the vendor's own answer had come."""
    for line in lines:
        if line.about and line.found:
            found = {"vendor": vendor, "ask_at": line.found.ask_at}
            found |= {"vendor_id": line.found.vendor_id[:LONGEST_ID]} if line.found.vendor_id else {}
            connection.execute(update(SEND).where(SEND.c.id == line.about.id).values(found))


def _address(line: Line) -> str:
    """In this order lists are written to, so that nobody waits in a circle."""
    return line.opt_out.address.casefold() if line.opt_out else line.opts_in[1].casefold() if line.opts_in else ""


def _hear(connection: Connection, vendor: str, lines: Sequence[Line], post_id: int | None) -> list[Line]:
    """Write the lines down, in the one order in which nobody waits in a circle; those that were not there yet."""
    unique = {line.key: line for line in lines}
    rows = [
        (vendor, line.key, post_id, line.about.id if line.about else None, str(line.word), line.said, line.at)
        for line in map(unique.__getitem__, sorted(unique))
    ]
    if post_id is None:
        new = {row[1] for row in rows if _HEAR.insert(connection, [row])}
    elif _HEAR.insert(connection, rows) < len(rows):
        new = set(connection.execute(select(HEARD.c.key).where(HEARD.c.post_id == post_id)).scalars())
    else:
        return [*unique.values()]
    return [line for key, line in unique.items() if key in new]


def _add_events(connection: Connection, lines: Sequence[Line]) -> list[InvoiceRef]:
    """Add to the journals, whose locks are held."""
    telling = [(line, line.about, line.event) for line in lines if line.about and line.event]
    if not telling:
        return []
    listening = set(connection.execute(_LISTENING).scalars())
    events: list[Row] = []
    added: Counter[int] = Counter()
    wanted: dict[int, int] = {}
    woken: dict[int, InvoiceRef] = {}
    for line, about, event in telling:
        invoice = about.invoice_id
        added[invoice] += 1
        seq = about.events + added[invoice]
        events.append((invoice, seq, KINDS[type(event)], f"heard:{line.key}", dump(event), event.at))
        if about.merchant in listening:
            announce(connection, invoice, seq, event)
        if is_wanted(event, has_timer=about.has_timer, is_closed=about.stage == Stage.CLOSED):
            wanted[invoice], woken[invoice] = seq, about.ref
    _ADD.insert(connection, events)
    for count in set(added.values()):
        grown = among(INVOICE.c.id, [invoice for invoice in added if added[invoice] == count], connection)
        connection.execute(update(INVOICE).where(grown).values(events=INVOICE.c.events + count))
    if wanted:
        connection.execute(CHANGE_INVOICE, [{OF: invoice, "wanted": seq} for invoice, seq in wanted.items()])
    return list(woken.values())


def _lock(connection: Connection, mentions: Mentions) -> None:
    """Take the locks of the invoices that are spoken of, in order, so that nobody waits in a circle.

    A statement of its own: only the next one sees what those did who held them.
    """
    if connection.dialect.name == "postgresql":
        ours, theirs = (
            among(SEND.c.id, mentions.ids, connection),
            among(SEND.c.vendor_id, mentions.vendor_ids, connection),
        )
        spoken_of = ours | theirs
        concerned = INVOICE.c.id.in_(select(SEND.c.invoice_id).where(spoken_of))
        connection.execute(select(INVOICE.c.id).where(concerned).order_by(INVOICE.c.id).with_for_update()).all()


def _known(connection: Connection, vendor: str, mentions: Mentions) -> dict[str, Known]:
    """The sends that are spoken of, each by the id that means it."""
    ours = {send.id: send for send in _sends(connection, SEND.c.id, set(mentions.ids))}
    theirs = _sends(connection, SEND.c.vendor_id, set(mentions.vendor_ids))
    return ours | {send.vendor_id: send for send in theirs if send.vendor == vendor and send.vendor_id}


def _sends(connection: Connection, column: ColumnElement[str], ids: set[str]) -> list[Known]:
    if not ids:
        return []
    return [*map(Known._make, connection.execute(_KNOWN.where(among(column, sorted(ids), connection))).all())]
