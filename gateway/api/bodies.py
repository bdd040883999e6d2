"""What was sent: counted while it comes, JSON or nothing, read by the rules of files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request

from config.invoice_rows import read_json
from config.problems import ConfigError, shape
from gateway.api.problems import Kind, Refusal, error_of, wrong_at
from gateway.arriving import read_up_to

MOST = 1024 * 1024
"""Bytes of a request."""
PATIENCE_S = 30
"""How long a request may take to arrive."""


@dataclass(frozen=True, slots=True)
class Body:
    """What was sent: as it came, and as it reads."""

    raw: bytes
    data: Mapping[str, Any]


async def read_body(request: Request, most: int = MOST) -> Body:
    """Read a JSON object.

    Raises:
        Refusal: it is not JSON, too large, too slow, or something else than an object.
    """
    _check_type(request)
    raw = await _read(request, most)
    try:
        data = read_json(raw.decode("utf-8"))
    except UnicodeDecodeError:
        raise Refusal(Kind.UNREADABLE, "It is not UTF-8 text.") from None
    except ConfigError as error:
        raise Refusal(
            Kind.UNREADABLE, "It is not JSON that we can read.", list(map(error_of, error.problems))
        ) from None
    if not isinstance(data, Mapping):
        raise wrong_at("", f"is {shape(data)[:40]}; it must be an object", "write { }")
    return Body(raw, data)


def _check_type(request: Request) -> None:
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if media_type.strip().lower() != "application/json" or charset not in ("", "utf-8"):
        raise Refusal(Kind.NOT_JSON, "Send JSON in UTF-8, with the header Content-Type: application/json.")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise Refusal(Kind.NOT_JSON, "Send it as it is, without a Content-Encoding.")


async def _read(request: Request, most: int) -> bytes:
    """The bytes, if there are not too many of them, and they come in time."""
    too_large = Refusal(Kind.TOO_LARGE, f"At most {most} bytes are read.", headers={"Connection": "close"})
    promised = request.headers.get("content-length", "")
    if promised.isdecimal() and (len(promised) > 18 or int(promised) > most):
        raise too_large
    try:
        async with asyncio.timeout(PATIENCE_S):
            raw = await read_up_to(request, most)
    except TimeoutError:
        raise Refusal(Kind.TOO_SLOW, f"Send it within {PATIENCE_S} seconds.", headers={"Connection": "close"}) from None
    if raw is None:
        raise too_large
    return raw
