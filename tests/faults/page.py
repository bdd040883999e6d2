"""The page about reliability: the block between its marks is rewritten, the words around it are not."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from tests.faults.counting import Counted, Tally

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"
BEGIN, END = "<!-- faults: begin -->", "<!-- faults: end -->"
HEAD = ("Fault", "Channel", "Lives", "Struck", "Messages", "Lost", "Doubled", "Fees doubled", "In doubt", "Stuck")
NAMES = {"sqlite": "SQLite", "postgres": "PostgreSQL"}


def row(tally: Tally) -> tuple[str, ...]:
    """A line of the table."""
    numbers = (tally.lives, tally.struck, tally.messages, tally.lost, tally.doubled, tally.fees_doubled)
    return (tally.fault, tally.channel, *map(str, (*numbers, tally.in_doubt, tally.stuck)))


def total(counted: Counted) -> Tally:
    """All lines as one."""
    whole = Tally("all", "all")
    for tally in counted.tallies:
        for name in ("lives", "struck", "messages", "lost", "doubled", "fees_doubled", "in_doubt", "stuck"):
            setattr(whole, name, getattr(whole, name) + getattr(tally, name))
    return whole


def write(runs: Mapping[str, tuple[Counted, float]], command: str) -> None:
    """Put the tables into the page."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    blocks = "\n\n".join(_block(name, counted, seconds) for name, (counted, seconds) in runs.items())
    day = datetime.now(UTC).date()
    PAGE.write_text(f"{before}{BEGIN}\n`{command}`, {day}\n\n{blocks}\n{END}{after}", encoding="utf-8")


def _block(name: str, counted: Counted, seconds: float) -> str:
    rows = [HEAD, ("---",) * len(HEAD), *map(row, counted.tallies), row(total(counted))]
    lines = "\n".join("| " + " | ".join(line) + " |" for line in rows)
    return f"### {NAMES[name]}: {counted.deaths} processes killed, {seconds:.0f} s\n\n{lines}"
