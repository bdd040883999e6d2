"""The log of a process, one line for each thing, on standard error: for people, or as JSON. Ids and codes only.

What libraries say is ours to answer for, too. Those that never see a person may speak; of the others a line tells the
kind of fault and its place. No exception is ever quoted: it may hold what was read or written.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any

import structlog
from opentelemetry.trace import format_trace_id, get_current_span

CORE = "temporalio.core"
"""Under which name the SDK's core speaks."""

TRUSTED = ("temporalio", "uvicorn", "opentelemetry", "alembic")
"""Libraries that are given ids and codes only, so that what they say may be repeated."""

DEEPEST = 5
"""Frames that are told of an error."""


def speak(process: str, level: str, *, as_json: bool) -> None:
    """Let everything in this process that has something to say write it one way."""
    moment = structlog.processors.TimeStamper("iso" if as_json else "%Y-%m-%d %H:%M:%S", utc=as_json, key="time")
    colours = sys.stderr.isatty() and not os.environ.get("NO_COLOR")
    plain = structlog.dev.ConsoleRenderer(colors=colours, timestamp_key="time")
    lines = structlog.processors.JSONRenderer(default=str, ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            moment,
            *([_of(process), _trace] if as_json else []),
            lines if as_json else plain,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    logging.captureWarnings(capture=True)
    root = logging.getLogger()
    root.setLevel(max(logging.WARNING, logging.getLevelNamesMapping()[level.upper()]))
    for handler in [one for one in root.handlers if isinstance(one, Libraries)]:
        root.removeHandler(handler)
    root.addHandler(Libraries())


class Libraries(logging.Handler):
    """Repeats what libraries say, as far as it may be repeated."""

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line of ours."""
        speaks = record.name.split(".")[0] in TRUSTED
        said = record.getMessage() if speaks else "a library has something to say"
        fields: dict[str, Any] = {"logger": record.name, "at": f"{record.module}:{record.lineno}"}
        if record.exc_info and record.exc_info[1]:
            fields |= {"error": type(record.exc_info[1]).__name__, "frames": frames(record.exc_info[1])}
        structlog.get_logger().log(record.levelno, said, **fields)


def frames(error: BaseException) -> list[str]:
    """Where it broke. Not what it says: messages of libraries quote values, and values are people's."""
    return [f"{frame.filename}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)[-DEEPEST:]]


def _of(process: str) -> Any:
    def of(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line["process"] = process
        return line

    return of


def _trace(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """By which trace this happened, if anybody traces."""
    context = get_current_span().get_span_context()
    if context.is_valid:
        line["trace"] = format_trace_id(context.trace_id)
    return line
