"""Where very many invoices live: a folder for each side and size, which may be kept from one stage to the next."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import psutil

from benchmarks.driver import Ground, standing
from benchmarks.large.postgres import Postgres
from benchmarks.large.sides import Floor, Ours, Side
from benchmarks.processes import worker_process

MB = 10**6
FEWEST = 20
AT_ONCE = 16
"""Calls that the client makes side by side."""
OFTEN = 0.2
"""Seconds between two questions how far the lives have come."""
PATIENCE_S = 3600
"""How long all of them may take before we give up."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How much is measured, and where."""

    home: Path
    open: int
    wake: int
    cache: int
    rounds: int = 5
    postgres: Postgres | None = None
    """Where our books are kept, if not in SQLite at home."""

    @property
    def sizes(self) -> tuple[int, ...]:
        """The numbers of open invoices at which a look is measured."""
        fewer = {max(self.open // part, FEWEST) for part in (100, 10)}
        return (*sorted(fewer - {self.open}), self.open)


@dataclass(frozen=True, slots=True)
class Cpu:
    """Seconds of CPU, user and system, that processes have taken since this was made."""

    processes: Mapping[str, psutil.Process]
    before: Mapping[str, float]

    @classmethod
    def of(cls, **processes: psutil.Process) -> Cpu:
        """Begin to count."""
        return cls(processes, {name: _seconds(process) for name, process in processes.items()})

    def spent(self) -> dict[str, float]:
        """What each has taken."""
        return {name: _seconds(process) - self.before[name] for name, process in self.processes.items()}


class Peak:
    """The most memory that a process has held, in bytes, while it was watched."""

    rss = 0

    @asynccontextmanager
    async def watching(self, process: psutil.Process) -> AsyncIterator[None]:
        """Watch until the block ends."""

        async def watch() -> None:
            while True:
                self.rss = max(self.rss, process.memory_info().rss)
                await asyncio.sleep(OFTEN)

        task = asyncio.create_task(watch())
        try:
            yield
        finally:
            task.cancel()


class Notes:
    """What a home has come to: read again when a stage is repeated."""

    def __init__(self, home: Path) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self._path = home / "notes.json"
        self._all: dict[str, Any] = json.loads(self._path.read_text()) if self._path.exists() else {}

    def get(self, name: str, default: Any = None) -> Any:
        """What was noted."""
        return self._all.get(name, default)

    def put(self, name: str, value: Any) -> None:
        """Note this."""
        self._all[name] = value
        self._path.write_text(json.dumps(self._all, indent=1))


@dataclass(frozen=True, slots=True)
class Place:
    """A side at home: its server runs; its worker when it is wanted."""

    here: Ground
    side: Side
    notes: Notes
    database: str = ""

    @property
    def server(self) -> psutil.Process:
        """The server's process."""
        return psutil.Process(self.here.server.process.pid)

    @asynccontextmanager
    async def worker(
        self, cache: int, told: Mapping[str, str] | None = None, kind: str | None = None
    ) -> AsyncIterator[psutil.Process]:
        """A worker of this side, which keeps so many workflows in memory."""
        settings = {"KVITT_CACHE": f"{cache}", "KVITT_DATABASE_URL": self.database, **(told or {})}
        where = self.here.server.address, self.here.home
        async with worker_process(kind or self.side.kind, *where, settings) as process:
            yield process


@asynccontextmanager
async def place(home: Path, side: Callable[[Ground], Side], database: str = "") -> AsyncIterator[Place]:
    """A side on the server of a home that is kept."""
    async with standing(home, database) as here:
        yield Place(here, side(here), Notes(home), database)


async def ours(stack: AsyncExitStack, scale: Scale, size: int) -> Place:
    """Our side with so many open invoices."""
    name = f"ours-{size}"
    database = scale.postgres.of(name) if scale.postgres else ""
    return await stack.enter_async_context(place(scale.home / name, Ours, database))


async def floor(stack: AsyncExitStack, scale: Scale) -> Place:
    """The floor's side."""
    return await stack.enter_async_context(place(scale.home / "floor", Floor))


async def until(reached: Callable[[], int], goal: int, often: float = OFTEN) -> None:
    """Ask again and again, until so many have come as far.

    Raises:
        TimeoutError: they have not, in an hour.
    """
    async with asyncio.timeout(PATIENCE_S):
        while await asyncio.to_thread(reached) < goal:
            await asyncio.sleep(often)


def told(what: str) -> None:
    """Say how far we have come."""
    print(f"{datetime.now():%H:%M:%S} {what}", file=sys.stderr, flush=True)  # noqa: DTZ005 — for whoever waits here


def _seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
