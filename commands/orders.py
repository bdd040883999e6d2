"""What people order: a command for each line of the command table (``workflows/orders.py``)."""

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from typing import Annotated
from uuid import uuid4

import typer
from pydantic_core import PydanticCustomError

from commands import show
from commands.session import CommandError, found, in_session, parted
from config.merchants import find_merchant
from config.settings import read_settings
from config.values import text
from domain.wire import Glance
from store.orders import Order
from workflows.client import CaseClient
from workflows.ordering import Asked, give, stop_in_advance
from workflows.orders import ORDERS, Field, OrderKind

NUMBER = Annotated[str, typer.Argument(help="The invoice's number, or merchant/number.", metavar="NUMBER")]
MERCHANT = Annotated[str | None, typer.Option("--merchant", "-m", help="Whose invoice, if several have the number.")]
LONGEST_ID, LONGEST_WHY = 64, 1_000


def _short(given: str | None) -> str | None:
    if given and len(given) > LONGEST_ID:
        raise typer.BadParameter(f"an order's id has at most {LONGEST_ID} characters")
    return given


def _one_line(given: str) -> str:
    if len(given) > LONGEST_WHY:
        raise typer.BadParameter(f"has {len(given)} letters; write at most {LONGEST_WHY}")
    try:
        return text(given) if given.strip() else ""
    except PydanticCustomError as error:
        context = error.context or {}
        raise typer.BadParameter(f"{context['problem']}; {context['cure']}") from None


WHY = Annotated[str, typer.Option("--why", callback=_one_line, help="Why; kept with the order.")]
ONCE = Annotated[
    str | None, typer.Option("--id", callback=_short, help="Your own id for the order; given twice it is done once.")
]
JSON = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]


def register(app: typer.Typer) -> None:
    """Put every order on the command line."""
    for kind in ORDERS.values():
        app.command(kind.name, help=f"{kind.help} Example: {kind.example}", rich_help_panel="Orders")(_command(kind))


def _command(kind: OrderKind) -> Callable[..., None]:
    """The function of an order, with a parameter for each of its fields."""

    def run(**values: str | bool | None) -> None:
        number, merchant = str(values.pop("number")), values.pop("merchant")
        why, once, json_ = str(values.pop("why")), values.pop("once"), bool(values.pop("json_"))
        order = Order(str(once or uuid4()), kind.name, getpass.getuser(), why)
        texts = {name: str(value) for name, value in values.items() if value is not None}

        async def work(client: CaseClient) -> Glance | None:
            return await _give(client, kind, number, str(merchant) if merchant else None, order, texts)

        glance = in_session(work)
        if glance:
            show.glance(number, glance, json_=json_)

    ours = [("number", NUMBER, Parameter.empty)]
    theirs = [(field.name, *typed(field)) for field in kind.fields]
    common = [("merchant", MERCHANT, None), ("why", WHY, ""), ("once", ONCE, None), ("json_", JSON, False)]
    return signed(run, kind.name, [*ours, *theirs, *common])


def signed(run: Callable[..., None], name: str, options: Sequence[tuple[str, object, object]]) -> Callable[..., None]:
    """A command that takes these: each has a name, what it is, and its default."""
    parameters = [
        Parameter(option, Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
        for option, annotation, default in options
    ]
    run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    run.__name__ = name
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return run


def typed(field: Field) -> tuple[object, object]:
    """A needed field is an argument, any other an option."""
    if field.needed:
        return Annotated[str, typer.Argument(help=field.help, metavar=field.kind.upper())], Parameter.empty
    return Annotated[str | None, typer.Option(help=field.help, metavar=field.kind.upper())], None


async def _give(
    client: CaseClient, kind: OrderKind, number: str, merchant: str | None, order: Order, texts: dict[str, str]
) -> Glance | None:
    try:
        ref = found(client, number, merchant)
    except CommandError:
        whose, itself = parted(number, merchant)
        if kind.name != "stop" or whose is None:
            raise
        if await _stop_in_advance(client, itself, whose, order):
            return None
        ref = found(client, number, merchant)
    glance = await give(client, ref, Asked(kind, texts), order)
    if glance is None:
        show.ERR.print(f"[bold]{number}[/] The order is written down; no worker answers, so it is taken when one runs.")
    return glance


async def _stop_in_advance(client: CaseClient, number: str, merchant: str, order: Order) -> bool:
    """A stop that overtook its invoice is kept until the invoice comes. False: it has come meanwhile."""
    find_merchant(merchant, read_settings().merchants)
    kept = await asyncio.to_thread(stop_in_advance, client.books, merchant, number, order)
    if kept:
        show.OUT.print(f"[bold]{number}[/] is not known yet; it will be stopped as soon as it comes.")
    return kept
