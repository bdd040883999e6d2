"""A payment races a reminder: whoever comes second knows what the first has done."""

from __future__ import annotations

import multiprocessing
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from domain.events import Event, Paid, Reserved, Settled
from domain.facts import Invoice
from domain.law import law_of
from domain.simulation import simulate
from domain.words import DISTRIBUTION
from store.books import Books, open_books
from store.registry import Opening
from tests.live.house import story
from tests.store.racing import pay, remind
from workflows.opening import opening_of

TRIES = 1_000
TERMS = {"distribution": [{"channel": "email"}], "due_reminder": "none"}


def opening_just_before_its_reminder() -> tuple[Opening, tuple[Event, ...], datetime]:
    told = story("two-reminders-pays-with-fee")
    loaded = told.loaded
    invoice = told.invoice.model_copy(update={"terms": TERMS})
    opening = opening_of(invoice, loaded)
    events = simulate(opening.invoice, opening.policy, law_of("SE", opening.invoice.kind), ())
    distribution = tuple(
        event for event in events if isinstance(event, Reserved | Settled) and event.send.step == DISTRIBUTION
    )
    reminder = next(event for event in events if isinstance(event, Reserved) and event.send.step == "reminder-1")
    assert reminder.charges
    return opening, distribution, reminder.at


def enter(books: Books, opening: Opening, events: Sequence[Event], count: int) -> list[int]:
    ids = []
    for number in range(count):
        invoice: Invoice = replace(opening.invoice, number=f"race-{number}")
        opened = books.registry.open(replace(opening, invoice=invoice), events[0].at)
        with books.cases.locked(opened.id) as case:
            for event in events:
                case.add(event)
        ids.append(opened.id)
    return ids


def test_no_fee_is_ever_charged_after_the_payment(tmp_path: Path, books_url: str):
    books = open_books(books_url)
    opening, events, now = opening_just_before_its_reminder()
    ids = enter(books, opening, events, TRIES)
    context = multiprocessing.get_context("spawn")
    start = context.Barrier(2)
    sides = [
        context.Process(target=remind, args=(books_url, tmp_path / "outbox", ids, now, start)),
        context.Process(target=pay, args=(books_url, ids, now, start)),
    ]
    for side in sides:
        side.start()
    for side in sides:
        side.join(240)
        assert side.exitcode == 0

    paid_first = 0
    for invoice_id in ids:
        events_of = books.cases.read(invoice_id).events
        paid_at = next(index for index, event in enumerate(events_of) if isinstance(event, Paid))
        after = events_of[paid_at + 1 :]
        assert not any(isinstance(event, Reserved) for event in after), "a message was decided after the money was in"
        paid_first += not any(isinstance(event, Reserved) and event.charges for event in events_of)

    assert 0 < paid_first < TRIES, "nobody raced: one side always won"
