"""How results are shown: tables for people, JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic_core import to_jsonable_python
from rich.console import Console
from rich.table import Table

from domain.telling import CHANNELS, MESSAGES, step_name
from domain.timeline import Did, Entry
from domain.wire import Glance

OUT, ERR = Console(), Console(stderr=True)

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
}


def as_json(value: Any) -> None:
    """One JSON value on one line."""
    print(json.dumps(to_jsonable_python(value), ensure_ascii=False))  # noqa: T201


def entries_as_json(entries: Iterable[Entry]) -> None:
    """A life, one entry a line."""
    for entry in entries:
        as_json(entry.as_json())


def entries(title: str, life: Sequence[Entry]) -> None:
    """A life as a table."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in ("When", "Did", "What", "Why"):
        table.add_column(heading, no_wrap=heading == "When", style="dim" if heading == "When" else "")
    table.add_column("Amount", justify="right")
    table.add_column("Balance", justify="right")
    for entry in life:
        did = f"[{COLOURS[entry.did]}]{entry.did.replace('_', ' ')}[/]"
        amount = str(entry.amount) if entry.amount else ""
        when = f"{entry.at:%a %d %b %Y %H:%M}"
        table.add_row(when, did, what(entry), entry.reason.replace("_", " "), amount, f"{entry.balance}")
    OUT.print(table)


def what(entry: Entry) -> str:
    """The act's object in words."""
    if entry.message and entry.channel and entry.did in (Did.SENT, Did.SKIPPED):
        return f"{MESSAGES[entry.message]} by {CHANNELS[entry.channel]}"
    return step_name(entry.step) if entry.step else ""


def rows(title: str, headings: Sequence[str], lines: Iterable[Sequence[str]]) -> None:
    """A plain table."""
    table = Table(title=title, title_justify="left", title_style="bold", box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for heading in headings:
        table.add_column(heading)
    for line in lines:
        table.add_row(*line)
    OUT.print(table)


def glance(number: str, seen: Glance, *, json_: bool) -> None:
    """What followed an order."""
    if json_:
        as_json({"number": number, "stage": seen.stage, "next": seen.next, "summary": seen.summary, "due": seen.due})
    else:
        OUT.print(f"[bold]{number}[/] {seen.stage.replace('_', ' ')}. {seen.summary}.")
