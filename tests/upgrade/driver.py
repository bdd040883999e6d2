"""Lives stories up to a day, with whatever version of Kvitt ``PYTHONPATH`` names: a program of its own.

It is told on its standard input where Temporal and the books are, and which stories to live, under which numbers; a
life that was begun goes on where it stands. It prints each life by its number. Only what versions have had since the
first drill may be used here.
"""

from __future__ import annotations

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from config.stories import read_story
from domain.law.bank_days import calendar_of
from domain.wire import InvoiceRef
from store.books import open_books
from tests.live.house import EXAMPLES, numbered
from workflows.client import CaseClient
from workflows.opening import opening_of
from workflows.play import Player
from workflows.server import connect

NO_TIMER = datetime.min.replace(tzinfo=UTC)
"""The clock is moved to a moment at which nothing happens. A move that ends where a timer fires may go on to the next
timer: the server (1.32) sometimes takes up skipping once more."""


async def live(client: CaseClient, number: str, path: str, until: datetime | None) -> list[dict[str, Any]]:
    """One life, up to the moment; without one, to its end."""
    told = read_story(Path(path), EXAMPLES / "merchants")
    opening = numbered(opening_of(told.invoice, told.loaded), number)
    calendar = calendar_of(opening.invoice.country)
    happens = [one for one in told.happens if until is None or calendar.moment(one.at) <= until]
    ref = await Player(client).play(opening, happens, None if until is None else NO_TIMER)
    if until is not None:
        await _move_to(client, ref, until)
    life = (await asyncio.to_thread(client.books.cases.read, ref.id)).life
    return [entry.as_json() for entry in life]


async def _move_to(client: CaseClient, ref: InvoiceRef, until: datetime) -> None:
    ahead = until - await client.clock.now(ref, client.books)
    if ahead > timedelta(0):
        await client.fast_forward(ref, ahead)
        await client.rest(ref)


async def drive(temporal: str, database: str, lives: dict[str, tuple[str, str | None]]) -> None:
    """All lives at once."""
    books = open_books(database)
    client = CaseClient(await connect(temporal), books, "kvitt", test_clocks=True)
    untils = [datetime.fromisoformat(until) if until else None for _, until in lives.values()]
    tasks = [
        live(client, number, path, until) for (number, (path, _)), until in zip(lives.items(), untils, strict=True)
    ]
    print(json.dumps(dict(zip(lives, await asyncio.gather(*tasks), strict=True))))  # noqa: T201


if __name__ == "__main__":
    asyncio.run(drive(**json.load(sys.stdin)))
