"""Starting invoices from files."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands import show
from commands.orders import JSON
from commands.session import in_session
from config.invoice_input import InvoiceInput
from config.invoices import RowError, read_invoices
from config.problems import ConfigError, Problem
from config.settings import read_settings
from store.registry import OvertakenError
from workflows.client import CaseClient
from workflows.opening import opening_of
from workflows.published import Merchants

AT_ONCE = 16
"""Invoices that are started at the same time."""

BAD_ROWS = 1
"""The exit code when some row could not be used."""


@dataclass(slots=True)
class Count:
    """What became of the rows."""

    started: int = 0
    known: int = 0
    problems: list[Problem] = field(default_factory=list)
    bad: int = 0


def register(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command(rich_help_panel="Begin")(start)


def start(
    file: Annotated[list[Path], typer.Argument(help="Invoices: .json, .jsonl or .csv.", exists=True, dir_okay=False)],
    merchants: Annotated[Path | None, typer.Option(help="The folder with the merchants' files.")] = None,
    from_today: Annotated[
        bool, typer.Option("--from-today", help="For trying out: move all dates so that the first is issued today.")
    ] = False,
    json_: JSON = False,
) -> None:
    """Start invoices. An invoice that is known already is left alone; a bad row does not stop the rest.

    Example: kvitt start examples/invoices/march.csv.
    """
    folder = merchants or read_settings().merchants

    async def work(client: CaseClient) -> Count:
        loaded = Merchants(client.books, folder)
        rows = await asyncio.to_thread(lambda: [row for path in file for row in read_invoices(path, loaded)])
        if from_today:
            rows = _moved_to(datetime.now(UTC).date(), rows)
        await asyncio.to_thread(tell_of_drafts, loaded, {row.merchant for row in rows if isinstance(row, InvoiceInput)})
        return await _start_all(client, rows, loaded)

    count = in_session(work)
    _tell(count, json_=json_)
    raise typer.Exit(BAD_ROWS if count.bad else 0)


def tell_of_drafts(merchants: Merchants, names: Iterable[str]) -> None:
    """Say so where a merchant's file is not what counts."""
    for name in sorted(names):
        if path := merchants.differs(name):
            said = f"{path} is not what was published last, which counts; to publish it: kvitt policy publish {path}"
            show.ERR.print(said, style="yellow", highlight=False, markup=False, soft_wrap=True)


def _moved_to(today: date, rows: list[InvoiceInput | RowError]) -> list[InvoiceInput | RowError]:
    """The invoices as if the first of them were issued today."""
    first = min((row.issued for row in rows if isinstance(row, InvoiceInput)), default=today)

    def moved(invoice: InvoiceInput) -> InvoiceInput:
        days = today - first
        return invoice.model_copy(update={"issued": invoice.issued + days, "due": invoice.due + days})

    return [moved(row) if isinstance(row, InvoiceInput) else row for row in rows]


async def _start_all(client: CaseClient, rows: list[InvoiceInput | RowError], loaded: Merchants) -> Count:
    count, waiting = Count(), iter(rows)
    with show.bar("Starting") as bar:
        task = bar.add_task("start", total=len(rows))

        async def starter(mine: Iterator[InvoiceInput | RowError]) -> None:
            for row in mine:
                await _start_one(client, row, loaded, count)
                bar.advance(task)

        await asyncio.gather(*(starter(waiting) for _ in range(AT_ONCE)))
    return count


async def _start_one(client: CaseClient, row: InvoiceInput | RowError, loaded: Merchants, count: Count) -> None:
    if isinstance(row, RowError):
        count.bad += 1
        count.problems.extend(row.problems)
        return
    try:
        started = await client.start(opening_of(row, loaded(row.merchant)))
    except OvertakenError:  # read anew, it is read from what was published
        await _start_one(client, row, loaded, count)
        return
    except ConfigError as error:
        count.bad += 1
        count.problems.extend(error.problems)
        return
    if started.created:
        count.started += 1
    else:
        count.known += 1


def _tell(count: Count, *, json_: bool) -> None:
    if json_:
        problems = [str(problem) for problem in count.problems]
        show.as_json({"started": count.started, "known": count.known, "bad": count.bad, "problems": problems})
        return
    for problem in count.problems:
        show.ERR.print(str(problem), style="red", highlight=False, markup=False, soft_wrap=True)
    known = f", {count.known} known already" if count.known else ""
    bad = f", {count.bad} could not be used" if count.bad else ""
    show.OUT.print(f"{count.started} started{known}{bad}.")
