"""The command line put together from its parts. A command that is named loads its own part only: it is sooner there."""

from __future__ import annotations

import gc
import signal
from collections.abc import Sequence
from importlib import import_module

import typer

PARTS: dict[str, tuple[str, ...]] = {
    "running": ("up", "worker", "gateway", "fast-forward"),
    "demo": ("demo",),
    "starting": ("start",),
    "looking": ("simulate", "status", "plan"),
    "attention": ("attention", "views"),
    "ledger": ("ledger",),
    "evidence": ("evidence", "verify"),
    "orders": (
        "pay",
        "collected",
        "credit",
        "amend",
        "write-off",
        "dispute",
        "answer",
        "respite",
        "pause",
        "release",
        "waive",
        "stop",
        "withdraw",
        "move",
        "booked",
    ),
    "batches": ("batch",),
    "policies": ("policy",),
    "law": ("law",),
    "doctor": ("doctor",),
    "keys": ("api-key",),
    "webhooks": ("webhook",),
    "heard": ("inbox", "opt-out"),
    "people": ("person", "forget"),
    "migrating": ("migrate",),
    "deployment": ("deployment",),
}
"""The modules of this package that have commands, and the first words of those."""


def command_line(words: Sequence[str] = ()) -> typer.Typer:
    """Every command; or, if the first of the words names one, those of its part."""
    app = typer.Typer(
        name="kvitt",
        help="Carries an invoice from issue to paid. Try it: kvitt demo",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        add_completion=False,
    )
    app.callback()(lambda: None)  # else the only command of a part would be the whole command line
    named = [part for part, commands in PARTS.items() if words and words[0] in commands]
    for part in named or PARTS:
        import_module(f"commands.{part}").register(app)
    return app


def main() -> None:
    """Load the command line, and run it: what ``kvitt`` is.

    What is loaded stays, so the collector need not walk through it again and again: that was a fifth of the start.
    Ctrl-C meanwhile ends it without a word: nothing has begun.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.disable()
    run = import_module("starter").main
    gc.freeze()
    gc.enable()
    run()
