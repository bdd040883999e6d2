"""A ZIP that is always the same bytes for the same files: stored, sorted, undated.

What is read is made again and compared, so a byte that is not as we write it is found wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from struct import Struct
from typing import NamedTuple
from zlib import crc32

STRUCTURE = "the ZIP's own structure"
"""Where a problem is that lies in no file."""
MOST_FILES = 5_000
MOST_BYTES = 256 * 1024 * 1024
"""Of a whole ZIP. Nothing in it is compressed, so it cannot hold more than it weighs."""

_PATH = re.compile(r"(?!.*(?:^|/)\.)[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)*", re.ASCII)
"""No folder above, no absolute path, no hidden file, no letter that two systems write differently."""
_LONGEST_PATH = 200

_LOCAL = Struct("<4s5H3L2H")
_ENTRY = Struct("<4s6H3L5H2L")
_END = Struct("<4s4H2LH")
_VERSION = 20
_MADE_BY = 3 << 8 | _VERSION
_FIRST_DAY = 1 << 5 | 1
"""1 January 1980, the first day that a ZIP can name: when a file was made is the log's to tell."""
_PLAIN_FILE = 0o100644 << 16


class ArchiveError(ValueError):
    """Files that make no ZIP of ours."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and where: a file, a line of one, or the ZIP's own structure."""

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


@dataclass(frozen=True, slots=True)
class Archive:
    """What could be read of a ZIP, and what is wrong with the ZIP itself."""

    files: Mapping[str, bytes]
    problems: tuple[Problem, ...] = ()


class _Head(NamedTuple):
    """What the ZIP says of a file."""

    size: int
    checksum: int


def write(files: Mapping[str, bytes]) -> bytes:
    """The ZIP of these files.

    Raises:
        ArchiveError: a path that we do not write, or more than we read again.
    """
    for path in files:
        if why := _unfit(path):
            raise ArchiveError(f"{path!r} {why}")
    heads = {path: _Head(len(files[path]), crc32(files[path])) for path in sorted(files)}
    parts = [part for path, head in heads.items() for part in (_local(path, head), files[path])]
    data = b"".join([*parts, *_directory(heads)])
    if len(files) > MOST_FILES or len(data) > MOST_BYTES:
        raise ArchiveError(f"{len(files)} files of {len(data)} bytes are more than a pack holds")
    return data


def read(data: bytes) -> Archive:
    """What a ZIP holds, read as strictly as it is written."""
    if len(data) > MOST_BYTES:
        return Archive({}, (Problem(STRUCTURE, f"is longer than {MOST_BYTES} bytes; nothing of it was read"),))
    files: dict[str, bytes] = {}
    heads: dict[str, _Head] = {}
    problems: list[Problem] = []
    at = 0
    while data.startswith(b"PK\x03\x04", at):
        try:
            path, head, body = _file_at(data, at)
            if path in files or len(files) == MOST_FILES:
                raise ArchiveError(f"{path} is there twice" if path in files else f"holds over {MOST_FILES} files")
        except ArchiveError as error:
            return Archive(files, (*problems, Problem(STRUCTURE, f"{error} (at byte {at})")))
        local = _local(path, head)
        if not data.startswith(local, at):
            problems.append(Problem(STRUCTURE, f"the header of {path} is not as Kvitt writes it"))
        if head.checksum != crc32(body):
            problems.append(Problem(path, "does not fit the ZIP's checksum of it"))
        files[path], heads[path] = body, head
        at += len(local) + head.size
    if not files:
        return Archive({}, (Problem(STRUCTURE, "this is no ZIP that Kvitt wrote"),))
    return Archive(files, (*problems, *_wrong_at_the_end(heads, data[at:])))


def _unfit(path: str) -> str:
    """Why a path is none of ours; empty: it is."""
    if len(path) > _LONGEST_PATH:
        return "is too long a path"
    return "" if _PATH.fullmatch(path) else "is no path inside a pack"


def _local(path: str, head: _Head) -> bytes:
    """What stands before a file."""
    fields = (_VERSION, 0, 0, 0, _FIRST_DAY, head.checksum, head.size, head.size, len(path), 0)
    return _LOCAL.pack(b"PK\x03\x04", *fields) + path.encode("ascii")


def _directory(heads: Mapping[str, _Head]) -> list[bytes]:
    """The list at the end: an entry for each file, then where the list is."""
    entries, at = [], 0
    for path, (size, checksum) in heads.items():
        fields = (_MADE_BY, _VERSION, 0, 0, 0, _FIRST_DAY, checksum, size, size, len(path), 0, 0, 0, 0, _PLAIN_FILE, at)
        entries.append(_ENTRY.pack(b"PK\x01\x02", *fields) + path.encode("ascii"))
        at += _LOCAL.size + len(path) + size
    size, count = sum(map(len, entries)), len(entries)
    return [*entries, _END.pack(b"PK\x05\x06", 0, 0, count, count, size, at, 0)]


def _file_at(data: bytes, at: int) -> tuple[str, _Head, bytes]:
    """The file whose header begins here."""
    start = at + _LOCAL.size
    if start > len(data):
        raise ArchiveError("is cut off within a header")
    _, _, flags, method, _, _, checksum, packed, size, name, extra = _LOCAL.unpack_from(data, at)
    path = data[start : start + name].decode("ascii", errors="replace")
    if why := _unfit(path):
        raise ArchiveError(f"{path[:_LONGEST_PATH]!r} {why}")
    if flags or method or extra or packed != size:
        raise ArchiveError(f"{path} is compressed, encrypted, or has fields that Kvitt does not write")
    body = data[start + name : start + name + size]
    if len(body) < size:
        raise ArchiveError(f"{path} is cut off: {len(body)} of {size} bytes are there")
    return path, _Head(size, checksum), body


def _wrong_at_the_end(heads: Mapping[str, _Head], found: bytes) -> list[Problem]:
    """What is wrong with the list at the end."""
    if list(heads) != sorted(heads):
        return [Problem(STRUCTURE, "its files are not in order")]
    if not found.startswith(b"PK\x01\x02"):
        return [Problem(STRUCTURE, f"neither a file nor the list of files follows {[*heads][-1]}")]
    problems: list[Problem] = []
    at = 0
    for path, expected in zip([*heads, ""], _directory(heads), strict=True):
        part, what = found[at : at + len(expected)], f"the list's entry of {path}" if path else "the list's last entry"
        at += len(part)
        if len(part) < len(expected):
            return [*problems, Problem(STRUCTURE, f"{what} is cut off")]
        if part != expected:
            problems.append(Problem(STRUCTURE, f"{what} is not as Kvitt writes it"))
    if len(found) > at:
        problems.append(Problem(STRUCTURE, f"something follows its end: {len(found) - at} bytes"))
    return problems
