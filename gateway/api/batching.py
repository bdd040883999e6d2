"""What the API does with batches: each is its merchant's, and what others have is not there."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid4

import structlog
from temporalio.service import RPCError

from config.discreet import discreetly
from config.invoices import number_in, read_invoice
from config.merchants import Loaded
from config.problems import ConfigError, nearest, shape
from domain.batches import Steering
from gateway.api.auth import Caller
from gateway.api.batch_models import CHUNK, BatchDocument, OutlookDocument, WantedBatch, WantedOrders, read_as
from gateway.api.bodies import Body
from gateway.api.orders import texts_of
from gateway.api.problems import Kind, Refusal, wrong_at
from gateway.api.service import PATIENCE
from store.batch_items import NewItem
from store.batches import Batch, UnknownBatchError
from workflows.batching import BatchClient
from workflows.foreseeing import outlook_of
from workflows.orders import FOR_MANY

MOST = 2_000
"""Invoices that an outlook or a preview looks at; more take longer than a request may."""
FARTHEST = 10_000_000
"""The last place of a batch."""

log = structlog.get_logger()


async def created(asks: Caller, batch: Batch) -> tuple[Batch, bool]:
    """The batch of this id, and whether it is new.

    Raises:
        Refusal: the id is another batch's.
    """
    kept = await asyncio.to_thread(asks.service.books.batches.create, batch)
    if _meaning(kept) != _meaning(batch):
        raise Refusal(Kind.ID_TAKEN, "A batch of this id does something else. Give each an id of its own.")
    return kept, kept.created_at == batch.created_at


def _meaning(batch: Batch) -> tuple[Any, ...]:
    return batch.merchant, batch.kind, dict(batch.fields), batch.selection


def new_batch(asks: Caller, wanted: WantedBatch, kind: str, **more: Any) -> Batch:
    """A batch of this caller. Its id is a hash of the caller's own: ids are unique over all merchants."""
    mine = sha256(f"batch\0{asks.merchant}\0{wanted.id}".encode()).hexdigest()[:20] if wanted.id else uuid4().hex
    now = datetime.now(UTC)
    return Batch(
        id=mine,
        kind=kind,
        who=asks.name,
        rate=wanted.rate,
        created_at=now,
        merchant=asks.merchant,
        why=wanted.why,
        **more,
    )


def ordered(asks: Caller, body: Body) -> tuple[WantedOrders, Batch]:
    """An order for many, read; its values are checked with each case."""
    wanted = read_as(WantedOrders, body.data)
    name = wanted.order.get("command")
    if not isinstance(name, str) or name not in FOR_MANY:
        raise wrong_at("order.command", "is no command for many", nearest(str(name)[:40], FOR_MANY))
    try:
        texts = texts_of(FOR_MANY[name], wanted.order, {"command"}, common=())
    except Refusal as refusal:
        for error in refusal.errors:
            error["pointer"] = f"/order{error['pointer']}"
        raise
    return wanted, new_batch(asks, wanted, name, fields=texts, selection=wanted.selection.of(asks.merchant))


def chunk_of(body: Body) -> tuple[int, list[Any]]:
    """Invoices to be added, and the place of the first.

    Raises:
        Refusal: it is no such thing.
    """
    unknown = [key for key in body.data if key not in ("first", "invoices")]
    if unknown:
        raise wrong_at(unknown[0], "unknown key", nearest(unknown[0], ("first", "invoices")))
    first, invoices = str(body.data.get("first", 1)), body.data.get("invoices")
    if not (first.isdecimal() and first.isascii() and 0 < int(first[:9]) <= FARTHEST):
        raise wrong_at("first", f"is {shape(first)[:40]}; it must be a place", "write a whole number from 1 on")
    if not isinstance(invoices, list) or not invoices:
        raise wrong_at("invoices", "is not a list with something in it", 'write {"invoices": [ ]}')
    if len(invoices) > CHUNK:
        raise wrong_at("invoices", f"has {len(invoices)} invoices", f"send at most {CHUNK} at once")
    return int(first), invoices


def items_of(asks: Caller, first: int, invoices: list[Any]) -> list[NewItem]:
    """Invoices as a batch takes them; one that cannot be used says why."""
    loaded = asks.service.merchants(asks.merchant)
    return [_item(asks.merchant, place, data, loaded) for place, data in enumerate(invoices, start=first)]


def _item(merchant: str, place: int, data: Any, loaded: Loaded) -> NewItem:
    if not isinstance(data, dict):
        return NewItem(place, None, said="is no object; write { }")
    if data.get("merchant") not in (None, merchant):
        return NewItem(
            place, None, number_in(data), said=f"merchant: is another one; leave it out, or write {merchant}"
        )
    try:
        invoice = read_invoice({**data, "merchant": merchant}, lambda _name: loaded)
    except ConfigError as error:
        return NewItem(place, None, number_in(data), said=discreetly(error.problems))
    return NewItem(place, invoice.to_json(), invoice.number)


async def outlook(asks: Caller, batch: Batch) -> OutlookDocument:
    """What the invoices that wait would set going."""
    progress = await asyncio.to_thread(asks.service.books.batches.progress, batch.id)
    client, merchants = asks.service.desk.client, asks.service.merchants
    seen = await outlook_of(client, merchants, batch, most=MOST)
    return OutlookDocument.of(seen, starts=batch.starts, total=progress.total - progress.handled)


async def begin(asks: Caller, batch_id: str) -> None:
    """Let a batch be carried; where Temporal does not answer the sweep does it."""
    try:
        async with asyncio.timeout(PATIENCE.total_seconds()):
            await batches(asks).begin(batch_id)
    except (RPCError, TimeoutError):
        log.warning("a batch is in the books, but could not be begun; the sweep will", batch=batch_id)


async def steered(asks: Caller, steering: Steering) -> BatchDocument:
    """How a batch stands once it has heard what is wished, or after a while."""
    await mine(asks, steering.batch_id)
    await batches(asks).steer(steering, PATIENCE)
    return await document(asks, await mine(asks, steering.batch_id))


async def mine(asks: Caller, batch_id: str) -> Batch:
    """The caller's batch of this id.

    Raises:
        Refusal: it has none; what others have is not there.
    """
    try:
        return await asyncio.to_thread(asks.service.books.batches.get, batch_id, asks.merchant)
    except UnknownBatchError:
        raise Refusal(Kind.NOT_FOUND, "This key's merchant has no such batch.") from None


async def document(asks: Caller, batch: Batch) -> BatchDocument:
    """A batch as it is told."""
    return BatchDocument.of(batch, await asyncio.to_thread(asks.service.books.batches.progress, batch.id))


async def told(asks: Caller, batch: Batch) -> dict[str, Any]:
    """The same as an answer holds it."""
    return (await document(asks, batch)).as_json()


def batches(asks: Caller) -> BatchClient:
    """The way to running batches."""
    client = asks.service.desk.client
    return BatchClient(client.plain, client.books, client.queue)
