"""Where vendors call back: proven, kept for good, answered, and only then read.

Whoever cannot prove who it is learns nothing but that: a wrong signature, an old one and none get the same answer.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import structlog
from fastapi import APIRouter, BackgroundTasks, Request
from fastapi.responses import Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect

from activities.hearing import Hearing
from channels.hearing import Ear, Hook, Post
from gateway.arriving import read_up_to
from telemetry.figures import CALLS_REFUSED

log = structlog.get_logger()

LONGEST = 8 * 1024 * 1024
"""Bytes of a call; SendGrid's batches are the longest, and stay below one million."""

ARRIVES_WITHIN = timedelta(seconds=30)
"""How long a call may take to arrive."""

KEPT_WITHIN = timedelta(seconds=8)
"""How long the books may take to keep it: vendors wait for about ten seconds. What is kept after that is read by the
worker's round, and the same call again is known."""


def router(hearing: Hearing, ears: Mapping[str, Ear], public_url: str) -> APIRouter:
    """One address a vendor; agencies have one each, below ``/hooks/agency``."""
    routes = APIRouter()

    @routes.post("/hooks/{vendor:path}", include_in_schema=False)
    async def hook(vendor: str, request: Request, after: BackgroundTasks) -> Response:
        is_whole = request.scope["path"].endswith(f"/{vendor}")  # the router drops a line end that comes last
        ear = ears.get(vendor) if is_whole else None
        if ear is None:
            return Response(status_code=404)
        try:
            async with asyncio.timeout(ARRIVES_WITHIN.total_seconds()):
                body = await read_up_to(request, LONGEST)
        except (ClientDisconnect, TimeoutError):
            return Response(status_code=408, headers={"Connection": "close"})
        if body is None:
            return Response(status_code=413, headers={"Connection": "close"})
        query = request.scope["query_string"].decode("latin-1")
        url = f"{public_url}/hooks/{vendor}" + (f"?{query}" if query else "")
        call = Hook(url, {name.lower(): value for name, value in request.headers.items()}, body)
        if not ear.verify(call, ear.secrets, datetime.now(UTC)):
            hearing.figures.count(CALLS_REFUSED, vendor)
            log.warning("a call back could not prove who it is from; is its secret set?", vendor=vendor)
            return Response(status_code=403)
        post = Post(vendor, body, query)
        try:
            async with asyncio.timeout(KEPT_WITHIN.total_seconds()):
                post_id = await hearing.keep(post)
        except (SQLAlchemyError, TimeoutError) as error:
            log.error("a call back could not be kept; the vendor must call again", error=type(error).__name__)
            return Response(status_code=503, headers={"Retry-After": "60"})
        if post_id is not None:
            after.add_task(_read, hearing, post_id, post)
        return Response(status_code=204, background=after)

    return routes


async def _read(hearing: Hearing, post_id: int, post: Post) -> None:
    """Read it now; if that fails, the worker's round reads it later."""
    try:
        await hearing.read(post_id, post)
    except Exception as error:  # noqa: BLE001  (the vendor has its answer: nothing may be lost or told any more)
        log.error("a post is kept but could not be read yet", post=post_id, error=type(error).__name__)
