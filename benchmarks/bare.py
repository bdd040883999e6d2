"""The floor's worker: the same queues and the same pool as ours, with activities that do nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter
from temporalio import activity
from temporalio.client import Client
from temporalio.worker import Worker

from benchmarks.floor import FloorWorkflow
from domain.policy import Channel
from domain.wire import LOOK, Glance, LookOrder, Report, SendOrder, channel_queue, send_activity
from domain.words import Status

SCRIPTS = TypeAdapter(list[list[Glance]])
THREADS = 32


def write_scripts(home: Path, scripts: Sequence[Sequence[Glance]]) -> None:
    """Put down what the looks of each life came to, for the floor's worker."""
    _file(home).write_bytes(SCRIPTS.dump_json([list(script) for script in scripts]))


@asynccontextmanager
async def running_bare(client: Client, queue: str, home: Path) -> AsyncIterator[None]:
    """Workers on every queue, until the block ends."""
    scripted = _Scripted(SCRIPTS.validate_json(_file(home).read_bytes()))
    async with AsyncExitStack() as stack:
        pool = stack.enter_context(ThreadPoolExecutor(THREADS))
        loop = Worker(
            client, task_queue=queue, activity_executor=pool, workflows=[FloorWorkflow], activities=[scripted.look]
        )
        await stack.enter_async_context(loop)
        for channel in Channel:
            name = channel_queue(queue, channel)
            worker = Worker(client, task_queue=name, activity_executor=pool, activities=[_sender(channel)])
            await stack.enter_async_context(worker)
        yield


@dataclass(frozen=True, slots=True)
class _Scripted:
    scripts: list[list[Glance]]

    @activity.defn(name=LOOK)
    def look(self, order: LookOrder) -> Glance:
        return self.scripts[order.invoice_id][order.number - 1]


def _sender(channel: Channel) -> Callable[[SendOrder], Report]:
    @activity.defn(name=send_activity(channel))
    def send(_: SendOrder) -> Report:
        return Report(Status.SENT)

    return send


def _file(home: Path) -> Path:
    return home / "floor.json"
