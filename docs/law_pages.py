"""The pages in ``docs/law``, made from the law packs: ``python -m docs.law_pages`` writes them anew.

A test compares what is committed with what the packs make.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from domain.law import eu
from domain.law.bank_days import READ, closed_days
from domain.law.pack import Known, Law
from domain.law.telling import FIGURES, MARKS, WHOM, Line, Section, countries, figures_of, holds, sections_of
from domain.words import DebtorKind

FOLDER = Path(__file__).parent / "law"
COMMAND = "python -m docs.law_pages"
NO_ADVICE = (
    "This is the law as far as Kvitt goes by it, told from its law packs. **It is not legal advice**: check what you "
    "rely on, and tell us what is wrong."
)
MADE_BY = f"*Made from `domain/law` by `{COMMAND}`; not written by hand.*"
MEANING = {
    Known.PRIMARY: "read in the statute, or at the authority, court or bank that says so",
    Known.SECONDARY: "read at somebody who retells it: a law firm, a trade site, a bank",
    Known.MEMORY: "read nowhere, and to be checked; it limits what is done, and charges nobody",
    Known.UNKNOWN: "looked for in vain; nothing is charged by it",
}


def pages() -> dict[str, str]:
    """Every page, by its file's name."""
    laws = countries()
    made = {f"{country.lower()}.md": page(of) for country, of in laws.items()}
    return {"README.md": index(laws), **made}


def index(laws: dict[str, list[Law]]) -> str:
    """All countries with their main figures, and how to read a page."""
    rows = [
        (f"[{figures[0]}]({law.country.lower()}.md)", *figures[1:])
        for of in laws.values()
        for law in of
        for figures in [figures_of(law, READ)]
    ]
    marks = [(MARKS[known], meaning) for known, meaning in MEANING.items()]
    return _joined(
        "# The law, country by country",
        f"{NO_ADVICE} In a terminal: `kvitt law`, and `kvitt law SE --on 2026-03-02` for what held on a day.",
        f"What may be charged on {READ}; *none* is nothing, also where somebody may charge and we do not know it "
        "firmly:",
        _table(FIGURES, rows),
        "How a value is known is part of it. What *adds* to a debt (fees, interest, compensation) is charged only "
        "when it was read somewhere; what *limits* holds however it is known.",
        _table(("Mark", "It was"), marks),
        "*Always* is longer than any invoice that Kvitt carries. What has changed is a new line, from its own day on.",
        MADE_BY,
    )


def page(laws: Sequence[Law]) -> str:
    """One country's law."""
    first = laws[0]
    whom = " and ".join(WHOM[law.kind] for law in laws)
    return _joined(
        f"# {first.names['en']}",
        f"{NO_ADVICE} [All countries](README.md)",
        f"For {whom}; amounts in {first.currency}; the clock of {first.calendar.zone}. "
        f"Sources: {', '.join(first.sources)}.",
        *_abouts(laws),
        *(part for section in sections_of(laws) for part in _part(section, laws)),
        *_closed(first.country),
        *(_states() if first is eu.NEUTRAL else ()),
        MADE_BY,
    )


def _abouts(laws: Sequence[Law]) -> Iterable[str]:
    abouts = dict.fromkeys(law.about for law in laws)
    if len(abouts) == 1:
        return abouts
    return [f"**{WHOM[law.kind].capitalize()}.** {law.about}" for law in laws]


def _part(section: Section, laws: Sequence[Law]) -> Iterable[str]:
    yield f"## {section.title}"
    if section.lines:
        rows = [_row(line, kinds, laws) for line, kinds in section.lines]
        yield _table(("Rule", "Value", "Held", "How we know it", "Source"), rows)
    if section.silence:
        yield section.silence


def _row(line: Line, kinds: Sequence[DebtorKind], laws: Sequence[Law]) -> tuple[str, ...]:
    source = line.source
    whose = f" *({WHOM[kinds[0]]} only)*" if len(kinds) < len(laws) else ""
    mark = f"**{line.mark}**" if line.refused else line.mark
    ref = f"[{source.ref}]({source.link})" if source.link else source.ref
    known = f"{mark}, {line.read}" if line.read else mark
    return line.label + whose, line.value, holds(line), known, f"{ref}: {source.note}" if source.note else ref


def _closed(country: str) -> Iterable[str]:
    yield "## When banks are closed"
    yield "Besides Saturdays and Sundays. Nobody is contacted then, and what falls due is on time on the next bank day."
    years = (READ.year, READ.year + 1)
    yield _table(("Year", "Days"), [(str(year), _days(closed_days(country, year))) for year in years])


def _days(days: Iterable[date]) -> str:
    return ", ".join(f"{day.day} {day:%B}" for day in sorted(days))


def _states() -> Iterable[str]:
    yield "## The states that go by it"
    yield "Their companies only; each with its own currency, clock and public holidays."
    rows = [(law.country, law.names["en"], law.currency, str(law.calendar.zone)) for law in eu.LAWS.values()]
    yield _table(("Code", "State", "Currency", "Clock"), sorted(rows))


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in line) + " |" for line in lines)


def _joined(*parts: str) -> str:
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
