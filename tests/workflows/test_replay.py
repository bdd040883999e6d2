"""Histories of invoices that live now must replay on the code of tomorrow."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

import workflows.invoice
from tests.live.house import open_house, story
from tests.workflows.fingerprint import fingerprint
from workflows.converter import DATA_CONVERTER
from workflows.invoice import InvoiceWorkflow

HERE = Path(__file__).parent
HISTORIES = HERE / "histories"
FINGERPRINT = HERE / "fingerprint.txt"
KEPT = (
    "pays-on-time",
    "email-unseen-then-sms",
    "collection-withdrawn-then-paid",
    "dispute-and-answer",
    "nothing-reaches",
    "bounce-then-sms-at-once",
)
"""The last with the columns since when it waits, when a message bounced, and its version; those before without."""


def replayer() -> Replayer:
    return Replayer(workflows=[InvoiceWorkflow], data_converter=DATA_CONVERTER)


async def test_the_histories_can_be_written_anew(rewrite: bool, tmp_path: Path):
    """Does nothing but with --rewrite: lives the kept stories and stores what the server recorded.

    What is stored already stays: it is what a version of before made.
    """
    if not rewrite:
        return
    HISTORIES.mkdir(exist_ok=True)
    async with open_house(tmp_path) as house:
        for name in [name for name in KEPT if not (HISTORIES / f"{name}.json").exists()]:
            ref = await house.play(story(name), f"history-{name}")
            text = (await house.client.handle(ref).fetch_history()).to_json()
            (HISTORIES / f"{name}.json").write_text(re.sub(r'"identity": ?"[^"]*"', '"identity": "kvitt"', text))


@pytest.mark.parametrize("name", KEPT)
async def test_a_stored_history_replays(name: str):
    history = WorkflowHistory.from_json(f"invoice/{name}", (HISTORIES / f"{name}.json").read_text())

    await replayer().replay_workflow(history)


async def test_a_history_that_does_not_fit_is_noticed():
    """The replayer can fail: a history whose timer is told to be something else does not replay."""
    text = (HISTORIES / "pays-on-time.json").read_text()
    history = WorkflowHistory.from_json("invoice/pays-on-time", text.replace("send email", "send pigeon"))

    with pytest.raises(Exception, match="send"):
        await replayer().replay_workflow(history)


def test_the_workflow_gives_the_commands_it_always_gave(rewrite: bool):
    """A changed body needs a patch, a new history, and a new fingerprint (--rewrite), in the same commit."""
    source = Path(workflows.invoice.__file__).read_text()
    if rewrite:
        FINGERPRINT.write_text("\n".join(fingerprint(source)) + "\n")

    assert fingerprint(source) == FINGERPRINT.read_text().splitlines()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("self._show(glance)\n        timeout", "timeout"),
        ("timeout=timeout", "timeout=None"),
        ("execute_local_activity", "execute_activity"),
        ("workflow.continue_as_new(ref)", "pass"),
    ],
    ids=["a command left out", "a timer that is none", "another kind of activity", "no new run"],
)
def test_a_changed_body_changes_the_fingerprint(before: str, after: str):
    source = Path(workflows.invoice.__file__).read_text()
    assert before in source

    assert fingerprint(source.replace(before, after, 1)) != fingerprint(source)
