"""What runs: everything on one machine, or worker and gateway by themselves; and time, where it may be moved."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Annotated

import structlog
import typer
import uvloop
from temporalio.service import RPCError

from activities.measuring import measuring
from commands import show
from commands.orders import JSON, MERCHANT, NUMBER
from commands.session import CommandError, Running, found, in_session, session
from config.production import check
from config.settings import Settings, read_settings
from domain.telling import moment
from domain.wire import Glance
from gateway.app import create_app
from gateway.health import create_probes
from gateway.serve import serving_gateway
from store.books import open_books
from telemetry.logs import speak
from telemetry.process import Telemetry, telling
from worker import THREADS, running, sweeping, until_stopped
from workflows.client import CaseClient
from workflows.deployment import Deployment, Standing
from workflows.server import add_columns, connect, free_port, serving

log = structlog.get_logger()


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command(rich_help_panel="Run")(up)
    app.command(rich_help_panel="Run")(worker)
    app.command(rich_help_panel="Run")(gateway)
    app.command("fast-forward", rich_help_panel="Run")(fast_forward)


def up() -> None:
    """Run everything on this machine until Ctrl-C: Temporal with its UI, the worker, the pages. Example: kvitt up."""

    async def run() -> None:
        async with house(read_settings()) as here:
            here.tell("Kvitt is up")
            show.OUT.print("Ctrl-C stops everything.")
            await until_stopped()
            show.OUT.print("Stopping …")

    uvloop.run(run())


def worker() -> None:
    """Run a worker by itself, against Temporal and the store that the environment names. Example: kvitt worker."""

    async def run() -> None:
        settings = read_settings()
        check(settings)
        _make_room()
        with _telling("worker", settings) as telemetry:
            async with session(settings, telemetry) as client, _probed(client, settings):
                await _columns(client)
                async with (
                    running(client.client, client.books, settings, telemetry),
                    sweeping(client, settings, telemetry),
                ):
                    log.info("the worker runs", queue=settings.task_queue, build=settings.build_id)
                    await _say_if_waiting(client, settings)
                    await until_stopped()

    uvloop.run(run())


def gateway() -> None:
    """Run the gateway by itself: invoice page, API, calls of vendors, staff pages. Example: kvitt gateway."""

    async def run() -> None:
        settings = read_settings()
        check(settings)
        _make_room()
        with _telling("gateway", settings) as telemetry:
            async with session(settings, telemetry) as client, measuring(client, telemetry):
                app = create_app(client, settings, telemetry)
                async with serving_gateway(app, settings.gateway_host, settings.gateway_port):
                    log.info("the gateway runs", address=settings.address)
                    await until_stopped()

    uvloop.run(run())


def fast_forward(
    number: NUMBER,
    duration: Annotated[list[str], typer.Argument(help="How far: 5 days, 3 hours, 30 minutes.", metavar="DURATION")],
    merchant: MERCHANT = None,
    json_: JSON = False,
) -> None:
    """Move one case's clock on; all that falls due on the way happens. Example: kvitt fast-forward 10001 5 days."""
    ahead = parse_duration(" ".join(duration))

    async def work(client: CaseClient) -> None:
        ref = found(client, number, merchant)
        await client.fast_forward(ref, ahead)
        await client.rest(ref)
        glance: Glance = await client.look_again(ref)
        if not json_:
            law = client.books.cases.read(ref.id).law
            show.OUT.print(f"It is now {moment(await client.clock.now(ref, client.books), law.calendar)}.")
        show.glance(number, glance, json_=json_)

    in_session(work)


def _telling(process: str, settings: Settings) -> AbstractContextManager[Telemetry]:
    """What a process that stays tells of itself: its log, its figures, its traces."""
    speak(process, settings.log_level, as_json=settings.log_format == "json")
    return telling(process, metrics=settings.metrics, traces=settings.traces)


@asynccontextmanager
async def _probed(client: CaseClient, settings: Settings) -> AsyncIterator[None]:
    """Probes of a worker, if it is to answer any: until it has stopped."""
    async with AsyncExitStack() as stack:
        if settings.health_port:
            host, port = settings.gateway_host, settings.health_port
            await stack.enter_async_context(serving_gateway(create_probes(client), host, port, "the worker"))
        yield


def _make_room() -> None:
    """Threads for all that waits, for the books or a vendor: Python's own are few more than the machine has cores."""
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(THREADS, "waiting"))


async def _columns(client: CaseClient) -> None:
    """See that the server has our columns; without them no invoice can start."""
    try:
        await add_columns(client.client)
    except RPCError as error:
        log.warning("the search attributes could not be added; see docs/operations.md", error=error.status.name)


async def _say_if_waiting(client: CaseClient, settings: Settings) -> None:
    """A build that nobody has made current gets nothing to do; whoever started it may wonder why."""
    if not settings.build_id:
        return
    builds = await Deployment(client.plain, settings.task_queue).builds()
    if all(one.standing is Standing.WAITING for one in builds if one.id == settings.build_id):
        log.info("no case comes to this build until: kvitt deployment current", build=settings.build_id)


def parse_duration(text: str) -> timedelta:
    """Read ``5 days``, ``3 hours`` or ``30 minutes``.

    Raises:
        CommandError: it is none of these.
    """
    match = re.fullmatch(r"([1-9]\d{0,3})\s*(day|hour|minute)s?", text.strip(), re.ASCII)
    if match is None:
        raise CommandError(f'"{text}" is not a duration; write as in: 5 days, 3 hours, 30 minutes')
    return timedelta(**{f"{match[2]}s": int(match[1])})


class House:
    """Everything, running on one machine."""

    def __init__(self, client: CaseClient, settings: Settings, addresses: Running, telemetry: Telemetry) -> None:
        self.client, self.settings, self.addresses, self.telemetry = client, settings, addresses, telemetry
        self._worker = AsyncExitStack()

    def tell(self, title: str, *more: tuple[str, str]) -> None:
        """Say where everything is, and what else there is."""
        pages = (
            ("Temporal Web UI", self.addresses.ui),
            ("Invoices, for staff", f"{self.addresses.gateway}/staff"),
            ("Outbox: every message", f"{self.addresses.gateway}/outbox"),
            *more,
        )
        show.rows(title, ("Page", "Address"), pages)

    async def start_worker(self) -> None:
        """Let the loops run."""
        worker = running(self.client.client, self.client.books, self.settings, self.telemetry)
        await self._worker.enter_async_context(worker)
        await self._worker.enter_async_context(sweeping(self.client, self.settings, self.telemetry))

    async def stop_worker(self) -> None:
        """Let nothing of ours run; what has begun is finished first."""
        await self._worker.aclose()

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        """The worker is stopped while the block lasts."""
        await self.stop_worker()
        try:
            yield
        finally:
            await self.start_worker()


@asynccontextmanager
async def house(settings: Settings) -> AsyncIterator[House]:
    """Server, worker and gateway, until the block ends; they stop in the opposite order, each when it has finished."""
    check(settings, embedded=True)
    _make_room()
    port = free_port(settings.gateway_port)
    settings = settings.model_copy(update={"gateway_port": port, "build_id": ""})  # one worker carries all there is
    async with AsyncExitStack() as stack:
        telemetry = stack.enter_context(_telling("up", settings))
        server = await stack.enter_async_context(serving(settings.home, settings.temporal_port, settings.ui_port))
        settings = settings.model_copy(update={"temporal_port": server.port, "ui_port": server.ui_port})
        books = await asyncio.to_thread(open_books, settings.database)
        stack.callback(books.close)
        telemetry.watch(books.engine)
        plain = await connect(server.address, telemetry=telemetry)
        client = CaseClient(plain, books, settings.task_queue, test_clocks=settings.allow_test_clocks)
        here = House(client, settings, Running(server.address, server.ui, settings.address), telemetry)
        await here.start_worker()
        stack.push_async_callback(here.stop_worker)
        await stack.enter_async_context(measuring(client, telemetry))
        app = create_app(client, settings, telemetry)
        await stack.enter_async_context(serving_gateway(app, settings.gateway_host, port))
        here.addresses.write(settings.home)
        stack.callback((settings.home / "up.json").unlink, missing_ok=True)
        yield here
