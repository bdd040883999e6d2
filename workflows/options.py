"""Timeouts, retries and intervals of everything the loop calls, in one place."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from temporalio.common import RetryPolicy

LOOKING: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_interval=timedelta(seconds=10)),
}
"""A look only touches our own database, so it is tried until it succeeds."""

SENDING: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=90),
    "retry_policy": RetryPolicy(maximum_attempts=1),
}
"""A vendor is asked once. What follows is decided, not retried."""

RECONCILING: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=60),
    "retry_policy": RetryPolicy(maximum_attempts=1),
}

AFTER_A_BREAKDOWN = timedelta(minutes=1)
"""How long the loop rests when an activity broke down without an outcome, before it looks again."""
