"""How workflows run: in Temporal's sandbox, but with our own modules as the worker loaded them when it began.

Left to itself the sandbox reads a workflow's module from the disk again for each case: a worker would run half of a
newer version as soon as its files lie there, and each case in memory would have a copy. What the modules may import is
held down by ``tests/workflows/test_runner.py``: no clock, no chance, nothing from outside.

Nor is the sandbox asked for whom a payload is, which the SDK does several times for each (``docs/decisions/0024``).
"""

from __future__ import annotations

from dataclasses import dataclass

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info


@dataclass(frozen=True)
class Runner(SandboxedWorkflowRunner):
    """Temporal's, for payloads that are the same whomever they are for."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """A workflow in its sandbox."""
        return _Plain(super().create_instance(det))


@dataclass(frozen=True)
class _Plain(WorkflowInstance):
    """Tells of no payload for whom it is: our converter does not ask, and we have no codec and no other storage."""

    inner: WorkflowInstance

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self.inner.activate(act)

    def get_serialization_context(self, command_info: object) -> None:
        return None

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        return StorageDriverStoreContext(target=None)

    def get_info(self) -> Info:
        return self.inner.get_info()

    def get_thread_id(self) -> int | None:
        return self.inner.get_thread_id()


RUNNER = Runner(restrictions=SandboxRestrictions.default.with_passthrough_modules("workflows"))
"""What every worker of ours runs workflows with."""
