"""What holds in every life: any policy, either country, any hour to begin, whatever the world does."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.random_stories import random_story
from domain.case import REMINDERS, Case
from domain.decisions import Send
from domain.events import Reserved, Viewed, fold, learn
from domain.facts import ChargeState, Facts
from domain.policy import Channel
from domain.simulation import obey, plan, simulate
from domain.timeline import Did, life
from domain.words import Message
from tests.domain.strategies import STEADY, Watched, lived, start_hours, stories

positions = st.integers(0, 200)


def messages(watched, to_agency=False):
    """What was known when each message was decided, and the message."""
    for facts, event in watched.known:
        if isinstance(event, Reserved) and (event.channel is Channel.COLLECTION) is to_agency:
            yield facts, event


def next_send(planned):
    """When the next message goes out, by a plan."""
    return next((item.at for item in planned if isinstance(item.decision, Send)), None)


@STEADY
@given(stories, start_hours)
def test_a_life_ends_and_every_wait_lies_ahead(story, hour):
    watched = lived(story, hour)

    assert all(until is None or until > now for now, until in watched.looks)
    assert all(earlier <= later for (earlier, _), (later, _) in pairwise(watched.looks))


@STEADY
@given(stories, start_hours)
def test_nothing_goes_to_the_debtor_outside_the_contact_window(story, hour):
    wished, lawful = story.policy.contact_hours, story.law.contact_hours
    for _, event in messages(lived(story, hour)):
        wall = story.law.calendar.wall(event.at)

        assert wished.opens <= wall.time() < wished.closes
        assert lawful is None or lawful[0].opens <= wall.time() < lawful[0].closes
        assert story.law.calendar.is_bank_day(wall.date())


@STEADY
@given(stories)
def test_nothing_is_sent_when_nothing_is_owed_or_the_case_is_held(story):
    for facts, event in messages(lived(story)):
        if event.message is not Message.RECEIPT:
            assert facts.balance > story.policy.tolerance
            assert facts.hold is None
            assert not facts.stopped


@STEADY
@given(stories)
def test_nothing_is_sent_twice_nor_on_a_way_that_is_not_there(story):
    watched = lived(story)
    sent = [event.send for _, event in messages(watched)]

    assert len(set(sent)) == len(sent)
    assert len({(send.step, send.rung) for send in sent}) == len(sent)
    assert all(event.channel in facts.ways for facts, event in messages(watched))


@STEADY
@given(stories)
def test_no_charge_is_above_the_cap_twice_for_a_step_or_without_its_message(story):
    watched = lived(story)
    charges = watched.facts.charges

    assert len({charge.step for charge in charges}) == len(charges)
    for charge in charges:
        send = watched.facts.send(charge.send)
        assert send.out_at is not None
        cap = story.law.reminders.fee_cap.on(story.law.calendar.wall(send.out_at).date())
        assert cap is not None
        assert charge.amount <= cap.value
        assert send.fee == charge.amount
        assert send.id.step == charge.step


@STEADY
@given(stories)
def test_a_message_asks_for_what_is_owed_with_the_fee_it_carries(story):
    for facts, event in messages(lived(story)):
        assert event.total == (facts.balance + event.fee if event.fee else facts.balance)


@STEADY
@given(stories)
def test_a_step_shows_one_charge_however_many_messages_it_needs(story):
    watched = lived(story)
    steps = [
        entry.step for entry in life(story.invoice, story.law.calendar, watched.events) if entry.did is Did.CHARGED
    ]

    assert len(set(steps)) == len(steps)


@STEADY
@given(stories)
def test_a_claim_is_handed_over_only_after_every_printed_day_to_pay(story):
    for facts, event in messages(lived(story), to_agency=True):
        if event.message is Message.CLAIM:
            today = story.law.calendar.wall(event.at).date()
            printed = [send.pay_by for send in facts.sends if send.message in REMINDERS and send.is_out]

            assert all(day < today for day in printed)
            assert facts.due < today
            assert facts.principal_open >= story.policy.collection.minimum
            assert facts.hold is None


@STEADY
@given(stories)
def test_the_balances_people_read_are_the_balances_of_the_facts(story):
    watched = lived(story)
    facts, read = Facts.at_start(story.invoice), 0
    for count, event in enumerate(watched.events, start=1):
        facts = learn(facts, event)
        entries = life(story.invoice, story.law.calendar, watched.events[:count])

        assert all(entry.balance == facts.balance for entry in entries[read:])
        read = len(entries)


@STEADY
@given(stories)
def test_the_fees_owed_are_the_charges_that_stand(story):
    facts = lived(story).facts
    standing = [charge.amount.minor for charge in facts.charges if charge.state is ChargeState.BOOKED]

    assert facts.fees.minor == sum(standing)


@STEADY
@given(stories, positions)
def test_the_plan_is_what_is_done_when_nothing_happens(story, position):
    watched = Watched(story)
    watched.run(story.happens[: position % (len(story.happens) + 1)])
    half = Watched(story)
    now, _ = watched.looks[position % len(watched.looks)]
    half.now = now
    half.facts = fold(Facts.at_start(story.invoice), [event for event in watched.events if event.at <= now])

    planned = plan(half.facts, story.policy, story.law, half.now)

    assert half.run(()) == tuple(event for item in planned for event in obey(item.decision, item.at))


@STEADY
@given(stories, positions)
def test_learning_a_journal_in_two_halves_gives_the_same_facts(story, position):
    watched = lived(story)
    cut = position % (len(watched.events) + 1)
    start = Facts.at_start(story.invoice)

    assert fold(fold(start, watched.events[:cut]), watched.events[cut:]) == watched.facts
    assert watched.facts.seen == len(watched.events)


@STEADY
@given(stories, positions)
def test_a_view_never_causes_an_earlier_message(story, position):
    watched = lived(story)
    now, _ = watched.looks[position % len(watched.looks)]
    facts = fold(Facts.at_start(story.invoice), [event for event in watched.events if event.at <= now])
    out = [send for send in facts.sends if send.out_at and send.channel is not Channel.COLLECTION]
    if not out or not facts.reached:
        return
    seen = learn(facts, Viewed(at=now, send=out[position % len(out)].id))

    unseen, viewed = (next_send(plan(known, story.policy, story.law, now)) for known in (facts, seen))

    assert viewed is None or (unseen is not None and unseen <= viewed)


@STEADY
@given(stories)
def test_a_case_of_a_life_has_a_due_date_no_earlier_than_the_merchants(story):
    watched = lived(story)

    assert Case.at(watched.facts, story.policy, story.law, watched.now).due >= watched.facts.due


@pytest.mark.parametrize("seed", [0, 1, 2, 199])
def test_a_seed_always_tells_the_same_story(seed):
    story = random_story(seed)

    assert story == random_story(seed)
    assert simulate(*story) == simulate(*random_story(seed))


def test_random_stories_show_every_act_there_is():
    told = set()
    for seed in range(300):
        story = random_story(seed)
        told |= {entry.did for entry in life(story.invoice, story.law.calendar, simulate(*story))}

    assert told == set(Did)
