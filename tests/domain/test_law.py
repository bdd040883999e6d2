"""Law packs: every value has a source and a day, and lookups are dated."""

from __future__ import annotations

from datetime import date

import pytest

from domain.law import LAWS, Dated, Known, Source, Value
from tests.domain.build import NO, SE, nok, sek

EVERY = pytest.mark.parametrize("law", LAWS.values(), ids=LAWS.keys())


def sources_of(law):
    reminders = law.reminders
    yield from (value.source for value in reminders.fee_cap.values)
    yield from filter(None, (reminders.fee_needs_agreement, reminders.fee_needs_writing))
    numbers = (reminders.fee_limit, reminders.fee_not_before, reminders.new_due, reminders.usual_fees)
    yield from (number[1] for number in (*numbers, law.contact_hours, law.collection.notice) if number)
    yield from (law.on_time, law.dispute)


@EVERY
def test_every_value_has_a_source_that_names_its_country_and_how_it_is_known(law):
    for source in sources_of(law):
        assert source.ref.startswith(f"{law.country}: ")
        assert str(source) == source.ref
        assert source.known in Known


@EVERY
def test_values_are_listed_oldest_first_and_in_the_countrys_currency(law):
    lines = law.reminders.fee_cap.values

    assert [line.since for line in lines] == sorted(line.since for line in lines)
    assert {line.value.currency for line in lines if line.value} == {law.currency}


@EVERY
def test_a_country_is_told_in_words_with_links(law):
    assert law.about.endswith(".")
    assert law.sources
    assert {"en", "sv"} <= law.names.keys()


@pytest.mark.parametrize(
    ("law", "day", "cap"),
    [
        (SE, date(2013, 4, 30), None),
        (SE, date(2026, 3, 2), sek("60.00")),
        (NO, date(2024, 12, 31), None),
        (NO, date(2025, 1, 1), nok("35.00")),
        (NO, date(2025, 12, 31), nok("35.00")),
        (NO, date(2026, 1, 1), nok("37.00")),
    ],
)
def test_the_cap_that_held_on_a_day(law, day, cap):
    line = law.reminders.fee_cap.on(day)

    assert (line.value if line else None) == cap


def test_a_value_nobody_could_tell_is_a_line_without_a_value():
    dated = Dated((Value(date(2020, 1, 1), None, Source("SE: not found", Known.UNKNOWN)),))

    line = dated.on(date(2026, 1, 1))

    assert line is not None
    assert line.value is None
