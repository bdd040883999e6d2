"""The log is lines of ids and codes; so are the metrics."""

from __future__ import annotations

import ast
import json
import logging
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
import structlog

from telemetry.logs import Libraries, speak
from tests.docs.reading import OPERATIONS
from tests.telemetry.peculiar import NAME, found_in
from tests.telemetry.running import Seen

pytestmark = pytest.mark.xdist_group("telemetry")

ROOT = Path(__file__).parents[2]
ROOMS = ("activities", "channels", "commands", "gateway", "store", "telemetry", "workflows", "worker.py")


@pytest.mark.parametrize("process", ["worker", "gateway"])
def test_every_line_of_a_process_is_an_object_with_its_moment_and_its_process(seen: Seen, process: str):
    lines = seen.lines(process)

    assert len(lines) > 3
    for line in lines:
        assert {"event", "level", "time", "process"} <= line.keys()
        assert line["process"] == process


@pytest.mark.parametrize("process", ["worker", "gateway"])
def test_nobody_is_in_a_log_and_no_secret(seen: Seen, process: str):
    said = json.dumps(seen.lines(process), ensure_ascii=False)

    assert found_in(said) == []
    assert [token for token in seen.tokens if token in said] == []


def test_nobody_is_in_the_metrics_and_no_secret(seen: Seen):
    for page in seen.pages.values():
        assert found_in(page) == []
        assert [token for token in seen.tokens if token in page] == []


def test_a_line_leads_to_its_trace(seen: Seen):
    traces = {step.trace.hex() for step in seen.steps}
    lines = [
        line for line in seen.lines("gateway") if line["event"] == "request" and line["path"] == "/api/v1/invoices"
    ]

    assert lines
    assert {line["trace"] for line in lines} <= traces


def test_the_kernel_of_the_sdk_speaks_into_the_same_log(seen: Seen):
    said = [line for line in seen.lines("worker") if line.get("logger", "").startswith("temporalio")]

    assert said


@pytest.fixture
def spoken(monkeypatch: pytest.MonkeyPatch) -> Iterator[StringIO]:
    said = StringIO()
    monkeypatch.setattr("sys.stderr", said)
    root, before = logging.getLogger(), structlog.get_config()
    level = root.level
    speak("test", "info", as_json=True)
    yield said
    structlog.configure(**before)
    logging.captureWarnings(capture=False)
    root.setLevel(level)
    for handler in [one for one in root.handlers if isinstance(one, Libraries)]:
        root.removeHandler(handler)


def test_what_a_library_says_is_told_by_its_place_and_its_kind(spoken: StringIO):
    try:
        raise ValueError(NAME)
    except ValueError:
        logging.getLogger("some.library").exception("could not write %s", NAME)
    line = json.loads(spoken.getvalue())

    assert line["event"] == "a library has something to say"
    assert (line["logger"], line["error"], line["level"]) == ("some.library", "ValueError", "error")
    assert line["frames"] == [f"{__file__}:{line['frames'][0].split(':')[-1]}"]
    assert NAME not in str(line)


def test_a_library_that_sees_nobody_may_speak(spoken: StringIO):
    logging.getLogger("temporalio.worker").warning("Worker %s is slow", "kvitt")

    assert json.loads(spoken.getvalue())["event"] == "Worker kvitt is slow"


def test_people_get_a_line_without_colours_where_it_is_no_terminal(spoken: StringIO, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("sys.stderr", spoken)  # pytest has put its own there for the test
    speak("test", "info", as_json=False)
    structlog.get_logger().info("the worker runs", queue="kvitt")

    assert re.fullmatch(r"\d{4}-\d\d-\d\d \S{8} \[info +\] the worker runs +queue=kvitt\n", spoken.getvalue())


def test_only_warnings_of_libraries_are_told(spoken: StringIO):
    logging.getLogger("httpx").info("HTTP Request: GET /i/a-token")

    assert spoken.getvalue() == ""


def test_every_field_of_our_lines_is_documented():
    """Whoever adds one says what it holds: an id, a code or a number."""
    told = {name for name, _ in fields() if name}
    documented = OPERATIONS.split("### Logs")[1].split("## ")[0]

    assert len(told) > 10
    assert sorted(name for name in told if f"`{name}`" not in documented) == []


def test_only_counts_are_told_under_names_that_no_line_spells_out():
    assert {where for name, where in fields() if not name} <= {"activities/retention.py"}


def fields() -> Iterator[tuple[str | None, str]]:
    """Every field of every line that our code writes, and where."""
    for room in ROOMS:
        for path in [ROOT / room] if room.endswith(".py") else sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text())):
                if is_log(node):
                    yield from ((keyword.arg, str(path.relative_to(ROOT))) for keyword in node.keywords)


def is_log(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "log"
    )
