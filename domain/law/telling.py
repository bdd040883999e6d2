"""A law in words: every value that a pack holds, with its dates, its source and what our knowing it comes to.

It walks the packs' fields, so that nothing that is written down there can be left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from decimal import Decimal
from itertools import zip_longest
from typing import Any, TypeAlias

from domain.calendar import ONE_DAY, Calendar
from domain.interest import rate_on
from domain.law import LAWS
from domain.law.bank_days import banks_of
from domain.law.eu import NEUTRAL
from domain.law.pack import FIRM, LONG_AGO, Dated, Known, Law, Source, Value, since
from domain.words import DebtorKind

Path: TypeAlias = tuple[str, ...]
"""Where a rule stands in a pack: ``("reminders", "cap")``."""


@dataclass(frozen=True, slots=True)
class Words:
    """A field in words."""

    label: str
    pattern: str = "{}"
    unless_firm: str = ""
    """What becomes of a value that adds to a debt and is not firmly known."""


NOT_CHARGED = "not charged"

WORDS = {
    "calendar": Words("bank days"),
    "on_time": Words("paid on the first bank day after a due date that is none: on time"),
    "dispute": Words("a dispute stops everything"),
    "compensation": Words("compensation for late payment", "{}", NOT_CHARGED),
    "allocation": Words("what a payment covers first", "{}", "the principal comes first"),
    "books": Words("a merchant of this country keeps its vouchers"),
    "letter_days": Words("a letter is received", "{} bank days after it was sent"),
    "cap": Words("the most it may cost", "{}", NOT_CHARGED),
    "needs_agreement": Words("agreed when the debt arose"),
    "needs_writing": Words("in writing, not by SMS"),
    "count": Words("how many may cost"),
    "usual": Words("how many practice accepts"),
    "not_before": Words("the first that may cost", "no sooner than {} days after the due date"),
    "spacing": Words("from one that costs to the next", "at least {} days"),
    "told_before_due": Words("the due date told beforehand", "at least {} days before it"),
    "free_first": Words("a free message in writing first"),
    "new_due": Words("a new due date", "at least {} days ahead"),
    "term": Words("time to pay or object"),
    "notice": Words("a written notice first"),
    "reference": Words("reference rate", "{} % a year", NOT_CHARGED),
    "points": Words("on top of it", "{} percentage points", NOT_CHARGED),
    "starts": Words("runs from the day after"),
    "day_count": Words("days in a year"),
    "fixed": Words("the first day's rate holds until it is paid"),
    "weekdays": Words("from Monday to Friday"),
    "saturdays": Words("on Saturdays"),
}

TITLES = {
    "": "In general",
    "reminders": "Reminders",
    "contact": "When a debtor may be contacted",
    "demand": "The creditor's own demand",
    "interest": "Late interest",
    "collection": "Before collection",
    "collection fee": "What handing over may cost",
    "may_send": "Who may send what",
    "must_state": "What a message must say",
}

FIGURES = ("Country", "For", "Reminder fee", "Own demand", "Notice first", "Late interest", "Compensation")

WHOM = {DebtorKind.CONSUMER: "consumers", DebtorKind.COMPANY: "companies"}

MARKS = {
    Known.PRIMARY: "primary source",
    Known.SECONDARY: "secondary source",
    Known.MEMORY: "from memory",
    Known.UNKNOWN: "not found",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a rule."""

    path: Path
    label: str
    value: str
    since: date
    until: date | None
    source: Source
    refused: str
    """What it must not do, for want of a source: ``not charged``."""

    @property
    def mark(self) -> str:
        """How it is known, and what that comes to."""
        return MARKS[self.source.known] + (f": {self.refused}" if self.refused else "")

    @property
    def read(self) -> str:
        """When its source was read, or looked for; what is from memory was not."""
        read = {Known.MEMORY: "", Known.UNKNOWN: f"looked for on {self.source.read}"}
        return read.get(self.source.known, f"read on {self.source.read}")

    def held_on(self, day: date) -> bool:
        """Whether it held on a day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a law: its lines, each with whom it protects, and the rules on which nothing is written."""

    title: str
    lines: tuple[tuple[Line, tuple[DebtorKind, ...]], ...]
    silent: tuple[str, ...]

    @property
    def silence(self) -> str:
        """On what nothing is written down, as a sentence."""
        where = f" on: {'; '.join(self.silent)}" if self.lines else ""
        return f"Nothing is written down{where}." if self.silent else ""

    def on(self, day: date) -> Section:
        """What of it held on a day."""
        held = tuple((line, kinds) for line, kinds in self.lines if line.held_on(day))
        gone = dict.fromkeys(line.label for line, _ in self.lines if line.path not in {line.path for line, _ in held})
        return Section(self.title, held, (*self.silent, *gone))


def countries() -> dict[str, list[Law]]:
    """The laws by country, as they are called in English; the Union's directive stands for its states."""
    every = sorted((*LAWS.values(), NEUTRAL), key=lambda law: law.names["en"])
    return {law.country: [same for same in every if same.country == law.country] for law in every}


def sections_of(laws: Sequence[Law]) -> tuple[Section, ...]:
    """The laws of one country, told together: what is the same for both kinds of debtor is told once."""
    rules: dict[Path, dict[Line, tuple[DebtorKind, ...]]] = {}
    for law in laws:
        for path, dated in dated_of(law):
            told = rules.setdefault(path, {})
            for line in lines_of(path, dated):
                told[line] = (*told.get(line, ()), law.kind)
    parts = dict.fromkeys(" ".join(path[:-1]) for path in rules)
    return tuple(_section(part, {path: rules[path] for path in rules if " ".join(path[:-1]) == part}) for part in parts)


def dated_of(part: Any, at: Path = ()) -> Iterator[tuple[Path, Dated[Any]]]:
    """Every rule of a law, and where it stands."""
    for field in fields(part):
        value, path = getattr(part, field.name), (*at, field.name)
        match value:
            case Dated():
                yield path, value
            case Source():
                yield path, since(LONG_AGO, True, value)
            case Calendar():
                yield path, since(LONG_AGO, str(value.zone), banks_of(part.country).source)
            case Mapping():
                yield from (((*path, key), dated) for key, dated in value.items() if isinstance(dated, Dated))
            case _ if is_dataclass(value):
                yield from dated_of(value, path)


def lines_of(path: Path, dated: Dated[Any]) -> Iterator[Line]:
    """The values of a rule, oldest first."""
    words = words_of(path)
    ends = [following.since - ONE_DAY for following in dated.values[1:]]
    for value, until in zip_longest(dated.values, ends):
        is_firm = value.value is not None and value.source.known in FIRM
        refused = "" if is_firm or _is_nothing(value) else words.unless_firm
        yield Line(path, words.label, _shown(value, words), value.since, until, value.source, refused)


def words_of(path: Path) -> Words:
    """A rule in words; one that nobody has worded, by its name."""
    return WORDS.get(path[-1]) or Words(path[-1].replace("_", " "))


def in_words(value: object) -> str:
    """A value as people read it."""
    match value:
        case bool():
            return "yes" if value else "no"
        case tuple():
            return "; ".join(map(in_words, value)) or "no time is set"
        case Decimal():
            return f"{value:f}"
        case _:
            return str(value)


def figures_of(law: Law, day: date) -> tuple[str, ...]:
    """What is asked for most, under the headings of ``FIGURES``, as it stands on a day."""
    rate, notice, fees = rate_on(law.interest, day), law.collection.notice.at(day), (law.reminders.cap, law.demand.cap)
    return (
        f"{law.names['en']} ({law.country})",
        law.kind,
        *(_charged(cap.firm(day)) for cap in fees),
        "none" if notice is None else in_words(notice),
        f"{rate} %" if rate else "none",
        _charged(law.compensation.firm(day)),
    )


def holds(line: Line) -> str:
    """From when until when, in words."""
    if line.since > LONG_AGO:
        return f"{line.since} to {line.until}" if line.until else f"from {line.since}"
    return f"to {line.until}" if line.until else "always"


def _charged(firm: Value[Any] | None) -> str:
    return in_words(firm.value) if firm else "none"


def _is_nothing(value: Value[Any]) -> bool:
    return value.value is None and value.source.known is not Known.UNKNOWN


def _shown(value: Value[Any], words: Words) -> str:
    if value.value is None:
        return "unknown" if value.source.known is Known.UNKNOWN else "nothing"
    return words.pattern.format(in_words(value.value))


def _section(part: str, rules: Mapping[Path, Mapping[Line, tuple[DebtorKind, ...]]]) -> Section:
    lines = tuple(line for told in rules.values() for line in told.items())
    silent = tuple(words_of(path).label for path, told in rules.items() if not told)
    return Section(TITLES.get(part) or part.replace("_", " ").capitalize(), lines, silent)
