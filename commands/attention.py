"""What waits for a person: everything at once, the most urgent first, each with the command that resolves it.

And the questions that the Temporal UI answers, as addresses.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape
from temporalio.envconfig import ClientConfig

from commands import show
from commands.orders import JSON
from commands.session import Running, opened_books
from config.settings import read_settings
from domain.attention import CURES, Urgency
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
            table(needs)
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


def table(needs: Needs) -> None:
    """What was found, and how much more there is."""
    lines = [_line(found) for found in needs.found]
    show.rows(_title(needs), ("What", "Since (UTC)", "Why", "Do"), lines)
    shown = [found.need for found in needs.found]
    for need, count in needs.counts.items():
        if more := count - shown.count(need):
            show.say(f"… and {more:,} more: {_words(need)}.")


def _title(needs: Needs) -> str:
    counts = dict.fromkeys(Urgency, 0)
    for need, count in needs.counts.items():
        counts[CURES[need].urgency] += count
    told = {Urgency.BROKEN: "broken", Urgency.WAITS: "waiting for a person", Urgency.NOTE: "good to know"}
    return ", ".join(f"{count:,} {told[urgency]}" for urgency, count in counts.items() if count)


def _line(found: Found) -> tuple[str, str, str, str]:
    cure = CURES[found.need]
    why = f"[{COLOURS[cure.urgency]}]{_words(found.need)}[/]: {escape(cure.why)}"
    why += f" ({escape(found.said)})" if found.said else ""
    do = "\n".join(escape(f"{choice.command}  # {choice.when}") for choice in cure.commands(found.names))
    return escape(found.what), f"{found.since:%Y-%m-%d %H:%M}" if found.since else "", why, do


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
        "do": [{"when": choice.when, "command": choice.command} for choice in cure.commands(found.names)],
    }


def _all_is_well(books: Books, merchant: str | None) -> str:
    """The empty state."""
    if merchant:
        return f"Nothing of {merchant} waits for a person. Good."
    going = sum(count for stage, count in books.looks.stages().items() if stage != Stage.CLOSED)
    invoices = f"{going:,} open invoice{'' if going == 1 else 's'} go{'es' if going == 1 else ''} on by themselves"
    return f"Nothing waits for a person. {invoices if going else 'There are no open invoices'}."
