"""``kvitt person`` and ``kvitt forget``: what is kept about a customer, and letting go of it."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from activities.forgetting import Forgetter, NotYetError
from activities.people import export_of
from commands import show
from commands.asking import ask
from commands.finding import Found, found_of, of_one
from commands.orders import JSON, MERCHANT, WHY
from commands.session import CommandError, opened_books
from config.settings import Settings, read_settings
from domain.archive import ArchiveError
from domain.money import Money
from domain.policy import Channel
from store.books import Books
from store.forgetting import Forgotten
from store.people import Loose, Theirs

WHO = Annotated[
    str, typer.Argument(help="An e-mail address, a phone number with its country code, or an invoice.", metavar="WHO")
]
NAME = Annotated[
    list[str] | None, typer.Option("--name", help="Only invoices in this name; may be given several times.")
]
FILE = Annotated[Path | None, typer.Option("--output", "-o", help="Where to; else into this folder.", metavar="FILE")]
CONFIRM = Annotated[
    int | None, typer.Option("--confirm", help="How many invoices these are; else you are asked.", metavar="COUNT")
]
DRY = Annotated[bool, typer.Option("--dry-run", help="Only tell what would be done.")]
OPT_OUTS = Annotated[bool, typer.Option("--opt-outs", help="Also that they want nothing more; else that stays.")]
MOST_TOLD = 10


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    person = typer.Typer(no_args_is_help=True, help="See what is kept about a customer.")
    person.command()(find)
    person.command()(export)
    app.add_typer(person, name="person", rich_help_panel="Look")
    app.command(rich_help_panel="Orders")(forget)


def find(who: WHO, merchant: MERCHANT = None, name: NAME = None, json_: JSON = False) -> None:
    """Find what is kept about a customer. Example: kvitt person find anna@customer.example."""
    with opened_books(read_settings()) as books:
        found = found_of(books, who, merchant, name)
    _tell(found, {}, json_=json_)


def export(who: WHO, output: FILE = None, merchant: MERCHANT = None, name: NAME = None, json_: JSON = False) -> None:
    """Write all that is kept about a customer into a ZIP. Example: kvitt person export anna@customer.example."""
    with opened_books(read_settings()) as books:
        found = of_one(found_of(books, who, merchant, name))
        try:
            made = export_of(books, found.asked, found.invoices, found.loose)
        except ArchiveError as error:
            raise CommandError(f"no export can be made: {error}; export one invoice at a time") from None
    path = output or Path("person.zip")
    try:
        path.write_bytes(made)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
    if json_:
        show.as_json({"file": str(path), "bytes": len(made), "invoices": len(found.invoices)})
    else:
        show.say(f"{escape(str(path))}: {_counted(len(found.invoices), 'invoice')}, {len(made)} bytes.")


def forget(
    who: WHO,
    merchant: MERCHANT = None,
    name: NAME = None,
    confirm: CONFIRM = None,
    opt_outs: OPT_OUTS = False,
    dry_run: DRY = False,
    why: WHY = "",
    json_: JSON = False,
) -> None:
    """Forget a customer; what the law wants kept is sealed. Example: kvitt forget anna@customer.example."""
    settings = read_settings()
    with opened_books(settings) as books:
        found = of_one(found_of(books, who, merchant, name))
        if not opt_outs:
            found = replace(found, loose=replace(found.loose, opt_outs=()))
        forgetter = Forgetter(books, settings.keeping, settings.home / "outbox")
        kept = _check(forgetter, found)
        if dry_run:
            _tell(found, kept, json_=json_)
            return
        _confirm(found, kept, confirm)
        gone = _gone(forgetter, found, why)
        is_compact = _empty(books, found.loose)
    _told(found, gone, settings, json_=json_)
    if not is_compact:
        show.ERR.print("SQLite's file is in use, and may still hold what was emptied; say it again when it is not.")


def _check(forgetter: Forgetter, found: Found) -> dict[int, date]:
    """All of it or nothing; until when the law wants each invoice kept.

    Raises:
        CommandError: something must be done first.
    """
    kept: dict[int, date] = {}
    hinders: list[str] = []
    for one in found.invoices:
        try:
            kept[one.id] = forgetter.check(one.id)
        except NotYetError as error:
            hinders.append(str(error))
    if hinders:
        more = f"\nand {len(hinders) - MOST_TOLD} more" if len(hinders) > MOST_TOLD else ""
        raise CommandError("nothing was forgotten:\n" + "\n".join(hinders[:MOST_TOLD]) + more)
    return kept


def _gone(forgetter: Forgetter, found: Found, why: str) -> list[Forgotten]:
    """Forget them, one after the other.

    Raises:
        CommandError: one came to life again meanwhile; what was forgotten before it stays forgotten.
    """
    try:
        return [forgetter.forget(one.id, getpass.getuser(), why) for one in found.invoices]
    except NotYetError as error:
        raise CommandError(f"{error}; then say it again: those before it are forgotten") from None


def _confirm(found: Found, kept: Mapping[int, date], confirm: int | None) -> None:
    """Let a person say how many invoices these are."""
    count = len(found.invoices)
    if confirm is None:
        if not sys.stdin.isatty():
            raise CommandError(
                f"{_counted(count, 'invoice')} would be forgotten for good; repeat with --confirm {count}"
            )
        _tell(found, kept, json_=False)
        confirm = ask("This cannot be undone. How many invoices are these?", type=int)
    if confirm != count:
        raise CommandError(f"nothing was forgotten: there are {_counted(count, 'invoice')}, not {confirm}")


def _empty(books: Books, loose: Loose) -> bool:
    """Empty what hangs on no invoice, and leave no trace of anything; False: traces are left."""
    books.forgetting.empty_loose(loose)
    for channel, address, merchant in loose.opt_outs:
        books.opt_outs.lift(Channel(channel), address, merchant)
    return books.forgetting.compact()


def _tell(found: Found, kept: Mapping[int, date], *, json_: bool) -> None:
    """What was found; and until when the law wants it kept, where somebody is to be forgotten."""
    loose = found.loose
    if json_:
        loosely = {key: len(value) for key, value in asdict(loose).items()}
        invoices = [asdict(one) | ({"kept_until": kept[one.id]} if kept else {}) for one in found.invoices]
        show.as_json({"asked": found.asked, "invoices": invoices, **loosely})
        return
    headings = ("Invoice", "Name", "Stage", "Owed", *(("Kept until",) if kept else ()))
    lines = [(*_row(one), *((str(kept[one.id]),) if kept else ())) for one in found.invoices]
    show.rows(_counted(len(lines), "invoice"), headings, lines)
    for count, what in (
        (len(loose.opt_outs), "opt-out"),
        (len(loose.heard), "word of a vendor about no message of ours"),
        (len(loose.posts), "post that nobody could read or assign"),
        (len(loose.items), "invoice of a batch that has not begun"),
    ):
        if count:
            show.say(f"{count} × {what}")


def _told(found: Found, gone: list[Forgotten], settings: Settings, *, json_: bool) -> None:
    """What was done, for each invoice."""
    sealed = {one.invoice_id: one.keep_until for one in gone if one.is_sealed}
    if json_:
        whose = [(one, sealed.get(one.id)) for one in found.invoices]
        told = [{"merchant": one.merchant, "number": one.number, "sealed_until": until} for one, until in whose]
        show.as_json({"forgotten": told})
        return
    for one in found.invoices:
        kept = f"evidence sealed until {sealed[one.id]}" if one.id in sealed else "nothing of theirs is left"
        show.say(f"[bold]{one.merchant}/{one.number}[/] forgotten; {kept}.")
    if (settings.home / "kvitt-error.log").exists():
        show.say(f"{escape(str(settings.home))}/kvitt-error.log may name people; delete it when it was looked at.")
    show.say("Backups, and vendors' own records, are not ours to empty: see docs/privacy.md.")


def _row(one: Theirs) -> tuple[str, ...]:
    owed = Money(one.balance, one.currency)
    return f"{one.merchant}/{one.number}", escape(one.name), one.stage.replace("_", " "), f"{owed} {one.currency}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
