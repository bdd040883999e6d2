"""How many there are of what ops watch, and how old the oldest is. Read often, so each is asked of an index."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Select, func, select

from domain.stages import Stage
from store.batches import BATCH
from store.cases import INVOICE, OVERDUE
from store.deliveries import DEAD, DELIVERY, PENDING
from store.engine import reading
from store.inbox import NEW, POST, UNREADABLE

OPEN = tuple(stage for stage in Stage if stage is not Stage.CLOSED)
"""The stages of open invoices: those that are closed grow for ever, and nobody waits for them."""

UNREAD = (NEW, UNREADABLE)
UNDELIVERED = (PENDING, DEAD)
UNENDED = ("filling", "running", "paused")

_STAGES = select(INVOICE.c.stage, func.count()).where(INVOICE.c.stage.in_(OPEN)).group_by(INVOICE.c.stage)
_WAITING = (
    select(INVOICE.c.waits_for, func.count(), func.min(INVOICE.c.since))
    .where(INVOICE.c.waits_for.is_not(None))
    .group_by(INVOICE.c.waits_for)
)
_FAILING = select(func.count()).where(INVOICE.c.failed_since.is_not(None))
_POSTS = select(POST.c.state, func.count()).where(POST.c.state.in_(UNREAD)).group_by(POST.c.state)
_OLDEST_POST = select(func.min(POST.c.received_at)).where(POST.c.state == NEW)
_DELIVERIES = select(DELIVERY.c.state, func.count()).where(DELIVERY.c.state.in_(UNDELIVERED)).group_by(DELIVERY.c.state)
_BATCHES = select(BATCH.c.state, func.count()).where(BATCH.c.state.in_(UNENDED)).group_by(BATCH.c.state)

ASKED = (_STAGES, _WAITING, _FAILING, _POSTS, _OLDEST_POST, _DELIVERIES, _BATCHES)
"""What is asked each time."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the books hold at one moment. What there is none of is left out."""

    stages: Mapping[str, int]
    waiting: Mapping[str, int]
    waiting_since: Mapping[str, datetime]
    late: int
    """Those whose moment passed long ago without a look."""
    failing: int
    """Those whose last look broke down."""
    posts: Mapping[str, int]
    oldest_post: datetime | None
    deliveries: Mapping[str, int]
    batches: Mapping[str, int]


def count(engine: Engine, now: datetime) -> Counts:
    """Count, all at one moment."""
    with reading(engine) as connection:
        waiting = connection.execute(_WAITING).all()
        return Counts(
            _by(connection, _STAGES),
            {reason: cases for reason, cases, _ in waiting},
            {reason: since for reason, _, since in waiting if since},
            connection.execute(late(now)).scalar_one(),
            connection.execute(_FAILING).scalar_one(),
            _by(connection, _POSTS),
            connection.execute(_OLDEST_POST).scalar(),
            _by(connection, _DELIVERIES),
            _by(connection, _BATCHES),
        )


def late(now: datetime) -> Select[Any]:
    """How many cases should have been looked at long ago."""
    return select(func.count()).where(INVOICE.c.resting, INVOICE.c.next_at < now - OVERDUE, INVOICE.c.shift == 0)


def _by(connection: Connection, query: Any) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}
