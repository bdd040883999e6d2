"""Disputes of all and of a part: what stops, what goes on, how an answer ends them, and what the agency hears."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.decisions import Wait
from domain.events import Disputed, Failed
from domain.facts import AnswerState
from domain.policy import Channel, FeeRemainder
from domain.words import REMINDERS, DisputeOutcome, Message, Outcome, Reason, Status
from tests.domain.build import (
    EMAIL,
    LETTER,
    Life,
    a_policy,
    acts,
    after_due,
    after_previous,
    collected_after,
    in_norway,
    only,
    sek,
)

PRESSING = a_policy(
    distribution=(EMAIL,),
    due_reminder=(),
    reminders=(after_due(5, "60.00", EMAIL), after_previous(10, "0.00", EMAIL)),
    collection=collected_after(12),
)
"""Reminders on 7 and 17 April, the claim on the 29th."""
HANDED_OVER = "handed_over collection collection time_to_pay_over"


def led(*lines, policy=PRESSING, **invoice):
    """A life in which these things happen, to its end or to the end of May."""
    return Life(policy, **invoice).hear(*lines).live("05-31 12:00")


def asked_for(*lines, policy=PRESSING):
    return led(*lines, policy=policy).totals(*REMINDERS)


def ended(*lines, policy=PRESSING):
    return only("handed_over", acts(*lines, policy=policy))


# --- all of it -------------------------------------------------------------------------------------------------------


def test_a_dispute_of_all_stops_reminders_charges_and_hand_over():
    life = led("03-20 10:00 disputed")

    assert life.acts == ["03-02 09:00 sent distribution email issued", "03-20 10:00 held disputed"]
    assert (life.facts.disputed, life.facts.charged) == (sek("249.00"), sek("0.00"))


def test_a_dispute_between_the_last_reminder_and_the_hand_over_stops_it():
    assert ended("04-28 10:00 disputed") == []


@pytest.mark.parametrize("amount", ["249.00", "300.00"], ids=["all", "more than all"])
def test_a_part_that_is_all_of_it_is_as_good_as_all(amount):
    life = led(f"03-20 10:00 disputed {amount}")

    assert life.facts.disputed == sek("249.00")
    assert life.decide() == Wait(None, Reason.DISPUTED)
    assert life.totals(*REMINDERS) == []


def test_a_fee_is_not_pressed_for_while_all_of_its_invoice_is_disputed():
    chasing = replace(PRESSING, fee_remainder=FeeRemainder.CHASE)

    for policy in (PRESSING, chasing):
        assert asked_for("04-08 10:00 disputed 249.00", policy=policy) == ["04-07 309.00"]


# --- a part of it ----------------------------------------------------------------------------------------------------


def test_reminders_ask_for_the_rest_only_and_go_out_in_their_time():
    assert asked_for("03-20 10:00 disputed 49.00") == ["04-07 260.00", "04-17 260.00"]  # 249 - 49 + 60


def test_while_a_part_is_disputed_nothing_is_handed_over_nor_is_it_announced():
    life = led("03-20 10:00 disputed 49.00")

    assert {send.message for send in life.facts.sends} == {Message.INVOICE, Message.REMINDER}
    assert only("handed_over", life.acts) == []
    assert life.acts[-1] == "04-28 09:00 asked exhausted"


def test_the_invoice_itself_asks_for_what_is_not_disputed():
    life = Life(PRESSING)
    life.know(Disputed(at=life.now, amount=sek("49.00"))).live("03-02 09:00")

    assert life.totals(Message.INVOICE) == ["03-02 200.00"]


def test_disputes_add_up_and_never_to_more_than_is_left():
    life = led("03-20 10:00 disputed 100.00", "03-21 10:00 disputed 80.00")

    assert life.facts.disputed == sek("180.00")
    assert life.totals(*REMINDERS)[0] == "04-07 129.00"  # 249 - 180 + 60

    life.know(Disputed(at=life.now, amount=sek("90.00")))

    assert life.facts.disputed == sek("249.00")


def test_a_dispute_of_all_beside_one_of_a_part_disputes_all():
    life = led("03-20 10:00 disputed 100.00", "03-21 10:00 disputed")

    assert life.facts.disputed == sek("249.00")
    assert life.totals(*REMINDERS) == []


def test_when_the_rest_is_paid_the_disputed_part_is_waited_for():
    life = led("03-20 10:00 disputed 49.00", "04-01 10:00 paid 200.00")

    assert life.decide() == Wait(None, Reason.DISPUTED)
    assert life.totals(*REMINDERS) == []
    assert life.facts.closed is None


def test_a_dispute_bigger_than_what_is_left_disputes_what_is_left():
    life = Life(PRESSING).hear("03-20 10:00 disputed 100.00", "03-25 10:00 paid 180.00")

    assert (life.facts.disputed, life.facts.balance) == (sek("69.00"), sek("69.00"))

    life.hear("03-26 10:00 answered upheld").look()

    assert life.facts.credited == sek("69.00")
    assert life.facts.closed is Outcome.PAID


def test_a_part_in_dispute_moves_no_day():
    undisturbed = only("sent", acts(policy=PRESSING))

    assert only("sent", acts("03-20 10:00 disputed 49.00", "04-20 10:00 answered", policy=PRESSING)) == undisturbed


def test_the_days_in_which_all_was_held_are_not_counted():
    # On the 10th six days remained to the printed day to pay; answered on the 20th, so Sunday the 26th, or the 27th
    lines = led("04-10 10:00 disputed", "04-20 10:00 answered").acts

    assert only("sent", lines)[2:] == ["04-28 09:00 reminder-2 email overdue"]
    assert only("handed_over", acts("04-10 10:00 disputed", "04-20 10:00 answered", policy=PRESSING)) == [
        "05-11 09:00 collection collection time_to_pay_over"  # twelve days later is a Sunday
    ]


# --- how it was answered ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "credited", "asked"),
    [
        (["04-03 10:00 answered"], "0.00", ["04-07 309.00", "04-17 309.00"]),
        (["04-03 10:00 answered upheld"], "49.00", ["04-07 260.00", "04-17 260.00"]),
        (["04-03 10:00 answered credited 30.00"], "30.00", ["04-07 279.00", "04-17 279.00"]),
    ],
    ids=["rejected", "upheld", "credited in part"],
)
def test_what_is_owed_after_an_answer(lines, credited, asked):
    life = led("03-20 10:00 disputed 49.00", *lines)

    assert life.facts.credited == sek(credited)
    assert life.totals(*REMINDERS) == asked
    assert not life.facts.disputes


def test_a_dispute_of_all_that_is_upheld_closes_the_invoice_and_gives_its_fee_back():
    assert led("04-10 10:00 disputed", "04-14 10:00 answered upheld").acts[-3:] == [
        "04-14 10:00 released upheld",
        "04-14 10:00 reversed reminder-1 60.00 credited",
        "04-14 10:00 closed credited",
    ]


def test_a_rejected_claim_is_handed_over_in_its_time():
    assert ended("04-18 10:00 disputed 49.00", "04-20 10:00 answered") == [
        "04-29 09:00 collection collection time_to_pay_over"
    ]


def test_an_answer_that_the_merchant_gave_itself_sends_nothing():
    life = led("04-10 10:00 disputed", "04-14 10:00 answered")

    assert all(send.message is not Message.ANSWER for send in life.facts.sends)
    assert life.facts.answers == (AnswerState(life.moment("04-14 10:00"), DisputeOutcome.REJECTED, reply=False),)


# --- our answer in writing -------------------------------------------------------------------------------------------


def answered(*lines, **invoice):
    return [line for line in acts(*lines, policy=PRESSING, **invoice) if "answer-" in line]


def test_an_answer_goes_out_by_email_in_the_contact_window_and_asks_for_all_that_is_owed():
    life = led("04-10 10:00 disputed", "04-14 20:00 answered reply")

    assert "04-15 09:00 sent answer-1 email answered" in life.acts
    assert life.totals(Message.ANSWER) == ["04-15 309.00"]


@pytest.mark.parametrize("outcome", ["rejected", "upheld", "credited 30.00"])
def test_every_outcome_can_be_answered_in_writing(outcome):
    assert answered("04-10 10:00 disputed 49.00", f"04-14 10:00 answered {outcome} reply") == [
        "04-14 10:00 sent answer-1 email answered"
    ]


def test_an_answer_falls_back_to_a_letter():
    lines = "04-10 10:00 disputed", "04-14 10:00 answered reply"

    assert answered(*lines, "04-14 10:05 bounced email") == [
        "04-14 10:00 sent answer-1 email answered",
        "04-14 10:05 sent answer-1 letter bounced",
    ]
    assert answered(*lines, ways=frozenset({Channel.EMAIL, Channel.SMS})) == [
        "04-14 10:00 sent answer-1 email answered"
    ]


def test_without_an_address_for_email_an_answer_is_a_letter():
    policy = replace(PRESSING, distribution=(LETTER,), reminders=(after_due(5, "60.00", LETTER),))
    lines = acts(
        *("04-10 10:00 disputed", "04-14 10:00 answered reply"), policy=policy, ways=frozenset({Channel.LETTER})
    )

    assert [line for line in lines if "answer-" in line] == [
        "04-14 10:00 skipped answer-1 email no_address",
        "04-14 10:00 sent answer-1 letter no_address",
    ]


def test_each_dispute_has_its_answer():
    lines = led(
        *("04-08 10:00 disputed 49.00", "04-09 10:00 answered reply"),
        *("04-13 10:00 disputed", "04-14 10:00 answered reply"),
    ).acts

    assert [line for line in lines if "answer-" in line] == [
        "04-09 10:00 sent answer-1 email answered",
        "04-14 10:00 sent answer-2 email answered",
    ]


def test_hand_over_waits_for_the_day_to_pay_that_the_answer_prints():
    # Sent on 28 April: ten days are 8 May, a Friday
    assert ended("04-18 10:00 disputed 49.00", "04-28 10:00 answered reply") == [
        "05-11 09:00 collection collection time_to_pay_over"
    ]


def test_hand_over_waits_for_an_answer_that_is_not_out():
    life = Life(PRESSING).hear("04-18 10:00 disputed 49.00", "04-28 22:00 answered reply")
    life.settle(life.reserve("04-29 09:00"), Status.UNKNOWN)

    assert life.decide("05-29 12:00").id.step == "answer-1"


def test_an_answer_that_reached_nobody_keeps_the_claim_and_asks_a_person():
    life = Life(PRESSING, ways=frozenset({Channel.EMAIL})).live("04-20 10:00")
    life.know(Disputed(at=life.now)).hear("04-28 10:00 answered reply")
    send = life.take()
    life.settle(send, Status.SENT).know(Failed(at=life.now, send=send, reason=Reason.BOUNCED)).live("06-30 12:00")

    assert only("handed_over", life.acts) == []
    assert life.acts[-1].endswith("asked exhausted")


def test_an_answer_that_closes_the_invoice_is_sent_all_the_same():
    assert led("04-10 10:00 disputed", "04-14 10:00 answered upheld reply").acts[-2:] == [
        "04-14 10:00 closed credited",
        "04-14 10:00 sent answer-1 email answered",
    ]


# --- collection ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("disputed", ["disputed", "disputed 49.00"], ids=["all", "a part"])
def test_a_merchant_may_hand_over_only_what_was_never_disputed(disputed):
    collection = replace(PRESSING.collection, undisputed_only=True)
    policy = replace(PRESSING, collection=collection)
    lines = f"04-08 10:00 {disputed}", "04-09 10:00 answered"

    assert ended(policy=policy)
    assert ended(*lines) != []
    assert ended(*lines, policy=policy) == []
    assert only("asked", acts(*lines, policy=policy))[-1].endswith("exhausted")


def test_in_norway_a_notice_that_a_dispute_made_a_plain_reminder_is_none():
    lines = "04-10 10:00 disputed 49.00", "05-20 10:00 answered"

    assert ended(policy=in_norway(PRESSING))
    assert ended(*lines, policy=in_norway(PRESSING)) == []


@pytest.mark.parametrize("disputed", ["disputed", "disputed 49.00"], ids=["all", "a part"])
def test_the_agency_hears_of_a_dispute_and_a_person_is_asked(disputed):
    life = led(f"05-04 10:00 {disputed}")

    assert life.acts[-4:] == [
        f"04-29 09:00 {HANDED_OVER}",
        "05-04 10:00 held disputed",
        "05-04 10:00 sent collection collection disputed",
        "05-04 10:00 asked disputed_in_collection",
    ]
    assert life.facts.in_collection
    assert life.decide() == Wait(None, Reason.IN_COLLECTION)


def test_a_dispute_in_collection_is_answered_to_the_debtor_too():
    assert led("05-04 10:00 disputed", "05-06 10:00 answered reply").acts[-3:] == [
        "05-06 10:00 released answered",
        "05-06 10:00 sent collection collection recalculated",
        "05-06 10:00 sent answer-1 email answered",
    ]


def test_a_dispute_upheld_in_collection_takes_the_claim_back():
    assert led("05-04 10:00 disputed", "05-06 10:00 answered upheld").acts[-4:] == [
        "05-06 10:00 released upheld",
        "05-06 10:00 reversed reminder-1 60.00 credited",
        "05-06 10:00 withdrawn collection collection settled",
        "05-06 10:00 closed credited",
    ]


def test_a_dispute_in_the_minute_of_the_hand_over_wins():
    assert ended("04-29 09:00 disputed") == []
    assert ended("04-29 09:00 disputed 49.00") == []
