"""The environment as settings read it: a variable says its value, or the same name and ``_FILE`` says where it stands.

Compose and Kubernetes hand secrets over as files, which no list of processes and no crash report shows.
"""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.problems import Problem

PREFIX = "KVITT_"
FILE = "_FILE"

NOT_OURS = frozenset({"KVITT_VENDOR_CACHE"})
"""Variables that only tests and tools read."""

LINK = re.compile(r"_SERVICE_(HOST|PORT)|_PORT_\d+_(TCP|UDP)")
"""What Kubernetes writes for a service that is called kvitt-something, unless it is told enableServiceLinks: false."""


@dataclass(frozen=True, slots=True)
class Environment:
    """What the environment says to us."""

    values: Mapping[str, str]
    """Of settings, those in files too."""
    files: Mapping[str, str]
    """Which settings stand in files, and the variables that say so."""
    strange: Mapping[str, str]
    """Variables that begin as ours and are no setting, and what they hold."""
    problems: tuple[Problem, ...]
    """What is wrong with the files."""

    @property
    def unknown(self) -> tuple[str, ...]:
        """The strange ones that nobody else has written."""
        return tuple(name for name, value in self.strange.items() if not _is_excused(name, value))


def read_environment(known: Collection[str]) -> Environment:
    """Read what is set of these settings, and what else begins as ours. What is set to nothing is not set."""
    ours = {name.upper(): value for name, value in sorted(os.environ.items()) if name.upper().startswith(PREFIX)}
    values, files, problems = {name: ours[name] for name in known if ours.get(name)}, {}, []
    for name in known:
        if path := ours.get(name + FILE):
            held = _held(name, path) if name not in values else _twice(name)
            if isinstance(held, Problem):
                problems.append(held)
            elif held:
                values[name], files[name] = held, name + FILE
    strange = {name: value for name, value in ours.items() if not {name, name.removesuffix(FILE)} & {*known}}
    return Environment(values, files, strange, tuple(problems))


def _held(name: str, path: str) -> str | Problem:
    """What a file holds, without the end of its last line."""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else "it is no text"
        cure = "name a file that we may read, with the value in it"
        return Problem("", None, name + FILE, f"{path} cannot be read ({why.lower()})", cure)


def _twice(name: str) -> Problem:
    return Problem("", None, name + FILE, f"is set, and so is {name}", "unset one of them")


def _is_excused(name: str, value: str) -> bool:
    return name in NOT_OURS or LINK.search(name) is not None or value.startswith(("tcp://", "udp://"))
