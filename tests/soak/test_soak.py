"""A small part of ``make soak``; and what it is there to find is found."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import update

import activities.looking
import activities.sending
from benchmarks.random_stories import RandomStory, random_story
from domain.events import Paid
from domain.facts import Facts
from domain.rules import decide
from domain.stories import What
from domain.wire import InvoiceRef
from store.books import open_books
from store.cases import EVENT
from store.codec import dump
from store.engine import writing
from tests.databases import database_of
from tests.live.equivalence import opening_for
from tests.live.house import House, open_house, story
from tests.soak import page
from tests.soak.counting import Result, read
from tests.soak.plan import make_plan
from tests.soak.refolding import differences
from tests.soak.running import Wish, run
from workflows.play import Player

SMALL = Wish(seed=1, lives=12, days=75)


def told_with(what: What) -> RandomStory:
    """A story in which this happens, and nobody has an outage."""
    stories = (random_story(seed) for seed in range(1_000))
    found = (one for one in stories if any(happening.what is what for happening in one.happens))
    return next(one for one in found if all(happening.what is not What.DOWN for happening in one.happens))


async def lived(house: House, number: str) -> InvoiceRef:
    """A life in which somebody pays."""
    told = told_with(What.PAID)
    return await Player(house.client).play(opening_for(told, number), told.happens)


async def found(house: House, ref: InvoiceRef) -> list[str]:
    """What is wrong with a life, read from the books anew."""
    books = open_books(database_of(house.settings.home), migrate=False)
    try:
        return list(differences(read(books, ref, await house.client.clock.now(ref, books))))
    finally:
        books.close()


async def test_random_lives_in_bad_weather_under_changing_rules_are_what_the_rules_say(tmp_path: Path):
    result = await run(tmp_path, SMALL)

    assert result.is_clean, [*result.tally.why, *result.trouble, *result.differing.items()]
    assert result.tally.lives == SMALL.lives
    assert result.versions == 16  # eight merchants, twice
    assert result.moved
    assert result.looks > 5 * SMALL.lives
    page_has_them(tmp_path, result)


async def test_a_journal_that_was_tampered_with_is_found(tmp_path: Path):
    async with open_house(tmp_path) as house:
        ref = await lived(house, "9700001")
        assert await found(house, ref) == []
        events = house.books.cases.read(ref.id).events
        place = next(nth for nth, event in enumerate(events, start=1) if isinstance(event, Paid))
        paid = events[place - 1]
        assert isinstance(paid, Paid)
        less = replace(paid, amount=paid.amount - paid.amount)
        with writing(house.books.engine) as connection:
            mine = (EVENT.c.invoice_id == ref.id) & (EVENT.c.seq == place)
            connection.execute(update(EVENT).where(mine).values(body=dump(less)))

        assert await found(house, ref)


async def test_looks_that_are_blind_to_a_payment_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def blind(facts: Facts, *given: object) -> object:
        unpaid = facts.with_changes({"paid": facts.paid - facts.paid, "postings": ()})
        return decide(unpaid, *given)  # type: ignore[arg-type]

    async with open_house(tmp_path) as house:
        assert await found(house, await house.play(story("pays-on-time"), "9700002")) == []
        for obeys in (activities.looking, activities.sending):
            monkeypatch.setattr(obeys, "decide", blind)

        wrong = await found(house, await house.play(story("pays-on-time"), "9700003"))

    assert any("Reserved" in what for what in wrong)
    assert any("the look" in what for what in wrong)


def test_the_same_seed_has_the_same_lives_and_faults_however_many_there_are():
    few, many = make_plan(7, 20).lives, make_plan(7, 40).lives

    assert few == {number: many[number] for number in few}
    assert few != make_plan(8, 20).lives


def page_has_them(home: Path, result: Result) -> None:
    """What a run came to stands in the page, and the words around it stay."""
    there = home / "page.md"
    there.write_text(f"before\n{page.BEGIN}\nwhat was there\n{page.END}\nafter\n")

    page.write({"sqlite": (result, 60.0)}, "make soak", 75, there)

    text = there.read_text()
    assert text.startswith("before\n")
    assert text.endswith("after\n")
    assert "what was there" not in text
    assert f"| Lives | {result.tally.lives} |" in text
