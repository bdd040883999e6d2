"""One order for all invoices that are meant: a command for each order of the table that can be given to many."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from uuid import uuid4

import typer

from commands.beginning import CONFIRM, DETACH, DRY_RUN, RATE, USUAL, Wish, begun, new_batch, seen_to_the_end
from commands.days import day_of
from commands.filling import ID_LETTERS
from commands.orders import JSON, WHY, signed, typed
from commands.session import CommandError, in_session
from config.settings import read_settings
from domain.stages import Stage
from store.batches import Batch
from store.selecting import Selection
from workflows.client import CaseClient
from workflows.foreseeing import Seen
from workflows.orders import FOR_MANY, OrderKind
from workflows.published import Merchants

SELECTION: list[tuple[str, object, object]] = [
    ("merchant", Annotated[str | None, typer.Option("--merchant", "-m", help="Only this merchant's.")], None),
    ("stage", Annotated[list[Stage] | None, typer.Option(help="Only of this stage; may be given again.")], None),
    ("due_before", Annotated[str | None, typer.Option(help="Only those due before this day.", metavar="DAY")], None),
    ("due_from", Annotated[str | None, typer.Option(help="Only those due on this day or later.", metavar="DAY")], None),
    ("next_step", Annotated[str | None, typer.Option(help="Only those that wait for this, as in reminder-1.")], None),
    ("under", Annotated[int | None, typer.Option(help="Only under this version of the merchant's file.")], None),
    ("country", Annotated[str | None, typer.Option(help="Only debtors in this country, as in SE.")], None),
]
"""Which invoices are meant. Those whose life is over are not."""
GIVING: list[tuple[str, object, object]] = [
    ("why", WHY, ""),
    ("rate", RATE, USUAL),
    ("dry_run", DRY_RUN, False),
    ("confirm", CONFIRM, None),
    ("detach", DETACH, False),
    ("json_", JSON, False),
]


def orders() -> typer.Typer:
    """The commands that give an order to many."""
    group = typer.Typer(no_args_is_help=True, help="Give one order to all invoices that are meant.")
    for kind in FOR_MANY.values():
        group.command(kind.name, help=_help(kind))(_order(kind))
    return group


def _order(kind: OrderKind) -> Callable[..., None]:
    """The function that gives an order to many, with a parameter for each of its fields."""

    def run(**values: Any) -> None:
        asks = {name: values.pop(name) for name, _, _ in (*SELECTION, *GIVING)}
        selection = _selection(asks)
        fields = {name: str(value) for name, value in values.items() if value is not None}
        more = {"merchant": selection.merchant or "", "why": asks["why"], "fields": fields, "selection": selection}
        batch = new_batch(uuid4().hex[:ID_LETTERS], kind.name, asks["rate"], **more)
        wish = Wish(asks["dry_run"], asks["confirm"], asks["detach"], asks["json_"])

        async def work(client: CaseClient) -> Batch | None:
            def put_in(_: Seen) -> set[str]:
                client.books.batch_items.choose(batch.id, selection)
                return set()

            merchants = Merchants(client.books, read_settings().merchants)
            return await begun(client, merchants, batch, put_in, wish)

        seen_to_the_end(in_session(work), detach=wish.detach, json_=wish.json)

    return signed(run, kind.name, [*((field.name, *typed(field)) for field in kind.fields), *SELECTION, *GIVING])


def _selection(asks: dict[str, Any]) -> Selection:
    """Which invoices are meant.

    Raises:
        CommandError: nobody has said.
    """
    if not any(asks[name] for name, _, _ in SELECTION):
        raise CommandError("say which invoices, as in: --merchant nordljus --due-before 2026-03-01")
    return Selection(
        merchant=asks["merchant"],
        stages=tuple(asks["stage"] or ()),
        due_before=day_of(asks["due_before"]) if asks["due_before"] else None,
        due_from=day_of(asks["due_from"]) if asks["due_from"] else None,
        next_step=asks["next_step"],
        version=asks["under"],
        country=asks["country"],
    )


def _help(kind: OrderKind) -> str:
    needed = "".join(f" {field.name.upper()}" for field in kind.fields if field.needed)
    return f"{kind.help} Example: kvitt batch order {kind.name}{needed} --merchant nordljus --due-before 2026-03-01"
