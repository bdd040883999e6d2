"""The addresses that ``kvitt views`` prints, opened in a browser that has never seen the Temporal UI."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Page, expect
from temporalio.common import SearchAttributePair, TypedSearchAttributes

from workflows.invoice import BOUNCED_AT, STAGE
from workflows.server import Server, connect, serving
from workflows.views import VIEWS, address_of

PATIENCE_MS = 30_000
TRIALS = 3
SHOWN = {"Needs attention": ("asks", "comes-back"), "Bounced today": ("comes-back", "asks")}
"""What a view must show, and what it must not."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """One with two cases, which nobody carries."""
    async with serving(tmp_path_factory.mktemp("views"), 0, 0) as here:
        client = await connect(here.address)
        columns = {
            "asks": [SearchAttributePair(STAGE, "needs_attention")],
            "comes-back": [SearchAttributePair(BOUNCED_AT, datetime.now(UTC))],
        }
        for name, pairs in columns.items():
            shown = TypedSearchAttributes(pairs)
            await client.start_workflow("invoice", id=name, task_queue="nobody", search_attributes=shown)
        yield here


@pytest.mark.parametrize("name", SHOWN)
async def test_an_address_shows_what_its_view_finds(name: str, server: Server, context: BrowserContext):
    view = next(view for view in VIEWS if view.name == name)
    there, not_there = SHOWN[name]
    page = await context.new_page()
    await page.set_viewport_size({"width": 1400, "height": 800})

    await _find(page, there, address_of(view, server.ui, "default", datetime.now(UTC)))

    await expect(page.get_by_role("link", name=not_there, exact=True)).to_have_count(0)


async def test_a_view_without_a_moment_is_kept_in_the_browser_and_one_of_today_is_not(
    server: Server, context: BrowserContext
):
    page = await context.new_page()
    await page.set_viewport_size({"width": 1400, "height": 800})
    for name, (there, _) in reversed(SHOWN.items()):
        view = next(view for view in VIEWS if view.name == name)
        await _find(page, there, address_of(view, server.ui, "default", datetime.now(UTC)))

    kept = json.loads(await page.evaluate("localStorage.getItem('saved-workflow-queries')"))

    assert [(one["name"], one["query"]) for one in kept["default"]] == [
        ("Needs attention", 'Stage = "needs_attention"')
    ]


async def _find(page: Page, name: str, address: str) -> None:
    """Open a view that shows this workflow. A UI whose server has just begun may show "Try a refresh": then do."""
    link, refresh = page.get_by_role("link", name=name, exact=True), page.get_by_role("button", name="Try a refresh")
    for _ in range(TRIALS):
        await page.goto(address)
        await expect(link.or_(refresh)).to_be_visible(timeout=PATIENCE_MS)
        if not await refresh.is_visible():
            break
    await expect(link).to_be_visible()
