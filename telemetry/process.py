"""What one process shows of itself, put together once, and taken apart cleanly when it ends."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import version
from typing import Any

from opentelemetry.trace import NoOpTracer, Tracer
from sqlalchemy import Engine, event
from sqlalchemy.engine import ExceptionContext
from temporalio.client import Interceptor
from temporalio.runtime import LogForwardingConfig, LoggingConfig, PrometheusConfig, Runtime, TelemetryConfig

from telemetry.figures import BUCKETS, DATABASE_ERRORS, PROCESS, Figures
from telemetry.logs import CORE


class TelemetryError(RuntimeError):
    """It cannot be shown; the message says what, where and why."""


@dataclass(frozen=True, slots=True)
class Telemetry:
    """How a process records. As it is made here it shows nothing, and costs next to nothing."""

    figures: Figures = field(default_factory=Figures)
    tracer: Tracer = field(default_factory=NoOpTracer)
    runtime: Runtime | None = None
    interceptors: Sequence[Interceptor] = ()
    shows: bool = False
    """Whether there is a page of figures."""

    @property
    def is_watching(self) -> bool:
        """Whether anybody sees what is recorded."""
        return self.shows or bool(self.interceptors)

    @property
    def connecting(self) -> Mapping[str, Any]:
        """What a Temporal client is made with."""
        return {"runtime": self.runtime, "interceptors": self.interceptors}

    def watch(self, engine: Engine) -> None:
        """Count what the database refuses or does not answer."""
        event.listen(engine, "handle_error", partial(_count, self.figures))


OFF = Telemetry()


@contextmanager
def telling(process: str, *, metrics: tuple[str, int] | None = None, traces: str = "") -> Iterator[Telemetry]:
    """Show a process's figures on an address, and send its traces to a collector, until the block ends.

    Raises:
        TelemetryError: somebody else has the port, or there is no such address.
    """
    runtime = _runtime(metrics)
    figures = Figures(runtime.metric_meter)
    figures.show(PROCESS, 1, process, version("kvitt"))
    if not traces:
        yield Telemetry(figures, runtime=runtime, shows=metrics is not None)
        return
    from telemetry.tracing import tracing  # noqa: PLC0415  (its libraries are loaded by whoever traces, and nobody else)

    with tracing(process, traces) as (tracer, interceptor):
        yield Telemetry(figures, tracer, runtime, (interceptor,), metrics is not None)


def _runtime(metrics: tuple[str, int] | None) -> Runtime:
    """The SDK's runtime. Its own log comes to ours."""
    forwarded = LogForwardingConfig(logging.getLogger(CORE), append_target_to_name=False)
    log = LoggingConfig(LoggingConfig.default.filter, forwarded)
    if metrics is None:
        return Runtime(telemetry=TelemetryConfig(logging=log))
    try:
        page = PrometheusConfig(
            _numbers(*metrics),
            counters_total_suffix=True,
            unit_suffix=True,
            durations_as_seconds=True,
            histogram_bucket_overrides=BUCKETS,
        )
        return Runtime(telemetry=TelemetryConfig(logging=log, metrics=page, attach_service_name=False))
    except (OSError, ValueError) as error:
        host, port = metrics
        why = f"cannot be shown on {host}, port {port}: {error}"
        raise TelemetryError(f"the metrics {why}; each process needs a KVITT_METRICS_PORT of its own") from None


def _numbers(host: str, port: int) -> str:
    """An address in numbers: the SDK looks no name up."""
    [(family, *_, address), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = str(address[0])
    return f"[{found}]:{port}" if family == socket.AF_INET6 else f"{found}:{port}"


def _count(figures: Figures, context: ExceptionContext) -> None:
    figures.count(DATABASE_ERRORS, type(context.original_exception).__name__)
