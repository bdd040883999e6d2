"""How fast invoices are started: over HTTP one by one, over HTTP in a batch, and by the Python call, in turns.

What is started waits for a worker, and there is none: only what starting costs is measured.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

import httpx

from benchmarks.driver import closed_loop, ground
from benchmarks.figures import Figure, figure
from benchmarks.lives import MERCHANTS
from benchmarks.processes import OURS, gateway_process
from config.invoices import read_invoice
from config.merchants import find_merchant, load_merchant
from store.books import Books
from store.keys import ApiKeys, Scope
from workflows.client import CaseClient
from workflows.opening import opening_of

ROUNDS = 5
INVOICES = 160
WARM_UP = 48
AT_ONCE = 8
MERCHANT = "nordljus"
PYTHON, ONE_BY_ONE, BATCH = "the Python call", "POST /invoices", "POST /invoices/batch"

Way = Callable[[Sequence[dict[str, Any]]], Awaitable[None]]


def measure() -> list[Figure]:
    """Invoices per second, each of the ways, and both of HTTP's by the Python call's."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    rates: dict[str, list[float]] = {PYTHON: [], ONE_BY_ONE: [], BATCH: []}
    async with ground() as here, gateway_process(here.server.address, here.home, api_rate="1000000/minute") as address:
        headers = {"Authorization": f"Bearer {_key(here.books)}"}
        async with httpx.AsyncClient(base_url=f"{address}/api/v1", headers=headers, timeout=60) as web:
            calls = CaseClient(here.client, here.books, OURS)
            ways: dict[str, Way] = {PYTHON: _by_python(calls), ONE_BY_ONE: _one_by_one(web), BATCH: _batch(web)}
            for number in range(ROUNDS + 1):
                for name, way in ways.items():
                    invoices = _invoices(INVOICES if number else WARM_UP, f"{number}-{len(name)}")
                    begun = perf_counter()
                    await way(invoices)
                    rates[name] += [len(invoices) / (perf_counter() - begun)] if number else []
    return [
        *(figure(f"Invoices started: {name}", rates[name], "invoices/s") for name in (ONE_BY_ONE, BATCH, PYTHON)),
        *(figure(f"{name} ÷ {PYTHON}", _ratios(rates[name], rates[PYTHON]), digits=2) for name in (ONE_BY_ONE, BATCH)),
    ]


def _by_python(calls: CaseClient) -> Way:
    loaded = load_merchant(find_merchant(MERCHANT, MERCHANTS))

    async def start(invoice: dict[str, Any]) -> None:
        given = read_invoice(invoice | {"merchant": MERCHANT}, lambda _: loaded)
        started = await calls.start(opening_of(given, loaded))
        if not started.created:
            raise AssertionError(f"{invoice['number']} was there already")

    async def start_all(invoices: Sequence[dict[str, Any]]) -> None:
        await closed_loop(AT_ONCE, (start(invoice) for invoice in invoices))

    return start_all


def _one_by_one(web: httpx.AsyncClient) -> Way:
    async def start(invoice: dict[str, Any]) -> None:
        answer = await web.post("/invoices", json=invoice, headers={"Idempotency-Key": f"invoice-{invoice['number']}"})
        if answer.status_code != 201:
            raise AssertionError(f"the gateway answered {answer.status_code}: {answer.text}")

    async def start_all(invoices: Sequence[dict[str, Any]]) -> None:
        await closed_loop(AT_ONCE, (start(invoice) for invoice in invoices))

    return start_all


def _batch(web: httpx.AsyncClient) -> Way:
    async def start_all(invoices: Sequence[dict[str, Any]]) -> None:
        answer = await web.post("/invoices/batch", json={"invoices": list(invoices)})
        if answer.status_code != 200 or answer.json()["created"] != len(invoices):
            raise AssertionError(f"the gateway answered {answer.status_code}: {answer.text}")

    return start_all


def _invoices(count: int, name: str) -> list[dict[str, Any]]:
    issued = datetime.now(UTC).date()
    customer = {"name": "Anna Lundberg", "kind": "consumer", "email": "anna@customer.example", "phone": "+46701740605"}
    invoice = {"issued": f"{issued}", "due": f"{issued + timedelta(days=30)}", "amount": "249.00", "customer": customer}
    return [invoice | {"number": f"start-{name}-{number}"} for number in range(count)]


def _key(books: Books) -> str:
    return ApiKeys(books.engine).create(MERCHANT, "benchmark", [Scope.WRITE_INVOICES], datetime.now(UTC)).text


def _ratios(rates: Sequence[float], others: Sequence[float]) -> list[float]:
    return [rate / other for rate, other in zip(rates, others, strict=True)]
