"""How results are shown: tables for people, JSON for machines."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from domain.telling import CHANNELS, MESSAGES, step_name
from domain.timeline import Did, Entry
from domain.wire import Glance
from domain.words import Reason

BEFORE = {
    Reason.NOT_VIEWED: "the one before was not viewed",
    Reason.BOUNCED: "the one before bounced",
    Reason.REFUSED: "the one before was refused",
    Reason.NO_ADDRESS: "no address for the one before",
    Reason.OPTED_OUT: "the one before was not wanted",
    Reason.OUTCOME_UNKNOWN: "the one before got lost",
}
"""Why a fallback goes out."""

WIDE = 200
"""Columns where no terminal tells: what is piped must not be broken into lines."""


def _console(*, stderr: bool) -> Console:
    """A console as wide as its terminal."""
    console = Console(stderr=stderr)
    return console if console.is_terminal or "COLUMNS" in os.environ else Console(stderr=stderr, width=WIDE)


OUT, ERR = _console(stderr=False), _console(stderr=True)

COLOURS = {
    Did.SENT: "cyan",
    Did.SKIPPED: "yellow",
    Did.CHARGED: "magenta",
    Did.REVERSED: "green",
    Did.HELD: "yellow",
    Did.RELEASED: "green",
    Did.HANDED_OVER: "red",
    Did.WITHDRAWN: "green",
    Did.ASKED: "bold yellow",
    Did.CLOSED: "bold green",
    Did.MOVED: "blue",
}


def bar(what: str, *, quiet: bool = False) -> Progress:
    """How far a long work is, for a terminal; elsewhere nothing."""
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(*columns, console=ERR, disable=quiet or not ERR.is_terminal, transient=True)


def say(text: str = "") -> None:
    """A line for people; it is not broken."""
    OUT.print(text, soft_wrap=True, highlight=False)


def as_json(value: Any) -> None:
    """One JSON value on one line."""
    print(json.dumps(to_jsonable_python(value), ensure_ascii=False))  # noqa: T201


def entries_as_json(entries: Iterable[Entry]) -> None:
    """A life, one entry a line."""
    for entry in entries:
        as_json(entry.as_json())


def entries(title: str, life: Sequence[Entry]) -> None:
    """A life as a table."""
    OUT.print(title, style="bold", soft_wrap=True, highlight=False)
    if not life:
        say("Nothing has happened yet.")
        return
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("When", "Did", "What", "Why"):
        table.add_column(heading, no_wrap=heading == "When", style="dim" if heading == "When" else "")
    table.add_column("Amount", justify="right")
    table.add_column("Balance", justify="right")
    for entry in life:
        did = f"[{COLOURS[entry.did]}]{entry.did.replace('_', ' ')}[/]"
        amount = str(entry.amount) if entry.amount else ""
        when = f"{entry.at:%a %d %b %Y %H:%M}"
        table.add_row(when, did, what(entry), why(entry), amount, f"{entry.balance} {entry.balance.currency}")
    OUT.print(table)


def what(entry: Entry) -> str:
    """The act's object in words."""
    if entry.message and entry.channel and entry.did in (Did.SENT, Did.SKIPPED):
        return f"{MESSAGES[entry.message]} by {CHANNELS[entry.channel]}"
    return step_name(entry.step) if entry.step else ""


def why(entry: Entry) -> str:
    """The reason in words; of a message that follows another, what became of that one."""
    if entry.did is Did.SENT and entry.reason in BEFORE:
        return BEFORE[entry.reason]
    return entry.reason.replace("_", " ")


def rows(title: str, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """A plain table."""
    OUT.print(title, style="bold", soft_wrap=True, highlight=False)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading, no_wrap=heading == headings[0])
    for line in lines:
        table.add_row(*line)
    OUT.print(table)


def glance(number: str, seen: Glance, *, json_: bool) -> None:
    """What followed an order."""
    if json_:
        as_json({"number": number, "stage": seen.stage, "next": seen.next, "summary": seen.summary, "due": seen.due})
    else:
        say(f"[bold]{number}[/] {seen.stage.replace('_', ' ')}. {seen.summary}.")
