"""Webhooks to merchants: endpoints, and what became of each message. They are in the books; a worker delivers."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.markup import escape

from channels.webhook import EndpointError, Reply, check_url, posting, signed, trial
from commands import show
from commands.orders import JSON
from commands.session import CommandError, opened_books
from config.merchants import find_merchant, load_merchant
from config.problems import nearest
from config.settings import Settings, read_settings
from domain.announcements import Type
from store.books import Books
from store.deliveries import DEAD, Delivery, UnknownDeliveryError
from store.endpoints import Endpoint, UnknownEndpointError

ENDPOINT = Annotated[str, typer.Argument(help="The endpoint's id, as list shows it.", metavar="ENDPOINT")]
WHOSE = Annotated[str | None, typer.Option("--merchant", "-m", help="Only this merchant's.")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    group = typer.Typer(no_args_is_help=True, help="Tell merchants' systems what happens, and see what they heard.")
    group.command()(add)
    group.command("list")(list_endpoints)
    group.command()(rotate)
    group.command()(remove)
    group.command("test")(try_out)
    group.command()(deliveries)
    group.command()(replay)
    app.add_typer(group, name="webhook", rich_help_panel="Run")


def add(
    merchant: Annotated[str, typer.Argument(help="Whose invoices it hears of.")],
    url: Annotated[str, typer.Argument(help="Where to post to, as in https://shop.example/kvitt.")],
    types: Annotated[str, typer.Option(help=f"Only these, parted by commas: {', '.join(Type)}.")] = "",
    json_: JSON = False,
) -> None:
    """Open an endpoint. The secret that its messages are signed with is shown once.

    Example: kvitt webhook add nordljus https://shop.example/kvitt --types invoice.paid,invoice.closed.
    """
    settings = read_settings()
    whose, where, wanted = _merchant(merchant, settings), _url(url, settings), _types(types)
    with _books(settings) as books:
        endpoint = books.endpoints.add(whose, where, wanted, datetime.now(UTC))
    _tell_secret(endpoint, endpoint.secrets[0], json_=json_)


def list_endpoints(merchant: WHOSE = None, json_: JSON = False) -> None:
    """List the open endpoints. Example: kvitt webhook list."""
    with _books(read_settings()) as books:
        found = books.endpoints.of_merchant(merchant)
    if json_:
        for endpoint in found:
            show.as_json(_as_fields(endpoint))
        return
    lines = [(one.id, one.merchant, escape(one.url), " ".join(one.types) or "all") for one in found]
    title = f"{len(lines)} endpoint{'s' if len(lines) != 1 else ''}"
    show.rows(title, ("Id", "Merchant", "Address", "Types"), lines)


def rotate(
    endpoint: ENDPOINT,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="The secret before has leaked: it signs no more from now on.")
    ] = False,
    json_: JSON = False,
) -> None:
    """Give an endpoint a new secret. Messages are signed with the one before too, until the next rotation.

    Example: kvitt webhook rotate ep_5c0e9a1b7d42.
    """
    with _books(read_settings()) as books:
        known = books.endpoints.get(endpoint)
        secret = books.endpoints.rotate(known.merchant, endpoint, at_once=at_once)
    _tell_secret(known, secret, json_=json_)


def remove(endpoint: ENDPOINT, json_: JSON = False) -> None:
    """Close an endpoint: it is told nothing more. Example: kvitt webhook remove ep_5c0e9a1b7d42."""
    with _books(read_settings()) as books:
        known = books.endpoints.get(endpoint)
        books.endpoints.close(known.merchant, endpoint, datetime.now(UTC))
    if json_:
        show.as_json({"id": known.id, "removed": True})
    else:
        show.say(f"The endpoint [bold]{known.id}[/] ({known.merchant}) is told nothing more.")


def try_out(endpoint: ENDPOINT, json_: JSON = False) -> None:
    """Post a signed message that says nothing, once, and tell the answer. Example: kvitt webhook test ep_5c0e9a1b7d42.

    The exit code is 1 if the receiver does not take it.
    """
    settings = read_settings()
    with _books(settings) as books:
        known = books.endpoints.get(endpoint)
    reply = asyncio.run(_try(known, settings))
    if json_:
        show.as_json({"id": known.id, "taken": reply.is_taken, "status": reply.status, "said": reply.said})
    else:
        answer = f"It answered {reply.status}." if reply.status else f"It did not answer: {reply.said}."
        show.say(f"{answer} {'It takes messages.' if reply.is_taken else 'That counts as not heard.'}")
    raise typer.Exit(0 if reply.is_taken else 1)


def deliveries(
    merchant: WHOSE = None,
    dead: Annotated[bool, typer.Option("--dead", help="Only those that were given up.")] = False,
    limit: Annotated[int, typer.Option(help="At most so many, the newest first.", min=1)] = 50,
    json_: JSON = False,
) -> None:
    """Show what merchants' systems were told and whether they took it. Example: kvitt webhook deliveries --dead."""
    with _books(read_settings()) as books:
        found = books.deliveries.newest(limit, merchant, DEAD if dead else None)
    if json_:
        for delivery in found:
            show.as_json(_told(delivery))
        return
    lines = [
        (
            one.id,
            f"{one.merchant}/{one.number}",
            one.type,
            one.state,
            str(one.attempts),
            str(one.last_status or escape(one.last_said)),
            f"{one.created_at:%Y-%m-%d %H:%M}",
        )
        for one in found
    ]
    title = f"{len(lines)} message{'s' if len(lines) != 1 else ''}"
    show.rows(title, ("Id", "Invoice", "Type", "State", "Tries", "Last answer", "Made (UTC)"), lines)


def replay(
    delivery: Annotated[str | None, typer.Argument(help="A message's id, as deliveries shows it.")] = None,
    dead: Annotated[bool, typer.Option("--dead", help="All that were given up.")] = False,
    merchant: WHOSE = None,
    json_: JSON = False,
) -> None:
    """Have a message sent anew, or all dead ones, under their old ids. Example: kvitt webhook replay --dead."""
    if (delivery is None) is not dead:
        raise CommandError("name a message, as in: kvitt webhook replay msg_0a1b, or write --dead for all dead ones")
    with _books(read_settings()) as books:
        if delivery:
            books.deliveries.replay(delivery, merchant)
        count = 1 if delivery else books.deliveries.replay_dead(merchant)
    if json_:
        show.as_json({"replayed": count})
    else:
        show.say(f"{count} message{'s' if count != 1 else ''} will be sent anew, by the worker.")


@contextmanager
def _books(settings: Settings) -> Iterator[Books]:
    with opened_books(settings) as books:
        try:
            yield books
        except UnknownEndpointError:
            raise CommandError("there is no such open endpoint; see them all with: kvitt webhook list") from None
        except UnknownDeliveryError:
            raise CommandError("there is no such message; see them with: kvitt webhook deliveries") from None


async def _try(endpoint: Endpoint, settings: Settings) -> Reply:
    now = datetime.now(UTC)
    message_id, body = trial(endpoint.merchant, now)
    async with posting(public_only=settings.production) as poster:
        return await poster.post(endpoint.url, signed(endpoint.secrets, message_id, body, now), body)


def _merchant(name: str, settings: Settings) -> str:
    """A merchant that there is; its file names it as its invoices do."""
    return load_merchant(find_merchant(name, settings.merchants)).merchant.id


def _url(url: str, settings: Settings) -> str:
    try:
        return check_url(url, public_only=settings.production)
    except EndpointError as error:
        raise CommandError(f'"{url}" {error}') from None


def _types(words: str) -> tuple[str, ...]:
    given = tuple(words.replace(",", " ").split())
    for word in given:
        if word not in set(Type):
            raise CommandError(f'"{word}" is nothing that is told; {nearest(word, Type)}')
    return given


def _tell_secret(endpoint: Endpoint, secret: str, *, json_: bool) -> None:
    if json_:
        show.as_json({**_as_fields(endpoint), "secret": secret})
        return
    show.say(f"The endpoint [bold]{endpoint.id}[/] of {endpoint.merchant}. Its secret is shown now and never again:")
    show.OUT.print(secret, soft_wrap=True, highlight=False, markup=False)


def _as_fields(endpoint: Endpoint) -> dict[str, object]:
    return {
        "id": endpoint.id,
        "merchant": endpoint.merchant,
        "url": endpoint.url,
        "types": endpoint.types,
        "created_at": endpoint.created_at,
    }


def _told(delivery: Delivery) -> dict[str, object]:
    return {
        "id": delivery.id,
        "endpoint": delivery.endpoint_id,
        "merchant": delivery.merchant,
        "number": delivery.number,
        "type": delivery.type,
        "state": delivery.state,
        "round": delivery.round,
        "attempts": delivery.attempts,
        "last_status": delivery.last_status,
        "last_said": delivery.last_said,
        "created_at": delivery.created_at,
        "ended_at": delivery.ended_at,
    }
