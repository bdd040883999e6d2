"""The guides as tests read them."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from commands.line import command_line

ROOT = Path(__file__).parents[2]
GUIDES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SETTINGS = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")

UsageError = typer.BadParameter.__bases__[0]
"""What typer raises where a command line makes no sense; it brings its own copy of click."""

_INLINE = re.compile(r"`((?:\S*/)?kvitt (?!is\b)[a-z][^`]*)`")
_LINE = re.compile(r"^\s*\$?\s*((?:\S*/)?kvitt .*)$")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(
    r"(?:^\*Not run here: it needs (?P<needs>[^;\n]+); checked by `(?P<checked_by>[^`\n]+)`\.\*\n\n)?"
    r"^[ ]*```(?P<language>\w*)\n(?P<body>.*?)^[ ]*```$",
    re.MULTILINE | re.DOTALL,
)
_LINK = re.compile(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"")


def commands(text: str) -> Iterator[str]:
    """Every ``kvitt …`` in a guide: in a block, or in backticks."""
    for block in _FENCE.findall(text):
        for line in block.splitlines():
            if found := _LINE.match(line):
                yield found[1].split("  #")[0].split(" >")[0].strip()
    for found in _INLINE.findall(_FENCE.sub("", text)):
        yield found.replace("\\|", "|")


@dataclass(frozen=True)
class Shown:
    """A command that a guide shows. One that cannot be run here is marked: what it needs, and which test checks it."""

    line: str
    needs: str | None
    checked_by: str | None


def shown(text: str) -> list[Shown]:
    """Every line of a guide's blocks of commands."""
    return [
        Shown(line.strip(), found["needs"], found["checked_by"])
        for found in _BLOCK.finditer(text)
        if found["language"] == "console"
        for line in found["body"].splitlines()
    ]


def other_blocks(text: str) -> list[tuple[str, list[str]]]:
    """The blocks of a guide that are no commands: their language, and their lines."""
    blocks = [(found["language"], found["body"].splitlines()) for found in _BLOCK.finditer(text)]
    return [(language, lines) for language, lines in blocks if language != "console"]


def links(text: str) -> Iterator[str]:
    """Every link and picture of a guide that leads to a file of ours, without its anchor."""
    for markdown, html in _LINK.findall(_FENCE.sub("", text)):
        target = (markdown or html).split("#")[0]
        if target and "://" not in target and not target.startswith("mailto:"):
            yield target


def anchors(text: str) -> set[str]:
    """The places in a guide that a link can lead to."""
    headings = re.findall(r"^#+ (.+)$", _FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-") for heading in headings}


def problem_with(command: str) -> str | None:
    """What the command line would say against a command, which is not run; None: nothing."""
    words = shlex.split(command, comments=True)[1:]
    current: Any = typer.main.get_command(command_line())
    context = typer.Context(current, info_name="kvitt")
    while isinstance(current, TyperGroup):
        if not words or words[0].startswith("-"):
            return None if words == ["--help"] else f"names no command of {context.info_name}"
        name = words.pop(0)
        found = current.get_command(context, name)
        if found is None:
            return f"there is no {name}"
        current = found
        context = typer.Context(current, info_name=name, parent=context)
    return _refused(current, context, words)


def _refused(command: Any, context: typer.Context, words: list[str]) -> str | None:
    """Why a command's options or arguments do not fit. One without any is only mentioned."""
    parser = command.make_parser(context)
    is_mentioned_only = not words
    try:
        values, rest, _ = parser.parse_args([*words])
    except UsageError as error:
        return str(error)
    if rest:
        return f"{rest} is too much"
    for parameter in command.params:
        given = values.get(parameter.name or "")
        if parameter.required and not given and not is_mentioned_only:
            return f"{parameter.name} is missing"
    return None
