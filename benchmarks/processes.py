"""A worker in a process of its own, so that its CPU and memory can be told from everybody else's.

Run as ``python -m benchmarks.processes KIND ADDRESS HOME``. It says ``ready``, works until its standard input ends, and
then stops cleanly: so it ends with the process that started it, however that one ends.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import psutil
from temporalio.client import Client

from benchmarks.bare import running_bare
from config.settings import Settings
from store.books import open_books
from worker import running
from workflows.server import connect

OURS, FLOOR = "ours", "floor"
ROOT = Path(__file__).parent.parent
READY = b"ready\n"


@asynccontextmanager
async def worker_process(kind: str, address: str, home: Path) -> AsyncIterator[psutil.Process]:
    """A worker process of this kind, until the block ends. A session of its own keeps a Ctrl-C from it."""
    command = [sys.executable, "-m", "benchmarks.processes", kind, address, str(home)]
    process = subprocess.Popen(command, start_new_session=True, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        if process.stdout is None or await asyncio.to_thread(process.stdout.readline) != READY:
            raise RuntimeError(f"the worker {kind!r} did not start")
        yield psutil.Process(process.pid)
    finally:
        process.communicate()


@asynccontextmanager
async def _ours(client: Client, home: Path) -> AsyncIterator[None]:
    settings = Settings(home=home, task_queue=OURS)
    books = open_books(settings.database, migrate=False)
    try:
        async with running(client, books, settings):
            yield
    finally:
        books.close()


@asynccontextmanager
async def _floor(client: Client, home: Path) -> AsyncIterator[None]:
    async with running_bare(client, FLOOR, home):
        yield


KINDS: dict[str, Callable[[Client, Path], AbstractAsyncContextManager[None]]] = {OURS: _ours, FLOOR: _floor}


async def _work(kind: str, address: str, home: Path) -> None:
    async with KINDS[kind](await connect(address), home):
        sys.stdout.buffer.write(READY)
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.buffer.read)


if __name__ == "__main__":
    asyncio.run(_work(sys.argv[1], sys.argv[2], Path(sys.argv[3])))
