"""A merchant's file with some of its lines changed, for tests that make one mistake each."""

import re
from datetime import date
from pathlib import Path

from config.merchants import load_text
from config.problems import ConfigError, Problem

ROOT = Path(__file__).parents[2]
MERCHANTS = ROOT / "examples" / "merchants"
NORDLJUS = (MERCHANTS / "nordljus.yaml").read_text(encoding="utf-8")
BOLGEN = (MERCHANTS / "bolgen.yaml").read_text(encoding="utf-8")
TODAY = date(2026, 3, 2)


def beginning_with(fragment: str, text: str = NORDLJUS) -> str:
    """The fragment, then what it does not mention of the file, so that lines count from the fragment's first."""
    chunks = parts(text, r"^(\w+):")
    named = parts(fragment, r"^(\w+):")
    if list(named)[-1:] == ["policy"]:
        inner = parts(chunks["policy"], r"^  (\w+):")
        mine = parts(fragment, r"^  (\w+):")
        fragment += "".join(chunk for key, chunk in inner.items() if key not in mine)
    return fragment + "".join(chunk for key, chunk in chunks.items() if key not in named)


def parts(text: str, start: str) -> dict[str, str]:
    """The text in pieces, each from a key of this indentation to the next."""
    starts = list(re.finditer(start, text, flags=re.MULTILINE))
    ends = [match.start() for match in starts[1:]] + [len(text)]
    return {match[1]: text[match.start() : end] for match, end in zip(starts, ends, strict=True)}


def changed(old: str, new: str, text: str = NORDLJUS) -> str:
    """The file with one piece of text replaced; it must be there."""
    assert old in text, old
    return text.replace(old, new, 1)


def problems(text: str, day: date | None = TODAY) -> tuple[Problem, ...]:
    """What is wrong with a file, warnings apart."""
    try:
        load_text(text, "x.yaml", day)
    except ConfigError as error:
        return error.problems
    return ()


def line_of(piece: str, text: str) -> int:
    """The line on which a piece of text stands."""
    assert piece in text, piece
    return text.count("\n", 0, text.index(piece)) + 1
