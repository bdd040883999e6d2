"""Invoices: started one by one or many at once, listed, read."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from config.invoice_file import NUMBER
from config.invoices import read_invoice
from config.merchants import Loaded
from config.problems import ConfigError, shape
from domain.facts import Invoice
from domain.stages import Stage
from domain.wire import InvoiceRef
from gateway.api.auth import Caller, ReadsInvoices, WritesInvoices
from gateway.api.bodies import Body, read_body
from gateway.api.invoice_models import InvoiceDocument
from gateway.api.models import BatchItem, BatchResult, InvoiceList, StartedInvoice
from gateway.api.once import Answer, IdempotencyKey, once
from gateway.api.problems import Kind, Refusal, invalid, wrong_at
from gateway.api.schemas import BATCH, INVOICE, answers, takes
from gateway.api.telling import listed, told
from store.cases import UnknownInvoiceError
from store.registry import OvertakenError
from workflows.opening import opening_of

MOST_AT_ONCE = 1_000
"""Invoices of a batch."""
BATCH_BYTES = 8 * 1024 * 1024
"""Bytes of a batch."""
AT_ONCE = 16
"""Invoices of a batch that are started at the same time."""
_TELLING = ("kind", "issued", "due", "amount", "country")
"""What tells that an invoice with a known number is another one."""

InvoiceNumber = Annotated[str, Path(pattern=f"^{NUMBER}$", description="The invoice's number.", examples=["10001"])]


def router() -> APIRouter:
    """The addresses of invoices."""
    routes = APIRouter(prefix="/invoices", tags=["Invoices"])

    @routes.post(
        "",
        operation_id="startInvoice",
        summary="Start an invoice",
        status_code=201,
        responses=answers(StartedInvoice, {201: "It is in the books.", 200: "It was there already."}),
        openapi_extra=takes(INVOICE),
    )
    async def start(request: Request, asks: WritesInvoices, key: IdempotencyKey = None) -> Response:
        """Enter an invoice into the books and begin its life.

        The merchant is the key's and may be left out. The same number again changes nothing: 200 instead of 201.
        """
        body = await read_body(request)

        async def work() -> Answer:
            started = await _start(asks, body.data)
            return Answer(201 if started.created else 200, started.as_json())

        return await once(request, asks, key, body, work)

    @routes.post(
        "/batch",
        operation_id="startInvoices",
        summary="Start many invoices",
        status_code=200,
        responses=answers(BatchResult, {200: "What became of each."}),
        openapi_extra=takes(BATCH),
    )
    async def start_many(request: Request, asks: WritesInvoices, key: IdempotencyKey = None) -> Response:
        """Start up to 1000 invoices. Each is started or not by itself: a bad one does not stop the others."""
        body = await read_body(request, BATCH_BYTES)
        items = _items(body)

        async def work() -> Answer:
            return Answer(200, (await _start_all(asks, items)).as_json())

        return await once(request, asks, key, body, work)

    @routes.get(
        "",
        operation_id="listInvoices",
        summary="List invoices",
        response_model=InvoiceList,
        response_model_exclude_none=True,
        responses=answers(InvoiceList, {200: "A page of them."}, reads=True),
    )
    async def list_all(
        asks: ReadsInvoices,
        limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50,
        after: Annotated[
            str | None, Query(pattern=f"^{NUMBER}$", description="Go on after this number: the page's `next`.")
        ] = None,
        stage: Annotated[Stage | None, Query(description="Only those that stand here.")] = None,
    ) -> InvoiceList:
        """The newest first, as the last look at each left it."""
        return await asyncio.to_thread(_list, asks, limit, after, stage)

    @routes.get(
        "/{number}",
        operation_id="readInvoice",
        summary="Read an invoice",
        response_model=InvoiceDocument,
        response_model_exclude_none=True,
        responses=answers(InvoiceDocument, {200: "The invoice."}, reads=True),
    )
    async def read(asks: ReadsInvoices, number: InvoiceNumber) -> InvoiceDocument:
        """Where it stands, what was done, and the plan: what comes if nothing happens. Nothing of its customer."""
        ref = await found(asks, number)
        now = await asks.service.desk.now(ref)
        return await asyncio.to_thread(told, asks.service.books, ref, now)

    return routes


async def found(asks: Caller, number: str) -> InvoiceRef:
    """The caller's invoice of this number.

    Raises:
        Refusal: it has none; what others have is not there.
    """
    try:
        return await asyncio.to_thread(asks.service.desk.client.find, asks.merchant, number)
    except UnknownInvoiceError:
        raise missing() from None


def missing() -> Refusal:
    """No such invoice."""
    return Refusal(Kind.NOT_FOUND, "This key's merchant has no such invoice.")


async def _start(asks: Caller, data: object) -> StartedInvoice:
    ref, started = await asyncio.to_thread(_enter, asks, data)
    if ref is not None:
        await asks.service.waker.wake(ref)
    return started


def _enter(asks: Caller, data: object) -> tuple[InvoiceRef | None, StartedInvoice]:
    """Check an invoice and enter it; a reference comes with it if its case must be woken."""
    opening = _opening(asks, data)
    books, number = asks.service.books, opening.invoice.number
    try:
        opened = books.registry.open(opening, datetime.now(UTC))
    except OvertakenError:  # read anew, it is read from what was published
        return _enter(asks, data)
    ref = InvoiceRef(opened.id, asks.merchant, number)
    if opened.created:
        return ref, StartedInvoice(merchant=asks.merchant, number=number, created=True, reference=opening.reference)
    case = books.cases.read(opened.id)
    started = StartedInvoice(
        merchant=asks.merchant,
        number=number,
        created=False,
        reference=case.reference,
        differs=_differences(case.invoice, opening.invoice) or None,
    )
    return (ref if case.looked_at is None else None), started


def _opening(asks: Caller, data: object) -> Any:
    if not isinstance(data, Mapping):
        raise wrong_at("", f"is {shape(data)[:40]}; it must be an object", "write { }")
    loaded = asks.service.merchants(asks.merchant)
    named = data.get("merchant")
    if named is not None and named != asks.merchant:
        detail = f"Leave the merchant out, or write {asks.merchant}."
        raise Refusal(Kind.OTHER_MERCHANT, detail)
    try:
        return opening_of(read_invoice({**data, "merchant": asks.merchant}, _only(loaded)), loaded)
    except ConfigError as error:
        raise invalid(error.problems) from None


def _only(loaded: Loaded) -> Any:
    """Whoever is named, it is this merchant."""
    return lambda _name: loaded


def _differences(kept: Invoice, came: Invoice) -> list[str]:
    return [name for name in _TELLING if getattr(kept, name) != getattr(came, name)]


def _items(body: Body) -> list[Any]:
    """The invoices of a batch.

    Raises:
        Refusal: it is no batch.
    """
    unknown = [key for key in body.data if key != "invoices"]
    if unknown:
        raise wrong_at(unknown[0], "unknown key", 'write {"invoices": [ ]}')
    items = body.data.get("invoices")
    if not isinstance(items, list) or not items:
        raise wrong_at("invoices", "is not a list with something in it", 'write {"invoices": [ ]}')
    if len(items) > MOST_AT_ONCE:
        raise wrong_at("invoices", f"has {len(items)} invoices", f"send at most {MOST_AT_ONCE} at once")
    return items


async def _start_all(asks: Caller, items: list[Any]) -> BatchResult:
    """Start each; of those with the same number the first one counts."""
    results: list[BatchItem | None] = [None] * len(items)
    firsts, repeats = _parted(items)

    async def starter(mine: Any) -> None:
        for index in mine:
            results[index] = await _start_item(asks, index, items[index])

    for indexes in (iter(firsts), iter(repeats)):
        await asyncio.gather(*(starter(indexes) for _ in range(AT_ONCE)))
    done = [result for result in results if result is not None]
    counts = {name: sum(result.result == name for result in done) for name in ("created", "duplicate", "problem")}
    return BatchResult(
        created=counts["created"], duplicates=counts["duplicate"], problems=counts["problem"], results=done
    )


def _parted(items: list[Any]) -> tuple[list[int], list[int]]:
    """The places of the invoices whose number comes for the first time, and of the others."""
    seen: set[str] = set()
    firsts: list[int] = []
    repeats: list[int] = []
    for index, item in enumerate(items):
        number = str(item.get("number")).strip() if isinstance(item, Mapping) else ""
        (repeats if number in seen else firsts).append(index)
        seen.add(number)
    return firsts, repeats


async def _start_item(asks: Caller, index: int, data: object) -> BatchItem:
    try:
        started = await _start(asks, data)
    except Refusal as refusal:
        if refusal.status >= 500:
            raise
        number = data.get("number") if isinstance(data, Mapping) else None
        shown = number if isinstance(number, str) and len(number) <= 64 else None
        return BatchItem(index=index, result="problem", number=shown, problem=refusal.as_json())
    return BatchItem(
        index=index,
        result="created" if started.created else "duplicate",
        number=started.number,
        reference=started.reference,
        differs=started.differs,
    )


def _list(asks: Caller, limit: int, after: str | None, stage: Stage | None) -> InvoiceList:
    books = asks.service.books
    try:
        below = books.cases.find(asks.merchant, after) if after else None
    except UnknownInvoiceError:
        raise missing() from None
    rows = books.looks.standing(limit + 1, asks.merchant, stage, below)
    page = [listed(row) for row in rows[:limit]]
    return InvoiceList(invoices=page, next=page[-1].number if len(rows) > limit else None)
