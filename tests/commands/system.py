"""``kvitt`` as people run it: processes of their own, in a home of their own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.databases import database_of, on_postgres
from workflows.server import free_port

KVITT = str(Path(sys.executable).parent / "kvitt")


def own_ports() -> dict[str, str]:
    """Ports that nobody has: homes of different tests come up at the same time."""
    return {f"KVITT_{name}_PORT": str(free_port(0)) for name in ("GATEWAY", "TEMPORAL", "UI")}


@dataclass(frozen=True)
class System:
    """A home and the ports that are asked for there."""

    home: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, str] = field(default_factory=own_ports)

    @property
    def environment(self) -> dict[str, str]:
        terminal = {"NO_COLOR": "1", "COLUMNS": "160", "TERM": "dumb"}
        books = {"KVITT_DATABASE_URL": database_of(self.home)} if on_postgres() else {}
        return {**os.environ, "KVITT_HOME": str(self.home), **books, **terminal, **self.ports, **self.settings}

    def run(self, *arguments: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [KVITT, *arguments], env=self.environment, capture_output=True, text=True, timeout=timeout, check=False
        )

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.home / "output.log").open("ab") as log:
            return subprocess.Popen([KVITT, *arguments], env=self.environment, stdout=log, stderr=log)

    @contextmanager
    def up(self) -> Iterator[subprocess.Popen[bytes]]:
        process = self.start("up")
        try:
            self.wait_until_up(process)
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
                process.wait(40)

    def wait_until_up(self, process: subprocess.Popen[bytes]) -> None:
        """``up.json`` is written when everything listens."""
        self.wait_until((self.home / "up.json").exists, process)

    def wait_until_said(self, words: str, process: subprocess.Popen[bytes]) -> None:
        """A process that runs by itself says in its log when it does."""
        self.wait_until(lambda: words in (self.home / "output.log").read_text(), process)

    def wait_until(self, claim: Callable[[], bool], process: subprocess.Popen[bytes] | None = None) -> None:
        """Until the claim holds; while the process, if one is named, runs."""
        deadline = time.monotonic() + 60
        while not claim():
            assert process is None or process.poll() is None, (self.home / "output.log").read_text()
            assert time.monotonic() < deadline, (self.home / "output.log").read_text()
            time.sleep(0.1)

    def processes(self) -> list[psutil.Process]:
        """Every process that works in this home."""
        return [process for process in psutil.process_iter(["cmdline", "environ"]) if self._is_ours(process)]

    def _is_ours(self, process: psutil.Process) -> bool:
        words = " ".join(process.info["cmdline"] or [])
        environment = process.info["environ"] or {}
        return str(self.home) in words or environment.get("KVITT_HOME") == str(self.home)
