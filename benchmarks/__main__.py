"""Measures the published figures, all or by name, and marks each against its target."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Callable

from rich.console import Console

from benchmarks import awake, cost, document, events, hearing, letter, memory, rounds, simulate, starting
from benchmarks.figures import Figure, table
from benchmarks.machine import introduce

BENCHMARKS: dict[str, Callable[[], list[Figure]]] = {
    "floor": rounds.measure,
    "events": events.measure,
    "cost": cost.measure,
    "simulate": simulate.measure,
    "letter": letter.measure,
    "memory": memory.measure,
    "hearing": hearing.measure,
    "start": starting.measure,
    "awake": awake.measure,
}


def main() -> int:
    """Measure; 1 if a target was missed."""
    arguments = _arguments()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is born deaf to it
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    console = Console()
    introduce(console)
    figures: list[Figure] = []
    for name in arguments.names or BENCHMARKS:
        with console.status(f"Measuring {name} …"):
            figures += BENCHMARKS[name]()
    console.print(table(figures))
    if arguments.write:
        document.write(figures, " ".join(("python -m benchmarks", *arguments.names, "--write")))
    return 0 if all(one.met for one in figures) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHMARKS], metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--write", action="store_true", help="rewrite the figures in docs/benchmarks.md")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
