"""How a command reaches the running system."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

from temporalio.client import Client
from temporalio.service import RPCError

from commands.farewell import all_is_told
from config.settings import Settings, read_settings
from config.temporal import read_temporal, refused
from domain.wire import InvoiceRef
from store.books import Books, open_books
from store.cases import UnknownInvoiceError
from telemetry.process import OFF, Telemetry
from workflows.client import CaseClient
from workflows.converter import DATA_CONVERTER

T = TypeVar("T")


class CommandError(Exception):
    """Something that the person at the keyboard can put right; the message says what and how."""


@dataclass(frozen=True, slots=True)
class Running:
    """Where ``kvitt up`` listens; written to ``up.json`` for the commands that come after."""

    temporal: str
    ui: str
    gateway: str

    @classmethod
    def read(cls, home: Path) -> Running | None:
        """What runs in this home, if anything. What a crash left half written names nothing."""
        try:
            return cls(**json.loads((home / "up.json").read_text()))
        except (FileNotFoundError, NotADirectoryError, ValueError, TypeError):
            return None

    def write(self, home: Path) -> None:
        """Tell the other commands."""
        (home / "up.json").write_text(json.dumps(asdict(self), indent=2) + "\n")


def in_session(work: Callable[[CaseClient], Awaitable[T]]) -> T:
    """Run a command's work against the running system."""

    async def run() -> T:
        async with session(read_settings()) as client:
            return await work(client)

    return asyncio.run(run())


@asynccontextmanager
async def session(settings: Settings, telemetry: Telemetry = OFF) -> AsyncIterator[CaseClient]:
    """A client for the running system, from the environment or from what ``kvitt up`` wrote.

    Raises:
        CommandError: it does not answer.
    """
    try:
        client = await connected(settings, telemetry)
        with closing(open_books(settings.database)) as books:
            telemetry.watch(books.engine)
            yield CaseClient(client, books, settings.task_queue, test_clocks=settings.allow_test_clocks)
    finally:
        await all_is_told()


@contextmanager
def opened_books(settings: Settings) -> Iterator[Books]:
    """The books by themselves, for what needs nothing else to run."""
    settings.home.mkdir(parents=True, exist_ok=True)
    with closing(open_books(settings.database)) as books:
        yield books


async def connected(settings: Settings, telemetry: Telemetry = OFF) -> Client:
    """A Temporal client: ``TEMPORAL_*`` if set, else the embedded server.

    Raises:
        CommandError: it does not answer.
        ConfigError: ``TEMPORAL_*`` cannot be used.
    """
    config = read_temporal()
    running = Running.read(settings.home)
    if "target_host" not in config:
        if running is None:
            raise CommandError(f"nothing runs in {settings.home}/; start it with: kvitt up, or set TEMPORAL_ADDRESS")
        config["target_host"] = running.temporal
    try:
        return await Client.connect(**config, data_converter=DATA_CONVERTER, **telemetry.connecting)
    except (RuntimeError, RPCError) as error:
        raise CommandError(refused(config, error)) from None


def found(client: CaseClient, number: str, merchant: str | None) -> InvoiceRef:
    """The invoice that a person names: ``10001`` if one merchant has it, else ``nordljus/10001``.

    Raises:
        CommandError: there is none, or more than one.
    """
    return found_in(client.books, number, merchant)


def found_in(books: Books, number: str, merchant: str | None) -> InvoiceRef:
    """The same, where only the books are at hand.

    Raises:
        CommandError: there is none, or more than one.
    """
    merchant, number = parted(number, merchant)
    merchants = [merchant] if merchant else books.cases.merchants_of(number)
    if len(merchants) > 1:
        several = ", ".join(f"{name}/{number}" for name in merchants)
        raise CommandError(f"several merchants have an invoice {number}; write one of {several}")
    whose = merchants[0] if merchants else "?"
    try:
        return InvoiceRef(books.cases.find(whose, number), whose, number)
    except UnknownInvoiceError:
        where = f"merchant {merchant} has" if merchant else "there is"
        raise CommandError(f"{where} no invoice {number}; see them all with: kvitt status") from None


def parted(number: str, merchant: str | None) -> tuple[str | None, str]:
    """The merchant and the number that a person means by ``nordljus/10001``, or by a number and a merchant."""
    if merchant is None and "/" in number:
        merchant, number = number.split("/", 1)
    return merchant, number
