"""What needs a person, found in the books: each need by an index of the few rows of which it is true.

Moments are compared with the machine's clock, so cases whose own clock was shifted against it are never late.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, and_, func, select, text

from domain.attention import CURES, Need, Urgency
from domain.facts import Invoice
from domain.law.bank_days import calendar_of
from domain.stages import Stage
from domain.words import Reason
from store.batches import BATCH
from store.cases import ENDPOINT, EVENT, INVOICE, OVERDUE
from store.codec import load
from store.deliveries import DEAD, DELIVERY
from store.engine import reading
from store.inbox import NEW, POST, UNREADABLE

SOON = timedelta(minutes=10)
"""How long news may wait for a look, and a post to be read; a sweep sees to both once a minute."""
DOUBT = timedelta(hours=1)
"""How long nobody may know whether a message went out before it is told."""
LONG = timedelta(days=14)
"""After how long a pause without an end may have been forgotten."""
STALE = timedelta(days=30)
"""After how long a message that was given up is told of no more."""
A_DAY = timedelta(days=2)
"""Longer than any day is, wherever it begins."""

ASKED = tuple(need for need in Need if need in {*Reason} and CURES[need].urgency is Urgency.WAITS)
"""What cases wait for under its own name: the questions, and disputes."""
HELD = (Reason.PAUSED, Reason.RESPITE, Reason.DISPUTED)
_REAL = INVOICE.c.shift == 0
_UNSEEN = INVOICE.c.wanted > INVOICE.c.seen
_ACTING = text("NOT invoice.resting")
"""As its index says it: SQLAlchemy would say ``= 0`` to SQLite, which then does not know it again."""
_FINE = INVOICE.c.failed_since.is_(None)


@dataclass(frozen=True, slots=True)
class Found:
    """Something that needs a person; ``names`` are what its commands mean, as ``case`` or ``post``."""

    need: Need
    what: str
    since: datetime | None
    names: Mapping[str, object] = field(default_factory=dict)
    said: str = ""
    """More of why; it names nobody."""


@dataclass(frozen=True, slots=True)
class Needs:
    """All that was found, the most urgent first, the oldest of each first; and how many there are of each."""

    found: tuple[Found, ...]
    counts: Mapping[Need, int]

    @property
    def waits(self) -> bool:
        """Whether anything waits for a person, or is broken."""
        return any(CURES[need].urgency is not Urgency.NOTE for need in self.counts)


class Attention:
    """The books, asked what needs a person."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def needs(self, now: datetime, merchant: str | None = None, limit: int = 20) -> Needs:
        """What needs a person at this moment, at most so many of each; of one merchant, or of all and everything."""
        with reading(self.engine) as connection:
            asked = Asked(connection, now, merchant, limit)
            all_ = [*asked.cases(), asked.bounced(), *asked.others()]
        counts: Counter[Need] = Counter()
        for some in all_:
            counts[some.need] += some.count
        order = list(Need)
        found = sorted((one for some in all_ for one in some.found), key=lambda one: order.index(one.need))
        return Needs(tuple(found), {need: counts[need] for need in order if counts[need]})


@dataclass(frozen=True, slots=True)
class Some:
    """The oldest of a need, and how many there are."""

    need: Need
    found: tuple[Found, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the books."""

    connection: Connection
    now: datetime
    merchant: str | None
    limit: int

    def cases(self) -> Iterator[Some]:
        """The needs of cases."""
        now, row = self.now, INVOICE.c
        late = row.next_at < now - OVERDUE
        yield self._of(Need.LOOK_FAILS, self._select(row.failed_since).where(~_FINE), row.failed_since, _case)
        yield self._unseen()
        yield self._some(Need.NOT_LOOKED_AT, row.looked_at.is_(None) & (row.opened_at < now - SOON), row.opened_at)
        held = late & row.waits_for.in_(HELD)
        yield self._some(Need.HOLD_PAST_END, held & _FINE & _REAL, row.next_at)
        idle = row.resting & late & (row.waits_for.is_(None) | row.waits_for.not_in(HELD))
        yield self._some(Need.OVERDUE, idle & _FINE & _REAL & ~_UNSEEN, row.next_at)
        acting = and_(_ACTING, row.looked_at < now - OVERDUE)
        yield self._some(Need.NOT_ACTED, acting & _FINE & _REAL & ~_UNSEEN, row.looked_at)
        for need in ASKED:
            yield self._some(need, row.waits_for == need.value, row.since)
        endless = row.next_at.is_(None) & (row.since < now - LONG)
        yield self._some(Need.PAUSED_FOR_LONG, (row.waits_for == Reason.PAUSED) & endless, row.since)
        doubtful = (row.waits_for == Reason.AWAITING_EVIDENCE) & (row.since < now - DOUBT)
        yield self._some(Need.IN_DOUBT, doubtful & _REAL, row.since)

    def bounced(self) -> Some:
        """Cases of which a message bounced today, in the debtor's day, and that go on."""
        row, questions = INVOICE.c, [need.value for need in ASKED]
        goes_on = (row.stage != Stage.CLOSED) & (row.waits_for.is_(None) | row.waits_for.not_in(questions))
        query = self._select(row.bounced_at).add_columns(row.invoice)
        query = query.where(row.bounced_at > self.now - A_DAY, goes_on, _FINE).order_by(row.bounced_at)
        today = [one for one in self.connection.execute(query) if _is_today(one, self.now)]
        return Some(Need.BOUNCED, tuple(_case(Need.BOUNCED, one) for one in today[: self.limit]), len(today))

    def others(self) -> Iterator[Some]:
        """The needs of what is no case."""
        if not self.merchant:
            unread = (POST.c.state == NEW) & (POST.c.received_at < self.now - SOON)
            oldest = self.connection.execute(select(func.min(POST.c.received_at), func.count()).where(unread)).one()
            waits = Found(Need.INBOX_WAITS, _number(oldest[1], "post"), oldest[0])
            yield Some(Need.INBOX_WAITS, (waits,) if oldest[1] else (), min(oldest[1], 1))
            query = select(POST.c.id, POST.c.received_at, POST.c.vendor).where(POST.c.state == UNREADABLE)
            yield self._of(Need.UNREADABLE_POST, query, POST.c.received_at, _post)
        paused = (BATCH.c.state == "paused") & (BATCH.c.said != "")
        paused = paused & (BATCH.c.merchant == self.merchant) if self.merchant else paused
        query = select(BATCH.c.id, BATCH.c.created_at, BATCH.c.said).where(paused)
        yield self._of(Need.PAUSED_BATCH, query, BATCH.c.created_at, _batch)
        yield self._dead()

    def _some(self, need: Need, where: ColumnElement[bool], since: ColumnElement[Any]) -> Some:
        return self._of(need, self._select(since).where(where, _FINE), since, _case)

    def _unseen(self) -> Some:
        """Cases with news that nobody has looked at; since when is in their journal."""
        news, at = (EVENT.c.invoice_id == INVOICE.c.id) & (EVENT.c.seq == INVOICE.c.wanted), EVENT.c.at
        query = self._select(at).join(EVENT, news).where(_UNSEEN, INVOICE.c.looked_at.is_not(None))
        return self._of(Need.NOT_LOOKED_AT, query.where(at < self.now - SOON, _FINE, _REAL), at, _case)

    def _dead(self) -> Some:
        """Endpoints to which messages were given up lately."""
        dead = (DELIVERY.c.state == DEAD) & (DELIVERY.c.ended_at > self.now - STALE) & ENDPOINT.c.closed_at.is_(None)
        gone = func.min(DELIVERY.c.ended_at).label("moment")
        query = select(ENDPOINT.c.id, ENDPOINT.c.merchant, func.count().label("dead"), gone)
        query = query.join(DELIVERY, DELIVERY.c.endpoint_id == ENDPOINT.c.id).where(dead)
        query = query.where(ENDPOINT.c.merchant == self.merchant) if self.merchant else query
        rows = self.connection.execute(query.group_by(ENDPOINT.c.id, ENDPOINT.c.merchant)).all()
        found = sorted((_endpoint(row) for row in rows), key=lambda one: str(one.since))
        return Some(Need.DEAD_WEBHOOK, tuple(found[: self.limit]), len(found))

    def _of(
        self, need: Need, query: Select[Any], since: ColumnElement[Any], read: Callable[[Need, Row[Any]], Found]
    ) -> Some:
        rows = self.connection.execute(query.order_by(since).limit(self.limit + 1)).all()
        count = len(rows)
        if count > self.limit:
            count = self.connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
        return Some(need, tuple(read(need, row) for row in rows[: self.limit]), count)

    def _select(self, since: ColumnElement[Any]) -> Select[Any]:
        """Cases, of one merchant or of all. Whose they are leads to no index: SQLite would read all that are."""
        row = INVOICE.c
        query = select(row.merchant, row.number, row.failed_looks, row.failed_with, since.label("moment"))
        return query.where(row.merchant + "" == self.merchant) if self.merchant else query


def _is_today(row: Row[Any], now: datetime) -> bool:
    """Whether a message bounced on the debtor's day that it is now."""
    calendar = calendar_of(load(Invoice, row.invoice).country)
    return calendar.local(row.moment).date() == calendar.local(now).date()


def _case(need: Need, row: Row[Any]) -> Found:
    case = f"{row.merchant}/{row.number}"
    said = f"{_number(row.failed_looks, 'time')}, {row.failed_with}" if need is Need.LOOK_FAILS else ""
    return Found(need, case, row.moment, {"case": case}, said)


def _post(need: Need, row: Row[Any]) -> Found:
    return Found(need, f"post {row.id}", row.received_at, {"post": row.id}, f"from {row.vendor}")


def _batch(need: Need, row: Row[Any]) -> Found:
    return Found(need, f"batch {row.id}", row.created_at, {"batch": row.id}, row.said)


def _endpoint(row: Row[Any]) -> Found:
    names = {"merchant": row.merchant, "endpoint": row.id}
    return Found(Need.DEAD_WEBHOOK, f"{_number(row.dead, 'message')} to {row.id}", row.moment, names)


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
