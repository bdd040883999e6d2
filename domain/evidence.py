"""The evidence pack: files that prove a claim, and a log in which each line holds the hash of the line before.

What one line says cannot be changed without changing every line after it, and so the last one's hash: the head.
Whoever knows the head knows the whole pack.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from domain.archive import Archive, Problem, read, write

LOG = "log.jsonl"
CLAIM = "claim.json"
"""The notice to the agency, where the pack is a hand-over."""
HISTORY = "history.jsonl"
SEALED = "sealed"
"""What the last line tells."""
NOTHING = "0" * 64
"""What the first line has before it."""
_UNREADABLE = (ValueError, RecursionError, TypeError)


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the pack, or an act: then ``path`` is the line of the history that tells of it (``…#3``)."""

    path: str
    body: bytes
    what: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the log."""

    seq: int
    prev: str
    what: str
    path: str
    sha256: str
    size: int
    at: str

    @property
    def is_act(self) -> bool:
        """Whether it tells of an act, which is a line of the history, and not of a file."""
        return "#" in self.path

    def __bytes__(self) -> bytes:
        return compact(asdict(self))


@dataclass(frozen=True, slots=True)
class Checked:
    """What a pack holds and what is wrong with it."""

    files: Mapping[str, bytes]
    lines: tuple[Line, ...]
    problems: tuple[Problem, ...]
    head: str
    """What the log's last line hashes to; empty: there is none."""


def compact(value: object) -> bytes:
    """JSON on one line, always the same for the same value."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def indented(value: object) -> bytes:
    """JSON for people, always the same for the same value."""
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def rows(values: Iterable[object]) -> bytes:
    """JSON, a value a line."""
    return b"".join(compact(value) + b"\n" for value in values)


def act_path(number: int) -> str:
    """Where an act stands: the line of the history, from 1."""
    return f"{HISTORY}#{number}"


def packed(pieces: Iterable[Piece], at: datetime, notice: Mapping[str, Any] | None = None) -> bytes:
    """The pack of these pieces, in the order of their moments; with a notice it is a hand-over.

    The notice is told which evidence it rests on: how many lines stand before its own, and what the last of them hashes
    to.
    """
    log, files = _Log(), {}
    for piece in sorted(pieces, key=lambda piece: piece.at):
        log.add(piece)
        if "#" not in piece.path:
            files[piece.path] = piece.body
    if notice is not None:
        evidence = {"lines": len(log.lines), "sha256": log.head}
        claim = Piece(CLAIM, indented({**notice, "evidence": evidence}), "the notice to the agency", at)
        log.add(claim)
        files[CLAIM] = claim.body
    log.add(Piece(LOG, log.text, SEALED, at))
    return write({**files, LOG: log.text})


def check(data: bytes) -> Checked:
    """What a pack holds, and everything that is wrong with it. No input is an error."""
    archive = read(data)
    if LOG not in archive.files:
        lost = () if archive.problems else (Problem(LOG, "is missing; this is no evidence pack"),)
        return Checked(archive.files, (), (*archive.problems, *lost), "")
    raw = archive.files[LOG].split(b"\n")[:-1] or [b""]
    lines = [_line(text) for text in raw]
    problems = (*archive.problems, *_of_log(archive.files[LOG], raw, lines), *_of_files(archive, lines[:-1]))
    return Checked(archive.files, tuple(filter(None, lines)), tuple(dict.fromkeys(problems)), _hash(raw[-1]))


def head_of(data: bytes) -> str | None:
    """A pack's head; None: these bytes are no pack."""
    return check(data).head or None


class _Log:
    """The lines as they are added."""

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    @property
    def head(self) -> str:
        return _hash(self.lines[-1]) if self.lines else NOTHING

    @property
    def text(self) -> bytes:
        return b"".join(line + b"\n" for line in self.lines)

    def add(self, piece: Piece) -> None:
        at, size = piece.at.isoformat(timespec="seconds"), len(piece.body)
        line = Line(len(self.lines) + 1, self.head, piece.what, piece.path, _hash(piece.body), size, at)
        self.lines.append(bytes(line))


def _hash(body: bytes) -> str:
    return sha256(body).hexdigest()


def _line(text: bytes) -> Line | None:
    """A line of the log; None: it is none, or not written as we write it."""
    try:
        line = Line(**json.loads(text))
        kinds = [type(value) for value in asdict(line).values()]
        return line if bytes(line) == text and kinds == [int, str, str, str, str, int, str] else None
    except _UNREADABLE:
        return None


def _of_log(text: bytes, raw: Sequence[bytes], lines: Sequence[Line | None]) -> Iterator[Problem]:
    """What is wrong with the chain."""
    before = NOTHING
    for number, (written, line) in enumerate(zip(raw, lines, strict=True), start=1):
        where = f"{LOG} line {number}"
        if line is None:
            yield Problem(where, "is not a line as Kvitt writes it")
        elif line.seq != number:
            yield Problem(where, f"says that it is line {line.seq}")
        elif line.prev != before:
            yield Problem(where, "does not follow the line before: one of the two, or one between, was changed")
        before = _hash(written)
    if not text.endswith(b"\n"):
        yield Problem(LOG, "does not end with a whole line")
    body = text[: len(text) - len(raw[-1]) - 1]
    seal = lines[-1]
    if seal is None or (seal.what, seal.path, seal.size, seal.sha256) != (SEALED, LOG, len(body), _hash(body)):
        yield Problem(LOG, "is not sealed: its last line does not fit those before")


def _of_files(archive: Archive, lines: Sequence[Line | None]) -> Iterator[Problem]:
    """What is wrong with the files, as the log tells of them."""
    told, readable, sealable = {LOG}, [line for line in lines if line], _sealable(archive.files)
    for line in readable:
        body = sealable.get(line.path)
        if body is None:
            yield Problem(line.path, f"is missing; line {line.seq} of the log tells of it")
        elif (len(body), _hash(body)) != (line.size, line.sha256):
            yield Problem(line.path, f"is not what was sealed: it hashes to {_hash(body)}, not to {line.sha256}")
        if line.path in told:
            yield Problem(line.path, "is in the log twice")
        told.add(line.path)
    if len(readable) == len(lines):
        yield from (Problem(path, "is not in the log") for path in archive.files if path not in told)
    if CLAIM in archive.files:
        yield from _of_claim(archive.files[CLAIM], readable)


def _sealable(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """What a line of the log may tell of: a file, or an act of the history."""
    acts = files.get(HISTORY, b"").split(b"\n")[:-1]
    return {**files, **{act_path(number): act for number, act in enumerate(acts, start=1)}}


def _of_claim(claim: bytes, lines: Sequence[Line]) -> Iterator[Problem]:
    """Whether the notice names the evidence that stands before it."""
    try:
        evidence = json.loads(claim)["evidence"]
    except (*_UNREADABLE, KeyError):
        yield Problem(CLAIM, "cannot be read")
        return
    before = next((line for line in lines if line.path == CLAIM), None)
    if before and evidence != {"lines": before.seq - 1, "sha256": before.prev}:
        yield Problem(CLAIM, "names other evidence than the log has before it")
