"""A request's bytes, counted while they come: whatever a header promises, no more than the most is ever held."""

from __future__ import annotations

from fastapi import Request


async def read_up_to(request: Request, most: int) -> bytes | None:
    """All of the request's bytes; None if there are more than the most."""
    body = bytearray()
    async for chunk in request.stream():
        if len(body) + len(chunk) > most:
            return None
        body += chunk
    return bytes(body)
