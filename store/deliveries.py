"""Deliveries: each announcement becomes one message for each endpoint that wants it, written once, told until heard.

A message's id follows from what it is about, so the same message has the same id for ever, whoever writes it down.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Engine, Row, Table, delete, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.announcements import announce
from domain.deliveries import DeliveryOrder
from store.cases import INVOICE, Cases
from store.endpoints import ENDPOINT, Endpoint, Endpoints
from store.engine import reading, writing
from store.tables import AnnouncementRow, DeliveryRow

ANNOUNCEMENT: Table = AnnouncementRow.__table__  # type: ignore[attr-defined]
DELIVERY: Table = DeliveryRow.__table__  # type: ignore[attr-defined]

NEW, PENDING, DELIVERED, DEAD = "new", "pending", "delivered", "dead"
"""Written down; its workflow tries; the receiver has it; given up."""

MOST_SAID = 500
"""Characters of a receiver's answer that are kept."""

_INSERT: dict[str, Any] = {"sqlite": sqlite_insert, "postgresql": postgres_insert}


class UnknownDeliveryError(LookupError):
    """There is no such message."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message and how far it has come, with where its endpoint is now."""

    id: str
    endpoint_id: str
    merchant: str
    number: str
    type: str
    body: str
    state: str
    round: int
    attempts: int
    last_status: int | None
    last_said: str
    created_at: datetime
    ended_at: datetime | None
    url: str
    secrets: tuple[str, ...]
    is_open: bool
    """Whether its endpoint wants to hear at all."""

    @property
    def order(self) -> DeliveryOrder:
        """What its workflow is told."""
        return DeliveryOrder(self.id, self.round)


@dataclass(frozen=True, slots=True)
class Begin:
    """A message that needs a workflow."""

    order: DeliveryOrder
    endpoint_id: str


class Deliveries:
    """Announcements in, messages out, and what became of them."""

    def __init__(self, engine: Engine, cases: Cases) -> None:
        self.engine, self.cases = engine, cases
        self.endpoints = Endpoints(engine)

    def write_down(self, now: datetime, limit: int = 100) -> int:
        """Make messages of the oldest announcements; how many announcements there were.

        Two who do it at once write each message once: the first takes the announcements, the second skips them. SQLite
        gives the id of one that is gone to the next, so an announcement is known by what it is about as well.
        """
        query = select(ANNOUNCEMENT.c.id, ANNOUNCEMENT.c.invoice_id, ANNOUNCEMENT.c.seq).order_by(ANNOUNCEMENT.c.id)
        with reading(self.engine) as connection:
            found = connection.execute(query.limit(limit)).all()
        if not found:
            return 0
        messages = {row: list(self._messages(row.invoice_id, row.seq, now)) for row in found}
        mine = query.where(ANNOUNCEMENT.c.id.in_([row.id for row in found])).with_for_update(skip_locked=True)
        with writing(self.engine) as connection:
            taken = [row for row in connection.execute(mine) if row in messages]
            rows = [message for row in taken for message in messages[row]]
            if rows:
                insert = _INSERT[connection.dialect.name](DELIVERY).on_conflict_do_nothing()
                connection.execute(insert, rows)
            connection.execute(delete(ANNOUNCEMENT).where(ANNOUNCEMENT.c.id.in_([row.id for row in taken])))
        return len(found)

    def _messages(self, invoice_id: int, seq: int, now: datetime) -> Iterator[dict[str, Any]]:
        """One row for each endpoint and each thing that the event tells it."""
        case = self.cases.read(invoice_id)
        listening = self.endpoints.of_merchant(case.invoice.merchant)
        if not listening:
            return
        for told in announce(case.invoice, case.reference, case.events, seq):
            for endpoint in listening:
                if endpoint.wants(told.type):
                    yield _row(endpoint, invoice_id, seq, told.type, told.body, now)

    def to_begin(self, limit: int) -> list[Begin]:
        """Messages that have no workflow yet, oldest first."""
        query = select(DELIVERY.c.id, DELIVERY.c.round, DELIVERY.c.endpoint_id).where(DELIVERY.c.state == NEW)
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(DELIVERY.c.created_at, DELIVERY.c.id).limit(limit)).all()
        return [Begin(DeliveryOrder(row.id, row.round), row.endpoint_id) for row in rows]

    def begun(self, begun: Sequence[Begin]) -> None:
        """These have a workflow now. If it has heard from the receiver already, that stands."""
        with writing(self.engine, light=True) as connection:
            for one in sorted(begun, key=lambda begin: begin.order.delivery_id):
                connection.execute(_of(one.order).where(DELIVERY.c.state == NEW).values(state=PENDING))

    def begin_anew(self) -> None:
        """Let every message that is under way be begun again, in case its workflow was lost; one that runs goes on."""
        with writing(self.engine, light=True) as connection:
            connection.execute(update(DELIVERY).where(DELIVERY.c.state == PENDING).values(state=NEW))

    def tried(self, order: DeliveryOrder, status: int | None, said: str, ended: str | None, now: datetime) -> None:
        """Write down what an attempt came to: the receiver's status and words, and whether it is over with that."""
        values: dict[str, Any] = {
            "attempts": DELIVERY.c.attempts + 1,
            "last_status": status,
            "last_said": said.replace("\0", "")[:MOST_SAID],
        }
        if ended:
            values |= {"state": ended, "ended_at": now}
        with writing(self.engine) as connection:
            connection.execute(_of(order).where(DELIVERY.c.state != DELIVERED).values(**values))

    def give_up(self, order: DeliveryOrder, now: datetime) -> None:
        """A message is dead, unless it has arrived."""
        with writing(self.engine) as connection:
            is_alive = DELIVERY.c.state.in_((NEW, PENDING))
            connection.execute(_of(order).where(is_alive).values(state=DEAD, ended_at=now))

    def replay(self, delivery_id: str, merchant: str | None = None) -> None:
        """Have a message sent anew, whatever became of it; what still tries is overtaken.

        Raises:
            UnknownDeliveryError: there is no such message, or it is another merchant's.
        """
        delivery = self.get(delivery_id, merchant)
        with writing(self.engine) as connection:
            connection.execute(_of(delivery.order).values(state=NEW, round=delivery.round + 1, ended_at=None))

    def replay_dead(self, merchant: str | None = None) -> int:
        """Have every dead message sent anew whose endpoint is open; how many."""
        open_ = select(ENDPOINT.c.id).where(ENDPOINT.c.closed_at.is_(None))
        if merchant:
            open_ = open_.where(ENDPOINT.c.merchant == merchant)
        dead = update(DELIVERY).where(DELIVERY.c.state == DEAD, DELIVERY.c.endpoint_id.in_(open_))
        with writing(self.engine) as connection:
            return connection.execute(dead.values(state=NEW, round=DELIVERY.c.round + 1, ended_at=None)).rowcount

    def get(self, delivery_id: str, merchant: str | None = None) -> Delivery:
        """One message.

        Raises:
            UnknownDeliveryError: there is none, or it is another merchant's.
        """
        found = self._all(DELIVERY.c.id == delivery_id, merchant, limit=1)
        if not found:
            raise UnknownDeliveryError("there is no such message")
        return found[0]

    def newest(
        self, limit: int, merchant: str | None = None, state: str | None = None, after: str | None = None
    ) -> list[Delivery]:
        """The latest messages, newest first; ``after`` goes on behind this one."""
        where = DELIVERY.c.state == state if state else DELIVERY.c.id.is_not(None)
        if after:
            last = self.get(after, merchant)
            same = (DELIVERY.c.created_at == last.created_at) & (DELIVERY.c.id < last.id)
            where &= (DELIVERY.c.created_at < last.created_at) | same
        return self._all(where, merchant, limit)

    def _all(self, where: Any, merchant: str | None, limit: int) -> list[Delivery]:
        whose = (ENDPOINT.c.url, ENDPOINT.c.secrets, ENDPOINT.c.closed_at, ENDPOINT.c.merchant, INVOICE.c.number)
        query = select(DELIVERY, *whose).join(ENDPOINT, ENDPOINT.c.id == DELIVERY.c.endpoint_id)
        query = query.join(INVOICE, INVOICE.c.id == DELIVERY.c.invoice_id)
        query = query.where(where & (ENDPOINT.c.merchant == merchant) if merchant else where)
        with reading(self.engine) as connection:
            order = (DELIVERY.c.created_at.desc(), DELIVERY.c.id.desc())
            return [_delivery(row) for row in connection.execute(query.order_by(*order).limit(limit))]


def message_id(endpoint_id: str, invoice_id: int, seq: int, type_: str) -> str:
    """The id of a message: the receiver may have seen it before the books were restored, and must know it again."""
    return f"msg_{sha256(f'{endpoint_id}/{invoice_id}/{seq}/{type_}'.encode()).hexdigest()[:32]}"


def _row(endpoint: Endpoint, invoice_id: int, seq: int, type_: str, body: str, now: datetime) -> dict[str, Any]:
    return {
        "id": message_id(endpoint.id, invoice_id, seq, type_),
        "endpoint_id": endpoint.id,
        "invoice_id": invoice_id,
        "seq": seq,
        "type": type_,
        "body": body,
        "state": NEW,
        "round": 0,
        "attempts": 0,
        "last_said": "",
        "created_at": now,
    }


def _of(order: DeliveryOrder) -> Any:
    """Change a message, unless a later round has begun."""
    return update(DELIVERY).where(DELIVERY.c.id == order.delivery_id, DELIVERY.c.round == order.round)


def _delivery(row: Row[Any]) -> Delivery:
    return Delivery(
        row.id,
        row.endpoint_id,
        row.merchant,
        row.number,
        row.type,
        row.body,
        row.state,
        row.round,
        row.attempts,
        row.last_status,
        row.last_said,
        row.created_at,
        row.ended_at,
        row.url,
        tuple(row.secrets.split()),
        row.closed_at is None,
    )
