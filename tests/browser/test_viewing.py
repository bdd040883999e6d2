"""A view counts when a person has had the page in sight, in a real browser."""

from __future__ import annotations

import asyncio
from pathlib import Path

from playwright.async_api import Browser, BrowserContext

from tests.browser.conftest import ARGUMENTS, Site, complaints
from tests.browser.tabs import tabbed

A_WHILE_S = 3.5
"""Longer than the page waits, with a margin."""


async def test_two_seconds_in_sight_count_once(site: Site, context: BrowserContext):
    link, page = await site.invoice(), await context.new_page()
    said = complaints(page)

    async with page.expect_response(lambda response: response.url.endswith("/viewed")) as posted:
        await page.goto(link.url)
    assert (await (await posted.value).finished()) is None
    await page.reload()
    await page.wait_for_timeout(A_WHILE_S * 1000)

    assert await link.viewed() == 1
    assert said == []


async def test_a_page_closed_before_does_not_count(site: Site, context: BrowserContext):
    link, page = await site.invoice(), await context.new_page()

    await page.goto(link.url)
    await page.wait_for_timeout(1000)
    await page.close(run_before_unload=True)
    await asyncio.sleep(A_WHILE_S)

    assert link.views() == 0


async def test_two_short_looks_at_two_loads_are_no_view(site: Site, context: BrowserContext):
    link, page = await site.invoice(), await context.new_page()

    for _ in range(3):
        await page.goto(link.url)
        await page.wait_for_timeout(900)
    await page.close()

    assert link.views() == 0


async def test_a_background_tab_does_not_count_until_it_is_shown(site: Site, chromium: Path, tmp_path: Path):
    link = await site.invoice()

    async with tabbed(chromium, ARGUMENTS, tmp_path) as tabs:
        invoice = await tabs.open(link.url)
        await tabs.open("about:blank")
        await asyncio.sleep(A_WHILE_S)
        assert link.views() == 0

        await tabs.show(invoice)
        assert await link.viewed() == 1


async def test_without_javascript_only_the_button_counts(site: Site, browser: Browser):
    link, context = await site.invoice(), await browser.new_context(java_script_enabled=False)
    page = await context.new_page()

    await page.goto(link.url)
    await page.wait_for_timeout(A_WHILE_S * 1000)
    assert link.views() == 0

    await page.get_by_role("button", name="I have seen this invoice").click()
    assert await link.viewed() == 1
    assert page.url == link.url
    assert await page.get_by_role("button", name="I have seen this invoice").count() == 0
    await context.close()


async def test_with_javascript_there_is_no_button(site: Site, context: BrowserContext):
    link, page = await site.invoice(), await context.new_page()

    await page.goto(link.url)

    assert await page.get_by_role("button", name="I have seen this invoice").count() == 0


async def test_the_staff_s_preview_does_not_count(site: Site, context: BrowserContext):
    link, page = await site.invoice(), await context.new_page()

    await page.goto(f"{site.address}/staff/invoices/nordljus/{link.ref.number}")
    await page.wait_for_timeout(A_WHILE_S * 1000)

    assert await page.get_by_text("does not count as a view").is_visible()
    assert link.views() == 0
