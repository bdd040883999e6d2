"""Publishing merchants' files and opening invoices: what a life is pinned to before it begins."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Table, insert, select, update

from domain.facts import Invoice
from domain.merchant import Merchant
from domain.policy import Policy
from domain.stages import Stage
from store.cases import EVENT, INVOICE, MERCHANT, POLICY, event_row
from store.codec import dump, load_event
from store.customers import customer_of
from store.engine import hold, writing
from store.tables import CommandRow

COMMAND: Table = CommandRow.__table__  # type: ignore[attr-defined]


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


class Registry:
    """Merchants' versions and the invoices that are pinned to them."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def open(self, opening: Opening, now: datetime) -> Opened:
        """Enter an invoice, once: the same merchant and number again changes nothing.

        Orders that came before the invoice did are its first events.
        """
        invoice = opening.invoice
        with writing(self.engine) as connection:
            hold(connection, "invoice", invoice.merchant, invoice.number)
            same = select(INVOICE.c.id).where(
                INVOICE.c.merchant == invoice.merchant, INVOICE.c.number == invoice.number
            )
            known = connection.execute(same).scalar()
            if known is not None:
                return Opened(int(known), created=False)
            version = _publish(connection, opening.merchant, opening.source, now)
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

    def publish(self, merchant: Merchant, source: str, now: datetime) -> int:
        """Make a merchant's file the newest version; the same text again is the same version. Its id."""
        with writing(self.engine) as connection:
            return _publish(connection, merchant, source, now)


def _publish(connection: Connection, merchant: Merchant, source: str, now: datetime) -> int:
    digest = sha256(source.encode()).hexdigest()
    newest = select(MERCHANT.c.id, MERCHANT.c.version, MERCHANT.c.sha256).where(MERCHANT.c.merchant == merchant.id)
    newest = newest.order_by(MERCHANT.c.version.desc()).limit(1)
    row = connection.execute(newest).one_or_none()
    if row is None or row.sha256 != digest:
        hold(connection, "merchant", merchant.id)
        row = connection.execute(newest).one_or_none()
    if row is not None and row.sha256 == digest:
        return int(row.id)
    values = {
        "merchant": merchant.id,
        "version": row.version + 1 if row is not None else 1,
        "sha256": digest,
        "source": source,
        "body": dump(merchant),
        "published_at": now,
    }
    return int(_insert(connection, MERCHANT, values))


def _pin(connection: Connection, merchant_version_id: int, policy: Policy) -> int:
    body = dump(policy)
    digest = sha256(body.encode()).hexdigest()
    same = select(POLICY.c.id).where(POLICY.c.merchant_version_id == merchant_version_id, POLICY.c.sha256 == digest)
    known = connection.execute(same).scalar()
    if known is None:
        hold(connection, "policy", str(merchant_version_id), digest)
        known = connection.execute(same).scalar()
    if known is not None:
        return int(known)
    values = {"merchant_version_id": merchant_version_id, "sha256": digest, "body": body}
    return int(_insert(connection, POLICY, values))


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
