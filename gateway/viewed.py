"""The view: the one thing a customer's page tells us. It takes an act of the page in a person's browser, or a button.

A GET, a HEAD, a prefetch, a scanner that replays addresses, another site: none of them counts.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from temporalio.service import RPCError

from domain.events import Viewed
from domain.wire import InvoiceRef
from gateway.arriving import read_up_to
from gateway.calm import gone, missing, refused
from gateway.desk import Desk
from gateway.page import is_over, link_of
from store.sends import KeptSend
from telemetry.figures import TIME_TO_VIEW

log = structlog.get_logger()

_LONGEST = 2_000
"""Bytes of a form; ours has far fewer."""
_EARLY = ("sec-purpose", "purpose", "x-purpose", "x-moz")
"""Headers by which browsers say that nobody looks yet."""


def router(desk: Desk) -> APIRouter:
    """The one address."""
    routes = APIRouter()

    @routes.post("/i/{token}/viewed")
    async def viewed(request: Request, token: str) -> Response:
        form = await _form(request)
        send = await asyncio.to_thread(link_of, desk, token)
        if send is None:
            return missing(desk.pages, request.headers)
        if await asyncio.to_thread(is_over, desk, send):
            return gone(desk.pages, request.headers)
        by_hand = form.get("by") == "hand"
        if not _is_from_our_page(request.headers) or _is_early(request.headers):
            return refused(desk.pages, request.headers)
        if desk.seal.holds(token, form.get("seal", ""), datetime.now(UTC)):
            await _report(desk, send)
        elif not by_hand:
            return refused(desk.pages, request.headers)
        return RedirectResponse(f"/i/{token}", 303) if by_hand else Response(status_code=204)

    return routes


async def _report(desk: Desk, send: KeptSend) -> None:
    """Write the view down, once; it is a fact also if Temporal is down and the loop hears of it later."""
    ref = InvoiceRef(send.invoice_id, send.merchant, send.number)
    event = Viewed(at=await desk.now(ref), send=send.send)
    try:
        if await desk.client.report(ref, event, key=f"viewed:{send.send}"):
            took = (event.at - send.reserved_at).total_seconds()
            desk.telemetry.figures.took(TIME_TO_VIEW, took, send.channel)
    except RPCError:
        log.warning("a view is written down, but its case could not be woken", invoice=ref.id)


def _is_from_our_page(headers: Mapping[str, str]) -> bool:
    """Whether a browser says so; one that says nothing is none."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return urlsplit(headers.get("origin", "")).netloc == headers.get("host", "?")


def _is_early(headers: Mapping[str, str]) -> bool:
    return any(word in headers.get(name, "") for name in _EARLY for word in ("prefetch", "prerender", "preview"))


async def _form(request: Request) -> dict[str, str]:
    """A short form's values; a long one has none."""
    body = await read_up_to(request, _LONGEST) or b""
    return {name: values[0] for name, values in parse_qs(body.decode("ascii", "replace")).items()}
