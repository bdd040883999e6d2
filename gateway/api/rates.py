"""How often each key may ask: a moving window in this process's memory."""

from __future__ import annotations

import math
import time

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from gateway.api.problems import Kind, Refusal


class Rates:
    """Counts the requests of every key."""

    def __init__(self, rate: str) -> None:
        self._rate = parse(rate)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def count(self, key_id: str) -> dict[str, str]:
        """Count a request; gives the headers that tell where its key stands.

        Raises:
            Refusal: there were too many.
        """
        fits = self._limiter.hit(self._rate, key_id)
        window = self._limiter.get_window_stats(self._rate, key_id)
        seconds = str(max(math.ceil(window.reset_time - time.time()), 1))
        headers = {
            "RateLimit-Limit": str(self._rate.amount),
            "RateLimit-Remaining": str(max(window.remaining, 0)),
            "RateLimit-Reset": seconds,
        }
        if not fits:
            detail = f"A key may ask {self._rate.amount} times in {self._rate.get_expiry()} seconds; wait {seconds}."
            raise Refusal(Kind.TOO_MANY, detail, headers={**headers, "Retry-After": seconds})
        return headers
