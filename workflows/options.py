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

DELIVERING: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=5),
        backoff_coefficient=5,
        maximum_interval=timedelta(hours=24),
        maximum_attempts=10,
    ),
}
"""A merchant's receiver is asked ten times in three days: after 5 s, 25 s, 2 min, 10 min, 52 min, 4 h, 22 h, and then
twice after a day."""

GIVING_UP: dict[str, Any] = {
    "start_to_close_timeout": timedelta(seconds=30),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
}
"""That a message is dead is only written into our own database."""

BATCHING: dict[str, Any] = {
    "start_to_close_timeout": timedelta(minutes=10),
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(minutes=1)),
}
"""A few of a batch, done until it succeeds: what was done before is not done twice. A worker that died is noticed by
its silence."""

STEERING: dict[str, Any] = LOOKING
"""What a person wishes of a batch only goes into our own database."""
