"""Merchants' files: checked before they are used, and the schema editors want."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from commands import publishing, show
from commands.days import day_of
from commands.orders import JSON
from commands.session import CommandError
from config.agencies import strangers
from config.lawful import Ruling, Whose
from config.merchants import examine
from config.problems import ConfigError, Problem
from config.schema import merchant_schema
from config.settings import read_what_is_right
from domain.law import ALIASES, UnknownLawError, law_of
from domain.review import Severity
from domain.words import DebtorKind

Told: TypeAlias = tuple[Severity, Problem]

STYLES = {Severity.ERROR: "red", Severity.WARNING: "yellow"}


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    policy = typer.Typer(no_args_is_help=True, help="Check merchants' files, publish them, print their schema.")
    policy.command()(check)
    policy.command()(schema)
    policy.command()(publishing.publish)
    policy.command()(publishing.rollback)
    policy.command()(publishing.versions)
    app.add_typer(policy, name="policy", rich_help_panel="Look")


def check(
    file: Annotated[list[Path], typer.Argument(help="Merchants' files.", exists=True, dir_okay=False)],
    country: Annotated[str | None, typer.Option(help="The debtors' country, if not the merchant's.")] = None,
    kind: Annotated[DebtorKind | None, typer.Option(help="Only the law that protects these.")] = None,
    on: Annotated[str | None, typer.Option(help="The law of a day, as in 2026-03-02.", metavar="DAY")] = None,
    json_: JSON = False,
) -> None:
    """Check merchants' files against the law of today. Example: kvitt policy check examples/merchants/nordljus.yaml."""
    whose, day = Whose(_known(country, kind), kind), day_of(on) if on else datetime.now(UTC).date()
    found = [_checked(path, day, whose) for path in file]
    for path, told in zip(file, found, strict=True):
        _as_fields(told) if json_ else _as_lines(path, told)
    raise typer.Exit(1 if any(severity is Severity.ERROR for told in found for severity, _ in told) else 0)


def schema() -> None:
    """Print the JSON Schema of merchants' files. Example: kvitt policy schema > merchant.schema.json."""
    print(json.dumps(merchant_schema(), indent=2, ensure_ascii=False))  # noqa: T201


def _known(country: str | None, kind: DebtorKind | None) -> str | None:
    """The code of a country that we know the law of, at least for companies."""
    if country is None:
        return None
    code = ALIASES.get(country.upper(), country.upper())
    try:
        return law_of(code, kind or DebtorKind.COMPANY).country
    except UnknownLawError as error:
        raise CommandError(f"{error}; see them all with: kvitt law") from None


def _checked(path: Path, day: date, whose: Whose) -> list[Told]:
    """What is wrong with a file; where the law could not be asked, every problem is an error."""
    try:
        loaded = examine(path, day, whose)
    except ConfigError as error:
        return [(Severity.ERROR, problem) for problem in error.problems]
    found: list[Told] = [(ruling.severity, ruling) for ruling in loaded.warnings]
    return found + [(Severity.WARNING, problem) for problem in strangers(loaded, str(path), read_what_is_right()[0])]


def _as_lines(path: Path, told: Sequence[Told]) -> None:
    for severity, problem in told:
        line = f"{severity}: {problem}"
        show.OUT.print(line, style=STYLES[severity], highlight=False, markup=False, soft_wrap=True)
    counts = Counter(severity for severity, _ in told)
    summed = [f"{counts[one]} {one}{'s' * (counts[one] > 1)}" for one in Severity if counts[one]]
    show.say(f"{path}: {', '.join(summed if counts[Severity.ERROR] else ['fine', *summed])}")


def _as_fields(told: Sequence[Told]) -> None:
    for severity, problem in told:
        names = [field.name for field in fields(Ruling) if field.name != "severity"]
        show.as_json({"severity": severity} | {name: getattr(problem, name, None) or None for name in names})
