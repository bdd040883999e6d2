"""What a soak came to, as two tables: on the screen, and between their marks in the page about reliability."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.page import NAMES, PAGE
from tests.soak.counting import Result

BEGIN, END = "<!-- soak: begin -->", "<!-- soak: end -->"


def rows(result: Result) -> list[tuple[str, int]]:
    """What was lived, and what was wrong with it."""
    tally = result.tally
    return [
        ("Lives", tally.lives),
        ("Events in their journals", result.events),
        ("Looks, each decided again", result.looks),
        ("Messages at vendors", tally.messages),
        ("Merchants' files published in the middle", result.versions),
        ("Lives moved to other rules", result.moved),
        ("Lost", tally.lost),
        ("Doubled", tally.doubled),
        ("Fees doubled", tally.fees_doubled),
        ("In doubt", tally.in_doubt),
        ("Stuck", tally.stuck),
        ("Lives that differ from the fold of the rules", len(result.differing)),
        ("Failed workflow tasks", result.failed_tasks),
    ]


def faults(result: Result) -> list[tuple[str, int]]:
    """What went wrong, by its kind."""
    return sorted(result.struck.items(), key=lambda row: (-row[1], row[0]))


def write(results: Mapping[str, tuple[Result, float]], command: str, days: int, page: Path = PAGE) -> None:
    """Put the tables into the page."""
    before, _, rest = page.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    where = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    told = f"`{command}`, lives of {days} days, {datetime.now(UTC).date()}, {where}"
    blocks = "\n\n".join(_block(name, *result) for name, result in results.items())
    page.write_text(f"{before}{BEGIN}\n{told}\n\n{blocks}\n{END}{after}", encoding="utf-8")


def _block(name: str, result: Result, seconds: float) -> str:
    came, wrong = _table(("What", "Count"), rows(result)), _table(("What went wrong", "Times"), faults(result))
    return f"### A soak on {NAMES[name]}: {seconds / 60:.0f} minutes\n\n{came}\n\n{wrong}"


def _table(head: tuple[str, str], lines: Sequence[tuple[str, int]]) -> str:
    shown = [(what, f"{count:,}") for what, count in lines]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ("---", "---:"), *shown])
