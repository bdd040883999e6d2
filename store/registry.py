"""Publishing merchants' files and opening invoices: what a life is pinned to before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, func, insert, select, update

from domain.facts import Invoice, Rules
from domain.merchant import Merchant
from domain.policy import Policy
from domain.stages import Stage
from store.cases import EVENT, INVOICE, MERCHANT, POLICY, event_row
from store.codec import dump, load_event
from store.customers import customer_of
from store.engine import hold, reading, writing
from store.tables import CommandRow

COMMAND: Table = CommandRow.__table__  # type: ignore[attr-defined]

UNPINNED = 0
"""The id of rules that no case was given yet."""


class OvertakenError(ValueError):
    """An invoice was read from a draft, and its merchant has published another file."""

    def __init__(self, merchant: str) -> None:
        said = f"{merchant} has published another file than this one, and that counts"
        super().__init__(f"{said}; try again, or publish this one first: kvitt policy publish FILE")


@dataclass(frozen=True, slots=True)
class Opening:
    """Everything an invoice starts with. ``details`` is the invoice as it came in, as JSON."""

    invoice: Invoice
    reference: str
    details: str
    merchant: Merchant
    source: str
    """The text of the merchant's file."""
    policy: Policy
    shift: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Opened:
    """An invoice in the books; ``created`` is False when it was there already."""

    id: int
    created: bool


@dataclass(frozen=True, slots=True)
class Published:
    """A version of a merchant's file."""

    id: int
    version: int
    """Its number, from 1 on; the highest is what counts for new invoices."""
    source: str
    at: datetime
    who: str
    """Empty: it came with the merchant's first invoice."""
    why: str


class Registry:
    """Merchants' versions and the invoices that are pinned to them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def open(self, opening: Opening, now: datetime) -> Opened:
        """Enter an invoice, once: the same merchant and number again changes nothing.

        Orders that came before the invoice did are its first events.

        Raises:
            OvertakenError: the merchant's file was a draft, and another was published.
        """
        with writing(self.engine) as connection:
            return enter(connection, opening, now)

    def publish(self, merchant: Merchant, source: str, now: datetime, who: str = "", why: str = "") -> Published:
        """Make a merchant's file the newest version; the newest text again stays the version that it is."""
        with writing(self.engine) as connection:
            hold(connection, "merchant", merchant.id)
            newest = _versions(connection, MERCHANT.c.merchant == merchant.id, limit=1)
            if newest and newest[0].source == source:
                return newest[0]
            _add_version(connection, merchant, source, now, newest[0].version + 1 if newest else 1, who, why)
            return _versions(connection, MERCHANT.c.merchant == merchant.id, limit=1)[0]

    def newest(self, merchant: str) -> Published | None:
        """What counts for new invoices; None: nothing of this merchant was published."""
        with reading(self.engine) as connection:
            found = _versions(connection, MERCHANT.c.merchant == merchant, limit=1)
        return found[0] if found else None

    def newest_id(self, merchant: str) -> int | None:
        """The id of that version."""
        mine = select(MERCHANT.c.id).where(MERCHANT.c.merchant == merchant).order_by(MERCHANT.c.version.desc())
        with reading(self.engine) as connection:
            return connection.execute(mine.limit(1)).scalar()

    def one(self, version_id: int) -> Published:
        """A version by its id in the books."""
        with reading(self.engine) as connection:
            return _versions(connection, MERCHANT.c.id == version_id)[0]

    def version(self, merchant: str, number: int) -> Published | None:
        """A version by the number that the merchant knows."""
        with reading(self.engine) as connection:
            found = _versions(connection, (MERCHANT.c.merchant == merchant) & (MERCHANT.c.version == number))
        return found[0] if found else None

    def versions(self, merchant: str) -> list[Published]:
        """All that was published, newest first."""
        with reading(self.engine) as connection:
            return _versions(connection, MERCHANT.c.merchant == merchant)

    def in_use(self, merchant: str) -> list[tuple[Published, int]]:
        """All that was published, newest first, each with how many cases go by it whose life is not over."""
        goes_by = select(POLICY.c.merchant_version_id, func.count().label("cases"))
        goes_by = goes_by.join(INVOICE, INVOICE.c.policy_version_id == POLICY.c.id)
        goes_by = goes_by.where(INVOICE.c.merchant == merchant, INVOICE.c.stage != Stage.CLOSED.value)
        with reading(self.engine) as connection:
            rows = connection.execute(goes_by.group_by(POLICY.c.merchant_version_id))
            cases = {row.merchant_version_id: row.cases for row in rows}
            found = _versions(connection, MERCHANT.c.merchant == merchant)
        return [(one, cases.get(one.id, 0)) for one in found]

    def rules(self, published: int, version: int, policy: Policy, *, pin: bool = True) -> Rules:
        """The rules of an invoice under a published version, as one row however often; who only looks pins none."""
        with reading(self.engine) as connection:
            known = connection.execute(_pinned(published, dump(policy))).scalar()
        if known is None and pin:
            with writing(self.engine) as connection:
                known = _pin(connection, published, policy)
        return Rules(version, UNPINNED if known is None else int(known))


def enter(connection: Connection, opening: Opening, now: datetime) -> Opened:
    """Enter an invoice, once, on the connection at hand.

    Raises:
        OvertakenError: the merchant's file was a draft, and another was published.
    """
    invoice = opening.invoice
    hold(connection, "invoice", invoice.merchant, invoice.number)
    same = select(INVOICE.c.id).where(INVOICE.c.merchant == invoice.merchant, INVOICE.c.number == invoice.number)
    known = connection.execute(same).scalar()
    if known is not None:
        return Opened(int(known), created=False)
    version = _version_of(connection, opening.merchant, opening.source, now)
    row = {
        "merchant": invoice.merchant,
        "number": invoice.number,
        "policy_version_id": _pin(connection, version, opening.policy),
        "reference": opening.reference,
        "invoice": dump(invoice),
        "details": opening.details,
        "customer": customer_of(invoice.merchant, opening.details),
        "shift": opening.shift.total_seconds(),
        "opened_at": now,
        "stage": Stage.OPENED,
        "resting": False,
        "balance": invoice.amount.minor,
        "currency": invoice.amount.currency,
        "due": invoice.due,
        "seen": 0,
        "events": 0,
        "wanted": 0,
    }
    invoice_id = int(_insert(connection, INVOICE, row))
    _take_early_orders(connection, invoice_id, invoice)
    return Opened(invoice_id, created=True)


def _versions(connection: Connection, where: Any, limit: int | None = None) -> list[Published]:
    columns = (MERCHANT.c.id, MERCHANT.c.version, MERCHANT.c.source, MERCHANT.c.published_at, MERCHANT.c.who)
    query = select(*columns, MERCHANT.c.why).where(where).order_by(MERCHANT.c.version.desc()).limit(limit)
    return [Published(*row) for row in connection.execute(query)]


def _version_of(connection: Connection, merchant: Merchant, source: str, now: datetime) -> int:
    """The version that this text is, newest first; a merchant that nobody knew is published by its first invoice.

    Raises:
        OvertakenError: it is a draft, which would count before what somebody has published.
    """
    mine, digest = MERCHANT.c.merchant == merchant.id, _digest(source)
    same = select(MERCHANT.c.id).where(mine, MERCHANT.c.sha256 == digest).order_by(MERCHANT.c.version.desc()).limit(1)
    known = connection.execute(same).scalar()
    if known is None:
        hold(connection, "merchant", merchant.id)
        known = connection.execute(same).scalar()
    if known is not None:
        return int(known)
    if connection.execute(select(MERCHANT.c.id).where(mine, MERCHANT.c.who != "").limit(1)).scalar() is not None:
        raise OvertakenError(merchant.id)
    last = connection.execute(select(func.max(MERCHANT.c.version)).where(mine)).scalar()
    return _add_version(connection, merchant, source, now, (last or 0) + 1)


def _add_version(
    connection: Connection, merchant: Merchant, source: str, now: datetime, version: int, who: str = "", why: str = ""
) -> int:
    values = {
        "merchant": merchant.id,
        "version": version,
        "sha256": _digest(source),
        "source": source,
        "body": dump(merchant),
        "published_at": now,
        "who": who,
        "why": why,
    }
    return int(_insert(connection, MERCHANT, values))


def _pin(connection: Connection, merchant_version_id: int, policy: Policy) -> int:
    body = dump(policy)
    same, digest = _pinned(merchant_version_id, body), _digest(body)
    known = connection.execute(same).scalar()
    if known is None:
        hold(connection, "policy", str(merchant_version_id), digest)
        known = connection.execute(same).scalar()
    if known is not None:
        return int(known)
    values = {"merchant_version_id": merchant_version_id, "sha256": digest, "body": body}
    return int(_insert(connection, POLICY, values))


def _pinned(merchant_version_id: int, body: str) -> Select[Any]:
    mine = POLICY.c.merchant_version_id == merchant_version_id
    return select(POLICY.c.id).where(mine, POLICY.c.sha256 == _digest(body))


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _take_early_orders(connection: Connection, invoice_id: int, invoice: Invoice) -> None:
    mine = (COMMAND.c.merchant == invoice.merchant) & (COMMAND.c.number == invoice.number) & ~COMMAND.c.taken
    orders = connection.execute(select(COMMAND).where(mine).order_by(COMMAND.c.at, COMMAND.c.id)).all()
    for seq, order in enumerate(orders, start=1):
        event = load_event(order.kind, order.body)
        connection.execute(insert(EVENT), event_row(invoice_id, seq, event, f"command:{order.id}"))
    if orders:
        connection.execute(update(COMMAND).where(mine).values(taken=True))
        connection.execute(
            update(INVOICE).where(INVOICE.c.id == invoice_id).values(events=len(orders), wanted=len(orders))
        )


def _insert(connection: Connection, table: Table, row: dict[str, Any]) -> int:
    key = connection.execute(insert(table), row).inserted_primary_key
    if key is None:
        raise AssertionError(f"{table.name} gave no key")
    return int(key[0])
