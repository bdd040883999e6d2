"""The schema of the books, by itself: for whoever upgrades, before anything of the new version runs."""

from __future__ import annotations

from typing import Annotated

import typer

from commands import show
from config.settings import read_settings
from store.condition import condition
from store.schema import Schema, upgrade


def register(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command(rich_help_panel="Run")(migrate)


def migrate(
    check: Annotated[bool, typer.Option("--check", help="Only say how the books stand; change nothing.")] = False,
) -> None:
    """Bring the books to the newest schema; worker and gateway would at their start. Example: kvitt migrate --check.

    The exit code is 1 if the books are not at the newest schema then.
    """
    settings = read_settings()
    if not check:
        settings.home.mkdir(parents=True, exist_ok=True)
        upgrade(settings.database)
    found = condition(settings.database)
    schema = found.schema if found else None
    show.OUT.print(_told(schema), highlight=False)
    is_new = schema is not None and (schema.is_newer or schema.revision == schema.newest)
    raise typer.Exit(0 if is_new else 1)


def _told(schema: Schema | None) -> str:
    if schema is None or schema.revision is None:
        return "The books are empty."
    if schema.is_newer:
        return f"The books are at schema {schema.revision}, of a newer Kvitt than this one."
    newest = "the newest" if schema.revision == schema.newest else f"the newest is {schema.newest}"
    return f"The books are at schema {schema.revision}; {newest}."
