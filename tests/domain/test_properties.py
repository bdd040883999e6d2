"""What holds in every life: any policy, either country, any hour to begin, whatever the world does."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.random_stories import random_story
from domain.calendar import ONE_DAY
from domain.case import WRITTEN, Case
from domain.charge import ChargeKind
from domain.decisions import Send
from domain.events import Paid, Reserved, Viewed, fold, learn
from domain.facts import ChargeState, Facts
from domain.ledger import ledger
from domain.money import Money
from domain.policy import Channel, Claim
from domain.simulation import obey, plan, simulate
from domain.timeline import Did, life
from domain.words import REMINDERS, DebtorKind, Message, Reason
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
    watched = lived(story, hour)
    for _, event in messages(watched):
        wished = watched.policy_at(event).contact_hours
        wall = story.law.calendar.wall(event.at)
        lawful = story.law.contact.weekdays.at(wall.date())

        assert wished.opens <= wall.time() < wished.closes
        assert lawful is None or lawful.opens <= wall.time() < lawful.closes
        assert story.law.calendar.is_bank_day(wall.date())


@STEADY
@given(stories)
def test_nothing_is_sent_when_nothing_is_owed_or_the_case_is_held(story):
    watched = lived(story)
    for facts, event in messages(watched):
        if event.message not in (Message.RECEIPT, Message.CORRECTION, Message.ANSWER):
            assert facts.balance > watched.policy_at(event).tolerance
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


def charged(watched):
    """Each charge that a message carried, with what was known when it was decided."""
    for facts, event in (*messages(watched), *messages(watched, to_agency=True)):
        for added in event.charges:
            yield facts, event, added


def fee_law(law, message):
    """The law of a message's fee."""
    return {Message.DEMAND: law.demand, Message.CLAIM: law.collection.fee}.get(message, law.reminders)


@STEADY
@given(stories)
def test_no_fee_is_above_the_cap_of_its_day(story):
    for facts, event, added in charged(lived(story)):
        if added.kind is ChargeKind.FEE:
            day = story.law.calendar.wall(event.at).date()
            cap = fee_law(story.law, event.message).cap.firm(day)
            channel = Channel.LETTER if event.channel is Channel.COLLECTION else event.channel

            assert cap is not None
            assert added.amount <= cap.value.of(Case.at(facts, story.policy, story.law, event.at).principal, channel)


@STEADY
@given(stories)
def test_no_charge_comes_without_its_message_or_twice_for_a_step(story):
    watched = lived(story)
    charges = watched.facts.charges

    assert len({(charge.step, charge.kind) for charge in charges}) == len(charges)
    for charge in charges:
        send = watched.facts.send(charge.send)
        assert send.out_at is not None
        assert send.id.step == charge.step
        assert charge.kind in {added.kind for added in send.charges}


@STEADY
@given(stories)
def test_a_fee_keeps_the_laws_count_spacing_and_first_day(story):
    """Reminders and demands are counted apart: each has its own law."""
    last: dict[bool, list] = {True: [], False: []}
    watched = lived(story)
    for facts, event, added in charged(watched):
        if added.kind is not ChargeKind.FEE or event.message is Message.CLAIM:
            continue
        day, law = story.law.calendar.wall(event.at).date(), fee_law(story.law, event.message)
        before = last[event.message is Message.DEMAND]
        count = law.count.at(day)

        assert day >= facts.due + ONE_DAY * (law.not_before.at(day) or 0)
        assert count is None or len(before) < count
        assert all(day >= earlier + ONE_DAY * (law.spacing.at(day) or 0) for earlier in before)
        assert event.channel in WRITTEN or not law.needs_writing.at(day)
        assert watched.policy_at(event).fee_agreed or not law.needs_agreement.at(day)
        if any(charge.send == event.send and charge.state is ChargeState.BOOKED for charge in facts.charges):
            before.append(day)


@STEADY
@given(stories)
def test_interest_and_compensation_are_claimed_only_where_wished_and_firmly_lawful(story):
    watched = lived(story)
    for facts, event, added in charged(watched):
        day = story.law.calendar.wall(event.at).date()
        if added.kind is ChargeKind.COMPENSATION:
            assert watched.policy_at(event).compensation is Claim.LEGAL
            assert story.law.kind is DebtorKind.COMPANY
            assert added.amount <= story.law.compensation_of(
                Case.at(facts, story.policy, story.law, event.at).principal, day
            )
        if added.kind is ChargeKind.INTEREST:
            assert watched.policy_at(event).interest is Claim.LEGAL
            for period in added.periods:
                reference, points = (
                    dated.firm(period.since) for dated in (story.law.interest.reference, story.law.interest.points)
                )
                assert period.rate == reference.value + points.value
                assert facts.due < period.since <= period.through <= day
                assert period.base <= facts.amount - facts.credited


@STEADY
@given(stories)
def test_no_day_bears_interest_twice(story):
    watched = lived(story)
    asked = [
        c.periods for c in watched.facts.charges if c.kind is ChargeKind.INTEREST and c.state is ChargeState.BOOKED
    ]
    periods = sorted((period for periods in asked for period in periods), key=lambda period: period.since)

    assert all(earlier.through < later.since for earlier, later in pairwise(periods))


@STEADY
@given(stories)
def test_what_is_disputed_is_not_asked_for_charged_or_handed_over(story):
    watched = lived(story)
    for facts, event in (*messages(watched), *messages(watched, to_agency=True)):
        added = sum((charge.amount for charge in event.charges), Money.zero(facts.amount.currency))
        if event.message in REMINDERS | {Message.CLAIM}:
            assert event.total - added <= facts.balance - facts.disputed
        if event.message is Message.CLAIM:
            assert not facts.disputes
        if facts.disputes and event.charges:
            assert any(hold.amount for hold in facts.disputes)
            wall = story.law.calendar.wall
            for charge in event.charges:
                for period in charge.periods:
                    held = [h for h in facts.disputes if wall(h.since).date() <= period.since]
                    assert all(h.amount and period.base <= facts.amount - facts.credited - h.amount for h in held)


@STEADY
@given(stories)
def test_a_message_asks_for_what_is_owed_and_not_disputed_with_the_charges_it_carries(story):
    for facts, event in messages(lived(story)):
        added = sum((charge.amount for charge in event.charges), Money.zero(facts.amount.currency))
        assert event.total == facts.balance - facts.disputed + added


@STEADY
@given(stories)
def test_a_customer_gets_at_most_one_dunning_sms_a_day(story):
    days = [
        story.law.calendar.wall(event.at).date()
        for _, event in messages(lived(story))
        if event.channel is Channel.SMS and event.message in REMINDERS | {Message.DUE_REMINDER}
    ]

    assert len(set(days)) == len(days)


@STEADY
@given(stories)
def test_the_ledger_sums_line_by_line_and_comes_to_the_balance(story):
    facts = lived(story).facts
    book, balance = ledger(facts, story.law), Money.zero(facts.amount.currency)
    for line in book.lines:
        balance += line.amount
        assert line.principal + line.interest + line.costs - line.in_favour == line.amount
        assert line.balance == balance

    assert book.open.balance == balance == facts.balance
    assert min(book.open.principal, book.open.interest, book.open.costs, book.open.in_favour).minor >= 0
    assert book.at(facts.invoice.issued).lines[0].amount == facts.invoice.amount


@STEADY
@given(stories, positions)
def test_taking_a_payment_back_and_booking_it_again_changes_no_balance(story, position):
    watched = lived(story)
    facts, payments = watched.facts, watched.facts.payments
    if not payments:
        return
    payment = payments[position % len(payments)]
    again = [Paid(at=watched.now, amount=amount, dated=payment.dated) for amount in (-payment.amount, payment.amount)]

    after = fold(facts, again)

    assert after.balance == facts.balance
    assert ledger(after, story.law).open.balance == ledger(facts, story.law).open.balance


@STEADY
@given(stories)
def test_a_step_shows_each_kind_of_charge_once_however_many_messages_it_needs(story):
    watched = lived(story)
    charges = [
        (entry.step, entry.law, entry.reason)
        for entry in life(story.invoice, story.law.calendar, watched.events)
        if entry.did is Did.CHARGED
    ]

    assert len(set(charges)) == len(charges)


@STEADY
@given(stories)
def test_a_wrong_charge_that_the_debtor_was_told_of_is_taken_back_in_writing_or_nobody_could_be_told(story):
    watched = lived(story)
    for charge in watched.facts.charges:
        out = [send for send in watched.facts.of_step(charge.step) if send.is_out and send.message in REMINDERS]
        told = [send for send in out if send.id >= charge.send]
        if charge.taken_back and told:
            corrections = [send for send in watched.facts.sends if send.message is Message.CORRECTION]
            stopped = watched.facts.stopped or watched.facts.hold or any(not ask.resolved for ask in watched.facts.asks)

            assert stopped or any(send.since >= charge.taken_back for send in corrections)


@STEADY
@given(stories)
def test_a_claim_is_handed_over_only_after_every_printed_day_to_pay(story):
    watched = lived(story)
    for facts, event in messages(watched, to_agency=True):
        if event.message is Message.CLAIM:
            collection = watched.policy_at(event).collection
            today = story.law.calendar.wall(event.at).date()
            printed = [send.pay_by for send in facts.sends if send.message in REMINDERS and send.is_out]

            assert all(day < today for day in printed)
            assert facts.due < today
            assert Case.at(facts, story.policy, story.law, event.at).principal >= collection.minimum
            assert facts.hold is None
            if collection.undisputed_only:
                assert all(hold.kind is not Reason.DISPUTED for hold in facts.holds)


@STEADY
@given(stories)
def test_a_message_gives_the_days_to_pay_that_the_law_wants(story):
    for _, event in messages(lived(story)):
        law, sent = story.law, story.law.calendar.wall(event.at).date()
        terms = {Message.LAST_REMINDER: law.collection.notice, Message.DEMAND: law.demand.term}.get(event.message)
        if terms and terms.at(sent):
            assert event.pay_by >= law.last_day(terms.at(sent), sent, event.channel)
        if event.message in REMINDERS:
            assert event.pay_by >= sent + ONE_DAY * (law.reminders.new_due.at(sent) or 0)


@STEADY
@given(stories)
def test_a_claim_is_handed_over_only_when_the_notice_that_the_law_wants_has_had_its_days(story):
    for facts, event in messages(lived(story), to_agency=True):
        law, wall = story.law, story.law.calendar.wall
        today = wall(event.at).date()
        terms = law.collection.notice.at(today)
        if event.message is not Message.CLAIM or terms is None:
            continue
        notices = [
            send
            for send in facts.sends
            if send.message in (Message.LAST_REMINDER, Message.DEMAND) and send.is_out and send.channel in WRITTEN
        ]

        assert any(law.last_day(terms, wall(notice.out_at).date(), notice.channel) < today for notice in notices)


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
def test_what_was_charged_is_the_charges_that_stand(story):
    facts = lived(story).facts
    standing = [charge.amount.minor for charge in facts.charges if charge.state is ChargeState.BOOKED]

    assert facts.charged.minor == sum(standing)


def rules_at(watched, now):
    """The rules that hold after the last look at a moment, and those that the case is to be moved to."""
    return next(rules for (at, _), rules in reversed(list(zip(watched.looks, watched.rules, strict=True))) if at <= now)


@STEADY
@given(stories, positions)
def test_the_plan_is_what_is_done_when_nothing_happens(story, position):
    watched = Watched(story)
    watched.run(story.happens[: position % (len(story.happens) + 1)])
    half = Watched(story)
    now, _ = watched.looks[position % len(watched.looks)]
    half.now = now
    half.facts = fold(Facts.at_start(story.invoice), [event for event in watched.events if event.at <= now])
    half.policy, half.moving_to = rules_at(watched, now)

    planned = plan(half.facts, half.policy, story.law, half.now, half.moving_to)

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

    policy, moving_to = rules_at(watched, now)

    unseen, viewed = (next_send(plan(known, policy, story.law, now, moving_to)) for known in (facts, seen))

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
