"""Files of invoices as rows: JSON (one or a list), JSON Lines, CSV; each knows its line, a broken one says so."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from config.problems import ConfigError, Problem, Where, nearest, shown_key
from config.yaml_tree import read_tree

COLUMNS: dict[str, Where] = {
    "merchant": ("merchant",),
    "number": ("number",),
    "issued": ("issued",),
    "due": ("due",),
    "currency": ("currency",),
    "amount": ("amount",),
    "reference": ("reference",),
    "customer_name": ("customer", "name"),
    "customer_kind": ("customer", "kind"),
    "customer_country": ("customer", "country"),
    "customer_language": ("customer", "language"),
    "customer_email": ("customer", "email"),
    "customer_phone": ("customer", "phone"),
    "customer_address": ("customer", "address"),
    "customer_group": ("customer", "group"),
}
"""The columns of a CSV file, and where in an invoice each stands. The lines of an address are parted by ``|``."""

_DEEP, _DEEPEST = "is nested too deeply", 24

_NAMES = {where: column for column, where in COLUMNS.items()}


@dataclass(frozen=True, slots=True)
class Row:
    """One invoice as it is written; ``source`` is its text, where that can tell the line of a key."""

    file: str
    line: int | None
    data: Mapping[str, Any]
    source: str = ""
    flat: bool = False
    broken: Problem | None = None

    def problem(self, where: Where, problem: str, cure: str) -> Problem:
        """A problem at a key of this row."""
        key = _NAMES.get(where[:2], shown_key(where)) if self.flat else shown_key(where)
        return Problem(self.file, self._line_of(where), key, problem, cure)

    def _line_of(self, where: Where) -> int | None:
        if self.line is None or "\n" not in self.source:
            return self.line
        try:
            return self.line - 1 + read_tree(self.source, self.file).line(where)
        except ConfigError:
            return self.line


class _TwiceError(ValueError):
    """A key written twice."""


def read_rows(path: Path) -> Iterator[Row]:
    """Read a file row by row.

    Raises:
        ConfigError: the file cannot be read at all.
    """
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        problem = Problem(str(path), None, "", "is no file of invoices", f"name it {', '.join(_READERS)}")
        raise ConfigError([problem])
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield from reader(stream, str(path))
    except OSError as error:
        problem = Problem(str(path), None, "", f"cannot be read: {(error.strerror or '').lower()}", "check the path")
        raise ConfigError([problem]) from None
    except UnicodeDecodeError:
        yield _broken(str(path), None, "is not UTF-8 text", "save it as UTF-8 and read it again")


def read_json(text: str) -> Any:
    """Read JSON that came with a request, by the rules of files: numbers stay text, no key is written twice.

    Raises:
        ConfigError: it is not JSON, or goes deeper than anything that we read.
    """
    try:
        data = _DECODER.decode(text)
    except (ValueError, RecursionError) as error:
        broken = _undecoded("", None, error).broken
        raise ConfigError([broken] if broken else []) from None
    if _is_deep(data):
        raise ConfigError([Problem("", None, "", _DEEP, "write it as docs/developers.md shows")])
    return data


def _is_deep(data: object) -> bool:
    """Whether there is anything below the deepest level that an invoice, its terms or a batch has."""
    level = [data]
    for _ in range(_DEEPEST):
        level = [
            item
            for node in level
            if isinstance(node, dict | list)
            for item in (node.values() if isinstance(node, dict) else node)
        ]
    return bool(level)


def _json(stream: TextIO, file: str) -> Iterator[Row]:
    """One invoice, or a list of them; each is decoded by itself, so that it knows its line."""
    text = stream.read()
    position, line = _skip(text, 0, 1, "")
    listed = text.startswith("[", position)
    if listed:
        position, line = _skip(text, position + 1, line, "")
    while not text.startswith("]", position) or not listed:
        try:
            data, end = _DECODER.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            yield _undecoded(file, error.lineno if isinstance(error, json.JSONDecodeError) else line, error)
            return
        yield Row(file, line, data, text[position:end])
        line += text.count("\n", position, end)
        position, line = _skip(text, end, line, "," if listed else "")
        if not listed:
            break
    position += listed
    if text[position:].strip():
        yield _broken(file, line, "goes on after its end", "write one invoice, or a list in [ ]")


def _skip(text: str, position: int, line: int, comma: str) -> tuple[int, int]:
    """The position and line of what follows white space, and one comma where there may be one."""
    start = position
    while position < len(text) and (text[position].isspace() or (comma and text[position] == comma)):
        comma = "" if text[position] == comma else comma
        position += 1
    return position, line + text.count("\n", start, position)


def _json_lines(stream: TextIO, file: str) -> Iterator[Row]:
    for line, text in enumerate(stream, start=1):
        if not text.strip():
            continue
        try:
            yield Row(file, line, _DECODER.decode(text.strip()))
        except (ValueError, RecursionError) as error:
            yield _undecoded(file, line, error)


def _csv(stream: TextIO, file: str) -> Iterator[Row]:
    first = stream.readline()
    reader = csv.reader(_again(first, stream), delimiter=";" if first.count(";") > first.count(",") else ",")
    header = [column.strip() for column in next(reader, [])]
    unknown = [column for column in header if column not in COLUMNS]
    if unknown or len(set(header)) < len(header) or not header:
        yield _bad_header(file, header, unknown)
        return
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield _broken(file, line, f"is not CSV: {error}", "check the quotes")
            continue
        if len(cells) > len(header):
            cure = "put quotes around a cell that has the delimiter in it"
            yield _broken(file, line, f"has {len(cells)} cells for {len(header)} columns", cure)
        elif any(cell.strip() for cell in cells):
            yield Row(file, line, _nested(dict(zip(header, cells, strict=False))), flat=True)


def _again(first: str, stream: TextIO) -> Iterator[str]:
    yield first
    yield from stream


def _nested(cells: Mapping[str, str]) -> dict[str, Any]:
    data: dict[str, Any] = {"customer": {}}
    for column, cell in cells.items():
        if cell.strip():
            where = COLUMNS[column]
            (data["customer"] if len(where) > 1 else data)[str(where[-1])] = cell
    return data


def _bad_header(file: str, header: list[str], unknown: list[str]) -> Row:
    if unknown:
        return _broken(file, 1, f'unknown column "{unknown[0]}"', nearest(unknown[0], COLUMNS))
    problem = "names a column twice" if header else "has no line of column names"
    return _broken(file, 1, problem, f"known: {', '.join(COLUMNS)}")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _TwiceError(f'"{next(key for key in keys if keys.count(key) > 1)}" is written twice')
    return data


_DECODER = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_unique)
"""Numbers stay the text that was written: no amount is ever a float."""


def _undecoded(file: str, line: int | None, error: ValueError | RecursionError) -> Row:
    match error:
        case json.JSONDecodeError():
            return _broken(file, line, f"is not JSON: {error.msg.lower()}", "check quotes and commas")
        case _TwiceError():
            return _broken(file, line, str(error), "keep one of them")
        case _:
            return _broken(file, line, _DEEP, "write it as docs/merchants.md shows")


def _broken(file: str, line: int | None, problem: str, cure: str) -> Row:
    return Row(file, line, {}, broken=Problem(file, line, "", problem, cure))


_READERS = {".json": _json, ".jsonl": _json_lines, ".csv": _csv}
