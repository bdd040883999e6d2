"""What people look at: where invoices stand, what comes, and the life a story makes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from commands import show
from commands.orders import JSON, MERCHANT
from commands.session import found, in_session
from config.settings import read_settings
from config.stories import Story, read_story
from domain.decisions import Wait
from domain.law import law_of
from domain.law.bank_days import calendar_of
from domain.rules import decide
from domain.simulation import simulate as simulate_life
from domain.stages import Stage
from domain.telling import CHANNELS, moment, plan_rows, step_name, tell
from domain.timeline import Entry, life
from domain.wire import InvoiceRef
from gateway.tables import tables
from store.cases import CaseFile
from store.looks import Standing
from store.sends import KeptSend
from workflows.client import CaseClient


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (status, plan, simulate):
        app.command(rich_help_panel="Look")(command)


def status(
    number: Annotated[str | None, typer.Argument(help="An invoice; without it: all of them.")] = None,
    merchant: MERCHANT = None,
    stage: Annotated[Stage | None, typer.Option(help="Only invoices of this stage.")] = None,
    limit: Annotated[int, typer.Option(help="At most so many, the newest first.", min=1)] = 50,
    json_: JSON = False,
) -> None:
    """Show where invoices stand, or one invoice's life so far. Example: kvitt status 10001."""

    async def work(client: CaseClient) -> None:
        if number is None:
            _all(client, merchant, stage, limit, json_=json_)
        else:
            ref = found(client, number, merchant)
            await _one(client, ref, json_=json_)

    in_session(work)


def plan(
    number: Annotated[str, typer.Argument(help="The invoice's number, or merchant/number.")],
    merchant: MERCHANT = None,
    json_: JSON = False,
) -> None:
    """Show what will be done with an invoice if nothing happens. Example: kvitt plan 10001."""

    async def work(client: CaseClient) -> None:
        ref = found(client, number, merchant)
        now = await client.clock.now(ref, client.books)
        case = await asyncio.to_thread(client.books.cases.read, ref.id)
        calendar = case.law.calendar
        planned = case.plan(now)
        if json_:
            for item in planned:
                at = calendar.local(item.at).isoformat(timespec="minutes")
                show.as_json({"at": at, "what": tell(item.decision, calendar), "decision": item.decision})
        elif planned:
            title = f"{ref.merchant}/{ref.number}, as of {moment(now, calendar)}, if nothing happens"
            show.rows(title, ("When", "What", "Asks for"), plan_rows(planned, calendar))
        else:
            decision = decide(case.facts, case.policy, case.law, now)
            show.say(f"Nothing more is planned for {ref.merchant}/{ref.number}. {tell(decision, calendar)}.")

    in_session(work)


def simulate(
    story: Annotated[list[Path], typer.Argument(help="Story files.", exists=True, dir_okay=False)],
    merchants: Annotated[Path | None, typer.Option(help="The folder with the merchants' files.")] = None,
    json_: JSON = False,
) -> None:
    """Tell the life that a story makes, before anything runs.

    Example: kvitt simulate examples/stories/two-reminders-pays-with-fee.yaml.
    """
    folder = merchants or read_settings().merchants
    for path in story:
        told = read_story(path, folder)
        entries = life_of(told)
        if json_:
            show.entries_as_json(entries)
        else:
            show.entries(f"{told.title}  ({told.merchant.id}/{told.invoice.number})", entries)
            show.OUT.print()


def life_of(story: Story) -> tuple[Entry, ...]:
    """The life of a story, simulated."""
    invoice = story.invoice.to_domain(story.merchant)
    law = law_of(invoice.country, invoice.kind)
    return life(invoice, law.calendar, simulate_life(invoice, story.policy, law, story.happens))


def _all(client: CaseClient, merchant: str | None, stage: str | None, limit: int, *, json_: bool) -> None:
    standings = client.books.looks.standing(limit, merchant, stage)
    if json_:
        for standing in standings:
            show.as_json(_as_fields(standing))
        return
    lines = [
        (
            f"{s.merchant}/{s.number}",
            s.stage.replace("_", " "),
            f"{s.balance} {s.balance.currency}",
            s.due.isoformat(),
            step_name(s.next_step or ""),
            moment(s.next_at, calendar_of(s.country)) if s.next_at else "",
        )
        for s in standings
    ]
    show.rows(
        f"{len(lines)} invoice{'s' if len(lines) != 1 else ''}",
        ("Invoice", "Stage", "Balance", "Due", "Next step", "At"),
        lines,
    )


def _as_fields(standing: Standing) -> dict[str, object]:
    """A standing as machines read it."""
    return {
        "merchant": standing.merchant,
        "number": standing.number,
        "stage": standing.stage,
        "balance": str(standing.balance),
        "currency": standing.balance.currency,
        "due": standing.due,
        "next_step": standing.next_step,
        "next_at": standing.next_at,
    }


async def _one(client: CaseClient, ref: InvoiceRef, *, json_: bool) -> None:
    case = await asyncio.to_thread(client.books.cases.read, ref.id)
    entries = case.life
    if json_:
        show.entries_as_json(entries)
        return
    show.entries(f"{ref.merchant}/{ref.number}", entries)
    standing = client.books.looks.one(ref.id)
    calendar = case.law.calendar
    balance = f"{case.facts.balance} {case.facts.balance.currency}"
    decision = decide(case.facts, case.policy, case.law, await client.clock.now(ref, client.books))
    following = f" Next: {step_name(standing.next_step)}." if standing.next_step else ""
    told = f" {tell(decision, calendar)}." if isinstance(decision, Wait) else following
    sends = await asyncio.to_thread(client.books.sends.of_invoice, ref.id)
    if trouble := _trouble(case, sends):
        show.say()
        show.rows("Not out", ("Step", "Channel", "Tries", "Status", "Vendor", "What it said"), trouble)
    orders = await asyncio.to_thread(client.books.orders.given, ref.merchant, ref.number)
    for table in tables(case, orders):
        show.say()
        show.rows(table.title, table.headings, [tuple(map(escape, row)) for row in table.rows])
    show.say(f"\nNow [bold]{standing.stage.replace('_', ' ')}[/], balance {balance}.{told}")


def _trouble(case: CaseFile, sends: Sequence[KeptSend]) -> list[tuple[str, ...]]:
    """The rungs whose last attempt is not out, with what the vendor said: it is kept in the books, and in no log."""
    kept = {send.send: send for send in sends}
    newest = {(send.id.step, send.id.rung): send for send in case.facts.sends}
    return [
        (
            step_name(state.id.step),
            CHANNELS[state.channel],
            str(state.id.attempt),
            state.status.replace("_", " ") + (f", {state.why.replace('_', ' ')}" if state.why else ""),
            kept[state.id].vendor or "",
            escape(kept[state.id].vendor_said),
        )
        for state in newest.values()
        if not state.is_out and state.id in kept
    ]
