"""The page of figures: the blocks between its marks are rewritten, the words around it are not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from benchmarks.figures import HEAD, Figure
from benchmarks.machine import machine

PAGE = Path(__file__).parent.parent / "docs" / "benchmarks.md"
FIGURES, LARGE = "figures", "large"
"""What the page's blocks are called."""


def write(figures: Sequence[Figure], command: str, name: str = FIGURES) -> None:
    """Put the figures and the machine into the page, between the marks of this name."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    _, _, after = rest.partition(end)
    PAGE.write_text(f"{before}{begin}\n{block(figures, command)}\n{end}{after}", encoding="utf-8")


def block(figures: Sequence[Figure], command: str) -> str:
    """The figures and the machine, as Markdown tables."""
    about = {**machine(), "Command": f"`{command}`"}
    return f"{_table(HEAD, [one.row() for one in figures])}\n\n{_table(('Measured on', ''), list(about.items()))}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
