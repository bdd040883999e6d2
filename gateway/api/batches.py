"""Many invoices at once: a batch is filled and run, or gives one order to all that are meant; then it is followed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from domain.batches import START, BatchState, Steering
from gateway.api.auth import ReadsInvoices, WritesCommands, WritesInvoices
from gateway.api.batch_models import (
    BatchDocument,
    BatchList,
    FilledBatch,
    OutlookDocument,
    RefusedInvoice,
    RefusedList,
    WantedBatch,
    WantedOrders,
    read_as,
    takes_chunk,
    takes_model,
)
from gateway.api.batching import (
    FARTHEST,
    begin,
    chunk_of,
    created,
    document,
    items_of,
    mine,
    new_batch,
    ordered,
    outlook,
    steered,
    told,
)
from gateway.api.bodies import read_body
from gateway.api.invoices import BATCH_BYTES
from gateway.api.once import Answer, IdempotencyKey, once
from gateway.api.problems import Kind, Refusal
from gateway.api.schemas import answers
from store.batch_items import BatchRunsError

BatchId = Annotated[str, Path(pattern="^[0-9a-f]{12,32}$", description="The batch's id.", examples=["3f9a0c1b2d4e"])]
Confirm = Annotated[
    int, Query(ge=0, le=FARTHEST, description="How many messages may go out at once; if more would, the batch pauses.")
]
_ORDER = {
    "order": {"command": "pause", "until": "2031-05-01"},
    "selection": {"due_before": "2026-03-01"},
    "why": "a fault in our letters",
}


def router() -> APIRouter:
    """The addresses of batches."""
    routes = APIRouter(prefix="/batches", tags=["Batches"])
    for part in (_starting, _ordering, _steering, _reading):
        part(routes)
    return routes


def _starting(routes: APIRouter) -> None:
    @routes.post(
        "/start",
        operation_id="openBatch",
        summary="Open a batch of invoices",
        status_code=201,
        responses=answers(BatchDocument, {201: "It can be filled.", 200: "It was there already."}),
        openapi_extra=takes_model(WantedBatch, {"id": "march", "rate": 50}),
    )
    async def open_batch(request: Request, asks: WritesInvoices, key: IdempotencyKey = None) -> Response:
        """Then add its invoices, up to 1000 at a time, and run it: for more than `/invoices/batch` takes."""
        body = await read_body(request)
        wanted = read_as(WantedBatch, body.data)

        async def work() -> Answer:
            batch, is_new = await created(asks, new_batch(asks, wanted, START, name=wanted.id or ""))
            return Answer(201 if is_new else 200, await told(asks, batch))

        return await once(request, asks, key, body, work)

    @routes.post(
        "/{batch_id}/invoices",
        operation_id="fillBatch",
        summary="Add invoices to a batch",
        responses=answers(FilledBatch, {200: "They wait; the report tells which cannot be used."}),
        openapi_extra=takes_chunk(),
    )
    async def add(request: Request, asks: WritesInvoices, batch_id: BatchId) -> Response:
        """`first` is the place of the first of them; one whose place is taken is there already."""
        body = await read_body(request, BATCH_BYTES)
        await mine(asks, batch_id)
        first, invoices = chunk_of(body)
        items = await asyncio.to_thread(items_of, asks, first, invoices)
        try:
            await asyncio.to_thread(asks.service.books.batch_items.fill, batch_id, items)
        except BatchRunsError:
            raise Refusal(Kind.BATCH_RUNS, "Open another batch for them.") from None
        refused = sum(item.source is None for item in items)
        return _json(FilledBatch(id=batch_id, taken=len(items) - refused, refused=refused))

    @routes.post(
        "/{batch_id}/run",
        operation_id="runBatch",
        summary="Start the invoices of a batch",
        status_code=202,
        response_model=BatchDocument,
        response_model_exclude_none=True,
        responses=answers(BatchDocument, {202: "It runs."}, reads=True),
    )
    async def run(asks: WritesInvoices, batch_id: BatchId, confirm: Confirm = 0) -> BatchDocument:
        """Take no more invoices, and begin. For overdue ones only as many messages go out at once as are confirmed."""
        if not (await mine(asks, batch_id)).starts:
            raise Refusal(Kind.NOT_FOUND, "This key's merchant has no such batch of invoices.")
        batch = await asyncio.to_thread(asks.service.books.batches.run, batch_id, confirm)
        await begin(asks, batch.id)
        return await document(asks, batch)


def _ordering(routes: APIRouter) -> None:
    @routes.post(
        "/order",
        operation_id="orderMany",
        summary="Give many invoices an order",
        status_code=202,
        responses=answers(BatchDocument, {202: "It runs.", 200: "It was given before."}),
        openapi_extra=takes_model(WantedOrders, _ORDER),
    )
    async def order(request: Request, asks: WritesCommands, key: IdempotencyKey = None) -> Response:
        """To all that are meant, now. Only as many messages go out at once as are confirmed; see the outlook first."""
        body = await read_body(request)
        wanted, batch = ordered(asks, body)

        async def work() -> Answer:
            kept, _ = await created(asks, batch)
            if kept.state is not BatchState.FILLING:
                return Answer(200, await told(asks, kept))
            books = asks.service.books
            await asyncio.to_thread(books.batch_items.choose, kept.id, kept.selection)
            running = await asyncio.to_thread(books.batches.run, kept.id, wanted.confirm)
            await begin(asks, kept.id)
            return Answer(202, await told(asks, running))

        return await once(request, asks, key, body, work)

    @routes.post(
        "/order/outlook",
        operation_id="foreseeOrder",
        summary="See what an order for many would set going",
        responses=answers(OutlookDocument, {200: "What would go out at once."}),
        openapi_extra=takes_model(WantedOrders, _ORDER),
    )
    async def foresee(request: Request, asks: WritesCommands) -> Response:
        """The same body; nothing is done. It looks at up to 2000 invoices."""
        _, batch = ordered(asks, await read_body(request))
        books, batch = asks.service.books, replace(batch, id=uuid4().hex)
        await asyncio.to_thread(books.batches.create, batch)
        try:
            await asyncio.to_thread(books.batch_items.choose, batch.id, batch.selection)
            return _json(await outlook(asks, batch))
        finally:
            await asyncio.to_thread(books.batches.discard, batch.id)


def _steering(routes: APIRouter) -> None:
    def steers(path: str, name: str, summary: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return routes.post(
            f"/{{batch_id}}/{path}",
            operation_id=name,
            summary=summary,
            response_model=BatchDocument,
            response_model_exclude_none=True,
            responses=answers(BatchDocument, {200: "How it stands."}, reads=True),
        )

    @steers("pause", "pauseBatch", "Let a batch rest")
    async def pause(asks: WritesCommands, batch_id: BatchId) -> BatchDocument:
        """Until it is resumed."""
        return await steered(asks, Steering(batch_id, BatchState.PAUSED))

    @steers("resume", "resumeBatch", "Let a batch go on")
    async def resume(asks: WritesCommands, batch_id: BatchId, confirm: Confirm = 0) -> BatchDocument:
        """If it paused because more messages would go out at once than were confirmed, say how many more may."""
        return await steered(asks, Steering(batch_id, BatchState.RUNNING, at_once=confirm or None))

    @steers("stop", "stopBatch", "Give up the rest of a batch")
    async def stop(asks: WritesCommands, batch_id: BatchId) -> BatchDocument:
        """What was done stays."""
        return await steered(asks, Steering(batch_id, BatchState.STOPPED))


def _reading(routes: APIRouter) -> None:
    def reads(
        path: str, name: str, summary: str, model: type[Any]
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        return routes.get(
            path,
            operation_id=name,
            summary=summary,
            response_model=model,
            response_model_exclude_none=True,
            responses=answers(model, {200: "As it stands."}, reads=True),
        )

    @reads("", "listBatches", "List batches", BatchList)
    async def list_all(
        asks: ReadsInvoices,
        limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
        after: Annotated[
            str | None, Query(pattern="^[0-9a-f]{12,32}$", description="Go on after this one: the page's `next`.")
        ] = None,
    ) -> BatchList:
        """The newest first."""
        last = await mine(asks, after) if after else None
        found = await asyncio.to_thread(asks.service.books.batches.all, limit + 1, asks.merchant, last)
        page = [await document(asks, one) for one in found[:limit]]
        return BatchList(batches=page, next=page[-1].id if len(found) > limit else None)

    @reads("/{batch_id}", "readBatch", "Read a batch", BatchDocument)
    async def read(asks: ReadsInvoices, batch_id: BatchId) -> BatchDocument:
        """How far it is."""
        return await document(asks, await mine(asks, batch_id))

    @reads("/{batch_id}/outlook", "foreseeBatch", "See what a batch would set going", OutlookDocument)
    async def foresee(asks: ReadsInvoices, batch_id: BatchId) -> OutlookDocument:
        """What the invoices that wait would set going at once: up to 2000 of them are looked at."""
        return await outlook(asks, await mine(asks, batch_id))

    @reads("/{batch_id}/refused", "readBatchReport", "List what a batch could not use", RefusedList)
    async def refused(
        asks: ReadsInvoices,
        batch_id: BatchId,
        limit: Annotated[int, Query(ge=1, le=1_000, description="How many at most.")] = 200,
        after: Annotated[int, Query(ge=0, le=FARTHEST, description="Go on after this place: the page's `next`.")] = 0,
    ) -> RefusedList:
        """By place, each with what is wrong and the cure."""
        await mine(asks, batch_id)
        found = await asyncio.to_thread(asks.service.books.batch_items.refused, batch_id, limit + 1, after)
        page = [RefusedInvoice(place=it.place, number=it.number or None, said=it.said) for it in found[:limit]]
        return RefusedList(refused=page, next=page[-1].place if len(found) > limit else None)


def _json(document: Any) -> Response:
    return Response(document.model_dump_json(exclude_none=True), media_type="application/json")
