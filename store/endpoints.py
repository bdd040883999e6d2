"""Endpoints: where a merchant wants to hear what happens to its invoices, and what it is signed with."""

from __future__ import annotations

import secrets
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, insert, select, update

from store.engine import reading, writing
from store.tables import EndpointRow

ENDPOINT: Table = EndpointRow.__table__  # type: ignore[attr-defined]

KEPT_SECRETS = 2
"""How many secrets sign at the same time: the newest, and the one before until the receiver knows the newest."""


class UnknownEndpointError(LookupError):
    """The merchant has no such open endpoint."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An endpoint as the books hold it. ``types`` empty: all."""

    id: str
    merchant: str
    url: str
    secrets: tuple[str, ...]
    types: tuple[str, ...]
    created_at: datetime
    closed_at: datetime | None

    def wants(self, type_: str) -> bool:
        """Whether it is to hear of this."""
        return not self.types or type_ in self.types


def new_secret() -> str:
    """A secret as Standard Webhooks writes it."""
    return f"whsec_{b64encode(secrets.token_bytes(32)).decode()}"


class Endpoints:
    """The merchants' endpoints."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def add(self, merchant: str, url: str, types: tuple[str, ...], now: datetime) -> Endpoint:
        """Open an endpoint. Its secret is in the answer; whoever shows it does so once."""
        endpoint = Endpoint(f"ep_{secrets.token_hex(10)}", merchant, url, (new_secret(),), types, now, None)
        row = {
            "id": endpoint.id,
            "merchant": merchant,
            "url": url,
            "secrets": " ".join(endpoint.secrets),
            "types": " ".join(types),
            "created_at": now,
        }
        with writing(self.engine) as connection:
            connection.execute(insert(ENDPOINT), row)
        return endpoint

    def rotate(self, merchant: str, endpoint_id: str, *, at_once: bool = False) -> str:
        """Give an endpoint a new secret. The one before signs too until the next time; ``at_once``: it signs no more.

        Raises:
            UnknownEndpointError: the merchant has no such open endpoint.
        """
        secret = new_secret()
        with writing(self.engine) as connection:
            row = _open(connection, merchant, endpoint_id)
            kept = [secret] if at_once else [secret, *row.secrets.split()][:KEPT_SECRETS]
            connection.execute(
                update(ENDPOINT).where(ENDPOINT.c.id == endpoint_id).values(secrets=" ".join(kept)),
            )
        return secret

    def close(self, merchant: str, endpoint_id: str, now: datetime) -> None:
        """Tell an endpoint nothing more.

        Raises:
            UnknownEndpointError: the merchant has no such open endpoint.
        """
        with writing(self.engine) as connection:
            _open(connection, merchant, endpoint_id)
            connection.execute(update(ENDPOINT).where(ENDPOINT.c.id == endpoint_id).values(closed_at=now))

    def of_merchant(self, merchant: str | None = None) -> list[Endpoint]:
        """A merchant's open endpoints, or everybody's, oldest first."""
        where = ENDPOINT.c.closed_at.is_(None)
        query = select(ENDPOINT).where(where & (ENDPOINT.c.merchant == merchant) if merchant else where)
        with reading(self.engine) as connection:
            return [_endpoint(row) for row in connection.execute(query.order_by(ENDPOINT.c.created_at, ENDPOINT.c.id))]

    def get(self, endpoint_id: str, merchant: str | None = None) -> Endpoint:
        """One endpoint, open or not.

        Raises:
            UnknownEndpointError: there is none, or it is another merchant's.
        """
        with reading(self.engine) as connection:
            row = connection.execute(select(ENDPOINT).where(ENDPOINT.c.id == endpoint_id)).one_or_none()
        if row is None or (merchant is not None and row.merchant != merchant):
            raise UnknownEndpointError("there is no such endpoint")
        return _endpoint(row)


def _open(connection: Connection, merchant: str, endpoint_id: str) -> Row[Any]:
    mine = (ENDPOINT.c.id == endpoint_id) & (ENDPOINT.c.merchant == merchant) & ENDPOINT.c.closed_at.is_(None)
    row = connection.execute(select(ENDPOINT).where(mine).with_for_update()).one_or_none()
    if row is None:
        raise UnknownEndpointError("there is no such endpoint")
    return row


def _endpoint(row: Row[Any]) -> Endpoint:
    secrets_, types = tuple(row.secrets.split()), tuple(row.types.split())
    return Endpoint(row.id, row.merchant, row.url, secrets_, types, row.created_at, row.closed_at)
