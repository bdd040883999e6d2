"""Every page works on a phone and on a desk, in a real browser under its own content policy."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from domain.languages import LANGUAGES
from tests.browser.conftest import Link, Site, complaints

WIDTHS = (320, 390, 768, 1200)


def paths(link: Link) -> list[str]:
    sends = link.house.books.sends.of_invoice(link.ref.id)
    base = f"{link.address}/staff/invoices/nordljus/{link.ref.number}"
    shown = [f"{link.url}/messages/{send.id}" for send in sends if send.channel != "collection"]
    return [
        link.url,
        *(f"{link.url}?lang={language}" for language in LANGUAGES),
        *shown,
        base,
        f"{base}/life",
        f"{link.address}/staff",
        f"{link.address}/outbox",
        *(f"{link.address}/outbox/{send.id}" for send in sends),
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_scrolls_sideways_or_complains(site: Site, browser: Browser, width: int, scheme: str):
    link = await site.invoice("2026-05-02T12:00")
    context = await browser.new_context(viewport={"width": width, "height": 844}, color_scheme=scheme)
    page = await context.new_page()
    said = complaints(page)

    for path in paths(link):
        answer = await page.goto(path, wait_until="load")
        assert answer
        assert answer.status == 200, path
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, path

    assert said == []
    await context.close()


CONTRAST = """
() => {
  const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (element) => {
    for (let e = element; e; e = e.parentElement) {
      const colour = rgb(getComputedStyle(e).backgroundColor);
      if (colour.length < 4 || colour[3] === 1) { return colour; }
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement;
    const unseen = !element.checkVisibility() || element.closest("noscript, script, .skip, svg");
    if (unseen || !node.data.trim()) { continue; }
    const [a, b] = [light(rgb(getComputedStyle(element).color)), light(behind(element))].sort((x, y) => y - x);
    if ((a + 0.05) / (b + 0.05) < 4.5) { poor.push(node.data.trim()); }
  }
  return poor;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_text_stands_out_from_what_is_behind_it(site: Site, browser: Browser, scheme: str):
    """WCAG 2.2, 1.4.3: at least 4.5 to 1."""
    context = await browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    page = await context.new_page()

    for until in ("2026-03-03T12:00", "2026-04-10T12:00", "2026-05-02T12:00"):
        for path in paths(await site.invoice(until)):
            await page.goto(path)
            assert await page.evaluate(CONTRAST) == [], path

    await context.close()


async def test_a_keyboard_reaches_everything_and_each_control_has_a_name(site: Site, context: BrowserContext):
    link, page = await site.invoice(), await context.new_page()
    await page.goto(link.url)

    await page.keyboard.press("Tab")
    assert await page.evaluate("document.activeElement.textContent") == "Skip to the content"

    controls = await page.locator("a, button:not([hidden])").all()
    names = [await control.get_attribute("aria-label") or await control.inner_text() for control in controls]
    assert len(names) > 5
    assert not [name for name in names if not name.strip()]
    assert [await page.locator(landmark).count() for landmark in ("main", "header", "footer", "h1")] == [1, 1, 1, 1]


async def test_a_button_copies_what_the_bank_s_form_takes(site: Site, context: BrowserContext):
    await context.grant_permissions(["clipboard-read", "clipboard-write"])
    link, page = await site.invoice(), await context.new_page()
    case = link.house.books.cases.read(link.ref.id)
    await page.goto(link.url)

    await page.get_by_role("button", name="Copy: OCR number").click()
    assert await page.evaluate("navigator.clipboard.readText()") == case.reference

    await page.get_by_role("button", name="Copy: Amount").click()
    assert await page.evaluate("navigator.clipboard.readText()") == str(case.facts.balance)


async def test_a_mail_in_its_frame_runs_no_script_and_its_link_opens_the_invoice(site: Site, context: BrowserContext):
    link, page = await site.invoice(), await context.new_page()
    mail = link.house.books.sends.of_invoice(link.ref.id)[0]
    own = f"{link.house.settings.address}/i/{mail.token}"
    await page.goto(f"{site.address}/outbox/{mail.id}")

    frame = page.frame_locator("iframe")
    assert await frame.get_by_role("link", name="View the invoice").get_attribute("href") == own
    assert await page.locator("iframe").get_attribute("sandbox") == "allow-popups allow-popups-to-escape-sandbox"
    await context.route(own, lambda route: route.fulfill(body="the invoice"))
    async with context.expect_page() as opened:
        await frame.get_by_role("link", name="View the invoice").click()
    shown = await opened.value
    await shown.wait_for_url(own)
    assert await shown.get_by_text("the invoice").is_visible()


async def test_on_paper_there_is_the_account_and_no_button(site: Site, context: BrowserContext):
    link, page = await site.invoice(), await context.new_page()
    await page.goto(link.url)
    await page.emulate_media(media="print")

    assert await visible(page, ".headline") == 1
    assert await visible(page, ".total") == 1
    assert await visible(page, ".button, .copy, .skip") == 0


async def visible(page: Page, selector: str) -> int:
    return len([1 for each in await page.locator(selector).all() if await each.is_visible()])
