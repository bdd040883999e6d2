"""One trace leads from the call of the API to the call of the vendor, and tells nothing but ids and codes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode
from temporalio.client import WorkflowHistory
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.worker import Replayer

from telemetry.tracing import TOLD, Discreet, address
from tests.telemetry.peculiar import NAME, found_in
from tests.telemetry.running import Seen, Step
from tests.workflows.test_replay import HISTORIES, KEPT
from workflows.converter import DATA_CONVERTER
from workflows.invoice import InvoiceWorkflow

pytestmark = pytest.mark.xdist_group("telemetry")


def test_a_trace_leads_from_the_api_to_the_vendor(seen: Seen):
    """Each step is the child of the one before, through two processes and the server between them."""
    [out] = [step for step in seen.steps if step.told.get("kvitt.send") == seen.send]
    path = [*reversed(list(line(seen, out)))]

    assert [step.name for step in path] == [
        "POST /api/v1/invoices",
        "SignalWithStartWorkflow:invoice",
        "StartActivity:send email",
        "RunActivity:send email",
        "send email",
    ]
    assert [step.process for step in path] == ["kvitt-gateway"] * 2 + ["kvitt-worker"] * 3
    assert len({step.trace for step in path}) == 1
    assert path[0].told == {
        "http.request.method": "POST",
        "http.route": "/api/v1/invoices",
        "http.response.status_code": 201,
    }
    assert path[1].told["temporalWorkflowID"] == seen.ref.workflow_id
    assert out.told == {
        "kvitt.channel": "email",
        "kvitt.vendor": "outbox",
        "kvitt.send": seen.send,
        "kvitt.outcome": "sent",
    }


def line(seen: Seen, step: Step | None) -> Iterator[Step]:
    """A step and all that it came of."""
    by_id = {one.id: one for one in seen.steps}
    while step:
        yield step
        step = by_id.get(step.parent)


def test_a_vendor_that_fails_is_seen(seen: Seen):
    outcomes = {step.told["kvitt.outcome"] for step in seen.steps if step.told.get("kvitt.vendor") == "twilio"}

    assert "unknown" in outcomes


def test_nobody_is_in_a_trace_and_no_secret(seen: Seen):
    sent = seen.sent.decode("utf-8", "replace")

    assert len(seen.steps) > 30
    assert found_in(sent) == []
    assert [token for token in seen.tokens if token in sent] == []


def test_only_what_may_be_told_is_told(seen: Seen):
    assert {name for step in seen.steps for name in step.told} <= TOLD
    assert {step.name for step in seen.steps if step.name.startswith(("GET", "other"))} >= {
        "GET /i/{token}",
        "other unknown",
    }


@pytest.mark.parametrize("name", KEPT)
async def test_a_history_from_before_replays_under_a_tracer(name: str):
    """Tracing changes no command of a workflow."""
    history = WorkflowHistory.from_json(f"invoice/{name}", (HISTORIES / f"{name}.json").read_text())
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("test")
    replayer = Replayer(
        workflows=[InvoiceWorkflow], data_converter=DATA_CONVERTER, interceptors=[TracingInterceptor(tracer)]
    )

    await replayer.replay_workflow(history)


def test_what_a_library_tells_beside_ids_and_codes_stays_here():
    kept = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(Discreet(kept)))
    told = {"http.route": "/i/{token}", "url.full": f"https://pay.example/i/{NAME}", "http.route.list": [NAME]}
    with pytest.raises(ValueError, match=NAME), provider.get_tracer("test").start_as_current_span("x", attributes=told):
        raise ValueError(NAME)
    [span] = kept.get_finished_spans()

    assert dict(span.attributes or {}) == {"http.route": "/i/{token}"}
    assert [dict(event.attributes or {}) for event in span.events] == [{"exception.type": "ValueError"}]
    assert span.status.description is None
    assert span.status.status_code is StatusCode.ERROR


@pytest.mark.parametrize(
    ("given", "goes_to"),
    [
        ("http://127.0.0.1:4318", "http://127.0.0.1:4318/v1/traces"),
        ("http://127.0.0.1:4318/", "http://127.0.0.1:4318/v1/traces"),
        ("https://otlp.example/tenant/v1/traces", "https://otlp.example/tenant/v1/traces"),
    ],
)
def test_traces_go_to_the_usual_path_unless_another_is_named(given: str, goes_to: str):
    assert address(given) == goes_to
