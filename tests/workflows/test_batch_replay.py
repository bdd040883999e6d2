"""Batches that are under way now must replay on the code of tomorrow."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

import workflows.batch
from domain.batches import BatchState
from tests.live.house import open_house
from tests.live.test_batches import Many, named, rows
from tests.workflows.fingerprint import fingerprint
from tests.workflows.test_delivery_replay import nameless
from workflows.batch import BatchWorkflow
from workflows.converter import DATA_CONVERTER

HERE = Path(__file__).parent
HISTORIES = HERE / "histories"
FINGERPRINT = HERE / "fingerprint_batch.txt"
KEPT = ("batch-to-its-end", "batch-paused-then-stopped")


def replayer() -> Replayer:
    return Replayer(workflows=[BatchWorkflow], data_converter=DATA_CONVERTER)


async def test_the_histories_can_be_written_anew(rewrite: bool, tmp_path: Path):
    """Does nothing but with --rewrite: one batch rests for its rate, the other is paused, resumed and stopped."""
    if not rewrite:
        return
    async with open_house(tmp_path) as house:
        whole = await Many.starting(house, "whole", rows(*named("whole", 12)), rate=4.0)
        await whole.handle.result()
        part = await Many.starting(house, "part", rows(*named("part", 50)), rate=2.0)
        for wish in (BatchState.PAUSED, BatchState.RUNNING, BatchState.STOPPED):
            await part.steer(wish)
        await part.handle.result()
        for name, many in zip(KEPT, (whole, part), strict=True):
            text = (await many.handle.fetch_history()).to_json()
            (HISTORIES / f"{name}.json").write_text(nameless(text))


@pytest.mark.parametrize("name", KEPT)
async def test_a_stored_history_replays(name: str):
    history = WorkflowHistory.from_json("batch/0", (HISTORIES / f"{name}.json").read_text())

    await replayer().replay_workflow(history)


async def test_a_history_that_does_not_fit_is_noticed():
    text = (HISTORIES / "batch-to-its-end.json").read_text()
    history = WorkflowHistory.from_json("batch/0", text.replace("batch step", "batch leap"))

    with pytest.raises(Exception, match="batch"):
        await replayer().replay_workflow(history)


def test_the_workflow_gives_the_commands_it_always_gave(rewrite: bool):
    """A changed body needs a patch, a new history, and a new fingerprint (--rewrite), in the same commit."""
    source = Path(workflows.batch.__file__).read_text()
    if rewrite:
        FINGERPRINT.write_text("\n".join(fingerprint(source)) + "\n")

    assert fingerprint(source) == FINGERPRINT.read_text().splitlines()
