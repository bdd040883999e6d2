"""README and guides: what they show runs, in the order they show it."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.commands.system import System

pytestmark = pytest.mark.xdist_group("system")

DOCUMENTS = ("README.md", "docs/developers.md")
BLOCK = re.compile(r"^```(console|python)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def lines_of(block: str) -> list[list[str]]:
    """The ``kvitt`` commands of a console block; those that run until Ctrl-C are tested elsewhere."""
    commands = [shlex.split(line, comments=True) for line in block.splitlines() if "kvitt" in line.split("#")[0]]
    return [words[1:] for words in commands if words[1] not in ("up", "demo", "worker", "gateway")]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_the_document_shows_runs(system: System, document: str):
    blocks = BLOCK.findall(Path(document).read_text())
    assert blocks

    for language, block in blocks:
        if language == "python":
            command, environment = [sys.executable, "-c", block], system.environment
            ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
            assert ran.returncode == 0, ran.stderr
            continue
        for arguments in lines_of(block):
            result = system.run(*arguments)
            assert result.returncode == 0, (arguments, result.stderr)
