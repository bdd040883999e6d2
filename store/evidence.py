"""What only an evidence pack asks the books for: the versions a case is pinned to, every word heard, every order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from store.cases import MERCHANT, POLICY
from store.engine import reading
from store.inbox import POST
from store.registry import COMMAND
from store.sends import HEARD, SEND


@dataclass(frozen=True, slots=True)
class Pinned:
    """The versions that a case is pinned to, as they were written: each text hashes to what stands beside it."""

    merchant_version: int
    merchant_sha256: str
    source: str
    """The merchant's file."""
    published_at: datetime
    policy_version_id: int
    policy_sha256: str
    policy: str


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One thing that a vendor said of a send: ``at`` is the vendor's moment, ``received_at`` when its post came."""

    send_id: str
    vendor: str
    word: str
    at: datetime | None
    received_at: datetime | None
    said: str


@dataclass(frozen=True, slots=True)
class KeptOrder:
    """An order as it was kept; ``meant`` is the event that it meant, as JSON."""

    id: str
    at: datetime
    kind: str
    who: str
    why: str
    meant: str


class Evidence:
    """Reads only."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def pinned(self, policy_version_id: int) -> Pinned:
        """What a policy's version is and where it comes from."""
        query = select(
            MERCHANT.c.version,
            MERCHANT.c.sha256,
            MERCHANT.c.source,
            MERCHANT.c.published_at,
            POLICY.c.id,
            POLICY.c.sha256.label("policy_sha256"),
            POLICY.c.body,
        ).join(POLICY, POLICY.c.merchant_version_id == MERCHANT.c.id)
        with reading(self.engine) as connection:
            return Pinned(*connection.execute(query.where(POLICY.c.id == policy_version_id)).one())

    def heard(self, invoice_id: int) -> list[HeardWord]:
        """All that vendors said of an invoice's sends, in the order in which we heard it."""
        query = (
            select(HEARD.c.send_id, HEARD.c.vendor, HEARD.c.word, HEARD.c.at, POST.c.received_at, HEARD.c.said)
            .join(SEND, SEND.c.id == HEARD.c.send_id)
            .outerjoin(POST, POST.c.id == HEARD.c.post_id)
            .where(SEND.c.invoice_id == invoice_id)
            .order_by(HEARD.c.id)
        )
        with reading(self.engine) as connection:
            return [HeardWord(*row) for row in connection.execute(query)]

    def orders(self, merchant: str, number: str) -> list[KeptOrder]:
        """Who ordered what of an invoice, oldest first."""
        columns = (COMMAND.c.id, COMMAND.c.at, COMMAND.c.kind, COMMAND.c.who, COMMAND.c.why, COMMAND.c.body)
        mine = select(*columns).where(COMMAND.c.merchant == merchant, COMMAND.c.number == number)
        with reading(self.engine) as connection:
            return [KeptOrder(*row) for row in connection.execute(mine.order_by(COMMAND.c.at, COMMAND.c.id))]
