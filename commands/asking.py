"""What a person is asked at the prompt."""

from __future__ import annotations

import signal
from typing import Any

import typer


def ask(question: str, **manner: Any) -> Any:
    """Ask, and wait for the answer; Ctrl-C ends both, and nothing is done.

    asyncio would only note a Ctrl-C, wait for the answer, and begin what was answered before it ends.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return typer.prompt(question, **manner)
    except typer.Abort:
        raise KeyboardInterrupt from None
    finally:
        signal.signal(signal.SIGINT, before)
