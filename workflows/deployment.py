"""Which version of the workers carries the cases: Temporal's worker versioning, where workers say which build they are.

Every workflow moves on to the current build at its next task ("auto-upgrade"): an invoice lives for months, and nobody
keeps the workers of its first day. It is said once for all of them, on the worker; a class that says it for itself is
refused by the server where workers name no build.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from temporalio.api.enums.v1 import WorkerDeploymentVersionStatus as Status
from temporalio.api.workflowservice.v1 import (
    DescribeWorkerDeploymentRequest,
    SetWorkerDeploymentCurrentVersionRequest,
    SetWorkerDeploymentRampingVersionRequest,
)
from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import WorkerDeploymentConfig

from domain.batches import batch_queue
from domain.deliveries import webhook_queue
from workflows.batch import BatchWorkflow
from workflows.delivery import DeliveryWorkflow
from workflows.invoice import InvoiceWorkflow

WORKFLOWS: dict[str, type] = {"invoice": InvoiceWorkflow, "webhook": DeliveryWorkflow, "batch": BatchWorkflow}
"""Every workflow that our workers carry, by the name that Temporal knows it by."""


class Standing(StrEnum):
    """What a build gets to do."""

    CURRENT = "current"
    RAMPING = "ramping"
    WAITING = "waiting"
    """Its workers have reported, and no case has come to it yet."""
    LEFT = "left"
    """Cases have moved on from it."""


STANDINGS = {
    Status.WORKER_DEPLOYMENT_VERSION_STATUS_CURRENT: Standing.CURRENT,
    Status.WORKER_DEPLOYMENT_VERSION_STATUS_RAMPING: Standing.RAMPING,
    Status.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING: Standing.LEFT,
    Status.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED: Standing.LEFT,
}


@dataclass(frozen=True, slots=True)
class Build:
    """One build of the workers; without an id those that name none."""

    id: str
    standing: Standing
    percent: float
    """How many cases go to it, of a hundred."""
    running: int
    """Workflows that run, and whose last step it did."""
    seen: datetime | None
    """When its workers first reported."""


class UnknownBuildError(LookupError):
    """No worker of this build has ever reported."""


class UnfitBuildError(RuntimeError):
    """The server does not let this build become current."""


def queues_of(queue: str) -> tuple[str, ...]:
    """The task queues of workflows, as they follow from the first."""
    return queue, webhook_queue(queue), batch_queue(queue)


def name_of(queue: str) -> str:
    """What the workers of a task queue are deployed as; Temporal allows neither dots nor colons there."""
    return queue.replace(".", "-").replace(":", "-")


def versioned(queue: str, build: str) -> WorkerDeploymentConfig | None:
    """What a worker of a build is told; None: it names no build."""
    if not build:
        return None
    version = WorkerDeploymentVersion(deployment_name=name_of(queue), build_id=build)
    return WorkerDeploymentConfig(
        version=version, use_worker_versioning=True, default_versioning_behavior=VersioningBehavior.AUTO_UPGRADE
    )


@dataclass(frozen=True, slots=True)
class Deployment:
    """The builds of one task queue's workers."""

    client: Client
    queue: str

    @property
    def name(self) -> str:
        """What the server knows it as."""
        return name_of(self.queue)

    async def builds(self) -> list[Build]:
        """Every build that the server knows, the newest first, and last the workers that name none."""
        request = DescribeWorkerDeploymentRequest(namespace=self.client.namespace, deployment_name=self.name)
        try:
            info = (await self.client.workflow_service.describe_worker_deployment(request)).worker_deployment_info
        except RPCError as error:
            if error.status is RPCStatusCode.NOT_FOUND:
                return []
            raise
        routing, found = info.routing_config, []
        ramping = routing.ramping_deployment_version.build_id
        for summary in info.version_summaries:
            build = summary.deployment_version.build_id
            standing = STANDINGS.get(summary.status, Standing.WAITING)
            seen = summary.create_time.ToDatetime(UTC)
            percent = routing.ramping_version_percentage if build == ramping else 0.0
            found.append(Build(build, standing, percent, await self._running(build), seen))
        current = routing.current_deployment_version.build_id
        standing = Standing.LEFT if current else Standing.CURRENT
        found = sorted(found, key=lambda one: one.seen or datetime.max.replace(tzinfo=UTC), reverse=True)
        rest = 100.0 - sum(one.percent for one in found)
        return list(_shared([*found, Build("", standing, 0.0, await self._running(None), None)], rest))

    async def make_current(self, build: str, *, whatever_it_lacks: bool = False) -> None:
        """Let every case go on with this build; an empty one: with workers that name none.

        Raises:
            UnknownBuildError: no worker of it has reported.
            UnfitBuildError: it serves not all that the one before does, or nobody answers for it.
        """
        request = SetWorkerDeploymentCurrentVersionRequest(
            namespace=self.client.namespace,
            deployment_name=self.name,
            build_id=build,
            identity=self.client.identity,
            ignore_missing_task_queues=whatever_it_lacks,
        )
        try:
            await self.client.workflow_service.set_worker_deployment_current_version(request)
        except RPCError as error:
            raise _meant(error) from None

    async def ramp(self, build: str, percent: float) -> None:
        """Let so many of a hundred cases go on with this build, always the same ones; none ends the ramp.

        Raises:
            UnknownBuildError: no worker of it has reported.
            UnfitBuildError: it is current already, or serves not all that the current one does.
        """
        request = SetWorkerDeploymentRampingVersionRequest(
            namespace=self.client.namespace,
            deployment_name=self.name,
            build_id=build if percent else "",
            percentage=percent,
            identity=self.client.identity,
        )
        try:
            await self.client.workflow_service.set_worker_deployment_ramping_version(request)
        except RPCError as error:
            raise _meant(error) from None

    async def _running(self, build: str | None) -> int:
        version = "IS NULL" if build is None else f"= '{self.name}:{build}'"
        queues = ", ".join(f"'{queue}'" for queue in queues_of(self.queue))
        query = f"ExecutionStatus = 'Running' AND TaskQueue IN ({queues}) AND TemporalWorkerDeploymentVersion {version}"
        return (await self.client.count_workflows(query)).count


def _shared(builds: list[Build], rest: float) -> Iterator[Build]:
    """The current build takes what no other does."""
    for one in builds:
        percent = rest if one.standing is Standing.CURRENT else one.percent
        yield Build(one.id, one.standing, percent, one.running, one.seen)


def _meant(error: RPCError) -> Exception:
    match error.status:
        case RPCStatusCode.NOT_FOUND:
            return UnknownBuildError()
        case RPCStatusCode.FAILED_PRECONDITION | RPCStatusCode.INVALID_ARGUMENT:
            return UnfitBuildError(error.message)
    return error
