"""Makes the pictures in ``docs/pictures``: a system of its own, the example invoices, and a browser that looks at it.

Run from the root: ``python docs/pictures.py [--home DIR] [NAME …]``. Needs Chromium, and pdftoppm for the letter.
"""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import re
import subprocess
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from rich.console import Console

from commands import attention, looking, show
from commands.demo import play_all
from commands.running import House, house
from config.happenings import read_happenings
from config.invoice_input import InvoiceInput
from config.invoices import read_invoices
from config.merchants import Loaded
from config.settings import Settings
from config.stories import read_story
from domain.law.bank_days import calendar_of
from domain.policy import Channel
from domain.wire import InvoiceRef
from domain.words import Message
from store.registry import Opening
from store.sends import KeptSend
from workflows.opening import opening_of
from workflows.play import Player
from workflows.published import Merchants
from workflows.views import VIEWS, address_of

PICTURES = Path(__file__).parent / "pictures"
EXAMPLES = Path("examples")
PUBLIC_URL = "https://pay.nordljus.example"
CHROMIUM = "/usr/bin/chromium"
STORY = EXAMPLES / "stories" / "collection-withdrawn-then-paid.yaml"

TODAY = datetime(2026, 4, 9, 12, 0)  # noqa: DTZ001 - wall time of each debtor
"""The day on which the running invoices stand still to be looked at."""

COLUMNS = ("Status", "Workflow ID", "Merchant", "Stage", "NextStep", "NextAt", "Since", "DueDay")
SAVED = ("Needs attention", "Bounced today", "Handed over")
"""Columns and views as the Web UI keeps them in the browser."""


# --- the scene -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Part:
    """What an example invoice does until today; without days it keeps its own."""

    number: str
    issued: date | None = None
    due: date | None = None
    happens: tuple[dict[str, object], ...] = ()


def part(number: str, days: str = "", **happens: object) -> Part:
    """``part("10112", "2026-04-07 2026-05-07", viewed=("2026-04-07 18:00", "email"))``."""
    issued, due = (date.fromisoformat(day) for day in days.split()) if days else (None, None)
    lines: list[dict[str, object]] = []
    for what, told in happens.items():
        lines.append({"at": told[0], what: told[1]} if isinstance(told, tuple) else {"at": told, what: "yes"})
    return Part(number, issued, due, tuple(lines))


PARTS = (
    part("10101", viewed=("2026-03-02 18:40", "email")),
    part("10111", viewed=("2026-03-03 08:10", "email")),
    part("10112", "2026-04-07 2026-05-07"),
    part("10113", "2026-04-09 2026-05-11", bounced=("2026-04-09 09:03", "email")),
    part("10114", respite=("2026-04-02 10:00", {"until": "2026-04-30"})),
    part("10115", "2026-02-02 2026-03-04"),
    part("10116", viewed=("2026-03-02 12:20", "email"), disputed=("2026-04-02 16:00", "the meter reading is wrong")),
    part("10117", "2026-04-13 2026-05-13"),
    part("10118", "2026-02-25 2026-03-27", viewed=("2026-02-26 07:50", "email")),
    part("10119", "2026-03-20 2026-04-20", viewed=("2026-03-21 10:00", "email")),
    part("10120", "2026-04-07 2026-05-07", bounced=("2026-04-07 09:03", "email"), refused=("2026-04-07 09:04", "sms")),
    part("20101", viewed=("2026-03-03 10:00", "email"), paid=("2026-03-20 06:15", "499.00")),
    part("20102", viewed=("2026-03-03 10:00", "email")),
    part("20104", "2026-03-30 2026-04-20", viewed=("2026-03-30 13:30", "email")),
    part("20105", "2026-04-08 2026-04-29"),
)


async def set_scene(here: House) -> None:
    """The example stories, lived to their ends; and the example invoices, lived until today."""
    told = [read_story(path, here.settings.merchants) for path in sorted((EXAMPLES / "stories").glob("*.yaml"))]
    await play_all(here, told)
    loaded = Merchants(here.client.books, here.settings.merchants)
    found = [row for path in sorted((EXAMPLES / "invoices").iterdir()) for row in read_invoices(path, loaded)]
    invoices = {row.number: row for row in found if isinstance(row, InvoiceInput)}
    for each in PARTS:
        await _play(here, each, invoices[each.number], loaded(invoices[each.number].merchant))
    post = here.client.books.inbox.keep("pingen", "scene", "", b"?", _today("SE") - timedelta(hours=3))
    here.client.books.inbox.unreadable(post or 0)


async def _play(here: House, each: Part, invoice: InvoiceInput, loaded: Loaded) -> None:
    days = {"issued": each.issued, "due": each.due} if each.issued else {}
    opening = opening_of(invoice.model_copy(update=days), loaded)
    today = _today(opening.invoice.country)
    if opening.invoice.issued > TODAY.date():
        await here.client.start(replace(opening, shift=today - datetime.now(UTC)))
        return
    happens, faults = read_happenings(
        [*each.happens], loaded.merchant.currency, opening.policy, lambda _: opening.policy
    )
    if faults:
        raise SystemExit(f"{each.number}: {faults}")
    ref = await Player(here.client).play(opening, happens, until=_today("SE"))
    await _stand_still(here, ref, opening)


async def _stand_still(here: House, ref: InvoiceRef, opening: Opening) -> None:
    ahead = _today(opening.invoice.country) - await here.client.clock.now(ref, here.client.books)
    if ahead > timedelta(0):
        await here.client.fast_forward(ref, ahead)
        await here.client.rest(ref)


def _midday() -> datetime:
    """Today, in the zone in which the browser is."""
    return _today("SE").astimezone(calendar_of("SE").zone)


def _today(country: str) -> datetime:
    return calendar_of(country).moment(TODAY)


# --- the camera ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Camera:
    """A browser and the system it looks at."""

    browser: Browser
    here: House

    @property
    def gateway(self) -> str:
        """The gateway as this machine reaches it."""
        return f"http://127.0.0.1:{self.here.settings.gateway_port}"

    async def wide(self, *columns: str) -> Page:
        """A desk's screen, on which the Web UI shows our columns and views."""
        context = await self.browser.new_context(
            viewport={"width": 1720, "height": 900},
            device_scale_factor=1.25,
            timezone_id="Europe/Stockholm",
            locale="en-GB",
        )
        await _remember(
            context,
            {
                "namespace-workflow-table-columns": {"default": [{"label": name} for name in columns or COLUMNS]},
                "saved-workflow-queries": {
                    "default": [
                        {"id": view.name, "name": view.name, "query": view.at(_midday()), "type": "user"}
                        for view in VIEWS
                        if view.name in SAVED
                    ]
                },
                "navOpen": False,
            },
        )
        return await context.new_page()

    async def phone(self) -> Page:
        """A phone's screen."""
        context = await self.browser.new_context(
            viewport={"width": 390, "height": 844}, device_scale_factor=1.5, timezone_id="Europe/Stockholm"
        )
        return await context.new_page()

    async def look_at(self, page: Page, address: str) -> None:
        """Open an address and wait until it stands still."""
        await page.goto(address)
        await page.wait_for_timeout(2500)

    def workflow(self, number: str, tab: str = "") -> str:
        """The address of a case in the Web UI."""
        ref = self.ref(number)
        return f"{self.here.addresses.ui}/namespaces/default/workflows/{quote(ref.workflow_id, safe='')}{tab}"

    def view(self, name: str) -> str:
        """The address of a question of ops, as of the day on which all stands still."""
        view = next(view for view in VIEWS if view.name == name)
        return address_of(view, self.here.addresses.ui, "default", _midday())

    def ref(self, number: str) -> InvoiceRef:
        """The invoice of this number."""
        return self.here.client.find(self.here.client.books.cases.merchants_of(number)[0], number)

    def send(self, number: str, channel: Channel, message: Message) -> KeptSend:
        """The message of this kind that an invoice sent on a channel."""
        sends = self.here.client.books.sends.of_invoice(self.ref(number).id)
        return next(send for send in sends if send.channel == channel and send.message == message)


async def _remember(context: BrowserContext, kept: dict[str, object]) -> None:
    lines = [
        f"localStorage.setItem({json.dumps(key)}, {json.dumps(json.dumps(value))});" for key, value in kept.items()
    ]
    await context.add_init_script("\n".join(lines))


async def temporal_list(camera: Camera) -> None:
    """The list of workflows with our columns."""
    page = await camera.wide()
    await camera.look_at(page, f"{camera.here.addresses.ui}/namespaces/default/workflows")
    await page.get_by_text("invoice/nordljus/10120").wait_for()
    await page.screenshot(path=PICTURES / "temporal-list.png")


async def temporal_attention(camera: Camera) -> None:
    """What a person must decide."""
    page = await camera.wide()
    await page.set_viewport_size({"width": 1720, "height": 560})
    await camera.look_at(page, camera.view("Needs attention"))
    await page.get_by_text("invoice/nordljus/10120").wait_for()
    await page.screenshot(path=PICTURES / "temporal-attention.png")


async def temporal_bounced(camera: Camera) -> None:
    """What came back today: the address of a view, opened in a browser that has never seen it."""
    page = await camera.wide(*(name if name != "Since" else "BouncedAt" for name in COLUMNS))
    await page.set_viewport_size({"width": 1720, "height": 480})
    await camera.look_at(page, camera.view("Bounced today"))
    await page.get_by_text("invoice/nordljus/10113").wait_for()
    await page.screenshot(path=PICTURES / "temporal-bounced.png")


async def temporal_timeline(camera: Camera) -> None:
    """A whole life: every wait and every message in words, without the looks."""
    page = await camera.wide()
    await page.set_viewport_size({"width": 1400, "height": 1300})
    await camera.look_at(page, camera.workflow("10009"))
    await page.get_by_role("heading", name="Timeline").wait_for()
    await camera.look_at(page, f"{page.url}?sort=ascending")
    await page.get_by_role("button", name="Ascending").wait_for()
    await page.get_by_role("button", name="Filter").click()
    await page.get_by_text("Local Activity", exact=True).last.click()
    await page.keyboard.press("Escape")
    await page.wait_for_timeout(1000)
    top = await page.get_by_role("heading", name="Timeline").bounding_box()
    if top is None:
        raise SystemExit("the Web UI shows no timeline")
    await page.screenshot(
        path=PICTURES / "temporal-timeline.png", clip={"x": 48, "y": top["y"] - 25, "width": 1352, "height": 680}
    )


async def temporal_details(camera: Camera) -> None:
    """What ops read first of a case."""
    page = await camera.wide()
    await page.set_viewport_size({"width": 1400, "height": 780})
    await camera.look_at(page, camera.workflow("10112"))
    await page.get_by_role("heading", name="Timeline").wait_for()
    await camera.look_at(page, page.url.rsplit("/", 1)[0] + "/user-metadata")
    while not any(["Plan as of" in await frame.inner_text("body") for frame in page.frames]):
        await page.wait_for_timeout(500)
    await page.wait_for_timeout(2500)
    await page.screenshot(path=PICTURES / "temporal-details.png")


async def staff_list(camera: Camera) -> None:
    """Where invoices stand, for staff."""
    page = await camera.wide()
    await page.set_viewport_size({"width": 1100, "height": 820})
    await camera.look_at(page, f"{camera.gateway}/staff")
    await page.screenshot(path=PICTURES / "staff-list.png")


async def invoice_page(camera: Camera) -> None:
    """The customer's page, with a fee, on a phone."""
    page = await camera.phone()
    send = camera.send("10101", Channel.EMAIL, Message.REMINDER)
    await camera.look_at(page, f"{camera.gateway}/i/{send.token}")
    await page.screenshot(path=PICTURES / "invoice-page-phone.png")


async def email(camera: Camera) -> None:
    """The e-mail with the invoice, on a phone."""
    page = await camera.phone()
    send = camera.send("10101", Channel.EMAIL, Message.INVOICE)
    await camera.look_at(page, f"{camera.gateway}/outbox/{send.id}/body")
    await page.screenshot(path=PICTURES / "email-phone.png")


async def sms(camera: Camera) -> None:
    """The SMS in the outbox, on a phone."""
    page = await camera.phone()
    send = camera.send("10009", Channel.SMS, Message.LAST_REMINDER)
    await camera.look_at(page, f"{camera.gateway}/outbox/{send.id}")
    await page.screenshot(path=PICTURES / "sms-phone.png")


async def letter(camera: Camera) -> None:
    """The letter's first page."""
    parcel = camera.send("10009", Channel.LETTER, Message.INVOICE).parcel
    if parcel is None:
        raise SystemExit("the letter was not kept")
    command = ["pdftoppm", "-png", "-r", "90", "-f", "1", "-l", "1", "-singlefile", "-", str(PICTURES / "letter")]
    await asyncio.to_thread(subprocess.run, command, input=parcel.body, check=True)


async def attention_drawing(camera: Camera) -> None:
    """What ``kvitt attention`` prints."""
    needs = camera.here.client.books.attention.needs(_today("SE"))
    drawn("kvitt attention", "attention", lambda: attention.tell(needs))


SHOTS: dict[str, Callable[[Camera], Awaitable[None]]] = {
    "temporal-list": temporal_list,
    "temporal-attention": temporal_attention,
    "temporal-bounced": temporal_bounced,
    "attention": attention_drawing,
    "temporal-timeline": temporal_timeline,
    "temporal-details": temporal_details,
    "staff-list": staff_list,
    "invoice-page-phone": invoice_page,
    "email-phone": email,
    "sms-phone": sms,
    "letter": letter,
}


def simulation() -> None:
    """What ``kvitt simulate`` prints."""
    drawn(f"kvitt simulate {STORY}", "simulate", lambda: looking.simulate([STORY]))


def drawn(command: str, name: str, say: Callable[[], None]) -> None:
    """What a command prints, as a drawing. It loads nothing from elsewhere."""
    console = Console(record=True, width=112, file=io.StringIO(), force_terminal=True)
    before, show.OUT = show.OUT, console
    try:
        say()
    finally:
        show.OUT = before
    drawing = re.sub(r"@font-face \{.*?\}\s*", "", console.export_svg(title=command), flags=re.DOTALL)
    (PICTURES / f"{name}.svg").write_text(drawing, encoding="utf-8")


async def main(home: Path, names: list[str]) -> None:
    """Make the pictures that are named, or all."""
    if not names or "simulate" in names:
        simulation()
    shots = [name for name in names or SHOTS if name != "simulate"]
    if not shots:
        return
    settings = Settings(
        home=home, gateway_port=18090, temporal_port=17243, ui_port=18243, public_url=PUBLIC_URL, staff_pages=True
    )
    async with house(settings) as here, async_playwright() as playwright:
        await set_scene(here)
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name in shots:
            await SHOTS[name](Camera(browser, here))
        await browser.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="where its books are kept; without it: nowhere")
    choices = [*SHOTS, "simulate"]
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which pictures; without it: all of {choices}")
    given = parser.parse_args()
    if unknown := set(given.names) - set(choices):
        parser.error(f"no such picture: {', '.join(sorted(unknown))}; known: {', '.join(choices)}")
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(main(given.home or Path(folder), given.names))
