"""Who asks: the key in ``Authorization``, whose merchant's invoices it opens, and what it may do."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, SecurityScopes

from gateway.api.problems import Kind, Refusal
from gateway.api.service import Service, service_of
from store.keys import ApiKey, Scope

BEARER = HTTPBearer(
    scheme_name="key",
    description="`Authorization: Bearer kv_…`; a key is made by `kvitt api-key create`.",
    auto_error=False,
)
_ONCE = ("authorization", "content-type", "content-length", "idempotency-key")
"""Headers that must not be there twice: somebody before us may have read the other one."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. All that it reaches is its merchant's."""

    merchant: str
    name: str
    key_id: str
    service: Service


async def caller(
    request: Request,
    scopes: SecurityScopes,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Caller:
    """Recognise who asks, count the request, and see that the key may do this.

    Raises:
        Refusal: one of these is not so. Every key that does not open gets the same answer.
    """
    service, now = service_of(request), datetime.now(UTC)
    if any(len(request.headers.getlist(name)) > 1 for name in _ONCE):
        raise Refusal(Kind.UNREADABLE, f"Send each of {', '.join(_ONCE)} once.")
    key = await asyncio.to_thread(_opened, service, given.credentials, now) if given else None
    if key is None:
        detail = "Send the header Authorization: Bearer KEY, with a key that has not ended."
        raise Refusal(Kind.UNAUTHORIZED, detail, headers={"WWW-Authenticate": "Bearer"})
    request.state.headers = service.rates.count(key.id)
    lacking = [scope for scope in scopes.scopes if scope not in key.scopes]
    if lacking:
        raise Refusal(Kind.NOT_ALLOWED, f"It needs the scope {lacking[0]}; kvitt api-key create makes a key with it.")
    return Caller(key.merchant, key.name, key.id, service)


def _opened(service: Service, text: str, now: datetime) -> ApiKey | None:
    key = service.keys.opened_by(text, now)
    if key:
        service.keys.used(key, now)
    return key


ReadsInvoices = Annotated[Caller, Security(caller, scopes=[Scope.READ_INVOICES])]
WritesInvoices = Annotated[Caller, Security(caller, scopes=[Scope.WRITE_INVOICES])]
WritesPayments = Annotated[Caller, Security(caller, scopes=[Scope.WRITE_PAYMENTS])]
WritesCommands = Annotated[Caller, Security(caller, scopes=[Scope.WRITE_COMMANDS])]
ReadsDocuments = Annotated[Caller, Security(caller, scopes=[Scope.READ_DOCUMENTS])]
ManagesWebhooks = Annotated[Caller, Security(caller, scopes=[Scope.MANAGE_WEBHOOKS])]
ManagesPolicies = Annotated[Caller, Security(caller, scopes=[Scope.MANAGE_POLICIES])]
