"""How soon a workflow looks after a vendor has called: signed calls, one at a time, on a house that is at rest.

Each call tells of another invoice that its e-mail came back, so the loop must look. The moment that counts is when the
look can be read in the books.
"""

from __future__ import annotations

import asyncio
from math import ceil
from time import perf_counter

import httpx

from benchmarks.driver import Ground, closed_loop, ground
from benchmarks.figures import Figure, median
from benchmarks.lives import Openings
from benchmarks.processes import OURS, gateway_process, worker_process
from benchmarks.sendgrid import BOUNCE, Vendor
from domain.wire import InvoiceRef
from store.registry import Opening
from workflows.client import CaseClient

CALLS = 200
WARM_UP = 10
AT_ONCE = 8
OFTEN = 0.001
"""Seconds between two readings of the books."""


def measure() -> list[Figure]:
    """Milliseconds until the answer and until the look: in the middle, and of the slowest in a hundred."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    vendor, openings = Vendor(), Openings()
    async with (
        ground() as here,
        worker_process(OURS, here.server.address, here.home),
        gateway_process(here.server.address, here.home, sendgrid_webhook_keys=vendor.public_key) as address,
        httpx.AsyncClient(base_url=address) as web,
    ):
        cases, refs = CaseClient(here.client, here.books, OURS, test_clocks=True), list[InvoiceRef]()

        async def sent(opening: Opening) -> None:
            refs.append((await cases.start(opening)).ref)
            await cases.rest(refs[-1])

        await closed_loop(AT_ONCE, (sent(openings.numbered(f"awake-{n}")) for n in range(WARM_UP + CALLS)))
        times = [await _call(here, cases, web, vendor, ref) for ref in refs][WARM_UP:]
    answered, looked = [first for first, _ in times], [second for _, second in times]
    return [
        _figure("Webhook → answered, median", median(answered)),
        _figure("… 99 of 100", _slowest(answered)),
        _figure("Webhook → the workflow has looked, median", median(looked)),
        _figure("… 99 of 100", _slowest(looked)),
    ]


async def _call(
    here: Ground, cases: CaseClient, web: httpx.AsyncClient, vendor: Vendor, ref: InvoiceRef
) -> tuple[float, float]:
    """Seconds from the call to its answer, and to the look."""
    (send,) = here.books.sends.of_invoice(ref.id)
    hook, before = vendor.signed([vendor.event(send.id, BOUNCE)]), here.books.looks.last(ref.id)
    begun = perf_counter()
    answer = await web.post("/hooks/sendgrid", content=hook.body, headers=dict(hook.headers))
    answered = perf_counter() - begun
    if answer.status_code != 204:
        raise AssertionError(f"the gateway answered {answer.status_code}")
    async with asyncio.timeout(20):
        while here.books.looks.last(ref.id) == before:
            await asyncio.sleep(OFTEN)
    looked = perf_counter() - begun
    await cases.rest(ref)
    return answered, looked


def _slowest(times: list[float]) -> float:
    """The time within which ninety-nine of a hundred lie."""
    return sorted(times)[ceil(len(times) * 0.99) - 1]


def _figure(what: str, seconds: float) -> Figure:
    return Figure(what, seconds * 1000, "ms", digits=1)
