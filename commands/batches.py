"""Many invoices at once: started from files, or given one order by a query; carried by a durable workflow."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from uuid import uuid4

import typer
from rich.markup import escape

from commands import show
from commands.batch_orders import orders
from commands.beginning import (
    CONFIRM,
    DETACH,
    DRY_RUN,
    RATE,
    USUAL,
    Wish,
    begun,
    known_batch,
    new_batch,
    seen_to_the_end,
)
from commands.filling import ID_LETTERS, fill, id_of, names
from commands.following import as_fields, follow, must_confirm, tell, tell_outlook
from commands.orders import JSON, WHY
from commands.session import CommandError, in_session, opened_books
from commands.starting import tell_of_drafts
from config.settings import read_settings
from domain.batches import START, BatchProgress, BatchState, Steering
from store.batches import Batch, UnknownBatchError
from workflows.batching import BatchClient
from workflows.client import PATIENCE, CaseClient
from workflows.foreseeing import Seen, outlook_of
from workflows.published import Merchants

SHOWN = 20
"""Refused invoices that are shown unless more are asked for."""
BATCH = Annotated[str, typer.Argument(help="The batch's id, as list shows it.", metavar="BATCH")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    group = typer.Typer(no_args_is_help=True, help="Do something with many invoices: start them, or order something.")
    group.command()(start)
    group.add_typer(orders(), name="order")
    group.command("list")(list_batches)
    group.command("show")(show_batch)
    for command in (pause, resume, stop):
        group.command()(command)
    app.add_typer(group, name="batch", rich_help_panel="Orders")


def start(
    file: Annotated[list[Path], typer.Argument(help="Invoices: .json, .jsonl or .csv.", exists=True, dir_okay=False)],
    merchants: Annotated[Path | None, typer.Option(help="The folder with the merchants' files.")] = None,
    from_today: Annotated[
        bool, typer.Option("--from-today", help="For trying out: move all dates so that the first is issued today.")
    ] = False,
    anew: Annotated[
        bool, typer.Option("--anew", help="As a batch of its own, whatever became of these files.")
    ] = False,
    why: WHY = "",
    rate: RATE = USUAL,
    dry_run: DRY_RUN = False,
    confirm: CONFIRM = None,
    detach: DETACH = False,
    json_: JSON = False,
) -> None:
    """Start many invoices. Bad rows stop no others; the same files again are the same batch, which goes on.

    Example: kvitt batch start march.csv --rate 50/second.
    """
    today = datetime.now(UTC).date() if from_today else None
    batch_id = uuid4().hex[:ID_LETTERS] if anew else id_of(file, str(today or ""))
    batch = new_batch(batch_id, START, rate, name=names(file), why=why)
    folder = merchants or read_settings().merchants

    async def work(client: CaseClient) -> Batch | None:
        known = await asyncio.to_thread(known_batch, client, batch_id)
        if known and known.state is not BatchState.FILLING:
            return known
        loaded = Merchants(client.books, folder)

        def put_in(seen: Seen) -> set[str]:
            whose = fill(client.books, batch_id, file, loaded, today, seen)
            tell_of_drafts(loaded, whose)
            return whose

        return await begun(client, loaded, batch, put_in, Wish(dry_run, confirm, detach, json_))

    seen_to_the_end(in_session(work), detach=detach, json_=json_)


def list_batches(
    merchant: Annotated[str | None, typer.Option("--merchant", "-m", help="Only this merchant's.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many, the newest first.", min=1)] = 20,
    json_: JSON = False,
) -> None:
    """Show what was done with many invoices at once, and how far it is. Example: kvitt batch list."""
    with opened_books(read_settings()) as books:
        found = [(batch, books.batches.progress(batch.id)) for batch in books.batches.all(limit, merchant)]
    if json_:
        for batch, progress in found:
            show.as_json(as_fields(batch, progress))
        return
    lines = [(one.id, escape(str(one)), str(at), f"{one.created_at:%Y-%m-%d %H:%M}", one.who) for one, at in found]
    show.rows(
        f"{len(lines)} batch{'es' if len(lines) != 1 else ''}", ("Id", "Does", "How far", "Since (UTC)", "Who"), lines
    )


def show_batch(
    batch: BATCH,
    follow_: Annotated[bool, typer.Option("--follow", "-f", help="Watch it until it ends or pauses.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many refused invoices.", min=0)] = SHOWN,
    json_: JSON = False,
) -> None:
    """Show how far a batch is, and every invoice that it could not use. Example: kvitt batch show 3f9a0c1b2d4e."""
    with opened_books(read_settings()) as books:
        try:
            one = books.batches.get(batch)
        except UnknownBatchError:
            raise _unknown(batch) from None
        progress = follow(books, batch) if follow_ else books.batches.progress(batch)
        refused = books.batch_items.refused(batch, limit)
    if json_:
        report = [{"place": it.place, "number": it.number, "origin": it.origin, "said": it.said} for it in refused]
        show.as_json(as_fields(one, progress) | {"report": report})
        return
    show.say(f"Batch [bold]{one.id}[/], {escape(str(one))}: {progress}")
    if one.why:
        show.say(f"By {one.who}, since {one.why}")
    lines = [(it.origin or str(it.place), it.number, escape(it.said)) for it in refused]
    if lines:
        show.rows(f"{len(lines)} of {progress.refused:,} refused", ("Where", "Invoice", "Why, and the cure"), lines)


def pause(batch: BATCH, json_: JSON = False) -> None:
    """Let a batch rest until it is resumed. Example: kvitt batch pause 3f9a0c1b2d4e."""
    _steer(batch, BatchState.PAUSED, json_=json_)


def resume(batch: BATCH, confirm: CONFIRM = None, json_: JSON = False) -> None:
    """Let a batch go on. If more messages would go out at once than were confirmed, their count is asked for again.

    Example: kvitt batch resume 3f9a0c1b2d4e.
    """
    _steer(batch, BatchState.RUNNING, confirm, json_=json_)


def stop(batch: BATCH, json_: JSON = False) -> None:
    """Give up what a batch has not done yet; what it has done stays. Example: kvitt batch stop 3f9a0c1b2d4e."""
    _steer(batch, BatchState.STOPPED, json_=json_)


def _steer(batch_id: str, state: BatchState, given: int | None = None, *, json_: bool) -> None:
    async def work(client: CaseClient) -> tuple[Batch, BatchProgress]:
        batch = await asyncio.to_thread(known_batch, client, batch_id)
        if batch is None:
            raise _unknown(batch_id)
        at_once = None
        if state is BatchState.RUNNING and batch.state is BatchState.PAUSED and (batch.said or given is not None):
            outlook = await outlook_of(client, Merchants(client.books, read_settings().merchants), batch)
            if not json_:
                tell_outlook(outlook, starts=batch.starts, json_=False)
            must_confirm(outlook.to_confirm(starts=batch.starts), given, json_=json_)
            at_once = outlook.at_once(starts=batch.starts)
        batches = BatchClient(client.plain, client.books, client.queue)
        return batch, await batches.steer(Steering(batch_id, state, at_once=at_once), PATIENCE)

    batch, progress = in_session(work)
    tell(batch, progress, json_=json_)
    if progress.state not in (state, BatchState.DONE) and not json_:
        show.ERR.print("No worker answers; it is done when one runs.")


def _unknown(batch_id: str) -> CommandError:
    return CommandError(f"there is no batch {batch_id}; see them all with: kvitt batch list")
