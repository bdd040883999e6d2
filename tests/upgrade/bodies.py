"""The invoice's workflow with another body: as somebody might change it."""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path

import workflows.invoice

SOURCE = inspect.getsource(workflows.invoice)
RESTS = "        self._show(glance)\n        timeout"
"""Where the loop begins to wait: something is put before it."""
NAP = "await workflow.sleep(1)"
"""A command that no history of before has."""


def with_body(folder: Path, name: str, *lines: str) -> type:
    """The workflow with these lines before each wait. The folder is where Python looks for modules."""
    assert RESTS in SOURCE
    added = "".join(f"        {line}\n" for line in lines)
    (folder / f"{name}.py").write_text(SOURCE.replace(RESTS, added + RESTS))
    importlib.invalidate_caches()
    sys.modules.pop(name, None)
    found: type = importlib.import_module(name).InvoiceWorkflow
    return found
