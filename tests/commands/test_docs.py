"""README and guides: what they show runs, in the order they show it."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import pytest

from gateway.api.app import PREFIX
from store.keys import Scope
from tests.commands.system import System

pytestmark = pytest.mark.xdist_group("system")

RUNS = {"python": [sys.executable, "-c"], "sh": ["bash", "-euo", "pipefail", "-c"]}
"""How blocks run as they are; of a console block its ``kvitt`` commands do."""
DOCUMENTS = ("README.md", "docs/developers.md")
BLOCK = re.compile(r"^```(console|python|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def lines_of(block: str) -> list[list[str]]:
    """The ``kvitt`` commands of a console block; those that run until Ctrl-C are tested elsewhere."""
    commands = [shlex.split(line, comments=True) for line in block.splitlines() if "kvitt" in line.split("#")[0]]
    return [words[1:] for words in commands if words[1] not in ("up", "demo", "worker", "gateway")]


def caller(system: System) -> dict[str, str]:
    """What the guide calls the API with: its address, and a key."""
    made = system.run("api-key", "create", "nordljus", "--name", "guide", "--scopes", ",".join(Scope), "--json")
    up = json.loads((system.home / "up.json").read_text())
    return {"API": f"{up['gateway']}{PREFIX}", "KEY": json.loads(made.stdout)["key"]}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_what_the_document_shows_runs(system: System, document: str):
    blocks = BLOCK.findall(Path(document).read_text())
    assert blocks
    environment = system.environment | caller(system)

    for language, block in blocks:
        if language == "sh" and shutil.which("curl") is None and not os.environ.get("CI"):
            warnings.warn(f"no curl on this machine; left out: {block}", stacklevel=1)
            continue
        if language in RUNS:
            command = [*RUNS[language], block]
            ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
            assert ran.returncode == 0, (block, ran.stdout, ran.stderr)
            continue
        for arguments in lines_of(block):
            result = system.run(*arguments)
            assert result.returncode == 0, (arguments, result.stderr)
