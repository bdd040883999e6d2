"""How a batch begins: it is filled, seen ahead of, and begun once a person has confirmed what would go out at once."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import typer

from commands import show
from commands.following import follow, must_confirm, tell, tell_outlook
from commands.session import CommandError, opened_books
from commands.starting import BAD_ROWS
from config.settings import read_settings
from domain.batches import USUAL_RATE, BatchState
from store.batches import Batch, UnknownBatchError
from workflows.batching import BatchClient
from workflows.client import CaseClient
from workflows.foreseeing import Seen, outlook_of
from workflows.published import Merchants

SECONDS = {"s": 1, "second": 1, "minute": 60, "min": 60, "hour": 3_600, "h": 3_600}
FASTEST = 10_000


def rate_of(text: str) -> float:
    """How many a second ``50/second``, ``600/minute`` or ``50`` means."""
    number, _, unit = text.partition("/")
    try:
        rate = float(number) / SECONDS[unit.strip() or "second"]
    except (KeyError, ValueError):
        raise typer.BadParameter(f'"{text}" is no rate; write it as 50/second, 600/minute or 20000/hour') from None
    if not 0 < rate <= FASTEST:
        raise typer.BadParameter(f'"{text}" is no rate that can be held; write something up to {FASTEST}/second')
    return rate


USUAL = f"{USUAL_RATE:g}/second"
RATE = Annotated[str, typer.Option(help="How many at most, as in 50/second or 600/minute.")]
DRY_RUN = Annotated[bool, typer.Option("--dry-run", help="Only tell what would go out at once.")]
CONFIRM = Annotated[int | None, typer.Option(help="The count that the dry run asks to confirm.", metavar="COUNT")]
DETACH = Annotated[bool, typer.Option("--detach", help="Come back as soon as it has begun.")]


PutIn = Callable[[Seen], set[str]]
"""Fills a batch, and gives the merchants whose invoices they are, as far as it found out."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a batch is to be begun."""

    dry_run: bool
    confirm: int | None
    detach: bool
    json: bool


def new_batch(batch_id: str, kind: str, rate: str, **more: Any) -> Batch:
    """A batch that this person wants now."""
    now, who = datetime.now(UTC), getpass.getuser()
    return Batch(id=batch_id, kind=kind, who=who, rate=rate_of(rate), created_at=now, **more)


async def begun(
    client: CaseClient,
    merchants: Merchants,
    batch: Batch,
    put_in: PutIn,
    wish: Wish,
) -> Batch | None:
    """Fill a batch, see what it would set going, and begin it once a person has confirmed; None: it was only seen."""
    books, has_begun = client.books, False
    await asyncio.to_thread(books.batches.create, batch)
    try:
        with show.bar("Reading") as reading:
            task = reading.add_task("read", total=None)
            whose = await asyncio.to_thread(put_in, lambda count: reading.advance(task, count))
            outlook = await outlook_of(client, merchants, batch)
        if not batch.starts and not outlook.all.invoices and outlook.examples:
            raise CommandError(f"none of {outlook.refused:,} invoices takes it, as {outlook.examples[0]}")
        if wish.dry_run or not wish.json:
            tell_outlook(outlook, starts=batch.starts, json_=wish.json)
        if wish.dry_run:
            return None
        must_confirm(outlook.to_confirm(starts=batch.starts), wish.confirm, json_=wish.json)
        at_once = outlook.at_once(starts=batch.starts)
        merchant = whose.pop() if len(whose) == 1 else ""
        batch = await asyncio.to_thread(books.batches.run, batch.id, at_once, merchant)
        has_begun = True
    finally:
        if not has_begun:
            await asyncio.to_thread(books.batches.discard, batch.id)
    await BatchClient(client.plain, books, client.queue).begin(batch.id)
    return batch


def seen_to_the_end(batch: Batch | None, *, detach: bool, json_: bool) -> None:
    """Watch a batch that has begun, and tell how it ended."""
    if batch is None:
        return
    with opened_books(read_settings()) as books:
        progress = books.batches.progress(batch.id) if detach else follow(books, batch.id)
    tell(batch, progress, json_=json_)
    if progress.state is BatchState.STOPPED and batch.starts and not json_:
        show.say("To start what it left, as a batch of its own, write: --anew")
    raise typer.Exit(BAD_ROWS if progress.refused else 0)


def known_batch(client: CaseClient, batch_id: str) -> Batch | None:
    """The batch of this id, if there is one."""
    try:
        return client.books.batches.get(batch_id)
    except UnknownBatchError:
        return None
