"""Whatever stands in a law pack is told, and so is what our not knowing it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import date
from decimal import Decimal
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from domain.law import LAWS
from domain.law.bank_days import OTHER_MEMBERS, banks_of, calendar_of
from domain.law.caps import Fixed
from domain.law.pack import (
    FIRM,
    LONG_AGO,
    CollectionLaw,
    Dated,
    FeeLaw,
    InterestLaw,
    Known,
    Law,
    Part,
    ReminderLaw,
    Source,
    Term,
    Value,
    since,
)
from domain.law.telling import FIGURES, TITLES, WORDS, countries, dated_of, figures_of, holds, in_words, sections_of
from domain.money import Money
from domain.words import DebtorKind, Message

TODAY = date(2026, 11, 22)
NOT_TOLD_BY_LINE = {"country", "kind", "names", "currency", "about", "sources"}
"""What stands above the lines."""


def a_law(**changes: Any) -> Law:
    here = Source("SE: a statute", Known.PRIMARY)
    plain = Law(
        country="SE",
        kind=DebtorKind.CONSUMER,
        names={"en": "Sweden"},
        currency="SEK",
        calendar=calendar_of("SE"),
        about="Short.",
        reminders=ReminderLaw(Dated()),
        on_time=here,
        dispute=here,
    )
    return replace(plain, **changes)


def lines_of(*laws: Law) -> dict[str, Any]:
    return {".".join(line.path): line for section in sections_of(laws) for line, _ in section.lines}


def fee(known: Known, amount: str | None = "60.00") -> Dated[Any]:
    return since(LONG_AGO, Fixed(Money.parse(amount, "SEK")) if amount else None, Source("SE: a statute", known))


# --- nothing is left out ---------------------------------------------------------------------------------------------


def filled(kind: Any, path: str, made: list[str]) -> Any:
    """A value of this type in which every rule has a source of its own, named after where it stands."""
    if get_origin(kind) is Dated:
        made.append(path)
        return since(TODAY, None, Source(path, Known.PRIMARY))
    if kind is Source:
        made.append(path)
        return Source(path, Known.PRIMARY)
    if get_origin(kind) is Mapping and get_origin(get_args(kind)[1]) is Dated:
        return {Message.DEMAND: filled(get_args(kind)[1], f"{path}.demand", made)}
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{each.name: filled(hints[each.name], f"{path}.{each.name}", made) for each in fields(kind)})
    assert path.removeprefix("law.") in NOT_TOLD_BY_LINE | {"calendar"}, f"{path} is told nowhere: see telling.dated_of"
    return getattr(a_law(), path.removeprefix("law."))


def test_every_rule_that_a_pack_can_hold_is_told():
    made: list[str] = []
    law = filled(Law, "law", made)

    told = {line.source.ref for section in sections_of([law]) for line, _ in section.lines}

    assert len(made) > 30
    assert sorted(set(made) - told) == []
    assert told - set(made) == {banks_of("SE").source.ref}


def parts_of(kind: Any) -> Iterator[tuple[str, type]]:
    """The fields of a part of a law and of the parts below it, without those that hold other parts."""
    for name, hint in get_type_hints(kind).items():
        if is_dataclass(hint) and hint is not Source:
            yield from parts_of(hint)
        elif name not in NOT_TOLD_BY_LINE and get_origin(hint) is not Mapping:
            yield name, hint


@pytest.mark.parametrize("name", sorted({name for name, _ in parts_of(Law)}))
def test_every_rule_has_words_of_its_own(name: str):
    assert name in WORDS, f"say in domain/law/telling.py what {name} means"


def test_every_word_is_of_a_rule():
    assert WORDS.keys() == {name for name, _ in parts_of(Law)}


def test_every_part_has_a_title():
    titles = {" ".join(path[:-1]) for path, _ in dated_of(filled(Law, "law", []))}

    assert titles == TITLES.keys()


@pytest.mark.parametrize("kind", [Law, ReminderLaw, FeeLaw, CollectionLaw, InterestLaw])
def test_no_rule_hides_behind_a_choice_of_types(kind: type):
    """``Dated[int] | None`` would be told only while it is there."""
    assert [name for name, hint in get_type_hints(kind).items() if get_origin(hint) is UnionType] == []


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: f"{law.country} {law.kind}")
def test_every_value_of_every_pack_is_told(law: Law):
    told = [line for section in sections_of([law]) for line, _ in section.lines]

    for path, dated in dated_of(law):
        assert [line.source for line in told if line.path == path] == [value.source for value in dated.values], path
    assert all(line.value and line.label for line in told)


# --- what a mark comes to --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("known", "mark"),
    [
        (Known.PRIMARY, "primary source"),
        (Known.SECONDARY, "secondary source"),
        (Known.MEMORY, "from memory: not charged"),
        (Known.UNKNOWN, "not found: not charged"),
    ],
)
def test_a_fee_that_is_not_firmly_known_is_told_as_not_charged(known: Known, mark: str):
    line = lines_of(a_law(reminders=ReminderLaw(fee(known))))["reminders.cap"]

    assert line.mark == mark
    assert (line.refused == "") is (known in FIRM)


def test_a_limit_from_memory_holds_and_is_not_told_as_refused():
    limit = since(LONG_AGO, 2, Source("SE: a statute", Known.MEMORY))

    line = lines_of(a_law(reminders=ReminderLaw(fee(Known.PRIMARY), count=limit)))["reminders.count"]

    assert (line.value, line.mark) == ("2", "from memory")


@pytest.mark.parametrize(
    ("known", "value", "mark"),
    [
        (Known.PRIMARY, "nothing", "primary source"),
        (Known.MEMORY, "nothing", "from memory"),
        (Known.UNKNOWN, "unknown", "not found: not charged"),
    ],
)
def test_no_fee_at_all_is_told_apart_from_a_fee_that_nobody_could_tell(known: Known, value: str, mark: str):
    line = lines_of(a_law(reminders=ReminderLaw(fee(known, None))))["reminders.cap"]

    assert (line.value, line.mark) == (value, mark)


def test_what_adds_to_a_debt_is_what_may_be_refused():
    adding = {name for name, words in WORDS.items() if words.unless_firm}

    assert adding == {"cap", "reference", "points", "compensation", "allocation"}


def test_an_order_of_allocation_from_memory_gives_way_to_the_principal():
    order = since(LONG_AGO, (Part.COSTS, Part.PRINCIPAL), Source("SE: a statute", Known.MEMORY))
    law = a_law(allocation=order)

    assert lines_of(law)["allocation"].mark == "from memory: the principal comes first"
    assert law.allocates(TODAY)[0] is Part.PRINCIPAL


# --- dates and kinds -------------------------------------------------------------------------------------------------

STEPS = Dated(
    tuple(Value(day, value, Source("SE: a statute", Known.PRIMARY)) for day, value in [(LONG_AGO, 1), (TODAY, 2)])
)


def test_a_value_holds_until_the_day_before_the_next():
    law = a_law(letter_days=STEPS)
    first, second = (line for s in sections_of([law]) for line, _ in s.lines if line.path == ("letter_days",))

    assert [holds(first), holds(second)] == ["to 2026-11-21", "from 2026-11-22"]
    assert [first.held_on(date(2026, 11, 21)), first.held_on(TODAY)] == [True, False]
    assert [second.held_on(date(2026, 11, 21)), second.held_on(TODAY)] == [False, True]


def test_a_value_between_two_others_has_both_its_days():
    three = Dated((*STEPS.values, replace(STEPS.values[0], since=date(2027, 1, 1))))
    held = [holds(line) for s in sections_of([a_law(letter_days=three)]) for line, _ in s.lines]

    assert "2026-11-22 to 2026-12-31" in held


def test_on_a_day_only_what_held_then_is_told_and_the_rest_is_silence():
    later = Dated(STEPS.values[1:])
    (general, *_) = (section.on(date(2026, 11, 21)) for section in sections_of([a_law(letter_days=later)]))

    assert "letter_days" not in {line.path[-1] for line, _ in general.lines}
    assert "a letter is received" in general.silent


def test_what_is_the_same_for_both_kinds_of_debtor_is_told_once():
    consumer = a_law(reminders=ReminderLaw(fee(Known.PRIMARY)))
    company = replace(consumer, kind=DebtorKind.COMPANY, compensation=fee(Known.SECONDARY, "450.00"))
    told = [(line.path[-1], kinds) for s in sections_of([consumer, company]) for line, kinds in s.lines]

    both = (DebtorKind.CONSUMER, DebtorKind.COMPANY)
    assert told.count(("cap", both)) == 1
    assert ("compensation", (DebtorKind.COMPANY,)) in told


def test_a_part_on_which_nothing_is_written_says_so():
    silence = {section.title: section.silence for section in sections_of([a_law()])}

    assert silence["Late interest"] == "Nothing is written down."
    assert silence["In general"].startswith("Nothing is written down on: compensation for late payment; ")


# --- words -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "yes"),
        (False, "no"),
        (14, "14"),
        (Decimal("2.40"), "2.40"),
        (Decimal("1E+1"), "10"),
        ((), "no time is set"),
        ((Term(8), Term(1)), "8 days from sending; 1 day from sending"),
        ((Part.COSTS, Part.PRINCIPAL), "costs; principal"),
        (Fixed(Money.parse("60.00", "SEK")), "60.00 SEK"),
    ],
)
def test_a_value_in_words(value: object, words: str):
    assert in_words(value) == words


def test_the_main_figures_tell_only_what_may_be_charged():
    interest = InterestLaw(
        reference=since(LONG_AGO, Decimal("4.00"), Source("SE: a statute", Known.MEMORY)),
        points=since(LONG_AGO, Decimal(8), Source("SE: a statute", Known.PRIMARY)),
    )
    law = a_law(reminders=ReminderLaw(fee(Known.PRIMARY)), compensation=fee(Known.MEMORY, "450.00"), interest=interest)
    figures = dict(zip(FIGURES, figures_of(law, TODAY), strict=True))

    assert figures["Reminder fee"] == "60.00 SEK"
    assert (figures["Late interest"], figures["Compensation"]) == ("none", "none")


def test_the_states_of_the_union_are_told_by_its_directive():
    assert "EU" in countries()
    assert countries().keys() & OTHER_MEMBERS.keys() == set()
    assert {"SE", "NO"} <= countries().keys()
