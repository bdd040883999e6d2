"""``kvitt law``: what Kvitt knows of a country's law, from when, from where, and how surely."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from commands import show
from commands.days import day_of
from commands.orders import JSON
from commands.session import CommandError
from domain.law import ALIASES, UnknownLawError, law_of
from domain.law.pack import FIRM, Law
from domain.law.telling import FIGURES, WHOM, Line, Section, countries, figures_of, holds, sections_of
from domain.words import DebtorKind

NO_ADVICE = "This is what Kvitt goes by. It is not legal advice."
WIDE = 120
"""Columns beyond which a row is hard to follow."""


def register(app: typer.Typer) -> None:
    """Put this command on the command line."""
    app.command(rich_help_panel="Look")(law)


def law(
    country: Annotated[str | None, typer.Argument(help="As in SE; without it: the main figures of all.")] = None,
    kind: Annotated[DebtorKind | None, typer.Option(help="Only the law that protects these.")] = None,
    on: Annotated[str | None, typer.Option(help="Only what held on a day, as in 2026-03-02.", metavar="DAY")] = None,
    json_: JSON = False,
) -> None:
    """Show what a reminder may cost, and the rest of a country's law, each value with its source.

    Example: kvitt law SE --kind consumer --on 2026-03-02.
    """
    day = day_of(on) if on else None
    if country is None:
        every = [law for of in countries().values() for law in of if kind in (None, law.kind)]
        _all(every, day or datetime.now(UTC).date(), json_=json_)
        return
    laws = laws_of(country.upper(), kind)
    sections = [section.on(day) if day else section for section in sections_of(laws)]
    if json_:
        show.as_json(_as_fields(laws, sections))
    else:
        _one(laws, sections)


def laws_of(country: str, kind: DebtorKind | None) -> list[Law]:
    """The country's law, for one kind of debtor or for both; ``EU``: its directive by itself.

    Raises:
        CommandError: none is known.
    """
    found = [law for law in countries().get(ALIASES.get(country, country), ()) if kind in (None, law.kind)]
    if found:
        return found
    try:
        return [law_of(country, kind or DebtorKind.COMPANY)]
    except UnknownLawError as error:
        said = str(error) if kind else str(error).replace(" a company in ", " ")
        raise CommandError(f"{said}; see them all with: kvitt law") from None


def _all(laws: Sequence[Law], day: date, *, json_: bool) -> None:
    rows = [figures_of(law, day) for law in laws]
    if json_:
        for row in rows:
            show.as_json(dict(zip((heading.lower().replace(" ", "_") for heading in FIGURES), row, strict=True)))
        return
    show.rows(f"What may be charged on {day}", FIGURES, rows)
    show.say("\nNone is nothing, also where somebody may charge and we do not know it firmly.")
    show.say(f"All there is on a country: kvitt law SE. {NO_ADVICE}")


def _one(laws: Sequence[Law], sections: Sequence[Section]) -> None:
    first = laws[0]
    whom = " and ".join(WHOM[law.kind] for law in laws)
    show.say(f"[bold]{first.names['en']} ({first.country})[/], {whom}, in {first.currency}")
    same = len({law.about for law in laws}) == 1
    for law in laws[:1] if same else laws:
        _plain(law.about if same else f"{WHOM[law.kind].capitalize()}: {law.about}")
    for section in sections:
        show.say(f"\n[bold]{section.title}[/]")
        for line, kinds in section.lines:
            show.OUT.print(_values(line, "" if len(kinds) == len(laws) else f"{WHOM[kinds[0]]} only"))
            show.OUT.print(Padding(Text(_source(line), "dim"), (0, 0, 0, 4)))
        if section.silence:
            _plain(section.silence, "dim")
    show.say(f"\n{NO_ADVICE} Sources: {', '.join(first.sources)}.")


def _plain(text: str, style: str = "") -> None:
    show.OUT.print(text, style=style, highlight=False, markup=False)


def _values(line: Line, whose: str) -> Table:
    """The rule, its value and its dates, as one row; the same widths each time make a table of the rows."""
    table = Table.grid(padding=(0, 2, 0, 0), expand=True)
    for ratio in (4, 5, 3):
        table.add_column(ratio=ratio, overflow="fold")
    mark = Text(f"\n✗ {line.mark}", "bold red") if line.refused else Text()
    rule = Text(line.label) + Text(f"\n{whose}" if whose else "", "dim")
    table.add_row(rule, Text(line.value, "bold") + mark, holds(line))
    table.width = min(show.OUT.width, WIDE)
    return table


def _source(line: Line) -> str:
    source = line.source
    note = f": {source.note}" if source.note else ""
    known = ", ".join(filter(None, ("" if line.refused else line.mark, line.read)))
    return "\n".join(filter(None, (f"{source.ref}{note}{f' ({known})' if known else ''}", source.link)))


def _as_fields(laws: Sequence[Law], sections: Sequence[Section]) -> dict[str, object]:
    return {
        "country": laws[0].country,
        "name": laws[0].names["en"],
        "currency": laws[0].currency,
        "about": {law.kind: law.about for law in laws},
        "lines": [
            {
                "rule": ".".join(line.path),
                "for": kinds,
                "value": line.value,
                "since": line.since,
                "until": line.until,
                "source": line.source.ref,
                "known": line.source.known.name.lower(),
                "firm": line.source.known in FIRM,
                "refused": line.refused or None,
                "note": line.source.note,
                "link": line.source.link,
                "read": line.source.read,
            }
            for section in sections
            for line, kinds in section.lines
        ],
        "sources": laws[0].sources,
    }
