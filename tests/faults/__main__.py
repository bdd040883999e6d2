"""Kill, cut and restart everything; then count. The table says what came of it, and the exit code whether it was right.

python -m tests.faults --seed 1 --lives 220 --database sqlite
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import signal
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from temporalio.runtime import Runtime, TelemetryConfig

from tests import databases
from tests.faults import page
from tests.faults.counting import Counted
from tests.faults.plan import make_plan
from tests.faults.running import run

WIDTH = 150
"""Columns of a table that goes into a file."""


def main() -> int:
    """Run; 1 if anything was lost or doubled."""
    given = _arguments()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job is born deaf to it
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    Runtime.set_default(Runtime(telemetry=TelemetryConfig(logging=None)))
    logging.disable(logging.CRITICAL)  # servers that are cut complain, as they should
    console = Console(stderr=given.json, width=None if sys.stdout.isatty() else WIDTH)
    runs: dict[str, tuple[Counted, float]] = {}
    for database in ("sqlite", "postgres") if given.database == "both" else (given.database,):
        began = time.monotonic()
        counted = _one(database, given.seed, given.lives, console)
        runs[database] = counted, time.monotonic() - began
        if not given.json:
            console.print(_table(database, counted, runs[database][1]))
        for tally in counted.tallies:
            for why in tally.why:
                console.print(f"{tally.fault}, {tally.channel}: {why}", style="red", highlight=False)
        for trouble in counted.trouble:
            console.print(trouble, style="red", highlight=False)
    if given.json:
        rows = {name: [tally.as_json() for tally in counted.tallies] for name, (counted, _) in runs.items()}
        sys.stdout.write(json.dumps(rows, indent=2) + "\n")
    if given.write:
        page.write(runs, f"make faults SEED={given.seed} LIVES={given.lives} DATABASE={given.database}")
    return 0 if all(counted.is_clean for counted, _ in runs.values()) else 1


def _one(database: str, seed: int, lives: int, console: Console) -> Counted:
    plan = make_plan(seed, lives)
    databases.use(database)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    try:
        with (
            tempfile.TemporaryDirectory(prefix="kvitt-faults-") as home,
            Progress(*columns, console=console, disable=not console.is_terminal) as bar,
        ):
            task = bar.add_task(f"Living on {database}", total=len(plan.lives))
            return asyncio.run(run(Path(home), plan, lambda: bar.advance(task)))
    finally:
        databases.close()


def _table(database: str, counted: Counted, seconds: float) -> Table:
    lives = sum(tally.lives for tally in counted.tallies)
    title = f"{database}: {lives} lives, {counted.deaths} processes killed, {seconds:.0f} s"
    calls = ", ".join(f"{times} × {code or 'no answer'}" for code, times in sorted(counted.calls.items()))
    table = Table(*page.HEAD, title=title, caption=f"what the gateway answered to vendors: {calls}")
    for tally in counted.tallies:
        table.add_row(*page.row(tally), style=None if tally.is_clean else "red")
    table.add_section()
    table.add_row(*page.row(page.total(counted)))
    return table


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--seed", type=int, default=1, help="the same seed has the same lives and faults")
    parser.add_argument("--lives", type=int, default=220, help="about how many lives on each database")
    parser.add_argument("--database", choices=("sqlite", "postgres", "both"), default="both")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument("--write", action="store_true", help="rewrite the table in docs/reliability.md")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
