"""The audit of looks, and what the last one saw, for lists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from traceback import extract_tb
from typing import Any

from sqlalchemy import Engine, Row, Table, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.decisions import Decision, End, Wait
from domain.facts import Invoice
from domain.money import Money
from domain.waiting import Waiting
from store.cases import CHANGE_INVOICE, INVOICE, OF, CaseFile
from store.codec import dump, load
from store.engine import among, reading, writing
from store.tables import LookRow

LOOK: Table = LookRow.__table__  # type: ignore[attr-defined]

_NO_FAILURE = {"failed_looks": 0, "failed_with": None, "failed_since": None}
_ROOT, _LONGEST = Path(__file__).parents[1], 128


def _record(insert: Any) -> Any:
    """Insert a look, or replace it."""
    values = insert(LOOK)
    return values.on_conflict_do_update(index_elements=LOOK.primary_key.columns, set_=dict(values.excluded))


_RECORD = {"sqlite": _record(sqlite_insert), "postgresql": _record(postgres_insert)}


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look came to. ``run_id`` and ``number`` tell it apart from every other look at the invoice."""

    run_id: str
    number: int
    at: datetime
    decision: Decision
    stage: str
    next_step: str | None
    next_at: datetime | None
    waits: Waiting | None = None
    bounced_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """An invoice in a list, as its last look left it."""

    id: int
    merchant: str
    number: str
    country: str
    reference: str
    stage: str
    balance: Money
    due: date
    next_step: str | None
    next_at: datetime | None


class Looks:
    """What was decided, and where each invoice stands."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def record(self, case: CaseFile, looked: Looked) -> None:
        """Write a look down under the case's lock; the same look again replaces itself."""
        if case.connection is None:
            raise AssertionError("a look is recorded under the case's lock only")
        row = {
            "invoice_id": case.id,
            "run_id": looked.run_id,
            "number": looked.number,
            "at": looked.at,
            "seen": case.facts.seen,
            "decision": type(looked.decision).__name__.lower(),
            "reason": getattr(looked.decision, "reason", None),
            "body": dump(looked.decision),
        }
        case.connection.execute(_RECORD[case.connection.dialect.name], row)
        standing = {
            OF: case.id,
            "stage": looked.stage,
            "balance": case.facts.balance.minor,
            "due": case.facts.due,
            "next_step": looked.next_step,
            "next_at": looked.next_at,
            "resting": isinstance(looked.decision, Wait | End),
            "waits_for": looked.waits.reason if looked.waits else None,
            "since": looked.waits.since if looked.waits else None,
            "bounced_at": looked.bounced_at,
            "looked_at": looked.at,
            "seen": case.facts.seen,
            **_NO_FAILURE,
        }
        case.connection.execute(CHANGE_INVOICE, standing)

    def failed(self, invoice_id: int, error: Exception, now: datetime) -> None:
        """Write down that a look broke down, by the kind of the error and its place in our code, for ops to see."""
        values = {
            "failed_looks": INVOICE.c.failed_looks + 1,
            "failed_with": _told(error),
            "failed_since": func.coalesce(INVOICE.c.failed_since, now),
        }
        with writing(self.engine, light=True) as connection:
            connection.execute(update(INVOICE).where(INVOICE.c.id == invoice_id).values(values))

    def standing(
        self, limit: int, merchant: str | None = None, stage: str | None = None, below: int | None = None
    ) -> list[Standing]:
        """The newest invoices, newest first; only those older than the one whose id is ``below``."""
        query = select(INVOICE).order_by(INVOICE.c.id.desc()).limit(limit)
        if merchant:
            query = query.where(INVOICE.c.merchant == merchant)
        if stage:
            query = query.where(INVOICE.c.stage == stage)
        if below is not None:
            query = query.where(INVOICE.c.id < below)
        with reading(self.engine) as connection:
            return [_standing(row) for row in connection.execute(query)]

    def one(self, invoice_id: int) -> Standing:
        """Where one invoice stands."""
        with reading(self.engine) as connection:
            return _standing(connection.execute(select(INVOICE).where(INVOICE.c.id == invoice_id)).one())

    def at_rest(self, invoice_id: int, now: datetime) -> bool:
        """Whether there is nothing to do at this moment of the case but wait."""
        waits = INVOICE.c.resting & or_(INVOICE.c.next_at.is_(None), INVOICE.c.next_at > now)
        query = select(waits).where(INVOICE.c.id == invoice_id)
        with reading(self.engine) as connection:
            return bool(connection.execute(query).scalar())

    def last(self, invoice_id: int) -> tuple[datetime | None, datetime | None]:
        """When the invoice was last looked at, in case time, and what moment it waits for."""
        query = select(INVOICE.c.looked_at, INVOICE.c.next_at).where(INVOICE.c.id == invoice_id)
        with reading(self.engine) as connection:
            row = connection.execute(query).one()
        return row.looked_at, row.next_at

    def stages(self, ids: Sequence[int] | None = None) -> dict[str, int]:
        """How many invoices stand where: of these, or of all."""
        query = select(INVOICE.c.stage, func.count().label("invoices")).group_by(INVOICE.c.stage)
        with reading(self.engine) as connection:
            if ids is not None:
                query = query.where(among(INVOICE.c.id, ids, connection))
            return {row.stage: row.invoices for row in connection.execute(query)}


def _told(error: Exception) -> str:
    """A breakdown without its words, which may quote what was read: ``ValidationError at store/codec.py:41``."""
    frames = [frame for frame in extract_tb(error.__traceback__) if _ROOT in Path(frame.filename).parents]
    ours = [frame for frame in frames if ".venv" not in frame.filename]
    kind = type(error).__name__
    return f"{kind} at {Path(ours[-1].filename).relative_to(_ROOT)}:{ours[-1].lineno}"[:_LONGEST] if ours else kind


def _standing(row: Row[Any]) -> Standing:
    balance = Money(row.balance, row.currency)
    return Standing(
        row.id,
        row.merchant,
        row.number,
        load(Invoice, row.invoice).country,
        row.reference,
        row.stage,
        balance,
        row.due,
        row.next_step,
        row.next_at,
    )
