"""Traces, from a call of the API through the workflow to the vendor, by OpenTelemetry.

What leaves the machine is looked through once more: names of what was done, ids and codes. An error tells its kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import Event, ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Link, Status, Tracer
from temporalio.contrib.opentelemetry import TracingInterceptor

TOLD = frozenset(
    {
        "temporalWorkflowID",
        "temporalRunID",
        "temporalActivityID",
        "temporalActivityType",
        "temporalUpdateID",
        "http.request.method",
        "http.route",
        "http.response.status_code",
        "kvitt.channel",
        "kvitt.vendor",
        "kvitt.send",
        "kvitt.outcome",
        "exception.type",
        "error.type",
    }
)
"""What may be told of a step. Whatever else a library writes down stays here."""

PATH = "/v1/traces"


@contextmanager
def tracing(process: str, collector: str) -> Iterator[tuple[Tracer, TracingInterceptor]]:
    """A tracer, and what carries traces through Temporal, until the block ends; then what is left is sent.

    How much is sampled, and with which headers it is sent, the ``OTEL_…`` variables say.
    """
    resource = Resource.create({"service.name": f"kvitt-{process}", "service.version": version("kvitt")})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(Discreet(OTLPSpanExporter(address(collector)))))
    tracer = provider.get_tracer("kvitt")
    try:
        yield tracer, TracingInterceptor(tracer)
    finally:
        provider.shutdown()


def address(collector: str) -> str:
    """Where traces go: what was named, or its usual path."""
    return collector if urlsplit(collector).path.strip("/") else collector.rstrip("/") + PATH


class Discreet(SpanExporter):
    """Leaves out whatever is not known to be an id or a code."""

    def __init__(self, to: SpanExporter) -> None:
        self.to = to

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Hand on what may be told."""
        return self.to.export([_told(span) for span in spans])

    def shutdown(self) -> None:
        """Nothing more comes."""
        self.to.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send what waits."""
        return self.to.force_flush(timeout_millis)


def _told(span: ReadableSpan) -> ReadableSpan:
    return ReadableSpan(
        span.name,
        span.context,
        span.parent,
        span.resource,
        _only(span.attributes),
        [Event(one.name, _only(one.attributes), one.timestamp) for one in span.events],
        [Link(one.context) for one in span.links],
        span.kind,
        status=Status(span.status.status_code),
        start_time=span.start_time,
        end_time=span.end_time,
        instrumentation_scope=span.instrumentation_scope,
    )


def _only(attributes: Mapping[str, object] | None) -> dict[str, str | int]:
    """Those that may be told; a list or another mapping is none of them."""
    kept = {name: value for name, value in (attributes or {}).items() if name in TOLD}
    return {name: value for name, value in kept.items() if isinstance(value, str | int)}
