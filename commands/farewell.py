"""Parting from Temporal's client: when its threads have told us everything and left Python, a program may end."""

from __future__ import annotations

import asyncio
import sys
import threading
from traceback import walk_stack

_TELLING = asyncio.BaseEventLoop.call_soon_threadsafe.__code__
_PATIENCE = 1.0
"""Seconds; threads that are not the client's may tell loops that are not ours without end."""


async def all_is_told() -> None:
    """Wait until no other thread is in the middle of telling an event loop something.

    A thread of the client wakes us with an answer before it has left Python. A program that ends at that moment, after
    all was done, is taken down by it with SIGABRT: https://github.com/temporalio/sdk-python/issues/300
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + _PATIENCE
    while _somebody_tells() and loop.time() < deadline:
        await asyncio.sleep(0.001)


def _somebody_tells() -> bool:
    frames = sys._current_frames()  # documented in spite of its name; threading knows Python's own threads only
    frames.pop(threading.get_ident(), None)
    return any(frame.f_code is _TELLING for innermost in frames.values() for frame, _ in walk_stack(innermost))
