"""Very many random lives in bad weather, under rules that change; then each is told again from its journal.

python -m tests.soak --lives 2000 --days 75 --seed 1 --database sqlite
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import signal
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table
from temporalio.runtime import Runtime, TelemetryConfig

from tests import databases
from tests.soak import page
from tests.soak.counting import Result
from tests.soak.running import Wish, run

FEW = 20
"""Wrong lives that are told of one by one."""


def main() -> int:
    """Soak; 1 if anything was lost or doubled, or is not as the rules say."""
    given = _arguments()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is born deaf to it
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=None)))
    logging.disable(logging.CRITICAL)  # servers that are cut complain, as they should
    console, wish = Console(), Wish(given.seed, given.lives, given.days)
    results: dict[str, tuple[Result, float]] = {}
    for database in ("sqlite", "postgres") if given.database == "both" else (given.database,):
        began = time.monotonic()
        result = _one(database, wish, console)
        results[database] = result, time.monotonic() - began
        _show(console, database, *results[database])
    if given.write:
        page.write(results, f"make soak SEED={given.seed} LIVES={given.lives} DATABASE={given.database}", given.days)
    return 0 if all(result.is_clean for result, _ in results.values()) else 1


def _one(database: str, wish: Wish, console: Console) -> Result:
    databases.use(database)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with (
            tempfile.TemporaryDirectory(prefix="kvitt-soak-") as home,
            Progress(*columns, TimeRemainingColumn(), console=console, disable=not console.is_terminal) as bar,
        ):
            task = bar.add_task(f"Living on {database}", total=wish.lives)
            return asyncio.run(run(Path(home), wish, lambda: bar.advance(task)))
    finally:
        databases.close()


def _show(console: Console, database: str, result: Result, seconds: float) -> None:
    for title, rows in ((f"{database}, {seconds:.0f} s", page.rows(result)), ("What went wrong", page.faults(result))):
        table = Table("What", title=title)
        table.add_column("Count", justify="right")
        for what, count in rows:
            table.add_row(what, f"{count:,}")
        console.print(table)
    told = [f"{name}: {what}" for name, found in list(result.differing.items())[:FEW] for what in found]
    for what in (*result.tally.why, *result.trouble, *told):
        console.print(what, style="red", highlight=False)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same seed has the same lives and faults")
    parser.add_argument("--lives", type=int, default=2_000, help="how many lives")
    parser.add_argument("--days", type=int, default=75, help="how long each lasts, by its own clock")
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="sqlite")
    parser.add_argument("--write", action="store_true", help="rewrite the tables in docs/reliability.md")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
