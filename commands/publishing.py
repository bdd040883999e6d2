"""Publishing merchants' files: what it would change is shown first, and nothing goes out uncounted."""

from __future__ import annotations

import asyncio
import getpass
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from commands import show
from commands.asking import ask
from commands.following import must_confirm
from commands.orders import JSON, WHY
from commands.previewing import show_preview
from commands.session import CommandError, in_session
from config.merchants import Loaded, load_merchant, load_text
from domain.batches import USUAL_RATE, BatchState
from domain.words import When
from store.batches import Batch
from store.registry import Published
from workflows.batching import BatchClient
from workflows.client import CaseClient
from workflows.publishing import Comparing, Preview, move_all, running_cases


class Running(StrEnum):
    """What becomes of the cases that run."""

    PIN = "pin"
    NEXT_STEP = "next-step"
    NOW = "now"

    @property
    def when(self) -> When | None:
        """When they are moved; None: never."""
        return None if self is Running.PIN else When(self.replace("-", "_"))


RUNNING = Annotated[
    Running | None,
    typer.Option(
        "--running", help="Running cases: pin (they keep their rules), next-step, or now. Else you are asked."
    ),
]
CONFIRM = Annotated[
    int | None, typer.Option("--confirm", help="How many messages go out at once; else you are asked.", metavar="COUNT")
]
FIRST = Annotated[int, typer.Option("--first", help="How many changed plans to show.", min=0, max=100)]
RATED = Annotated[float, typer.Option("--rate", help="How many cases a second are moved at most.", min=0.1, max=1000)]
DRY = Annotated[bool, typer.Option("--dry-run", help="Only show what would change.")]


@dataclass(frozen=True, slots=True)
class Manner:
    """How the person at the keyboard wants it published."""

    running: Running | None
    confirmed: int | None
    first: int
    rate: float
    dry_run: bool
    why: str
    json_: bool


def publish(
    file: Annotated[Path, typer.Argument(help="The merchant's file.", exists=True, dir_okay=False)],
    running: RUNNING = None,
    confirm: CONFIRM = None,
    first: FIRST = 3,
    rate: RATED = USUAL_RATE,
    dry_run: DRY = False,
    why: WHY = "",
    json_: JSON = False,
) -> None:
    """Publish a merchant's file: from then on it counts for new invoices, and for running cases if you wish.

    Example: kvitt policy publish examples/merchants/nordljus.yaml --running next-step.
    """
    draft = load_merchant(file, datetime.now(UTC).date())
    _publish(draft, Manner(running, confirm, first, rate, dry_run, why, json_))


def rollback(
    merchant: Annotated[str, typer.Argument(help="The merchant's name.")],
    version: Annotated[int, typer.Argument(help="The version whose rules are to count again.")],
    running: RUNNING = None,
    confirm: CONFIRM = None,
    first: FIRST = 3,
    rate: RATED = USUAL_RATE,
    dry_run: DRY = False,
    why: WHY = "",
    json_: JSON = False,
) -> None:
    """Publish an older version anew; it gets the next number. Example: kvitt policy rollback nordljus 1."""
    manner = Manner(running, confirm, first, rate, dry_run, why or f"back to version {version}", json_)

    async def older(client: CaseClient) -> Published | None:
        return await asyncio.to_thread(client.books.registry.version, merchant, version)

    found = in_session(older)
    if found is None:
        raise CommandError(f"{merchant} has published no version {version}; see: kvitt policy versions {merchant}")
    _publish(load_text(found.source, f"version {version}", datetime.now(UTC).date()), manner)


def versions(merchant: Annotated[str, typer.Argument(help="The merchant's name.")], json_: JSON = False) -> None:
    """Show what was published, newest first. Example: kvitt policy versions nordljus."""

    async def work(client: CaseClient) -> list[tuple[Published, int]]:
        return await asyncio.to_thread(client.books.registry.in_use, merchant)

    found = in_session(work)
    if not found:
        raise CommandError(
            f"nothing of {merchant} was published; its first invoice does, or: kvitt policy publish FILE"
        )
    if json_:
        for one, cases in found:
            told = {"version": one.version, "at": one.at, "who": one.who, "why": one.why, "running": cases}
            show.as_json(told)
        return
    lines = [
        (str(one.version), f"{one.at:%Y-%m-%d %H:%M}", one.who or "first invoice", f"{cases:,}", one.why)
        for one, cases in found
    ]
    show.rows(f"What {merchant} has published", ("Version", "At (UTC)", "By", "Running cases", "Why"), lines)


def _publish(draft: Loaded, manner: Manner) -> None:
    async def work(client: CaseClient) -> None:
        seen = await _preview(client, draft, manner)
        if not manner.json_:
            show_preview(draft, seen)
        chosen = None if manner.dry_run else _chosen(seen, manner)
        messages = seen.acting[chosen.when].messages if chosen and chosen.when else 0
        if chosen is None:
            _told(draft, seen, None, None, manner)
            return
        must_confirm(messages, manner.confirmed, json_=manner.json_)
        published, batch = await _carry_out(client, draft, chosen.when, messages, manner)
        _told(draft, seen, published, batch, manner)

    in_session(work)


async def _preview(client: CaseClient, draft: Loaded, manner: Manner) -> Preview:
    """Compare with every running case, each at its own now."""
    refs = await asyncio.to_thread(lambda: list(running_cases(client.books, draft)))
    cases = [(ref, await client.clock.now(ref, client.books)) for ref in refs]
    with show.bar("Comparing", quiet=manner.json_) as progress:
        task = progress.add_task("compare", total=len(cases))
        comparing = Comparing(client.books, draft, manner.first)
        return await asyncio.to_thread(comparing.preview, cases, lambda: progress.advance(task))


async def _carry_out(
    client: CaseClient, draft: Loaded, when: When | None, at_once: int, manner: Manner
) -> tuple[Published, Batch | None]:
    """Publish; and begin to move the running cases. The batch goes on when this command has ended."""
    registry, now = client.books.registry, datetime.now(UTC)
    published = await asyncio.to_thread(
        registry.publish, draft.merchant, draft.text, now, getpass.getuser(), manner.why
    )
    if when is None:
        return published, None
    batch = await asyncio.to_thread(move_all, client.books, published, draft.merchant.id, when, at_once, manner.rate)
    await BatchClient(client.plain, client.books, client.queue).begin(batch.id)
    return published, batch


# --- what is asked ---------------------------------------------------------------------------------------------------


def _chosen(seen: Preview, manner: Manner) -> Running:
    """What becomes of the running cases: as wished, or as answered; where nobody can answer, they are pinned."""
    if manner.running or not seen.running or manner.json_ or not sys.stdin.isatty():
        return manner.running or Running.PIN
    asked: str = ask("Running cases: pin, next-step or now?", default=Running.PIN.value)
    try:
        return Running(asked.strip())
    except ValueError:
        raise CommandError(f'"{asked}" is none of them; nothing was published') from None


def _told(draft: Loaded, seen: Preview, published: Published | None, batch: Batch | None, manner: Manner) -> None:
    if manner.json_:
        done = {"published": published and published.version, "batch": batch and batch.id}
        told = {"merchant": draft.merchant.id, "compared": seen.compared, **seen.as_fields()}
        show.as_json(told | done)
        return
    if published is None:
        show.say("Nothing was published.")
        return
    show.say(f"Version {published.version} of {draft.merchant.id} counts for new invoices.")
    if batch and batch.state is BatchState.PAUSED:
        show.say(f"Moving the running cases has paused before; to let it go on: kvitt batch resume {batch.id}")
    elif batch:
        show.say(f"Running cases are being moved; see how far it is with: kvitt batch show {batch.id}")
    elif seen.running:
        show.say("Running cases keep the rules that they have.")
