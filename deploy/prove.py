"""The image, built and run without an engine: ``make image-proof``, as root on Debian with buildah and debootstrap.

It runs as the image says, as its user, with nothing of this machine's environment, on a root that it cannot write to.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from urllib.parse import quote

import httpx
from psutil import Process

from commands import show
from deploy.image import BUILD_ID, VAR, Image, ProofError, build, make_base, make_home, megabytes, opened
from tests.databases import EMPTY, Postgres
from worker import GRACE
from workflows.server import Server, free_port, serving

ALLOWED_S = GRACE.total_seconds() + 10
"""What deploy/kubernetes and deploy/compose.yaml give a process to end."""
TOOLS = ("buildah", "debootstrap", "unshare")
INVOICE = {
    "merchant": "nordljus",
    "number": "90001",
    "issued": "2030-03-01",
    "due": "2030-04-01",
    "amount": "249.00",
    "customer": {"name": "Anna Lundberg", "kind": "consumer", "address": ["Storgatan 1", "111 22 Stockholm"]},
}
"""One that only a letter reaches: fonts, QR code and PDF come from the image."""


def main() -> None:
    """Build, look, run; say what was found, and how long and large."""
    with tempfile.TemporaryDirectory(prefix="kvitt-image-") as folder:
        os.environ["TMPDIR"] = folder
        place = Path(folder)
        base_s = _timed(lambda: make_base(place))
        build_s = _timed(lambda: build(place))
        with opened(place) as (image, size):
            of_base = megabytes(place / "base")
            show.OUT.print(f"base: {base_s:.0f} s, {of_base} MB; image on it: {build_s:.0f} s, {size - of_base} MB")
            _look(place, image)
            asyncio.run(_live(place, image))
    show.OUT.print("proven", style="green")


def _look(place: Path, image: Image) -> None:
    """What is in it, and what is not."""
    home = make_home(place)
    _expect("it says what it is", image.environment["KVITT_BUILD_ID"] == BUILD_ID)
    _expect("it is nobody's root", image.run(home, {}, "-u", program="id") == "0 10001\n")
    for name in ("gcc", "pip", "temporal", "git", "curl"):
        _expect(f"no {name} is in it", not image.has(name))
    kept = {path.name for path in (image.root / "kvitt").iterdir()}
    _expect("no tests, books or secrets are in it", not kept & {"tests", ".git", ".venv", "docs"})
    _expect("its root cannot be written to", "Read-only" in image.run(home, {}, "/kvitt/x", program="touch"))
    _expect("kvitt helps", image.run(home, {}, "--help").startswith("0 "))
    _expect("the doctor finds nothing wrong", image.run(home, {}, "doctor", "--offline").startswith("0 "))


async def _live(place: Path, image: Image) -> None:
    """Everything as in production, but for real customers: PostgreSQL, a Temporal server, a worker, a gateway."""
    home = make_home(place)
    tempfile.tempdir = str(home)  # where its socket is seen from both sides
    postgres = await asyncio.to_thread(Postgres)
    postgres.folder.chmod(0o711)
    try:
        async with serving(place / "temporal", 0, 0) as server:
            database = postgres.create("kvitt", EMPTY).replace(quote(str(home), safe=""), quote(VAR, safe=""))
            settings = _settings(home, server, database)
            await asyncio.to_thread(_migrate, image, home, settings)
            async with (
                _running(image, home, settings, "worker", "HEALTH"),
                _running(image, home, settings, "gateway", "GATEWAY"),
            ):
                await asyncio.to_thread(_deliver, image, home, settings)
    finally:
        postgres.close()


def _settings(home: Path, server: Server, database: str) -> dict[str, str]:
    """Of one installation; its secrets are files."""
    (home / "database").write_text(f"{database}\n")
    (home / "secret").write_text(f"{os.urandom(32).hex()}\n")
    return {
        "TEMPORAL_ADDRESS": server.address,
        "KVITT_DATABASE_URL_FILE": f"{VAR}/database",
        "KVITT_GATEWAY_SECRET_FILE": f"{VAR}/secret",
        **{f"KVITT_{name}_PORT": str(free_port(0)) for name in ("HEALTH", "GATEWAY")},
    }


def _migrate(image: Image, home: Path, settings: Mapping[str, str]) -> None:
    _expect(
        "the books are empty at first", image.run(home, settings, "migrate", "--check") == "1 The books are empty.\n"
    )
    _expect("they are migrated", image.run(home, settings, "migrate").endswith("; the newest.\n"))
    _expect("they need nothing more", image.run(home, settings, "migrate", "--check").startswith("0 "))


@asynccontextmanager
async def _running(
    image: Image, home: Path, settings: Mapping[str, str], command: str, port: str
) -> AsyncIterator[None]:
    """A process that answers its probes, until the block ends; then it stops in time."""
    began = time.monotonic()
    process = image.start(home, settings, command)
    try:
        ready_s = await asyncio.to_thread(_until_ready, process, int(settings[f"KVITT_{port}_PORT"]), began)
        memory = Process(process.pid).memory_info().rss // 2**20
        show.OUT.print(f"{command}: ready after {ready_s:.1f} s, in {memory} MB of memory")
        yield
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(process.wait, ALLOWED_S)
        show.OUT.print(f"{command}: stopped after {time.monotonic() - began:.1f} s")
        _expect(f"the {command} stops cleanly", code == 0)
    except BaseException:
        show.ERR.print((home / "output.log").read_text(), markup=False)
        raise
    finally:
        with suppress(ProcessLookupError):
            process.kill()


def _until_ready(process: subprocess.Popen[bytes], port: int, began: float) -> float:
    while time.monotonic() < began + 60 and process.poll() is None:
        with suppress(httpx.TransportError):
            if all(httpx.get(f"http://127.0.0.1:{port}{path}").status_code == 200 for path in ("/live", "/ready")):
                return time.monotonic() - began
        time.sleep(0.1)
    raise ProofError("it is not ready after a minute")


def _deliver(image: Image, home: Path, settings: Mapping[str, str]) -> None:
    """A letter is made and sent, which needs all of it."""
    _expect("the build is made current", image.run(home, settings, "deployment", "current", BUILD_ID).startswith("0 "))
    (home / "invoice.json").write_text(json.dumps(INVOICE))
    _expect("an invoice starts", image.run(home, settings, "start", f"{VAR}/invoice.json").startswith("0 "))
    _expect("time passes", image.run(home, settings, "fast-forward", "90001", "2000", "days").startswith("0 "))
    life = image.run(home, settings, "status", "90001", "--json").removeprefix("0 ").splitlines()
    sent = [one for one in map(json.loads, life) if one["did"] == "sent" and one.get("channel") == "letter"]
    _expect("it went out as a letter", bool(sent))
    _expect("the doctor finds nothing wrong now", image.run(home, settings, "doctor").startswith("0 "))


def _timed(work: Callable[[], None]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _expect(claim: str, holds: object) -> None:
    if not holds:
        raise ProofError(f"it does not hold: {claim}")
    show.OUT.print(f"✓ {claim}", highlight=False)


if __name__ == "__main__":
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        sys.exit(f"missing: {', '.join(missing)}; on Debian: apt-get install buildah debootstrap")
    main()
