"""What the guide for operations shows of upgrades runs, in its order, on a system of two builds."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.databases import empty_database
from tests.docs.reading import OPERATIONS
from tests.upgrade.versions import ROOT, Version
from workflows.server import COLUMNS, connect, lacking_columns, serving

SECTION = re.search(r"^## Upgrade$.*?(?=^## )", OPERATIONS, re.MULTILINE | re.DOTALL)
BUILDS = ("2026.11.1", "2026.11.2")


def shown() -> list[list[str]]:
    """Every command of the section's blocks."""
    assert SECTION
    blocks = re.findall(r"^```console\n(.*?)^```", SECTION[0], re.MULTILINE | re.DOTALL)
    return [shlex.split(line) for block in blocks for line in block.splitlines()]


def ours() -> list[list[str]]:
    return [words[1:] for words in shown() if words[0] == "kvitt"]


def of_temporal() -> list[list[str]]:
    return [words[1:] for words in shown() if words[0] == "temporal"]


def test_the_guide_shows_what_this_runs():
    assert len(ours()) + len(of_temporal()) == len(shown())
    assert ["deployment", "current", BUILDS[1]] in ours()
    assert ["deployment", "current", BUILDS[0]] in ours()


async def test_the_commands_of_the_section_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workflows.server.COLUMNS", {})
    async with serving(tmp_path / "server", 0, 0) as server:
        monkeypatch.setattr("workflows.server.COLUMNS", COLUMNS)
        version = Version(ROOT, tmp_path, server.address, empty_database(tmp_path))
        for arguments in of_temporal():
            await asyncio.to_thread(_run_temporal, arguments, server.address)
        client = await connect(server.address)
        async with asyncio.timeout(30):  # the server registers them a moment later
            while await lacking_columns(client):
                await asyncio.sleep(0.1)
        workers = [version.start("worker", KVITT_BUILD_ID=build) for build in BUILDS]
        try:
            for worker in workers:
                await asyncio.to_thread(worker.wait_until_said, "the worker runs")
            for arguments in ours():
                ran = await asyncio.to_thread(version.run, *arguments)
                assert ran.returncode == 0, (arguments, ran.stdout, ran.stderr)
            shows = await asyncio.to_thread(version.run, "deployment", "show")
            for worker in workers:
                await asyncio.to_thread(worker.stop)
        finally:
            for worker in workers:
                worker.kill()

    assert re.search(rf"^{re.escape(BUILDS[0])} +current +100 %", shows.stdout, re.MULTILINE), shows.stdout


def test_make_asks_running_cases_by_the_same_command():
    recipe = re.search(r"^replay-live: install .*\n\t(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert recipe
    assert recipe[1] == "$(BIN)/kvitt deployment replay --sample $(SAMPLE)"


def _run_temporal(arguments: list[str], address: str) -> None:
    beside = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    program = shutil.which("temporal", path=beside)
    assert program
    subprocess.run([program, *arguments, "--address", address], check=True, capture_output=True, timeout=60)
