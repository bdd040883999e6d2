"""A worker or the gateway in a process of its own, so that its CPU and memory can be told from everybody else's.

Run as ``python -m benchmarks.processes KIND ADDRESS HOME``. It says ``ready``, works until its standard input ends, and
then stops cleanly: so it ends with the process that started it, however that one ends.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import psutil
import uvloop
from temporalio.client import Client

from benchmarks.bare import running_bare
from config.settings import Settings
from gateway.app import create_app
from gateway.serve import serving_gateway
from store.books import open_books
from worker import THREADS, running, sweeping
from workflows.client import CaseClient
from workflows.server import connect, free_port

OURS, FLOOR, PLAIN, GATEWAY, WHOLE = "ours", "floor", "plain", "gateway", "whole"
"""Our worker, as the throughput is measured; the bare ones; the gateway; and our worker with all its duties."""
BARE = (FLOOR, PLAIN)
ROOT = Path(__file__).parent.parent
READY = b"ready\n"


@asynccontextmanager
async def worker_process(
    kind: str, address: str, home: Path, settings: Mapping[str, str] | None = None
) -> AsyncIterator[psutil.Process]:
    """A worker process of this kind, until the block ends. A session of its own keeps a Ctrl-C from it."""
    command = [sys.executable, "-m", "benchmarks.processes", kind, address, str(home)]
    process = subprocess.Popen(
        command,
        start_new_session=True,
        cwd=ROOT,
        env={**os.environ, **(settings or {})},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    try:
        if process.stdout is None or await asyncio.to_thread(process.stdout.readline) != READY:
            raise RuntimeError(f"the process {kind!r} did not start")
        yield psutil.Process(process.pid)
    finally:
        process.communicate()


@asynccontextmanager
async def gateway_process(address: str, home: Path, **settings: str) -> AsyncIterator[str]:
    """The gateway, until the block ends; where it listens. Its settings are those of the environment, and these."""
    port = free_port(0)
    own = {f"KVITT_{name.upper()}": value for name, value in settings.items()}
    async with worker_process(GATEWAY, address, home, {"KVITT_GATEWAY_PORT": str(port), **own}):
        yield f"http://127.0.0.1:{port}"


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
async def _whole(client: Client, home: Path) -> AsyncIterator[None]:
    settings = Settings(home=home, task_queue=OURS)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "waiting"))
    books = open_books(settings.database, migrate=False)
    cases = CaseClient(client, books, OURS, test_clocks=settings.allow_test_clocks)
    try:
        async with running(client, books, settings), sweeping(cases, settings):
            yield
    finally:
        books.close()


@asynccontextmanager
async def _floor(client: Client, home: Path) -> AsyncIterator[None]:
    async with running_bare(client, FLOOR, home, Settings().cache):
        yield


@asynccontextmanager
async def _plain(client: Client, home: Path) -> AsyncIterator[None]:
    async with running_bare(client, PLAIN, home, Settings().cache, plain=True):
        yield


@asynccontextmanager
async def _gateway(client: Client, home: Path) -> AsyncIterator[None]:
    settings = Settings(home=home, task_queue=OURS)
    books = open_books(settings.database, migrate=False)
    cases = CaseClient(client, books, OURS, test_clocks=settings.allow_test_clocks)
    try:
        async with serving_gateway(create_app(cases, settings), settings.gateway_host, settings.gateway_port):
            yield
    finally:
        books.close()


KINDS: dict[str, Callable[[Client, Path], AbstractAsyncContextManager[None]]] = {
    OURS: _ours,
    WHOLE: _whole,
    FLOOR: _floor,
    PLAIN: _plain,
    GATEWAY: _gateway,
}


async def _work(kind: str, address: str, home: Path) -> None:
    async with KINDS[kind](await connect(address), home):
        sys.stdout.buffer.write(READY)
        sys.stdout.flush()
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # nobody reads the log; a full pipe would stop us
        await asyncio.to_thread(sys.stdin.buffer.read)


if __name__ == "__main__":
    kind, where, folder = sys.argv[1:]
    run = asyncio.run if kind in BARE else uvloop.run  # ours runs as its commands do, the bare ones as the SDK comes
    run(_work(kind, where, Path(folder)))
