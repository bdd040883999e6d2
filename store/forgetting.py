"""Forgetting customers: what is theirs is emptied, the numbers stay, and the evidence is sealed while the law wants it.

What is emptied follows from ``store/inventory.py``.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, Engine, Table, delete, exists, func, insert, select, update

from domain.stages import Stage
from store.answered import ANSWERED
from store.cases import CONTACT, INVOICE, CaseFile
from store.codec import dump
from store.deliveries import DELIVERY
from store.engine import among, reading, writing
from store.expiring import parts
from store.inbox import POST, READ
from store.inventory import emptied
from store.people import ITEM, Loose
from store.registry import COMMAND
from store.sends import HEARD, SEND
from store.tables import ForgottenRow

FORGOTTEN: Table = ForgottenRow.__table__  # type: ignore[attr-defined]

NAMELESS = "—"
"""What stands where a name or a text stood that must be there."""
_MARK = f'"name": "{NAMELESS}"'
"""With a space, as no other details are written."""
_KEPT_OF_CUSTOMER = ("kind", "country", "language")


@dataclass(frozen=True, slots=True)
class Forgotten:
    """That an invoice's customer was forgotten, and until when its evidence lies sealed."""

    invoice_id: int
    at: datetime
    who: str
    why: str
    keep_until: date
    head: str
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class Forget:
    """What is to be written down of forgetting: who, why, when; and the pack, if the law still wants it."""

    at: datetime
    who: str
    why: str
    keep_until: date
    head: str = ""
    pack: bytes | None = None


class ForgottenError(ValueError):
    """Nothing of this kind can be done with an invoice whose customer was forgotten."""


class Forgetting:
    """Who was forgotten, and how."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def of(self, invoice_id: int) -> Forgotten | None:
        """Whether an invoice's customer was forgotten."""
        with reading(self.engine) as connection:
            return forgotten_in(connection, invoice_id)

    def known(self, case: CaseFile) -> Forgotten | None:
        """Whether the customer of a locked case was forgotten."""
        return forgotten_in(_held(case), case.id)

    def sealed(self, invoice_id: int) -> bytes | None:
        """The sealed pack of an invoice; None: there is none, or none any more."""
        query = select(FORGOTTEN.c.sealed).where(FORGOTTEN.c.invoice_id == invoice_id)
        with reading(self.engine) as connection:
            found = connection.execute(query).scalar()
        return None if found is None else bytes(found)

    def forget(self, case: CaseFile, forget: Forget) -> None:
        """Empty what is the customer's of a case, under its lock; the numbers stay."""
        connection = _held(case)
        _for_good(connection)
        row = {"invoice_id": case.id, "at": forget.at, "who": forget.who, "why": forget.why}
        sealed = {"keep_until": forget.keep_until, "head": forget.head, "sealed": forget.pack}
        connection.execute(insert(FORGOTTEN), {**row, **sealed})
        nobody = {"details": nameless(case.details), "invoice": dump(replace(case.invoice, ways=frozenset()))}
        connection.execute(update(INVOICE).where(INVOICE.c.id == case.id).values(**emptied(INVOICE) | nobody))
        _empty_words(connection, case.id)
        _empty_orders(connection, case.invoice.merchant, case.invoice.number)

    def is_at_its_end(self, case: CaseFile) -> bool:
        """Whether a locked case is closed, and its last look left nothing to do."""
        standing = select(INVOICE.c.stage, INVOICE.c.resting, INVOICE.c.seen, INVOICE.c.wanted, INVOICE.c.next_at)
        row = _held(case).execute(standing.where(INVOICE.c.id == case.id)).one()
        is_over = row.stage == Stage.CLOSED and bool(row.resting) and row.next_at is None
        return is_over and row.seen >= row.wanted

    def newest_word(self) -> int:
        """The last that a vendor said."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.max(HEARD.c.id))).scalar() or 0

    def again(self, after: int, through: int) -> int:
        """Empty what vendors have said of forgotten invoices since, among some of their words; of how many invoices.

        A vendor may speak of a message years after it went out.
        """
        late = (HEARD.c.id > after) & (HEARD.c.id <= through) & (HEARD.c.said != "")
        said = select(SEND.c.invoice_id).join(HEARD, HEARD.c.send_id == SEND.c.id).where(late)
        with reading(self.engine) as connection:
            mine = said.join(FORGOTTEN, FORGOTTEN.c.invoice_id == SEND.c.invoice_id).distinct()
            found = sorted(connection.execute(mine).scalars())
        for invoice_id in found:
            with writing(self.engine) as connection:
                _for_good(connection)
                _empty_words(connection, invoice_id)
        return len(found)

    def closed(self, after: int, through: int, before: datetime) -> list[int]:
        """Of some invoices, those that were closed before a moment, and whose customers nobody has forgotten yet.

        An invoice whose clock was moved is left out: nobody knows how old it is.
        """
        some = (INVOICE.c.id > after) & (INVOICE.c.id <= through) & (INVOICE.c.shift == 0)
        old = (INVOICE.c.stage == Stage.CLOSED) & (INVOICE.c.looked_at < before)
        known = exists(FORGOTTEN.c.invoice_id).where(FORGOTTEN.c.invoice_id == INVOICE.c.id)
        query = select(INVOICE.c.id).where(some & old & ~known).order_by(INVOICE.c.id)
        with reading(self.engine) as connection:
            return list(connection.execute(query).scalars())

    def unseal(self, before: date, most: int) -> int:
        """Let go of packs that no law wants any more, in small parts; of how many."""
        over, count = FORGOTTEN.c.sealed.is_not(None) & (FORGOTTEN.c.keep_until < before), 0
        query = select(FORGOTTEN.c.invoice_id).where(over).order_by(FORGOTTEN.c.keep_until).limit(most)
        with reading(self.engine) as connection:
            ids = list(connection.execute(query).scalars())
        for some in parts(ids):
            with writing(self.engine) as connection:
                _for_good(connection)
                mine = among(FORGOTTEN.c.invoice_id, some, connection)
                count += connection.execute(update(FORGOTTEN).where(mine & over).values(sealed=None)).rowcount
        return count

    def empty_loose(self, loose: Loose) -> None:
        """Empty what hangs on no invoice; a post that is empty needs nobody to read it."""
        with writing(self.engine) as connection:
            _for_good(connection)
            posts = among(POST.c.id, loose.posts, connection)
            connection.execute(update(POST).where(posts).values(**emptied(POST), state=READ))
            heard = among(HEARD.c.id, loose.heard, connection)
            connection.execute(update(HEARD).where(heard).values(**emptied(HEARD)))
            for batch_id, place in loose.items:
                item = (ITEM.c.batch_id == batch_id) & (ITEM.c.place == place)
                connection.execute(update(ITEM).where(item).values(**emptied(ITEM)))

    def compact(self, patience_s: float = 10) -> bool:
        """Leave no trace in SQLite's file, nor in its log, of what was emptied; False: somebody else is using them.

        PostgreSQL keeps house itself.
        """
        if self.engine.dialect.name != "sqlite":
            return True
        raw = self.engine.raw_connection()
        try:
            raw.cursor().execute(f"PRAGMA busy_timeout={patience_s * 1000:.0f}")
            raw.cursor().execute("VACUUM")
            return not raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        except sqlite3.OperationalError:
            return False
        finally:
            raw.invalidate()  # it is impatient


def _held(case: CaseFile) -> Connection:
    if case.connection is None:
        raise AssertionError("a customer is forgotten under the case's lock only")
    return case.connection


def forgotten_in(connection: Connection, invoice_id: int) -> Forgotten | None:
    """Whether an invoice's customer was forgotten, read on the connection at hand."""
    columns = [column for column in FORGOTTEN.c if column.name != "sealed"]
    query = select(*columns, FORGOTTEN.c.sealed.is_not(None).label("is_sealed"))
    row = connection.execute(query.where(FORGOTTEN.c.invoice_id == invoice_id)).mappings().one_or_none()
    return Forgotten(**row) if row else None


def refuse_if_forgotten(connection: Connection, invoice_id: int, named: str) -> None:
    """Let nobody write a person's data into an invoice again.

    Raises:
        ForgottenError: its customer was forgotten.
    """
    found = forgotten_in(connection, invoice_id)
    if found:
        day = f"{found.at:%Y-%m-%d}"
        raise ForgottenError(
            f"the customer of {named} was forgotten on {day}: nobody can be written to; leave that out"
        )


def nameless(details: str) -> str:
    """An invoice's details without anybody: amounts, days and VAT."""
    known = json.loads(details)
    customer = known.get("customer", {})
    known["customer"] = {"name": NAMELESS} | {key: customer[key] for key in _KEPT_OF_CUSTOMER if key in customer}
    if known.get("lines"):
        known["lines"] = [{**line, "text": NAMELESS} for line in known["lines"]]
    return json.dumps(known, ensure_ascii=False)


def is_nameless(details: str) -> bool:
    """Whether these are details that ``nameless`` made."""
    return _MARK in details


def _empty_words(connection: Connection, invoice_id: int) -> None:
    """Empty what was sent and what was said of it. A post is emptied whole: what it says of others stands by itself."""
    sends = select(SEND.c.id).where(SEND.c.invoice_id == invoice_id)
    posts = select(HEARD.c.post_id).where(HEARD.c.send_id.in_(sends), HEARD.c.post_id.is_not(None))
    for statement in (
        update(POST).where(POST.c.id.in_(posts), POST.c.state == READ).values(**emptied(POST)),
        update(HEARD).where(HEARD.c.send_id.in_(sends)).values(**emptied(HEARD)),
        update(SEND).where(SEND.c.invoice_id == invoice_id).values(**emptied(SEND), ask_at=None),
        update(DELIVERY).where(DELIVERY.c.invoice_id == invoice_id).values(**emptied(DELIVERY)),
        update(ITEM).where(ITEM.c.invoice_id == invoice_id).values(**emptied(ITEM)),
        delete(CONTACT).where(CONTACT.c.invoice_id == invoice_id),
    ):
        connection.execute(statement)


def _empty_orders(connection: Connection, merchant: str, number: str) -> None:
    """Empty what was written with orders, and the answers of the API that repeat it."""
    mine = (COMMAND.c.merchant == merchant) & (COMMAND.c.number == number)
    connection.execute(update(COMMAND).where(mine).values(**emptied(COMMAND)))
    repeats = ANSWERED.c.body.contains(json.dumps(number), autoescape=True)
    connection.execute(delete(ANSWERED).where(ANSWERED.c.merchant == merchant, repeats))


def _for_good(connection: Connection) -> None:
    """Let SQLite write over what is emptied."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete=ON").close()
