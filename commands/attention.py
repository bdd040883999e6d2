"""What waits for a person: everything at once, the most urgent first, each with the command that resolves it.

And the questions that the Temporal UI answers, as addresses.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from typing import Annotated

import typer
from rich.markup import escape
from temporalio.envconfig import ClientConfig

from commands import show
from commands.orders import JSON
from commands.session import Running, opened_books
from config.settings import read_settings
from domain.attention import CURES, Choice, Urgency
from domain.stages import Stage
from store.attention import Found, Needs
from store.books import Books
from workflows.views import VIEWS, address_of

COLOURS = {Urgency.BROKEN: "red", Urgency.WAITS: "yellow", Urgency.NOTE: "dim"}


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    app.command(rich_help_panel="Look")(attention)
    app.command(rich_help_panel="Look")(views)


def attention(
    merchant: Annotated[str | None, typer.Option("--merchant", "-m", help="Only this merchant's.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many of each kind, the oldest first.", min=1)] = 20,
    check: Annotated[
        bool, typer.Option("--check", help="Exit with 1 if anything waits for a person; what is only told does not.")
    ] = False,
    json_: JSON = False,
) -> None:
    """List what waits for a person, why, and the command that resolves it. Example: kvitt attention.

    It asks the books alone, so it works when nothing runs.
    """
    with opened_books(read_settings()) as books:
        needs = books.attention.needs(datetime.now(UTC), merchant, limit)
        if json_:
            for found in needs.found:
                show.as_json(_as_fields(found))
        elif needs.found:
            tell(needs)
        else:
            show.say(_all_is_well(books, merchant))
    raise typer.Exit(1 if check and needs.waits else 0)


def views(
    ui: Annotated[
        str | None, typer.Option(help="Where the Temporal UI is, as in https://temporal.internal; else what runs here.")
    ] = None,
    json_: JSON = False,
) -> None:
    """Print where the Temporal UI answers what ops ask, as of now; open one and save it. Example: kvitt views."""
    settings, now = read_settings(), datetime.now().astimezone()
    running, namespace = Running.read(settings.home), ClientConfig.load_client_connect_config().get("namespace")
    where = (ui or (running.ui if running else f"http://127.0.0.1:{settings.ui_port}")).rstrip("/")
    for view in VIEWS:
        address = address_of(view, where, namespace or "default", now)
        if json_:
            show.as_json({"view": view.name, "tells": view.tells, "query": view.at(now), "address": address})
        else:
            show.say(f"[bold]{view.name}[/]: {escape(view.tells)}\n  {address}")


def tell(needs: Needs) -> None:
    """What was found, by need, and how much more there is. No line is broken: a command is there to be copied."""
    show.OUT.print(_title(needs), style="bold", highlight=False)
    for need, found in groupby(needs.found, lambda one: one.need):
        cure, shown = CURES[need], list(found)
        show.say(f"\n[{COLOURS[cure.urgency]}]{_words(need)}[/]: {escape(cure.why)}")
        for one in shown:
            _tell_one(one)
        if more := needs.counts[need] - len(shown):
            show.say(f"  … and {more:,} more")
        for choice in cure.choices:
            if not choice.names:
                _tell_choice("  ", choice)


def _tell_one(found: Found) -> None:
    since = f", since {found.since:%Y-%m-%d %H:%M} UTC" if found.since else ""
    show.say(f"  [bold]{escape(found.what)}[/]{since}{escape(f': {found.said}') if found.said else ''}")
    for choice in CURES[found.need].choices:
        if choice.names:
            _tell_choice("    ", choice.of(found.names))


def _tell_choice(indent: str, choice: Choice) -> None:
    show.say(f"{indent}{escape(choice.command)}  [dim]# {escape(choice.when)}[/]")


def _title(needs: Needs) -> str:
    counts = dict.fromkeys(Urgency, 0)
    for need, count in needs.counts.items():
        counts[CURES[need].urgency] += count
    told = {Urgency.BROKEN: "broken", Urgency.WAITS: "waiting for a person", Urgency.NOTE: "good to know"}
    return ", ".join(f"{count:,} {told[urgency]}" for urgency, count in counts.items() if count)


def _words(need: str) -> str:
    return need.replace("_", " ")


def _as_fields(found: Found) -> dict[str, object]:
    cure = CURES[found.need]
    return {
        "need": found.need,
        "urgency": cure.urgency,
        "what": found.what,
        "since": found.since,
        "why": cure.why,
        "said": found.said,
        "do": [
            {"when": choice.when, "command": choice.command}
            for choice in (each.of(found.names) for each in cure.choices)
        ],
    }


def _all_is_well(books: Books, merchant: str | None) -> str:
    """The empty state."""
    if merchant:
        return f"Nothing of {merchant} waits for a person. Good."
    going = sum(count for stage, count in books.looks.stages().items() if stage != Stage.CLOSED)
    invoices = "1 open invoice goes on by itself" if going == 1 else f"{going:,} open invoices go on by themselves"
    return f"Nothing waits for a person. {invoices if going else 'There are no open invoices'}."
