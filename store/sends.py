"""Sends: a place is taken before the vendor is asked, and the bytes are kept before they go."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, Row, Table, bindparam, exists, insert, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.decisions import Send
from domain.parcel import Parcel
from domain.policy import Channel
from domain.simulation import reserve
from domain.words import DUNNING, SendId
from store.cases import INVOICE, CaseFile
from store.engine import reading, writing
from store.tables import ContactRow, HeardRow, SendRow

CONTACT: Table = ContactRow.__table__  # type: ignore[attr-defined]
SEND: Table = SendRow.__table__  # type: ignore[attr-defined]
HEARD: Table = HeardRow.__table__  # type: ignore[attr-defined]
OF_SEND = "of_send"
LONGEST_ID = 128
"""Characters that are kept of a vendor's id; each of ours is shorter."""
_TAKE = insert(SEND)
_CONTACT = {
    "sqlite": sqlite_insert(CONTACT).on_conflict_do_nothing(),
    "postgresql": postgres_insert(CONTACT).on_conflict_do_nothing(),
}
_CHANGE = update(SEND).where(SEND.c.id == bindparam(OF_SEND))
_KEEP = _CHANGE.where(SEND.c.vendor.is_(None))
_GIVE_UP = _KEEP.where(SEND.c.body.is_(None)).values(vendor="nobody")


@dataclass(frozen=True, slots=True)
class Place:
    """A send's place: our id for it, which travels with it to the vendor, and the token of its link."""

    id: str
    token: str


@dataclass(frozen=True, slots=True)
class KeptSend:
    """A send as the books hold it."""

    id: str
    invoice_id: int
    merchant: str
    number: str
    send: SendId
    channel: str
    message: str
    token: str
    reserved_at: datetime
    parcel: Parcel | None
    vendor: str | None
    vendor_id: str | None
    vendor_said: str
    """In the vendor's own words; they may name people."""
    kept_at: datetime | None
    """When the parcel was packed, by the machine's clock."""


class Sends:
    """The places, the parcels and what the vendors call them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def take_place(self, case: CaseFile, send: Send, at: datetime) -> Place | None:
        """Reserve a send under the case's lock; its charges become pending with it.

        None: its customer gets a dunning SMS about another invoice on this day.
        """
        if case.connection is None:
            raise AssertionError("a place is taken under the case's lock only")
        if not _may_contact(case, send, at):
            return None
        if not case.add(reserve(send, at)):
            raise AssertionError(f"the place of {send.id} is taken")
        place = Place(uuid4().hex, secrets.token_urlsafe(16))
        row = {
            "id": place.id,
            "invoice_id": case.id,
            "step": send.id.step,
            "rung": send.id.rung,
            "attempt": send.id.attempt,
            "channel": send.channel,
            "message": send.message,
            "token": place.token,
            "reserved_at": at,
        }
        case.connection.execute(_TAKE, row)
        return place

    def keep(self, place: Place, parcel: Parcel, vendor: str | None = None) -> bool:
        """Keep the bytes before they go, and to whom; False if an answer was settled meanwhile: then they must not."""
        values = {
            "media_type": parcel.media_type,
            "body": parcel.body,
            "sha256": parcel.sha256,
            "recipient": parcel.recipient,
            "subject": parcel.subject,
            "sender": parcel.sender,
            "country": parcel.country,
            "kept_at": datetime.now(UTC),
            "vendor": vendor,
        }
        with writing(self.engine) as connection:
            return connection.execute(_KEEP, {OF_SEND: place.id, **values}).rowcount == 1

    def give_up(self, place: Place) -> bool:
        """Close a place that nothing was packed for: its vendor was not asked, and now never will be."""
        with writing(self.engine) as connection:
            return connection.execute(_GIVE_UP, {OF_SEND: place.id}).rowcount == 1

    def answered(
        self, case: CaseFile, place: Place, vendor: str, vendor_id: str | None, said: str, ask_at: datetime | None
    ) -> None:
        """Keep a vendor's answer, word for word, under the case's lock; and when to ask what became of it."""
        if case.connection is None:
            raise AssertionError("an answer is kept under the case's lock only")
        values: dict[str, Any] = {OF_SEND: place.id, "vendor": vendor, "vendor_said": said}
        # What a call back told while the answer was still awaited stands.
        values |= {"vendor_id": vendor_id[:LONGEST_ID]} if vendor_id else {}
        values |= {"ask_at": ask_at} if ask_at else {}
        case.connection.execute(_CHANGE, values)

    def silent(
        self, vendor: str, final: Collection[str], now: datetime, again_at: datetime, limit: int
    ) -> list[KeptSend]:
        """Sends of a vendor of which no final word was heard for too long; each is given to one asker only."""
        due = (SEND.c.ask_at <= now) & (SEND.c.vendor == vendor)
        settled = exists(HEARD.c.id).where(HEARD.c.send_id == SEND.c.id, HEARD.c.word.in_(final))
        with writing(self.engine, light=True) as connection:
            connection.execute(update(SEND).where(due, settled).values(ask_at=None))
            mine = select(SEND.c.id).where(due).order_by(SEND.c.ask_at).limit(limit).with_for_update(skip_locked=True)
            ids = list(connection.execute(mine).scalars())
            if ids:
                connection.execute(update(SEND).where(SEND.c.id.in_(ids)).values(ask_at=again_at))
        return self._all(SEND.c.id.in_(ids), newest_first=False) if ids else []

    def nothing_more_to_hear(self, send_id: str) -> None:
        """Ask no more what became of a send."""
        with writing(self.engine, light=True) as connection:
            connection.execute(_CHANGE, {OF_SEND: send_id, "ask_at": None})

    def of_place(self, invoice_id: int, send: SendId) -> KeptSend | None:
        """The send in this place."""
        where = (SEND.c.invoice_id == invoice_id) & (SEND.c.step == send.step)
        return self._one(where & (SEND.c.rung == send.rung) & (SEND.c.attempt == send.attempt))

    def by_token(self, token: str) -> KeptSend | None:
        """The send whose link this is."""
        return self._one(SEND.c.token == token)

    def by_id(self, send_id: str) -> KeptSend | None:
        """The send we call this."""
        return self._one(SEND.c.id == send_id)

    def of_invoice(self, invoice_id: int) -> list[KeptSend]:
        """An invoice's sends, oldest first."""
        return self._all(SEND.c.invoice_id == invoice_id, newest_first=False)

    def newest(self, limit: int, channel: str | None = None) -> list[KeptSend]:
        """The latest sends that have a parcel, newest first."""
        where = SEND.c.body.is_not(None)
        return self._all(where & (SEND.c.channel == channel) if channel else where, newest_first=True, limit=limit)

    def _one(self, where: Any) -> KeptSend | None:
        found = self._all(where, newest_first=False, limit=1)
        return found[0] if found else None

    def _all(self, where: Any, *, newest_first: bool, limit: int | None = None) -> list[KeptSend]:
        order = SEND.c.reserved_at.desc() if newest_first else SEND.c.reserved_at
        query = select(SEND, INVOICE.c.merchant, INVOICE.c.number).join(INVOICE, INVOICE.c.id == SEND.c.invoice_id)
        with reading(self.engine) as connection:
            rows = connection.execute(query.where(where).order_by(order, SEND.c.id).limit(limit)).all()
        return [_kept(row) for row in rows]


def _kept(row: Row[Any]) -> KeptSend:
    parcel = None
    if row.body is not None:
        parcel = Parcel(
            row.media_type, row.body, row.recipient or "", row.subject or "", row.sender or "", row.country or ""
        )
    return KeptSend(
        row.id,
        row.invoice_id,
        row.merchant,
        row.number,
        SendId(row.step, row.rung, row.attempt),
        row.channel,
        row.message,
        row.token,
        row.reserved_at,
        parcel,
        row.vendor,
        row.vendor_id,
        row.vendor_said or "",
        row.kept_at,
    )


def _may_contact(case: CaseFile, send: Send, at: datetime) -> bool:
    """Take the customer's day for a dunning SMS; False if another invoice has it."""
    if case.connection is None or not case.customer or send.channel is not Channel.SMS or send.message not in DUNNING:
        return True
    day = case.law.calendar.wall(at).date()
    row = {"customer": case.customer, "day": day, "invoice_id": case.id, "at": at}
    case.connection.execute(_CONTACT[case.connection.dialect.name], row)
    whose = select(CONTACT.c.invoice_id).where(CONTACT.c.customer == case.customer, CONTACT.c.day == day)
    return bool(case.connection.execute(whose).scalar_one() == case.id)
