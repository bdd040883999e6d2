"""The staff's pages: where invoices stand, each invoice as its customer sees it, and what was and will be done.

Nothing here counts as a view. They ask nobody who they are, see ``Settings.shows_staff_pages``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from config.settings import LOOPBACK, Settings
from domain.briefing import NAMES
from domain.charge import ChargeKind
from domain.rules import decide
from domain.stages import Stage
from domain.telling import CHANNELS, MESSAGES, plan_rows, step_name, tell
from domain.wire import InvoiceRef
from gateway.calm import missing
from gateway.desk import Desk
from gateway.guard import Policy
from gateway.page import open_invoice
from gateway.reading import Reader
from gateway.tables import tables
from store.cases import UnknownInvoiceError
from templates.words import Words

_MOST = 200
"""Invoices in the list; a filter finds the others."""


def own_host(settings: Settings) -> Callable[[Request], None]:
    """Refuse other names of this machine: a page elsewhere could make its own name lead here (DNS rebinding)."""
    known = LOOPBACK | {urlsplit(settings.address).hostname}

    def check(request: Request) -> None:
        if settings.staff_pages is None and request.url.hostname not in known:
            raise HTTPException(404)

    return check


def router(desk: Desk) -> APIRouter:
    """The list and the pages of each invoice."""
    routes = APIRouter(prefix="/staff", dependencies=[Depends(own_host(desk.settings))])
    one = "/invoices/{merchant}/{number}"

    async def reader(request: Request, merchant: str, number: str) -> Reader:
        ref = await asyncio.to_thread(_find, desk, merchant, number)
        base = f"/staff/invoices/{quote(merchant, safe='')}/{quote(number, safe='')}"
        return await open_invoice(desk, ref, base, request.query_params.get("lang"), None)

    @routes.get("")
    def invoices(merchant: Annotated[str, Query()] = "", stage: Annotated[str, Query()] = "") -> Response:
        return _list(desk, merchant.strip(), stage)

    @routes.get(one)
    async def preview(request: Request, merchant: str, number: str) -> Response:
        found = await reader(request, merchant, number)
        return await asyncio.to_thread(found.page)

    @routes.get(f"{one}/invoice.pdf")
    async def pdf(request: Request, merchant: str, number: str) -> Response:
        found = await reader(request, merchant, number)
        return await asyncio.to_thread(found.pdf)

    @routes.get(f"{one}/messages/{{send_id}}")
    async def message(request: Request, merchant: str, number: str, send_id: str) -> Response:
        found = await reader(request, merchant, number)
        return await asyncio.to_thread(found.message, send_id) or missing(desk.pages, request.headers)

    @routes.get(f"{one}/messages/{{send_id}}/body")
    async def body(request: Request, merchant: str, number: str, send_id: str) -> Response:
        found = await reader(request, merchant, number)
        return await asyncio.to_thread(found.body, send_id) or missing(desk.pages, request.headers)

    @routes.get(f"{one}/life")
    async def whole_life(request: Request, merchant: str, number: str) -> Response:
        found = await reader(request, merchant, number)
        return await asyncio.to_thread(_life, desk, found)

    return routes


def workflow_address(desk: Desk, ref: InvoiceRef) -> str:
    """Where the Temporal UI shows a case."""
    namespace, workflow = desk.client.client.namespace, quote(ref.workflow_id, safe="")
    return f"http://127.0.0.1:{desk.settings.ui_port}/namespaces/{namespace}/workflows/{workflow}"


def _find(desk: Desk, merchant: str, number: str) -> InvoiceRef:
    try:
        return desk.client.find(merchant, number)
    except UnknownInvoiceError:
        raise HTTPException(404) from None


def _list(desk: Desk, merchant: str, stage: str) -> Response:
    standings = desk.books.looks.standing(_MOST, merchant or None, stage or None)
    rows = [
        {
            "merchant": row.merchant,
            "number": row.number,
            "stage": row.stage,
            "balance": f"{row.balance} {row.balance.currency}",
            "due": row.due,
            "next": step_name(row.next_step or ""),
            "next_at": desk.calendars.tell(row.id, row.next_at),
            "workflow": workflow_address(desk, InvoiceRef(row.id, row.merchant, row.number)),
        }
        for row in standings
    ]
    values = {"rows": rows, "merchant": merchant, "stage": stage, "stages": [*Stage], "most": _MOST}
    counts = desk.books.looks.stages()
    return desk.pages.html("staff_list.html", Policy.STILL, **values, counts=counts, w=Words("en"))


def _life(desk: Desk, found: Reader) -> Response:
    case, calendar = found.case, found.case.law.calendar
    ref = InvoiceRef(case.id, case.invoice.merchant, case.invoice.number)
    states = {state.id: state for state in case.facts.sends}
    sends = [
        {
            "id": send.id,
            "what": MESSAGES[states[send.send].message],
            "by": CHANNELS[states[send.send].channel],
            "place": str(send.send),
            "state": states[send.send],
            "at": desk.calendars.tell(case.id, send.reserved_at),
            "viewed": desk.calendars.tell(case.id, states[send.send].viewed_at),
        }
        for send in found.sends
    ]
    values = {
        "ref": ref,
        "base": found.base,
        "standing": desk.books.looks.one(case.id),
        "facts": case.facts,
        "reference": case.reference,
        "entries": case.life[::-1],
        "plan": plan_rows(case.plan(found.now), calendar),
        "now": desk.calendars.tell(case.id, found.now),
        "sends": sends[::-1],
        "now_waits": tell(decide(case.facts, case.policy, case.law, found.now), calendar),
        "tables": tables(case, desk.books.orders.given(ref.merchant, ref.number)),
        "added": [(NAMES[kind], case.facts.standing(kind)) for kind in ChargeKind],
        "workflow": workflow_address(desk, ref),
    }
    return desk.pages.html("staff_life.html", Policy.STILL, **values, w=Words("en"))
