"""The customer's addresses. Opening one changes nothing: scanners and mail programs open links too."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from fastapi.responses import Response

from domain.events import Closed
from domain.policy import Channel
from domain.wire import InvoiceRef
from gateway.calm import gone, missing
from gateway.desk import Desk
from gateway.reading import Reader
from store.sends import KeptSend


def router(desk: Desk) -> APIRouter:
    """The invoice page and what hangs on it."""
    routes = APIRouter()

    async def shown(request: Request, token: str, show: Callable[[Reader], Response | None]) -> Response:
        send = await asyncio.to_thread(link_of, desk, token)
        if send is None:
            return missing(desk.pages, request.headers)
        if await asyncio.to_thread(is_over, desk, send):
            return gone(desk.pages, request.headers)
        found = await open_for_customer(desk, send, request.query_params.get("lang"))
        return await asyncio.to_thread(show, found) or missing(desk.pages, request.headers)

    @routes.api_route("/i/{token}", methods=["GET", "HEAD"])
    async def page(request: Request, token: str) -> Response:
        return await shown(request, token, Reader.page)

    @routes.api_route("/i/{token}/invoice.pdf", methods=["GET", "HEAD"])
    async def pdf(request: Request, token: str) -> Response:
        return await shown(request, token, Reader.pdf)

    @routes.api_route("/i/{token}/messages/{send_id}", methods=["GET", "HEAD"])
    async def message(request: Request, token: str, send_id: str) -> Response:
        return await shown(request, token, lambda reader: reader.message(send_id))

    @routes.api_route("/i/{token}/messages/{send_id}/body", methods=["GET", "HEAD"])
    async def body(request: Request, token: str, send_id: str) -> Response:
        return await shown(request, token, lambda reader: reader.body(send_id))

    return routes


def link_of(desk: Desk, token: str) -> KeptSend | None:
    """The send whose link this is. What the agency gets carries no link, so its token opens nothing."""
    send = desk.books.sends.by_token(token)
    return send if send and send.channel != Channel.COLLECTION else None


def is_over(desk: Desk, send: KeptSend) -> bool:
    """Whether a link opens nothing any more: the customer was forgotten, or the invoice was closed long ago."""
    if desk.books.forgetting.of(send.invoice_id):
        return True
    days = desk.settings.retention_link_days
    if days is None:
        return False
    case = desk.books.cases.read(send.invoice_id)
    closed = [event.at for event in case.events if isinstance(event, Closed)]
    now = datetime.now(UTC) + case.shift
    return case.facts.closed is not None and bool(closed) and now > closed[-1] + timedelta(days=days)


async def open_for_customer(desk: Desk, send: KeptSend, language: str | None) -> Reader:
    """The invoice of a link, for whoever holds it."""
    ref = InvoiceRef(send.invoice_id, send.merchant, send.number)
    return await open_invoice(desk, ref, f"/i/{send.token}", language, send.token)


async def open_invoice(desk: Desk, ref: InvoiceRef, base: str, language: str | None, token: str | None) -> Reader:
    """An invoice as the books hold it now."""
    now = await desk.now(ref)

    def read() -> Reader:
        case = desk.books.cases.read(ref.id)
        merchant = desk.books.cases.merchant(case.merchant_version_id)
        return Reader(desk, case, merchant, desk.books.sends.of_invoice(ref.id), now, base, language, token)

    return await asyncio.to_thread(read)
