"""Before a release: whether workflows that run now can go on with the code at hand."""

from __future__ import annotations

import asyncio
import logging
import random
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.progress import Progress
from temporalio.client import Client, WorkflowHistory
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import Replayer

from commands import show
from commands.orders import JSON
from commands.session import connected
from config.settings import read_settings
from domain.stages import Stage
from workflows.converter import DATA_CONVERTER
from workflows.deployment import WORKFLOWS, queues_of

AGES = tuple(timedelta(days=days) for days in (0, 1, 7, 30, 90, 365))
"""Workflows are drawn from among the newest that are at least so old."""

NO_SUCH = "there is no such workflow in this version"

QUIET = TelemetryConfig(logging=None)
"""The SDK would print what we tell ourselves."""

AT_ONCE = 8
"""Histories that are fetched side by side."""


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of a workflow."""

    id: str
    run: str
    type: str


@dataclass(frozen=True, slots=True)
class Misfit(Execution):
    """One that the code at hand cannot carry on."""

    said: str
    """The first difference."""


def replay(
    sample: Annotated[int, typer.Option(help="How many workflows, of all ages, stages and types.", min=1)] = 200,
    json_: JSON = False,
) -> None:
    """Replay running workflows on the code at hand; nothing of them changes. Example: kvitt deployment replay.

    The exit code is 1 if one cannot go on. Whoever upgrades asks the new version; whoever goes back asks the old one.
    """

    async def run() -> tuple[int, list[Misfit]]:
        settings = read_settings()
        client = await connected(settings)
        drawn = await draw(client, queues_of(settings.task_queue), sample)
        return len(drawn), await misfits(client, drawn)

    logging.getLogger("temporalio").setLevel(logging.CRITICAL)
    count, found = asyncio.run(run())
    if json_:
        show.as_json({"replayed": count, "misfits": [asdict(one) for one in found]})
    else:
        for one in found:
            show.say(f"[red]{one.id}[/] ({one.type}, run {one.run}) cannot go on:")
            show.OUT.print(one.said, markup=False, highlight=False, soft_wrap=True)
        show.say(f"{count} running workflow{'s' if count != 1 else ''} replayed, {len(found)} cannot go on.")
    raise typer.Exit(1 if found else 0)


async def draw(client: Client, queues: Sequence[str], size: int) -> list[Execution]:
    """Running workflows, in turns from each queue, age and stage, so that what is rare is not missed."""
    slices = [await _newest(client, query, size) for query in _slices(queues, datetime.now(UTC))]
    drawn: dict[Execution, None] = {}
    while any(slices) and len(drawn) < size:
        for candidates in slices:
            if candidates and len(drawn) < size:
                drawn[candidates.pop(random.randrange(len(candidates)))] = None  # noqa: S311  (no secret)
    return list(drawn)


async def misfits(
    client: Client, drawn: Sequence[Execution], workflows: Mapping[str, type] = WORKFLOWS
) -> list[Misfit]:
    """Those whose history these workflows do not repeat."""
    found = [Misfit(one.id, one.run, one.type, NO_SUCH) for one in drawn if one.type not in workflows]
    known = {one.id: one for one in drawn if one.type in workflows}
    replayer = Replayer(
        workflows=list(workflows.values()), data_converter=DATA_CONVERTER, runtime=Runtime(telemetry=QUIET)
    )
    with Progress(console=show.ERR, transient=True, disable=not show.ERR.is_terminal) as progress:
        bar = progress.add_task("Replaying", total=len(known))
        async with replayer.workflow_replay_iterator(_histories(client, list(known.values()))) as results:
            async for result in results:
                progress.advance(bar)
                if result.replay_failure:
                    one = known[result.history.workflow_id]
                    found.append(Misfit(one.id, one.run, one.type, _said(result.replay_failure)))
    return found


def _said(failure: Exception) -> str:
    """The words in what the SDK quotes."""
    quoted = re.search(r'message: "((?:[^"\\]|\\.)+)"', str(failure))
    return quoted[1] if quoted else str(failure)


def _slices(queues: Sequence[str], now: datetime) -> list[str]:
    ages = [f"StartTime <= '{now - age:%Y-%m-%dT%H:%M:%SZ}'" for age in AGES]
    parts = [*ages, *(f"Stage = '{stage}'" for stage in Stage if stage is not Stage.CLOSED)]
    return [f"ExecutionStatus = 'Running' AND TaskQueue = '{queue}' AND {part}" for queue in queues for part in parts]


async def _newest(client: Client, query: str, limit: int) -> list[Execution]:
    listed = client.list_workflows(query, limit=limit)
    return [Execution(one.id, one.run_id, one.workflow_type) async for one in listed]


async def _histories(client: Client, drawn: Sequence[Execution]) -> AsyncIterator[WorkflowHistory]:
    """Those that are still there; a few are fetched at a time."""
    for start in range(0, len(drawn), AT_ONCE):
        for history in await asyncio.gather(*(_history(client, one) for one in drawn[start : start + AT_ONCE])):
            if history:
                yield history


async def _history(client: Client, one: Execution) -> WorkflowHistory | None:
    try:
        return await client.get_workflow_handle(one.id, run_id=one.run).fetch_history()
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            return None
        raise
