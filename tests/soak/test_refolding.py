"""Telling a life again: one that kept to the rules differs in nothing, and whatever was tampered with is seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, time, timedelta
from functools import cache

import pytest

from benchmarks.random_stories import random_story
from domain.decisions import Wait
from domain.events import Act, Event, Moved, Paid, Reserved, Settled
from domain.facts import Rules
from domain.money import Money
from domain.rules import decide
from domain.simulation import Simulation
from domain.stories import Happening, What
from tests.soak.refolding import Lived, Look, differences

SEEDS = range(80)
BEGAN_BY = 0


class Audited(Simulation):
    """A simulation that keeps an audit, as the books do."""

    def look(self) -> datetime | None:
        until = super().look()
        self.looks = getattr(self, "looks", [])
        decision = decide(self.facts, self.policy, self.law, self.now)
        self.looks.append(Look(self.now, len(self.events), decision))
        return until


@cache
def lived(seed: int, *, storms: bool = False) -> Lived:
    """A random life in which nothing went wrong; ``storms``: but for outages."""
    told = random_story(seed)
    happens, policies = list[Happening](), {BEGAN_BY: told.policy}
    for nth, happening in enumerate(told.happens, start=1):
        if happening.policy:
            policies[nth] = happening.policy
        if storms or happening.what is not What.DOWN:
            happens.append(replace(happening, rules=Rules(nth, nth) if happening.policy else None))
    midnight = told.law.calendar.moment(datetime.combine(told.invoice.issued, time.min))
    life = Audited(told.invoice, told.policy, told.law, midnight)
    events = life.run(happens)
    goes_by = [BEGAN_BY, *(event.rules.policy for event in events if isinstance(event, Moved))][-1]
    return Lived(told.invoice, told.law, BEGAN_BY, goes_by, policies, events, life.looks, life.now)


def with_events(told: Lived, events: list[Event]) -> Lived:
    return replace(told, events=events)


def having(kind: type[Event]) -> Iterator[tuple[Lived, int]]:
    """Lives in which something of this kind happened, and where in the journal."""
    for told in map(lived, SEEDS):
        for place, event in enumerate(told.events):
            if isinstance(event, kind):
                yield told, place


def waiting() -> Iterator[tuple[Lived, int, Look, Wait]]:
    """Looks that came to waiting, and where in the audit."""
    for told in map(lived, SEEDS):
        for nth, look in enumerate(told.looks):
            if isinstance(look.decision, Wait):
                yield told, nth, look, look.decision


@pytest.mark.parametrize("tens", range(0, len(SEEDS), 10))
def test_a_life_that_kept_to_the_rules_differs_in_nothing(tens: int):
    for seed in range(tens, tens + 10):
        assert list(differences(lived(seed))) == []


def test_the_lives_told_here_know_every_act_of_ours():
    acts = {type(event).__name__ for seed in SEEDS for event in lived(seed).events if isinstance(event, Act)}

    assert acts == {"Reserved", "Settled", "Skipped", "Reversed", "HoldEnded", "Asked", "Closed", "Moved"}


@pytest.mark.parametrize("kind", [Reserved, Moved, Paid, Settled])
def test_what_is_gone_from_a_journal_is_missed(kind: type[Event]):
    for told, place in having(kind):
        events = [event for nth, event in enumerate(told.events) if nth != place]

        assert list(differences(with_events(told, events)))


def test_an_act_that_is_told_twice_is_seen():
    """But what became of a send: the vendor's answer and its call may both tell it."""
    for told, place in having(Act):
        if isinstance(told.events[place], Settled):
            continue
        events = [*told.events[: place + 1], *told.events[place:]]

        assert list(differences(with_events(told, events)))


def test_a_message_that_asked_for_another_sum_is_seen():
    for told, place in having(Reserved):
        sent = told.events[place]
        assert isinstance(sent, Reserved)
        wrong = replace(sent, total=sent.total + Money(1, sent.total.currency))

        assert list(differences(with_events(told, [*told.events[:place], wrong, *told.events[place + 1 :]])))


def test_a_message_that_went_out_under_rules_of_before_is_seen():
    """The case was moved, and somebody went on by what it had begun with."""
    seen = 0
    for told, place in having(Moved):
        before = dict.fromkeys(told.policies, told.policies[BEGAN_BY])
        acts = any(isinstance(event, Reserved) for event in told.events[place:])
        seen += acts and bool(list(differences(replace(told, policies=before))))
        assert list(differences(replace(told, goes_by=-1)))

    assert seen > 5  # of some the policies say the same


def test_a_look_that_decided_otherwise_is_seen():
    for told, nth, look, decision in waiting():
        later = Look(look.at, look.seen, replace(decision, until=look.at + timedelta(days=1_000)))

        assert list(differences(replace(told, looks=[*told.looks[:nth], later, *told.looks[nth + 1 :]])))


def test_a_moment_that_passed_without_a_look_is_seen():
    """Days in which nothing of ours ran show, though all that was done after them was right."""
    stormy = [seed for seed in SEEDS if any(one.what is What.DOWN for one in random_story(seed).happens)]

    late = [what for seed in stormy for what in differences(lived(seed, storms=True))]

    assert late
    assert all("was looked at again only at" in what for what in late)


def test_a_life_that_was_left_alone_before_its_end_is_seen():
    for told, nth, look, decision in waiting():
        if decision.until:
            now = decision.until + timedelta(days=1)
            left = replace(told, events=told.events[: look.seen], looks=told.looks[: nth + 1], now=now)

            assert any("was looked at again only at" in what for what in differences(left))


def test_a_life_that_nobody_looked_at_is_seen():
    assert "nobody has looked at it" in list(differences(replace(lived(1), looks=[])))
