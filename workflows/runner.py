"""How workflows run: in Temporal's sandbox, but with our own modules as the worker loaded them when it began.

Left to itself the sandbox reads a workflow's module from the disk again for each case: a worker would run half of a
newer version as soon as its files lie there, and each case in memory would have a copy. What the modules may import is
held down by ``tests/workflows/test_runner.py``: no clock, no chance, nothing from outside.
"""

from __future__ import annotations

from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

RUNNER = SandboxedWorkflowRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules("workflows"))
"""What every worker of ours runs workflows with."""
