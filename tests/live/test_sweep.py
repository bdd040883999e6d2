"""Nothing is lost that is in the books: whoever dies before the loop is woken, the sweep wakes it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.events import Viewed
from domain.wire import InvoiceRef
from store.cases import CHANGE_INVOICE, OF
from store.engine import writing
from tests.live.house import House, numbered, story
from worker import sweeping
from workflows.clock import is_running
from workflows.opening import opening_of


async def until(claim: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(claim):
            await asyncio.sleep(0.05)


def entered(house: House, number: str) -> InvoiceRef:
    """An invoice in the books that nobody has woken."""
    told = story("pays-on-time")
    opening = numbered(opening_of(told.invoice, told.loaded), number)
    issued = (datetime.now(UTC) + timedelta(days=90)).date()
    invoice = replace(opening.invoice, issued=issued, due=issued + timedelta(days=30))
    return InvoiceRef(
        house.books.registry.open(replace(opening, invoice=invoice), datetime.now(UTC)).id, "nordljus", number
    )


async def test_an_invoice_whose_starter_died_before_its_loop_began_lives(house: House):
    ref = entered(house, "sweep-1")

    async with sweeping(house.client, house.settings):
        await until(lambda: house.books.cases.read(ref.id).looked_at)

    assert await is_running(house.client.handle(ref))


async def test_a_case_whose_loop_the_server_lost_gets_a_new_one(house: House):
    ref = entered(house, "sweep-2")
    await house.client.wake(ref)
    await house.client.rest(ref)
    await house.client.handle(ref).terminate()
    with writing(house.books.engine) as connection:
        connection.execute(CHANGE_INVOICE, {OF: ref.id, "next_at": datetime.now(UTC) - timedelta(hours=2)})

    async with sweeping(house.client, house.settings):
        await until(lambda: (at := house.books.cases.read(ref.id).next_at) and at > datetime.now(UTC))

    assert await is_running(house.client.handle(ref))


async def test_a_view_that_no_timer_would_see_is_seen_also_if_its_signal_is_lost(house: House):
    """The view is written down and the process dies; nothing else would ever look at this case."""
    ref = await house.play(story("nothing-reaches"), "sweep-3")
    with house.books.cases.locked(ref.id) as case:
        assert case.next_at is None
        case.add(Viewed(at=datetime.now(UTC), send=case.facts.sends[0].id))

    assert ref in house.books.cases.behind()
    async with sweeping(house.client, house.settings):
        await until(lambda: ref not in house.books.cases.behind())
