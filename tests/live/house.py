"""The whole system for tests: a real server, a real worker, real books; and merchants and stories to put into it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

from commands.looking import life_of
from config.settings import Settings
from config.stories import Story, read_story
from domain.timeline import Entry
from domain.wire import InvoiceRef
from store.books import Books, open_books
from store.registry import Opening
from telemetry.process import OFF, Telemetry
from tests.databases import database_of
from worker import running
from workflows.client import CaseClient
from workflows.clock import SERVER_SETTINGS
from workflows.opening import opening_of
from workflows.play import Player
from workflows.server import connect, serving

EXAMPLES = Path("examples")
STORIES = sorted((EXAMPLES / "stories").glob("*.yaml"))


@dataclass(slots=True)
class House:
    """What runs. The worker can be stopped and started again."""

    client: CaseClient
    books: Books
    settings: Settings
    worker: AsyncExitStack
    telemetry: Telemetry = OFF

    async def start_worker(self) -> None:
        worker = running(self.client.client, self.books, self.settings, self.telemetry)
        await self.worker.enter_async_context(worker)

    async def stop_worker(self) -> None:
        await self.worker.aclose()

    @asynccontextmanager
    async def outage(self) -> AsyncIterator[None]:
        await self.stop_worker()
        try:
            yield
        finally:
            await self.start_worker()

    async def play(self, story: Story, number: str, *, outage: bool = False) -> InvoiceRef:
        """Live a story under another number, so that one house can hold many."""
        opening = numbered(opening_of(story.invoice, story.loaded), number)
        player = Player(self.client, self.outage) if outage else Player(self.client)
        return await player.play(opening, story.happens)

    def life(self, ref: InvoiceRef) -> tuple[Entry, ...]:
        return self.books.cases.read(ref.id).life


@asynccontextmanager
async def open_house(
    home: Path,
    server_settings: Mapping[str, str] = SERVER_SETTINGS,
    settings: Settings | None = None,
    telemetry: Telemetry = OFF,
) -> AsyncIterator[House]:
    settings = settings or Settings(home=home, database_url=database_of(home))
    async with serving(home, 0, 0, server_settings) as server:
        books = open_books(settings.database)
        telemetry.watch(books.engine)
        plain = await connect(server.address, telemetry=telemetry)
        client = CaseClient(plain, books, settings.task_queue, test_clocks=True)
        house = House(client, books, settings, AsyncExitStack(), telemetry)
        await house.start_worker()
        try:
            yield house
        finally:
            await house.stop_worker()
            books.close()


def numbered(opening: Opening, number: str) -> Opening:
    """The same invoice under another number, for a customer of its own: one gets at most one dunning SMS a day."""
    details = json.loads(opening.details)
    if details["customer"].get("phone"):
        details["customer"]["phone"] = f"+4670{crc32(number.encode()) % 10_000_000:07d}"
    return replace(opening, invoice=replace(opening.invoice, number=number), details=json.dumps(details))


def story(name: str) -> Story:
    return read_story(EXAMPLES / "stories" / f"{name}.yaml", EXAMPLES / "merchants")


def simulated(story: Story) -> tuple[Entry, ...]:
    return life_of(story)
