"""API keys: each opens one merchant's invoices, for what it was made for, until it ends. The key itself is not kept."""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, Table, bindparam, insert, select, update

from store.engine import reading, writing
from store.tables import ApiKeyRow

API_KEY: Table = ApiKeyRow.__table__  # type: ignore[attr-defined]
USED_EVERY = timedelta(minutes=1)
"""How exactly it is known when a key was used last."""

_FORM = re.compile(r"kv_([0-9a-f]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
_NOBODY = sha256(b"").hexdigest()
_OF_ID = select(API_KEY).where(API_KEY.c.id == bindparam("of_key"))


class Scope(StrEnum):
    """What a key may do."""

    READ_INVOICES = "invoices:read"
    WRITE_INVOICES = "invoices:write"
    WRITE_PAYMENTS = "payments:write"
    WRITE_COMMANDS = "commands:write"
    READ_DOCUMENTS = "documents:read"
    MANAGE_WEBHOOKS = "webhooks:manage"
    MANAGE_POLICIES = "policies:manage"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as the books hold it: without what opens."""

    id: str
    merchant: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None

    def opens_at(self, now: datetime) -> bool:
        """Whether it has not ended."""
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made; ``text`` is shown now and never again."""

    key: ApiKey
    text: str


class UnknownKeyError(LookupError):
    """There is no such key, or it has ended."""


class ApiKeys:
    """Making, ending and recognising keys."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def create(
        self, merchant: str, name: str, scopes: Iterable[Scope], now: datetime, lives: timedelta | None = None
    ) -> NewKey:
        """Make a key; ``lives`` None: it does not end by itself."""
        with writing(self.engine) as connection:
            return _make(connection, merchant, name, scopes, now, lives)

    def opened_by(self, text: str, now: datetime) -> ApiKey | None:
        """The key that this text is; None for everything that opens nothing, whatever is wrong with it."""
        match = _FORM.fullmatch(text)
        if match is None:
            return None
        with reading(self.engine) as connection:
            row = connection.execute(_OF_ID, {"of_key": match[1]}).one_or_none()
        fits = hmac.compare_digest(_digest(match[2]), row.sha256 if row else _NOBODY)
        key = _key(row) if row and fits else None
        return key if key and key.opens_at(now) else None

    def used(self, key: ApiKey, now: datetime) -> None:
        """Write down that a key is used; an hour of requests costs sixty writes."""
        if key.used_at is None or now - key.used_at >= USED_EVERY:
            with writing(self.engine, light=True) as connection:
                connection.execute(update(API_KEY).where(API_KEY.c.id == key.id).values(used_at=now))

    def all(self, merchant: str | None = None) -> list[ApiKey]:
        """The keys, of one merchant or of all, oldest first; those that have ended too."""
        query = select(API_KEY).order_by(API_KEY.c.merchant, API_KEY.c.created_at, API_KEY.c.id)
        if merchant:
            query = query.where(API_KEY.c.merchant == merchant)
        with reading(self.engine) as connection:
            return [_key(row) for row in connection.execute(query)]

    def rotate(self, key_id: str, now: datetime, grace: timedelta, lives: timedelta | None = None) -> NewKey:
        """Make the key that takes another's place; both open while the grace lasts.

        Raises:
            UnknownKeyError: there is no such key, or it has ended.
        """
        with writing(self.engine) as connection:
            old = _open_key(connection, key_id, now)
            new = _make(connection, old.merchant, old.name, old.scopes, now, lives)
            _end(connection, old, now + grace)
            return new

    def revoke(self, key_id: str, now: datetime) -> ApiKey:
        """End a key at once.

        Raises:
            UnknownKeyError: there is no such key, or it has ended.
        """
        with writing(self.engine) as connection:
            key = _open_key(connection, key_id, now)
            _end(connection, key, now)
            return key


def _make(
    connection: Connection, merchant: str, name: str, scopes: Iterable[Scope], now: datetime, lives: timedelta | None
) -> NewKey:
    secret = secrets.token_urlsafe(32)
    key = ApiKey(secrets.token_hex(6), merchant, name, frozenset(scopes), now, now + lives if lives else None, None)
    row = {
        "id": key.id,
        "merchant": merchant,
        "name": name,
        "sha256": _digest(secret),
        "scopes": " ".join(sorted(key.scopes)),
        "created_at": now,
        "expires_at": key.expires_at,
    }
    connection.execute(insert(API_KEY), row)
    return NewKey(key, f"kv_{key.id}_{secret}")


def _open_key(connection: Connection, key_id: str, now: datetime) -> ApiKey:
    row = connection.execute(_OF_ID.with_for_update(), {"of_key": key_id}).one_or_none()
    key = _key(row) if row else None
    if key is None or not key.opens_at(now):
        raise UnknownKeyError(f"there is no key {key_id}, or it has ended; see them all with: kvitt api-key list")
    return key


def _end(connection: Connection, key: ApiKey, at: datetime) -> None:
    """Never later than it would have ended anyway."""
    at = min(at, key.expires_at) if key.expires_at else at
    connection.execute(update(API_KEY).where(API_KEY.c.id == key.id).values(expires_at=at))


def _digest(secret: str) -> str:
    """A fast hash is right here: the secret is 32 random bytes, which nobody guesses."""
    return sha256(secret.encode()).hexdigest()


def _key(row: Row[Any]) -> ApiKey:
    scopes = frozenset(Scope(word) for word in row.scopes.split() if word in set(Scope))
    return ApiKey(row.id, row.merchant, row.name, scopes, row.created_at, row.expires_at, row.used_at)
