"""Merchants' files: checked before they are used, and the schema editors want."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from commands import show
from commands.orders import JSON
from config.merchants import load_merchant
from config.problems import ConfigError
from config.schema import merchant_schema


def register(app: typer.Typer) -> None:
    """Put these commands on the command line."""
    policy = typer.Typer(no_args_is_help=True, help="Check merchants' files, and print their schema.")
    policy.command()(check)
    policy.command()(schema)
    app.add_typer(policy, name="policy", rich_help_panel="Look")


def check(
    file: Annotated[list[Path], typer.Argument(help="Merchants' files.", exists=True, dir_okay=False)],
    json_: JSON = False,
) -> None:
    """Check merchants' files against the law of today. Example: kvitt policy check examples/merchants/nordljus.yaml."""
    wrong, today = False, datetime.now(UTC).date()
    for path in file:
        try:
            loaded = load_merchant(path, today)
        except ConfigError as error:
            wrong = True
            _tell(path, error.problems, "errors", json_=json_)
            continue
        _tell(path, loaded.warnings, "warnings", json_=json_)
    raise typer.Exit(1 if wrong else 0)


def schema() -> None:
    """Print the JSON Schema of merchants' files. Example: kvitt policy schema > merchant.schema.json."""
    print(json.dumps(merchant_schema(), indent=2, ensure_ascii=False))  # noqa: T201


def _tell(path: Path, problems: tuple[object, ...], kind: str, *, json_: bool) -> None:
    if json_:
        show.as_json({"file": str(path), kind: [str(problem) for problem in problems]})
        return
    console, style = (show.ERR, "red") if kind == "errors" else (show.OUT, "yellow")
    for problem in problems:
        console.print(str(problem), style=style, highlight=False, markup=False, soft_wrap=True)
    if kind == "warnings":
        show.OUT.print(f"{path}: fine" + (f", with {len(problems)} warnings" if problems else ""), highlight=False)
