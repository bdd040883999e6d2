"""The ground of a run: server, books, vendors, and the processes that are killed and replaced. All end with it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from aiosmtpd.controller import Controller
from sqlalchemy import make_url

from store.books import Books, open_books
from tests.channels.house import Press, Server
from tests.channels.vendor import answering, vendor
from tests.databases import Postgres, database_of, on_postgres
from tests.faults.crew import PRINT_TIMEOUT_S, Station, Task, serve, work
from tests.faults.plan import Fuses, Life, Plan, Seat
from tests.faults.vendors import Caller, MailServer, Pingen, PrintSteps, SendGrid, Twilio, print_all
from workflows.client import CaseClient
from workflows.clock import SERVER_SETTINGS
from workflows.server import connect, free_port, serving

WORKERS = 3
"""As in production there are several: who loses one goes on with the others."""
HASTY = SERVER_SETTINGS | {"history.defaultWorkflowTaskTimeout": '"3s"'}
"""A server that misses a worker sooner: a look that was killed begins again after that time."""
_PROCESSES = get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.faults.crew"])


@dataclass
class Crew:
    """The processes, each replaced as soon as it is dead."""

    station: Station
    jobs: dict[int, tuple[Task, ForkServerProcess]] = field(default_factory=dict)
    dead: int = 0
    _watch: asyncio.Task[None] | None = None

    def start(self, tasks: Sequence[Task]) -> None:
        for nth, task in enumerate(tasks):
            self._start(nth, task)
        self._watch = asyncio.create_task(self._replace())

    def kill(self, pid: int) -> None:
        """Kill one of ours."""
        for _, process in tuple(self.jobs.values()):
            if process.pid == pid and process.is_alive():
                os.kill(pid, signal.SIGKILL)
                process.join(5)

    async def close(self) -> None:
        if self._watch:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        for _, process in self.jobs.values():
            process.kill()
        for _, process in self.jobs.values():
            await asyncio.to_thread(process.join, 10)

    async def _replace(self) -> None:
        while True:
            for nth, (task, process) in tuple(self.jobs.items()):
                if not process.is_alive():
                    self.dead += 1
                    process.close()
                    self._start(nth, task)
            await asyncio.sleep(0.05)

    def _start(self, nth: int, task: Task) -> None:
        process = _PROCESSES.Process(target=task, args=(self.station, nth), daemon=True)
        process.start()
        self.jobs[nth] = task, process


@dataclass
class Field:
    """Everything that a run needs, and what it counts."""

    home: Path
    plan: Plan
    fuses: Fuses
    books: Books
    client: CaseClient = field(init=False)
    caller: Caller = field(init=False)
    crew: Crew = field(init=False)
    sendgrid: SendGrid = field(init=False)
    twilio: Twilio = field(init=False)
    mail: MailServer = field(init=False)
    press: Press = field(init=False)
    pingen: Pingen = field(init=False)
    server: Temporal = field(init=False)
    postgres: Postgres | None = None
    _places: dict[str, tuple[Life, str]] = field(default_factory=dict)

    def place(self, send_id: str) -> tuple[Life, str] | None:
        """Whose send it is, and of which step."""
        if send_id not in self._places:
            kept = self.books.sends.by_id(send_id)
            if kept is None:
                return None
            self._places[send_id] = self.plan.lives[kept.number], kept.send.step
        return self._places[send_id]

    def kill_asker(self, send_id: str) -> None:
        """Kill the worker that is asking about this send now."""
        self.crew.kill(int((self.home / "asking" / send_id).read_text()))

    def print_letters(self) -> None:
        """It is evening: what lies at the houses is printed and reported."""
        ways = self.crew.station.ways
        print_all(self.press, self.pingen, [ways[seat].tend for seat in (Seat.PRINT_HOUSE, Seat.PINGEN)])  # type: ignore[attr-defined]

    @contextmanager
    def database_down(self) -> Iterator[None]:
        """Nobody gets into the books to write."""
        url = make_url(self.crew.station.database)
        if self.postgres is None:
            lock = sqlite3.connect(url.database or "", timeout=20, isolation_level=None, check_same_thread=False)
            try:
                lock.execute("BEGIN EXCLUSIVE")
                yield
            finally:
                lock.close()
            return
        name = url.database
        self.postgres.run(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS false')
        self.postgres.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        try:
            yield
        finally:
            self.postgres.run(f'ALTER DATABASE "{name}" WITH ALLOW_CONNECTIONS true')


@dataclass
class Temporal:
    """The server, which can be stopped and started again in the same home, at the same address."""

    home: Path
    port: int
    _up: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    async def start(self) -> None:
        server = await self._up.enter_async_context(serving(self.home, self.port, 0, HASTY))
        self.port = server.port

    async def stop(self) -> None:
        await self._up.aclose()


@asynccontextmanager
async def open_field(home: Path, plan: Plan) -> AsyncIterator[Field]:
    """Bring everything up; and down again, whatever happens."""
    for name in ("fuses", "asking", "keys"):
        (home / name).mkdir(parents=True)
    async with AsyncExitStack() as stack:
        database = await asyncio.to_thread(database_of, home)
        books = open_books(database)
        stack.callback(books.close)
        opened = Field(home, plan, Fuses(home / "fuses"), books)
        opened.server = Temporal(home, free_port(0))
        stack.push_async_callback(opened.server.stop)
        await opened.server.start()
        opened.client = CaseClient(await connect(opened.server.address), books, "kvitt", test_clocks=True)
        port = free_port(0)
        opened.caller = Caller(opened, f"http://127.0.0.1:{port}")
        stack.callback(opened.caller.close)
        opened.sendgrid = SendGrid(opened, opened.caller)
        opened.twilio = Twilio(opened, opened.caller, f"http://127.0.0.1:{port}")
        opened.mail = MailServer(opened)
        opened.press = Press(home / "printhouse")
        sendgrid, twilio = (stack.enter_context(vendor(answering(500))) for _ in range(2))
        sendgrid.act, twilio.act = opened.sendgrid, opened.twilio
        mail = Controller(opened.mail, hostname="127.0.0.1", port=free_port(0))
        mail.start()
        stack.callback(partial(_quietly, mail.stop))
        opened.pingen = stack.enter_context(Pingen(lambda: datetime.now(UTC), ground=opened, caller=opened.caller))
        opened.pingen._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        steps = PrintSteps(opened, PRINT_TIMEOUT_S + 0.5)
        sftp = stack.enter_context(Server(home / "printhouse", home / "keys", steps))
        nobody = stack.enter_context(socket.socket())
        nobody.bind(("127.0.0.1", 0))
        station = Station(
            home=home,
            database=database,
            temporal=opened.server.address,
            gateway_port=port,
            sendgrid=sendgrid.url,
            sendgrid_key=opened.sendgrid.public,
            twilio=twilio.url,
            smtp_port=mail.port,
            print_port=sftp.port,
            print_key=sftp.key_path,
            print_host_key=sftp.host_key,
            pingen=opened.pingen.url,
            dead_port=nobody.getsockname()[1],
            plan=plan,
        )
        opened.crew = Crew(station)
        if on_postgres():
            opened.postgres = _postgres()
        stack.push_async_callback(opened.crew.close)
        opened.crew.start([work] * WORKERS + [serve])
        yield opened


def _postgres() -> Postgres:
    from tests import databases  # noqa: PLC0415

    return databases._databases.postgres  # the server of this process


def _quietly(stop: object) -> None:
    with suppress(AssertionError, RuntimeError):
        stop()  # type: ignore[operator]
