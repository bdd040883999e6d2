"""Batches as people see them: how far one is, what would go out at once, and what could not be used."""

from __future__ import annotations

import sys
import time
from typing import Any

import typer

from commands import show
from commands.asking import ask
from commands.session import CommandError
from domain.batches import ENDED, BatchProgress, BatchState
from domain.foresight import Foreseen
from store.batches import Batch
from store.books import Books
from workflows.foreseeing import Outlook

EVERY_S = 0.5
"""How often it is looked how far a batch is."""
INTERRUPTED = 130


def follow(books: Books, batch_id: str) -> BatchProgress:
    """Watch a batch until it ends or pauses. Ctrl-C ends the watching, not the batch."""
    try:
        show.ERR.print(f"Watching batch {batch_id}; Ctrl-C ends the watching only.", highlight=False)
        with show.bar("Running") as progress:
            task = progress.add_task("batch", total=None)
            while (at := books.batches.progress(batch_id)).state is BatchState.RUNNING:
                progress.update(task, total=at.total, completed=at.handled)
                time.sleep(EVERY_S)
    except KeyboardInterrupt:
        show.ERR.print(
            f"Batch {batch_id} goes on. Follow it with: kvitt batch show {batch_id} --follow; "
            f"stop it with: kvitt batch stop {batch_id}",
            highlight=False,
            soft_wrap=True,
        )
        raise typer.Exit(INTERRUPTED) from None
    return at


def tell(batch: Batch, progress: BatchProgress, *, json_: bool) -> None:
    """How far a batch is, and what to do about it."""
    if json_:
        show.as_json(as_fields(batch, progress))
        return
    show.say(f"Batch [bold]{batch.id}[/], {batch}: {progress}")
    if progress.state is BatchState.PAUSED:
        show.say(f"Go on with: kvitt batch resume {batch.id}")
    elif progress.state not in ENDED:
        show.say(f"Follow it with: kvitt batch show {batch.id} --follow")
    if progress.refused:
        show.say(f"What was refused, and why: kvitt batch show {batch.id}")


def as_fields(batch: Batch, progress: BatchProgress) -> dict[str, Any]:
    """The same for machines."""
    return {
        "id": batch.id,
        "does": str(batch),
        "merchant": batch.merchant or None,
        "state": progress.state,
        "total": progress.total,
        "done": progress.done,
        "unchanged": progress.unchanged,
        "refused": progress.refused,
        "rate": batch.rate,
        "said": progress.said or None,
    }


def tell_outlook(outlook: Outlook, *, starts: bool, json_: bool) -> None:
    """What would go out at once, and how many a person must confirm."""
    number = outlook.to_confirm(starts=starts)
    if json_:
        at_once = [{"what": what, "count": count} for what, count in outlook.all.rows()]
        told = {
            "invoices": outlook.all.invoices,
            "known": outlook.known,
            "refused": outlook.refused,
            "at_once": at_once,
            "confirm": number,
        }
        show.as_json(told | {"examples": outlook.examples})
        return
    known = f", {outlook.known:,} there already" if outlook.known else ""
    refused = f", {outlook.refused:,} could not be used" if outlook.refused else ""
    show.say(f"{_counted(outlook.all.invoices)}{known}{refused}.")
    for example in outlook.examples:
        show.ERR.print(example, style="red", highlight=False, markup=False, soft_wrap=True)
    if outlook.all.messages:
        _tell_kinds("At once, or when the contact window opens:", outlook.all)
    else:
        show.say("Nothing goes out at once.")
    if starts and outlook.late.messages:
        _tell_kinds("Of these the due date has passed:", outlook.late)
    if number:
        show.say(f"To go on, confirm that you have seen this: --confirm {number}")


def must_confirm(number: int, given: int | None, *, json_: bool) -> None:
    """See that a person has seen this count.

    Raises:
        CommandError: nobody has, or it was another count.
    """
    if given is None and number and not json_ and sys.stdin.isatty():
        given = ask(f"Type {number} to go on", type=int, err=True)
    if given != number and (number or given is not None):
        raise CommandError(f"nothing was done: {number} must be confirmed; see why with --dry-run, and {_how(number)}")


def _counted(invoices: int) -> str:
    return "1 invoice" if invoices == 1 else f"{invoices:,} invoices"


def _how(number: int) -> str:
    return f"write --confirm {number}" if number else "leave --confirm out"


def _tell_kinds(title: str, foreseen: Foreseen) -> None:
    show.say(title)
    for what, count in foreseen.rows():
        show.say(f"  {count:>9,}  {what}")
