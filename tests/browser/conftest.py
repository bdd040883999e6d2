"""A real browser in front of a real gateway. Without Chromium these tests fail in CI and are skipped elsewhere."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from domain.wire import InvoiceRef
from gateway.app import create_app
from gateway.serve import serving_gateway
from tests.gateway.cases import link, live, views
from tests.live.house import House, open_house

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass
class Link:
    """A customer's link to an invoice."""

    house: House
    ref: InvoiceRef
    address: str

    @property
    def url(self) -> str:
        return f"{self.address}/i/{link(self.house, self.ref).token}"

    def views(self) -> int:
        return views(self.house, self.ref)

    async def viewed(self) -> int:
        """How often it was viewed, once the first view is in the books."""
        async with asyncio.timeout(15):
            while not self.views():
                await asyncio.sleep(0.05)
        return self.views()


@dataclass
class Site:
    """The gateway at an address."""

    house: House
    address: str
    numbers: count[int] = field(default_factory=lambda: count(70001))

    async def invoice(self, until: str = "2026-03-03T12:00") -> Link:
        """A new invoice, lived until then, and its first link."""
        return Link(self.house, await live(self.house, str(next(self.numbers)), until), self.address)


@pytest.fixture(scope="session")
def chromium() -> Path:
    """The browser's program."""
    if not CHROMIUM.exists():
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"there is no {CHROMIUM}")
    return CHROMIUM


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: Path) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=str(chromium), args=ARGUMENTS)
        yield launched
        await launched.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def site(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    async with open_house(tmp_path_factory.mktemp("browser")) as house:
        app = create_app(house.client, house.settings)
        async with serving_gateway(app, "127.0.0.1", 0) as port:
            yield Site(house, f"http://127.0.0.1:{port}")


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    opened = await browser.new_context(viewport={"width": 390, "height": 844})
    yield opened
    await opened.close()


def complaints(page: Page) -> list[str]:
    """What the console says from now on; a content policy speaks there too."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    return said
