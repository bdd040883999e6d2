"""What goes wrong in an activity is told by its kind and its place in the code, never in its own words.

Temporal keeps an exception's text in the history, and the worker logs it. A database's error may quote what was
written, a check's error what it read: names and addresses.
"""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from typing import Any

from temporalio.exceptions import ApplicationError, FailureError
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput, Interceptor


class Discreet(Interceptor):
    """Goes around every activity of a worker."""

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002
        """Go around the rest."""
        return _Discreet(next)


class _Discreet(ActivityInboundInterceptor):
    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002
        try:
            return await super().execute_activity(input)
        except (FailureError, BrokenExecutor):  # these are Temporal's own, or the worker's
            raise
        except Exception as error:  # noqa: BLE001  (the entry point: whatever it is, it must not speak)
            kind = type(error).__name__
            raise ApplicationError(kind, type=kind).with_traceback(error.__traceback__) from None
