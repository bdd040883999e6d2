"""Measures very many open invoices on one machine, in stages; a home that is kept can be measured again."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, fields
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rich.console import Console

from benchmarks.document import LARGE, write
from benchmarks.figures import Figure, Sense, Target, table
from benchmarks.large.due_day import due_day
from benchmarks.large.fill import fill
from benchmarks.large.growth import growth
from benchmarks.large.place import Notes, Scale, told
from benchmarks.large.postgres import Postgres
from benchmarks.large.restart import restart, sizes
from benchmarks.machine import introduce
from config.settings import Settings

STAGES: dict[str, Callable[[Scale], Awaitable[list[Figure]]]] = {
    "fill": fill,
    "sizes": sizes,
    "restart": restart,
    "growth": growth,
    "wake": due_day,
}
"""In this order; all but the first need a home that was filled."""
CACHE = Settings.model_fields["cache"].default


def main() -> int:
    """Measure; 1 if a target was missed."""
    arguments = _arguments()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is born deaf to it
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    console = Console()
    introduce(console)
    with _home(arguments) as home, _postgres(arguments) as postgres:
        notes = Notes(home)
        scale = Scale(home, arguments.open, arguments.wake, arguments.cache, arguments.rounds, postgres)
        for name in arguments.stages or STAGES:
            told(f"stage: {name}")
            notes.put(f"figures of {name}", [asdict(one) for one in asyncio.run(STAGES[name](scale))])
        figures = [_read(one) for name in STAGES for one in notes.get(f"figures of {name}", [])]
    console.print(table(figures))
    if arguments.write:
        write(figures, f"python -m benchmarks.large --open {scale.open} --wake {scale.wake} --write", LARGE)
    return 0 if all(one.met for one in figures) else 1


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.large", description=__doc__)
    parser.add_argument("stages", nargs="*", choices=[[], *STAGES], metavar="STAGE", help=", ".join(STAGES))
    parser.add_argument("--open", type=int, default=100_000, help="invoices that are open")
    parser.add_argument("--wake", type=int, default=10_000, help="how many of them have the same due day")
    parser.add_argument("--cache", type=int, default=CACHE, help="workflows that a worker keeps in memory")
    parser.add_argument("--rounds", type=int, default=5, help="how often a restart and a look are measured")
    parser.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite", help="where the books are kept")
    parser.add_argument("--home", type=Path, help="where they live; kept, so that stages can be repeated there")
    parser.add_argument("--write", action="store_true", help="rewrite the figures in docs/benchmarks.md")
    arguments = parser.parse_args()
    if arguments.home and arguments.database == "postgres":
        parser.error("books in PostgreSQL go when the program ends, so they cannot be kept in a --home")
    return arguments


@contextmanager
def _postgres(arguments: argparse.Namespace) -> Iterator[Postgres | None]:
    if arguments.database == "sqlite":
        yield None
        return
    with closing(Postgres()) as server:
        yield server


@contextmanager
def _home(arguments: argparse.Namespace) -> Iterator[Path]:
    if arguments.home:
        yield arguments.home
        return
    with TemporaryDirectory(prefix="kvitt-large-") as folder:
        yield Path(folder)


def _read(noted: dict[str, Any]) -> Figure:
    """A figure as it was noted."""
    values = {field.name: noted[field.name] for field in fields(Figure)}
    target, spread = noted["target"], noted["spread"]
    values["target"] = Target(Sense(target["sense"]), target["limit"]) if target else None
    return Figure(**values | {"spread": tuple(spread) if spread else None})


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
