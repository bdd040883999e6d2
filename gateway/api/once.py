"""``Idempotency-Key``: the same request again gets the same answer again, and is not done again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Any

from fastapi import Header, Request
from fastapi.responses import Response

from gateway.api.auth import Caller
from gateway.api.bodies import Body
from gateway.api.problems import Kind, Refusal, as_text
from store.answered import Standing

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="Your own id for the request, such as a UUID: sent again within 48 hours with the same body, it "
        "gets the same answer again (with `Idempotent-Replayed: true`), and nothing is done twice.",
        pattern=r"^[!-~]{1,255}$",
    ),
]
REPLAYED = "Idempotent-Replayed"


@dataclass(frozen=True, slots=True)
class Answer:
    """What was done, as it is sent and kept."""

    status: int
    document: dict[str, Any]


async def once(
    request: Request, asks: Caller, key: str | None, body: Body, work: Callable[[], Awaitable[Answer]]
) -> Response:
    """Do the work, unless this key's was done before.

    What is refused, or broke, is not kept: the key may be used again.

    Raises:
        Refusal: the key is another request's, or the same is being answered.
    """
    if key is None:
        return _response(await work())
    answered, digest = asks.service.answered, digest_of(request, body)
    claim = await asyncio.to_thread(answered.claim, asks.merchant, key, digest, datetime.now(UTC))
    match claim.standing:
        case Standing.OTHER:
            raise Refusal(Kind.KEY_REUSED, "Send each new request with a key of its own.")
        case Standing.RUNNING:
            detail = "The same request is being answered; ask again in a moment."
            raise Refusal(Kind.IN_PROGRESS, detail, headers={"Retry-After": "1"})
        case Standing.AGAIN:
            headers = {REPLAYED: "true"}
            return Response(claim.body, claim.status, media_type="application/json", headers=headers)
    try:
        answer = await work()
        await asyncio.to_thread(answered.answer, asks.merchant, key, answer.status, as_text(answer.document))
    except Exception:
        await asyncio.to_thread(answered.release, asks.merchant, key)
        raise
    return _response(answer)


def digest_of(request: Request, body: Body) -> str:
    """What makes a request the same: its method, its address, its bytes."""
    return sha256(b"\0".join((request.method.encode(), request.scope["path"].encode(), body.raw))).hexdigest()


def _response(answer: Answer) -> Response:
    return Response(as_text(answer.document), answer.status, media_type="application/json")
