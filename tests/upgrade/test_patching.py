"""How a workflow's body is changed while its cases live: behind a patch, as the guide for developers says."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer

from tests.live.house import open_house, story
from tests.upgrade.bodies import NAP, with_body
from tests.workflows.test_replay import HISTORIES, KEPT
from workflows.converter import DATA_CONVERTER
from workflows.invoice import InvoiceWorkflow

PATCHED = f'if workflow.patched("nap"): {NAP}'
DEPRECATED = ('workflow.deprecate_patch("nap")', NAP)
OF_BEFORE = [WorkflowHistory.from_json(f"invoice/{name}", (HISTORIES / f"{name}.json").read_text()) for name in KEPT]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place for modules that Python finds."""
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


async def replays(body: type, history: WorkflowHistory) -> bool:
    replayer = Replayer(workflows=[body], data_converter=DATA_CONVERTER)
    result = await replayer.replay_workflow(history, raise_on_replay_failure=False)
    return result.replay_failure is None


async def test_a_body_that_just_changes_strands_the_cases_that_run(folder: Path):
    changed = with_body(folder, "invoice_changed", NAP)

    assert not any([await replays(changed, history) for history in OF_BEFORE])


async def test_behind_a_patch_cases_that_run_go_on_as_they_began(folder: Path):
    patched = with_body(folder, "invoice_patched", PATCHED)

    assert all([await replays(patched, history) for history in OF_BEFORE])


async def test_what_began_behind_the_patch_goes_the_new_way_and_there_is_no_way_back(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    patched = with_body(folder, "invoice_patched", PATCHED)
    monkeypatch.setattr("worker.InvoiceWorkflow", patched)
    async with open_house(folder / "home") as house:
        ref = await house.play(story("pays-on-time"), "patched-1")
        lived = await house.client.handle(ref).fetch_history()
    deprecated = with_body(folder, "invoice_deprecated", *DEPRECATED)

    assert await replays(patched, lived)
    assert not await replays(InvoiceWorkflow, lived)
    assert await replays(deprecated, lived)
    assert not any([await replays(deprecated, history) for history in OF_BEFORE])
