"""``kvitt evidence`` makes a pack that proves a claim; ``kvitt verify`` checks one, wherever it comes from."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from activities.evidence import evidence_of
from commands import show
from commands.orders import JSON, MERCHANT, NUMBER
from commands.session import CommandError, found_in, opened_books
from config.settings import read_settings
from domain.archive import MOST_BYTES, ArchiveError, Problem
from domain.evidence import LOG, Checked, Line, check

PACK = Annotated[Path, typer.Argument(help="The pack, a ZIP.", metavar="PACK")]
HEAD = Annotated[str | None, typer.Option("--head", help="The head that the log must have.", metavar="SHA256")]
FILE = Annotated[Path | None, typer.Option("--output", "-o", help="Where to; else into this folder.", metavar="FILE")]


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    for command in (evidence, verify):
        app.command(rich_help_panel="Look")(command)


def evidence(number: NUMBER, output: FILE = None, merchant: MERCHANT = None, json_: JSON = False) -> None:
    """Make the evidence pack of an invoice; it names people. Example: kvitt evidence 10001 -o 10001.zip."""
    with opened_books(read_settings()) as books:
        ref = found_in(books, number, merchant)
        try:
            pack = evidence_of(books, books.cases.read(ref.id))
        except ArchiveError as error:
            raise CommandError(f"no pack can be made: {error}") from None
    path = output or Path(f"{ref.merchant}-{ref.number}-evidence.zip")
    _write(path, pack)
    checked = check(pack)
    if json_:
        show.as_json({"pack": str(path), "bytes": len(pack), "files": len(checked.files), "head": checked.head})
        return
    show.say(f"{escape(str(path))}: {len(checked.files)} files, {len(pack)} bytes.")
    show.say(f"Head of its log: {checked.head}")
    show.say(f"Check it with: kvitt verify {escape(str(path))}")


def verify(pack: PACK, head: HEAD = None, json_: JSON = False) -> None:
    """Check an evidence pack, byte for byte; exit code 1 if anything is wrong. Example: kvitt verify 10001.zip."""
    checked = check(_read(pack))
    problems = [*checked.problems]
    if head and head.lower() != checked.head:
        problems.append(Problem(LOG, f"its head is {checked.head or 'not there'}, not {head}"))
    if json_:
        _as_json(pack, checked, problems)
    else:
        _tell(pack, checked, problems)
    raise typer.Exit(1 if problems else 0)


def _tell(pack: Path, checked: Checked, problems: list[Problem]) -> None:
    files = [line for line in checked.lines if not line.is_act]
    if files:
        acts = _counted(len(checked.lines) - len(files), "act")
        title = f"{escape(pack.name)}: {_counted(len(checked.files), 'file')}, and {acts} in its log"
        show.rows(title, ("File", "What", "At", "Bytes", "SHA-256"), [_row(line) for line in files])
        show.say()
    for problem in problems:
        show.say(f"[red]✗[/] {escape(str(problem))}")
    if problems:
        are = "is" if len(problems) == 1 else "are"
        show.say(f"\n{_counted(len(problems), 'thing')} {are} wrong with {escape(pack.name)}.")
    else:
        show.say(f"[green]✓[/] Nothing was changed, added or taken away since it was sealed on {checked.lines[-1].at}.")
    if checked.head:
        show.say(f"Head of its log: {checked.head}")
    if not problems:
        show.say("Compare it with the head that whoever made the pack has: kvitt evidence, and the outbox, show it.")


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _row(line: Line) -> tuple[str, ...]:
    return escape(line.path), escape(line.what), escape(line.at), str(line.size), escape(line.sha256[:16])


def _as_json(pack: Path, checked: Checked, problems: list[Problem]) -> None:
    kinds = Counter("acts" if line.is_act else "files" for line in checked.lines)
    show.as_json(
        {
            "pack": str(pack),
            "fine": not problems,
            "head": checked.head or None,
            "acts": kinds["acts"],
            "files": [
                {"path": line.path, "what": line.what, "at": line.at, "size": line.size, "sha256": line.sha256}
                for line in checked.lines
                if not line.is_act
            ],
            "problems": [asdict(problem) for problem in problems],
        }
    )


def _read(pack: Path) -> bytes:
    """The bytes of a file, and one more than is read at most."""
    try:
        with pack.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{pack}: {error.strerror}") from None


def _write(path: Path, pack: bytes) -> None:
    try:
        path.write_bytes(pack)
    except OSError as error:
        raise CommandError(f"{path}: {error.strerror}") from None
