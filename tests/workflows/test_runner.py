"""Workflows run with our modules as they were loaded, so what these may use is held down here."""

from __future__ import annotations

import ast
import sys
from dataclasses import is_dataclass
from importlib import import_module
from importlib.abc import MetaPathFinder
from pathlib import Path

import pytest
from temporalio.client import WorkflowHistory
from temporalio.converter import WithSerializationContext
from temporalio.worker import Replayer

from tests.workflows.test_replay import HISTORIES
from workflows.converter import ADAPTERS, DATA_CONVERTER, WirePayloadConverter
from workflows.invoice import InvoiceWorkflow
from workflows.runner import RUNNER

MODULES = sorted(path for path in Path("workflows").glob("*.py") if "@workflow.defn" in path.read_text())
SAFE = {
    ("datetime", "timedelta"),
    ("collections", "deque"),
    ("typing", "Any"),
    ("__future__", "annotations"),
    ("workflows", "options"),
}
"""What may be used anywhere: it asks no clock and no chance."""
SAFE_FROM = ("temporalio", "domain.", "workflows.options")


def imported(source: str) -> set[tuple[str, str]]:
    """What a module takes from where."""
    taken = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            taken |= {(alias.name, "") for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            taken |= {(node.module or "", alias.name) for alias in node.names}
    return taken


def unsafe(source: str) -> set[tuple[str, str]]:
    """What of that could tell one life of a workflow from its replay."""
    return {one for one in imported(source) if one not in SAFE and not one[0].startswith(SAFE_FROM)}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_a_workflow_uses_no_clock_no_chance_and_nothing_from_outside(module: Path):
    assert unsafe(module.read_text()) == set()


@pytest.mark.parametrize("line", ["import random", "from datetime import datetime", "from store.books import Books"])
def test_what_it_must_not_use_would_be_noticed(line: str):
    assert unsafe(line)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_each_type_of_ours_that_a_workflow_speaks_has_its_adapter(module: Path):
    """In the sandbox none could be made: pydantic looks for a type's module there, and it is outside."""
    named = [(where, name) for where, name in imported(module.read_text()) if where.startswith("domain.")]
    spoken = {getattr(import_module(where), name) for where, name in named}

    assert {one for one in spoken if isinstance(one, type) and is_dataclass(one)} <= set(ADAPTERS)


def test_nothing_of_ours_asks_for_whom_a_payload_is():
    """The runner does not tell (``workflows/runner.py``). Whoever needs it takes that out."""
    converters = [*WirePayloadConverter().converters.values(), DATA_CONVERTER.failure_converter]

    assert DATA_CONVERTER.payload_codec is None
    assert DATA_CONVERTER.external_storage is None
    assert not any(isinstance(one, WithSerializationContext) for one in converters)


class Nowhere(MetaPathFinder):
    """Finds none of our workflows' modules on the disk."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname.startswith("workflows"):
            raise ImportError(f"{fullname} was looked for again")


async def test_a_workflow_is_not_read_from_the_disk_again(monkeypatch: pytest.MonkeyPatch):
    """A newer version's files may lie there while the worker runs."""
    text = (HISTORIES / "pays-on-time.json").read_text()
    replayer = Replayer(workflows=[InvoiceWorkflow], data_converter=DATA_CONVERTER, workflow_runner=RUNNER)
    monkeypatch.setattr(sys, "meta_path", [Nowhere(), *sys.meta_path])

    await replayer.replay_workflow(WorkflowHistory.from_json("invoice/1", text))
