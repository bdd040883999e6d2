"""The worker's memory with a thousand open invoices: sent, and waiting for somebody to view them."""

from __future__ import annotations

import asyncio

import psutil

from benchmarks.driver import closed_loop, ground
from benchmarks.figures import Figure
from benchmarks.lives import Openings
from benchmarks.processes import OURS, worker_process
from store.registry import Opening
from workflows.client import CaseClient

INVOICES = 1000
AT_ONCE = 16
SAMPLED_EVERY = 0.1
MIB = 2**20


def measure() -> list[Figure]:
    """What the worker's process held, and the most that it held."""
    return asyncio.run(_measure())


async def _measure() -> list[Figure]:
    async with ground() as here, worker_process(OURS, here.server.address, here.home) as worker:
        before, done = worker.memory_info().rss, asyncio.Event()
        peak = asyncio.create_task(_peak(worker, done))
        cases, openings = CaseClient(here.client, here.books, OURS, test_clocks=True), Openings()
        await closed_loop(AT_ONCE, (_open(cases, openings.numbered(f"memory-{number}")) for number in range(INVOICES)))
        done.set()
        return [
            Figure("Worker's memory, no invoice", before / MIB, "MiB"),
            Figure(f"Worker's memory, {INVOICES:,} open invoices (peak)", await peak / MIB, "MiB"),
        ]


async def _open(cases: CaseClient, opening: Opening) -> None:
    """Issued at ten on a bank day, so the e-mail goes out at once and the loop waits for a view."""
    await cases.rest((await cases.start(opening)).ref)


async def _peak(worker: psutil.Process, done: asyncio.Event) -> int:
    peak = 0
    while not done.is_set():
        peak = max(peak, worker.memory_info().rss)
        await asyncio.sleep(SAMPLED_EVERY)
    return peak
