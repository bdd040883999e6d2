"""The demo: every example story lived on a real workflow, in virtual time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from commands import show
from commands.looking import life_of
from commands.running import House, house
from commands.session import CommandError
from config.settings import read_settings
from config.stories import Story, read_story
from domain.stories import What
from domain.timeline import Entry
from domain.wire import InvoiceRef
from workflows.opening import opening_of
from workflows.play import Player


@dataclass(frozen=True, slots=True)
class Played:
    """A story and the life it really made."""

    story: Story
    ref: InvoiceRef
    entries: tuple[Entry, ...]
    now: bool
    """Whether it was lived just now; else its invoice was in the books already, and is left alone."""


def register(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command(rich_help_panel="Run")(demo)


def demo(
    stories: Annotated[Path, typer.Option(help="The folder with the stories.")] = Path("examples/stories"),
) -> None:
    """Watch the example invoices live: sent, reminded, paid or handed over, in seconds. Example: kvitt demo."""
    settings = read_settings()
    told = [read_story(path, settings.merchants) for path in sorted(stories.glob("*.yaml"))]
    if not told:
        raise CommandError(f"there is no story in {stories}; name another folder with --stories")

    async def run() -> list[Played]:
        async with house(settings) as here:
            began = time.monotonic()
            played = await play_all(here, told)
            _tell(played, time.monotonic() - began)
            _where(here, played)
        return played

    played = asyncio.run(run())
    different = [one.story.name for one in played if one.now and one.entries != life_of(one.story)]
    if different:
        raise CommandError(f"not lived as simulated: {', '.join(different)}; this is a bug of ours")


async def play_all(here: House, stories: Sequence[Story]) -> list[Played]:
    """Play the stories side by side; those with an outage after the others, one by one, with the worker stopped."""
    calm = [story for story in stories if not _has_outage(story)]
    stormy = [story for story in stories if _has_outage(story)]
    with show.bar("Living") as bar:
        task = bar.add_task("play", total=len(stories))

        async def play(story: Story) -> Played:
            one = await _play(here, story)
            bar.advance(task)
            return one

        played = await asyncio.gather(*(play(story) for story in calm))
        played += [await play(story) for story in stormy]
    return sorted(played, key=lambda one: one.story.name)


async def _play(here: House, story: Story) -> Played:
    """Live a story; one whose invoice is in the books already is told from there."""
    cases, merchant, number = here.client.books.cases, story.merchant.id, story.invoice.number
    known = await asyncio.to_thread(cases.has, merchant, number)
    if known:
        ref = here.client.find(merchant, number)
    else:
        opening = opening_of(story.invoice, story.loaded)
        ref = await Player(here.client, here.outage).play(opening, story.happens)
    return Played(story, ref, (await asyncio.to_thread(cases.read, ref.id)).life, now=not known)


def _has_outage(story: Story) -> bool:
    return any(happening.what is What.DOWN for happening in story.happens)


def _tell(played: Sequence[Played], seconds: float) -> None:
    for one in played:
        show.entries(f"{one.story.title}  ({one.ref.merchant}/{one.ref.number})", one.entries)
        show.OUT.print()
    now = sum(one.now for one in played)
    if now:
        show.say(f"{now} lives, lived in {seconds:.0f} seconds on a real Temporal server.")
    if now < len(played):
        show.say(f"{len(played) - now} were in the books already: they are told from there, and nothing was done.")
    show.say()


def _where(here: House, played: Sequence[Played]) -> None:
    """Where to look at what was made."""
    sends = here.client.books.sends.of_invoice(played[0].ref.id)
    page = ("An invoice page", f"{here.addresses.gateway}/i/{sends[0].token}")
    here.tell("To look at them, start it again with: make up", page)
