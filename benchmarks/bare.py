"""The floor's worker: the same queues and the same pool as ours, with activities that do nothing."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from pydantic import TypeAdapter
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from benchmarks.floor import FloorWorkflow
from benchmarks.plain import PlainChannel, PlainInvoice
from domain.policy import Channel
from domain.wire import LOOK, Glance, LookOrder, Report, SendOrder, channel_queue, send_activity
from domain.words import Status

SCRIPTS = TypeAdapter(list[list[Glance]])
THREADS = 32
DUE = "BENCHMARK_DUE"
"""The variable that holds the moment for which the armed look of a script waits."""
ARMED = 3
"""Which look of a life that is armed for a due day follows the arming."""


@dataclass(frozen=True, slots=True)
class Bare:
    """What the floor's worker is told, and how far it has come, in two files of its home."""

    home: Path

    def write(self, scripts: Sequence[Sequence[Glance]]) -> None:
        """Put down what the looks of each life came to."""
        self._scripts.write_bytes(SCRIPTS.dump_json([list(script) for script in scripts]))

    def read(self) -> list[list[Glance]]:
        """The looks of each life."""
        return SCRIPTS.validate_json(self._scripts.read_bytes())

    @property
    def _scripts(self) -> Path:
        return self.home / "floor.json"

    @property
    def looks(self) -> Path:
        """A file with one byte for each look."""
        return self.home / "floor.looks"


@asynccontextmanager
async def running_bare(
    client: Client, queue: str, home: Path, cache: int, *, plain: bool = False
) -> AsyncIterator[None]:
    """Workers on every queue, until the block ends; of the floor, or of the plain design."""
    bare, due = Bare(home), os.environ.get(DUE)
    scripted = _Scripted(bare.read(), _Count(bare.looks), datetime.fromisoformat(due) if due else None)
    async with AsyncExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(THREADS))
        loop = Worker(
            client,
            task_queue=queue,
            activity_executor=pool,
            workflows=[PlainInvoice, PlainChannel] if plain else [FloorWorkflow],
            activities=[scripted.look],
            max_cached_workflows=cache,
        )
        await stack.enter_async_context(loop)
        for channel in Channel:
            name = channel_queue(queue, channel)
            worker = Worker(client, task_queue=name, activity_executor=pool, activities=[_sender(channel)])
            await stack.enter_async_context(worker)
        yield


@dataclass(frozen=True, slots=True)
class _Count:
    """Counts in a file that others can see grow."""

    path: Path
    file: list[int] = field(default_factory=list)

    def one_more(self) -> None:
        if not self.file:
            self.file.append(os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT))
        os.write(self.file[0], b".")


@dataclass(frozen=True, slots=True)
class _Scripted:
    scripts: list[list[Glance]]
    looks: _Count
    due: datetime | None

    @activity.defn(name=LOOK)
    def look(self, order: LookOrder) -> Glance:
        glance = self.scripts[order.invoice_id][order.number - 1]
        if self.due and order.number == ARMED:
            glance = replace(glance, wait_seconds=(self.due - order.now).total_seconds())
        self.looks.one_more()
        return glance


def _sender(channel: Channel) -> Callable[[SendOrder], Report]:
    @activity.defn(name=send_activity(channel))
    def send(_: SendOrder) -> Report:
        return Report(Status.SENT)

    return send
