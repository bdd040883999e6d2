"""Kvitt as processes of some version: this one, or one of this repository's past."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
DRIVER = Path(__file__).parent / "driver.py"

FIRST = "273ca94"
"""The last commit whose schema is 0003: from it on, lives go on under whatever comes."""


@dataclass(frozen=True)
class Version:
    """A tree of the source, and the system that its processes take part in."""

    tree: Path
    home: Path
    temporal: str
    database: str

    @property
    def environment(self) -> dict[str, str]:
        """What a process of this version is told."""
        ours = {"PYTHONPATH": str(self.tree), "TEMPORAL_ADDRESS": self.temporal, "KVITT_DATABASE_URL": self.database}
        return {**os.environ, **ours, "KVITT_HOME": str(self.home), "KVITT_LOG_LEVEL": "info", "NO_COLOR": "1"}

    def start(self, *arguments: str, **settings: str) -> Process:
        """A process of its own, as in ``kvitt worker``."""
        log = self.home / f"{'-'.join(arguments)}-{time.monotonic_ns()}.log"
        with log.open("wb") as out:
            command = [sys.executable, "-m", "starter", *arguments]
            environment = self.environment | settings
            return Process(subprocess.Popen(command, cwd=self.tree, env=environment, stdout=out, stderr=out), log)

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """A command, to its end."""
        command = [sys.executable, "-m", "starter", *arguments]
        return subprocess.run(
            command, cwd=self.tree, env=self.environment, capture_output=True, text=True, timeout=120, check=False
        )

    def drive(self, lives: Mapping[str, tuple[str, str | None]]) -> dict[str, list[dict[str, Any]]]:
        """Live these stories, each up to its moment; the lives."""
        job = json.dumps({"temporal": self.temporal, "database": self.database, "lives": lives})
        ran = subprocess.run(
            [sys.executable, DRIVER],
            cwd=self.tree,
            env=self.environment,
            input=job,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        found: dict[str, list[dict[str, Any]]] = json.loads(ran.stdout.splitlines()[-1])
        return found


@dataclass(frozen=True)
class Process:
    """A running process, and what it says."""

    popen: subprocess.Popen[bytes]
    log: Path

    def wait_until_said(self, words: str) -> None:
        """While it runs."""
        deadline = time.monotonic() + 60
        while words not in self.log.read_text():
            assert self.popen.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.05)

    def stop(self) -> None:
        """As containers do; it ends well."""
        if self.popen.poll() is None:
            self.popen.send_signal(signal.SIGTERM)
        assert self.popen.wait(60) == 0, self.log.read_text()

    def kill(self) -> None:
        """Leave nothing behind."""
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait()


def tree_of(commit: str, folder: Path) -> Path:
    """The source as a commit of this repository has it. Elsewhere than in CI, one that is not there skips the test."""
    asked = ["git", "-C", str(ROOT), "archive", "--format=tar", commit]
    try:
        packed = subprocess.run(asked, capture_output=True, check=True).stdout
    except (FileNotFoundError, subprocess.CalledProcessError):
        missing = f"the commit {commit} is not here; a drill needs a clone with its history: git fetch --unshallow"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder, filter="data")
    return folder
