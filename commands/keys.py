"""API keys: made, listed, replaced and ended. They are in the books; nothing else needs to run."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from pydantic_core import PydanticCustomError

from commands import show
from commands.orders import JSON
from commands.running import parse_duration
from commands.session import CommandError, opened_books
from config.merchants import find_merchant, load_merchant
from config.problems import nearest
from config.settings import Settings, read_settings
from config.values import parse_name
from store.keys import ApiKey, ApiKeys, NewKey, Scope, UnknownKeyError

LONGEST_NAME = 64

LIVES = Annotated[str | None, typer.Option("--lives", help="End by itself after this, as in '90 days'.")]
KEY = Annotated[str, typer.Argument(help="The key's id, as list shows it.", metavar="ID")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    group = typer.Typer(no_args_is_help=True, help="Make, list, replace and end the keys of the API.")
    group.command()(create)
    group.command("list")(list_keys)
    group.command()(rotate)
    group.command()(revoke)
    app.add_typer(group, name="api-key", rich_help_panel="Run")


def create(
    merchant: Annotated[str, typer.Argument(help="Whose invoices the key opens.")],
    name: Annotated[str, typer.Option(help="Who will use it; orders are written down under this name.")],
    scopes: Annotated[str, typer.Option(help=f"What it may do, parted by commas: {', '.join(Scope)}.")],
    lives: LIVES = None,
    json_: JSON = False,
) -> None:
    """Make a key. It is shown once and kept nowhere.

    Example: kvitt api-key create nordljus --name shop --scopes invoices:read,invoices:write.
    """
    settings = read_settings()
    whose, may, who = _merchant(merchant, settings), _scopes(scopes), _name(name)
    with _keys(settings) as keys:
        new = keys.create(whose, who, may, datetime.now(UTC), _span(lives))
    _tell(new, json_=json_)


def list_keys(
    merchant: Annotated[str | None, typer.Option("--merchant", "-m", help="Only this merchant's.")] = None,
    json_: JSON = False,
) -> None:
    """List the keys, those that have ended too. Example: kvitt api-key list."""
    with _keys(read_settings()) as keys:
        found = keys.all(merchant)
    if json_:
        for key in found:
            show.as_json(_as_fields(key))
        return
    now = datetime.now(UTC)
    lines = [
        (
            key.id,
            key.merchant,
            key.name,
            _moment(key.used_at) or "never",
            ("" if key.opens_at(now) else "ended ") + _moment(key.expires_at),
            " ".join(sorted(key.scopes)),
        )
        for key in found
    ]
    title = f"{len(lines)} key{'s' if len(lines) != 1 else ''}"
    show.rows(title, ("Id", "Merchant", "Name", "Last used (UTC)", "Until (UTC)", "May"), lines)


def rotate(
    id_: KEY,
    grace: Annotated[str, typer.Option(help="How long the old key still opens.")] = "1 day",
    lives: LIVES = None,
    json_: JSON = False,
) -> None:
    """Make the key that takes another's place: same merchant, name and scopes. Both open while the grace lasts.

    Example: kvitt api-key rotate 5c0e9a1b7d42 --grace '2 days'.
    """
    with _keys(read_settings()) as keys:
        new = keys.rotate(id_, datetime.now(UTC), parse_duration(grace), _span(lives))
    _tell(new, json_=json_)


def revoke(id_: KEY, json_: JSON = False) -> None:
    """End a key at once. Example: kvitt api-key revoke 5c0e9a1b7d42."""
    with _keys(read_settings()) as keys:
        key = keys.revoke(id_, datetime.now(UTC))
    if json_:
        show.as_json({"id": key.id, "revoked": True})
    else:
        show.say(f"The key [bold]{key.id}[/] ({key.merchant}, {key.name}) opens nothing any more.")


@contextmanager
def _keys(settings: Settings) -> Iterator[ApiKeys]:
    with opened_books(settings) as books:
        try:
            yield ApiKeys(books.engine)
        except UnknownKeyError as error:
            raise CommandError(str(error)) from None


def _merchant(name: str, settings: Settings) -> str:
    """A merchant that there is; its file names it as its invoices will."""
    try:
        path = find_merchant(parse_name(name), settings.merchants)
    except PydanticCustomError as error:
        raise CommandError(f"{error}; write a merchant's short name") from None
    return load_merchant(path).merchant.id


def _scopes(words: str) -> list[Scope]:
    given = words.replace(",", " ").split()
    unknown = [word for word in given if word not in set(Scope)]
    if unknown or not given:
        what = f'"{unknown[0]}" is no scope' if unknown else "a key needs a scope"
        raise CommandError(f"{what}; {nearest(unknown[0] if unknown else '', Scope)}")
    return [Scope(word) for word in given]


def _name(name: str) -> str:
    written = name.strip()
    if not 1 <= len(written) <= LONGEST_NAME or not written.isprintable():
        raise CommandError(f"a key's name has 1 to {LONGEST_NAME} letters")
    return written


def _span(text: str | None) -> timedelta | None:
    return parse_duration(text) if text else None


def _tell(new: NewKey, *, json_: bool) -> None:
    if json_:
        show.as_json({**_as_fields(new.key), "key": new.text})
        return
    until = f", until {_moment(new.key.expires_at)} UTC" if new.key.expires_at else ""
    show.say(f"The key of {new.key.merchant}, {new.key.name}{until}. It is shown now and never again:")
    show.OUT.print(new.text, soft_wrap=True, highlight=False, markup=False)


def _as_fields(key: ApiKey) -> dict[str, object]:
    return {
        "id": key.id,
        "merchant": key.merchant,
        "name": key.name,
        "scopes": sorted(key.scopes),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "used_at": key.used_at,
    }


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""
