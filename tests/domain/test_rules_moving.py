"""Rules published while a case runs: when it takes them over, and what becomes of a step that they no longer have."""

from __future__ import annotations

from dataclasses import replace

from domain.events import Asked, Delivered, MoveAsked, Moved, Released
from domain.facts import Rules
from domain.policy import Channel, Policy
from domain.simulation import plan
from domain.words import Reason, SendId, Status, When
from tests.domain.build import (
    EMAIL,
    LETTER,
    SMS,
    Life,
    a_policy,
    after_due,
    after_previous,
    collected_after,
    only,
    rung,
    sek,
)

RULES = Rules(2, 7)
TWO = a_policy(distribution=(EMAIL,), due_reminder=())
"""Reminders with a fee on 7 April and without one ten days later, then collection."""
FREE = replace(TWO, reminders=(after_due(20, "0.00", EMAIL),))
NO_REMINDERS = replace(TWO, reminders=())


def moved(life: Life, policy: Policy, at: str, when: When = When.NOW) -> Life:
    """Live up to a minute, and have the case moved."""
    life.live(at)
    life.moving_to = policy
    return life.know(MoveAsked(at=life.now, rules=RULES, when=when))


def after(life: Life, until: str = "07-01 12:00") -> list[str]:
    """What is done from here on."""
    before = len(life.acts)
    return life.live(until).acts[before:]


def test_rules_are_pinned_without_a_move_there_is_none():
    """Trap 6."""
    life = Life(TWO).live("04-06 12:00")
    life.moving_to = NO_REMINDERS

    assert not [event for event in life.live("07-01 12:00").events if isinstance(event, Moved)]
    assert only("sent", life.acts)[1:] == [
        "04-07 09:00 reminder-1 email overdue",
        "04-17 09:00 reminder-2 sms overdue",
    ]


def test_a_case_that_is_moved_now_goes_by_the_new_rules_at_once():
    life = moved(Life(TWO), FREE, "04-06 12:00")

    assert after(life)[:2] == ["04-06 12:00 moved new_rules", "04-21 09:00 sent reminder-1 email overdue"]
    assert life.facts.rules == RULES
    assert life.facts.moving is None


def test_a_case_that_is_moved_at_its_next_step_keeps_its_rules_until_that_step_would_begin():
    life = moved(Life(TWO), FREE, "04-06 12:00", When.NEXT_STEP)

    assert after(life)[:2] == ["04-07 09:00 moved new_rules", "04-21 09:00 sent reminder-1 email overdue"]


def test_a_step_that_has_begun_is_finished_before_the_move():
    seen = a_policy(distribution=(rung("email", 3), LETTER), due_reminder=())
    life = moved(Life(seen), replace(seen, distribution=(EMAIL,)), "03-03 12:00", When.NEXT_STEP)

    assert after(life, "04-08 12:00")[:2] == [
        "03-05 09:00 sent distribution letter not_viewed",
        "04-07 09:00 moved new_rules",
    ]


def test_what_was_asked_last_counts():
    life = moved(Life(TWO), FREE, "04-06 11:00", When.NEXT_STEP)
    moved(life, NO_REMINDERS, "04-06 12:00")

    assert [event.rules for event in life.live("04-06 13:00").events if isinstance(event, Moved)] == [RULES]
    assert life.policy == NO_REMINDERS


def test_the_plan_shows_what_follows_the_move():
    life = moved(Life(TWO), FREE, "04-06 12:00", When.NEXT_STEP)
    planned = plan(life.facts, life.policy, life.law, life.now, life.moving_to)

    assert [type(getattr(item.decision, "event", item.decision)).__name__ for item in planned] == [
        "Moved",
        "Send",
        "Send",
    ]
    assert f"{planned[1].at:%m-%d}" == "04-21"


def test_a_case_without_a_step_left_is_moved_and_asks_anew_only_if_none_is_left_still():
    ended = replace(TWO, reminders=(), collection=None)
    life = Life(ended).live("04-20 12:00")
    assert [event.reason for event in life.events if isinstance(event, Asked)] == [Reason.EXHAUSTED]

    moved(life, replace(ended, reminders=(after_due(25, "0.00", EMAIL),)), "04-21 12:00", When.NEXT_STEP)

    assert after(life, "04-28 12:00") == ["04-21 12:00 moved new_rules", "04-27 09:00 sent reminder-1 email overdue"]
    assert not life.facts.asks
    assert after(life, "06-01 12:00") == ["05-08 09:00 asked exhausted"]


# --- what must not be moved ------------------------------------------------------------------------------------------


def test_a_claim_at_the_agency_stays_with_its_rules_until_it_is_ours_again():
    life = Life(replace(NO_REMINDERS, collection=collected_after(5))).live("04-15 12:00")
    assert life.facts.in_collection
    moved(life, replace(TWO, collection=None), "04-16 12:00").hear("04-20 10:00 agency_closed returned")

    assert after(life, "04-20 10:00")[:1] == ["04-20 10:00 moved new_rules"]


def test_a_claim_in_doubt_stays_with_its_rules():
    life = Life(replace(NO_REMINDERS, collection=collected_after(5)))
    claim = life.reserve("04-07 09:00")
    assert claim.step == "collection"
    life.settle(claim, Status.UNKNOWN)
    moved(life, TWO, "04-07 09:00")

    assert life.live("04-07 09:01").facts.moving is not None


def test_a_life_that_has_ended_stays_as_it_ended_and_moves_when_it_opens_again():
    life = Life(TWO).hear("03-20 10:00 paid 249.00").live("03-21 12:00")
    moved(life, FREE, "03-22 12:00").live("03-23 12:00")
    assert life.facts.rules is None

    life.hear("03-24 10:00 amended 400.00")

    assert after(life, "03-24 12:00") == ["03-24 10:00 moved new_rules"]


def test_an_open_question_about_something_else_is_not_lost_in_a_move():
    life = Life(TWO).know(Asked(at=Life(TWO).now, reason=Reason.CANNOT_RENDER))
    moved(life, FREE, "03-03 12:00").live("03-03 12:01")

    assert [ask.reason for ask in life.facts.asks] == [Reason.CANNOT_RENDER]


# --- a step that the rules no longer have ----------------------------------------------------------------------------


def test_a_removed_reminder_that_went_out_counts_and_collection_follows_from_it():
    """Trap 7: the case sits in the second reminder when the rules lose it, and both reminders."""
    for rules in (FREE, NO_REMINDERS):
        life = moved(Life(TWO).live("04-17 12:00"), rules, "04-18 12:00")

        assert only("sent", after(life)) == []
        assert only("handed_over", life.acts) == ["04-29 09:00 collection collection time_to_pay_over"]
        assert life.facts.charged == sek("60.00")


def test_a_removed_reminder_whose_message_came_back_gives_its_fee_back():
    """Trap 7: its own channels are all that it has."""
    one = replace(TWO, reminders=(after_due(5, "60.00", EMAIL, LETTER),))
    life = moved(Life(one).live("04-07 12:00"), NO_REMINDERS, "04-08 12:00").hear("04-09 10:00 bounced email")

    assert only("reversed", after(life, "04-09 12:00")) == ["04-09 10:00 reminder-1 60.00 came_back"]


def test_a_reminder_that_is_out_on_a_channel_which_is_gone_is_not_sent_again():
    by_letter = replace(TWO, reminders=(after_due(5, "60.00", LETTER), after_previous(10, "0.00", LETTER)))
    life = moved(Life(TWO).live("04-07 12:00"), by_letter, "04-08 12:00")

    assert only("sent", after(life)) == ["04-17 09:00 reminder-2 letter overdue"]
    assert only("charged", life.acts) == ["04-07 09:00 reminder-1 60.00 reminder_fee"]


def test_a_channel_that_failed_before_is_not_a_channel_of_the_same_place_now():
    """Rungs are known by their channels: the letter was never tried, though the first rung was used."""
    life = Life(TWO).hear("03-02 10:00 bounced email").live("03-02 10:00")
    moved(life, replace(TWO, distribution=(LETTER,)), "03-02 12:00")

    assert after(life, "03-03 12:00")[-1:] == ["03-02 12:00 sent distribution letter issued"]
    assert life.facts.sends[-1].id == SendId("distribution", 1, 1)


def test_an_unseen_invoice_goes_on_to_the_channels_that_the_rules_have_after_the_wait_they_name():
    waits = replace(TWO, distribution=(rung("email", 3), rung("sms", 2), LETTER))
    life = Life(waits).live("03-05 12:00")
    assert life.facts.sends[-1].channel is Channel.SMS
    moved(life, replace(waits, distribution=(rung("email", 3), LETTER)), "03-05 13:00")

    assert after(life, "03-20 12:00")[1:] == ["03-09 09:00 sent distribution letter not_viewed"]


def test_channels_in_another_order_are_each_used_once():
    waits = replace(TWO, distribution=(rung("email", 3), rung("sms", 3), LETTER))
    turned = replace(TWO, distribution=(rung("sms", 3), rung("email", 3), LETTER))
    life = moved(Life(waits).live("03-02 12:00"), turned, "03-03 12:00")

    sent = only("sent", life.live("03-20 12:00").acts)
    assert [line.split()[3] for line in sent] == ["email", "sms", "letter"]


def test_a_send_of_the_old_rules_is_heard_of_as_ever():
    life = Life(TWO).live("03-02 12:00")
    moved(life, replace(TWO, distribution=(LETTER,)), "03-02 13:00").live("03-02 14:00")
    life.know(Delivered(at=life.now, send=SendId("distribution", 0, 1)))

    assert life.facts.sends[0].status is Status.DELIVERED


def test_a_release_still_lets_a_case_go_on_after_a_move():
    life = moved(Life(replace(TWO, reminders=(), collection=None)).live("04-20 12:00"), FREE, "04-20 13:00")
    life.live("04-20 14:00").know(Released(at=life.now))

    assert only("sent", after(life, "04-30 12:00")) == ["04-21 09:00 reminder-1 email overdue"]
    assert SMS.channel is Channel.SMS
