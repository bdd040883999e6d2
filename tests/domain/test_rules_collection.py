"""Hand-over to collection, what the agency is told, and withdrawal."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.case import Case
from domain.decisions import Reconcile, Send, Wait
from domain.events import Collected, Disputed, Failed, Paid, WithdrawalAsked
from domain.policy import Channel
from domain.steps import hand_over
from domain.words import Message, Reason, Status
from tests.domain.build import (
    EMAIL,
    LETTER,
    SMS,
    Life,
    a_policy,
    acts,
    after_due,
    collected_after,
    in_norway,
    only,
    sek,
)

COLLECTING = a_policy(
    distribution=(EMAIL,), due_reminder=(), reminders=(after_due(5, "60.00", EMAIL),), collection=collected_after(12)
)
HANDED_OVER = "04-20 09:00 handed_over collection collection time_to_pay_over"


def ended(*lines, policy=COLLECTING):
    """What is done after the reminder."""
    return acts(*lines, policy=policy)[3:]


def test_the_claim_is_handed_over_when_the_last_reminders_time_is_over():
    assert ended() == [HANDED_OVER]


def test_without_reminders_collection_counts_from_the_due_date():
    policy = a_policy(distribution=(EMAIL,), due_reminder=(), reminders=(), collection=collected_after(14))

    assert acts(policy=policy)[1:] == ["04-15 09:00 handed_over collection collection time_to_pay_over"]


def test_the_minimum_is_open_principal_fees_apart():
    policy = a_policy(reminders=COLLECTING.reminders, collection=collected_after(12, minimum="249.00"))

    assert only("handed_over", acts(policy=policy))
    assert only("handed_over", acts("04-08 10:00 paid 60.00", policy=policy)) == []


def test_a_claim_that_is_too_small_asks_a_person():
    assert ended("04-08 10:00 paid 200.00") == ["04-20 09:00 asked exhausted"]


def test_in_norway_no_claim_is_handed_over_without_a_written_notice_14_days_before():
    in_writing = in_norway(COLLECTING)
    by_sms = in_norway(
        a_policy(due_reminder=(), reminders=(after_due(5, "0.00", SMS),), collection=collected_after(12))
    )

    assert only("handed_over", acts(policy=in_writing)) == ["04-22 09:00 collection collection time_to_pay_over"]
    assert only("handed_over", acts(policy=by_sms)) == []


def test_a_bounced_notice_is_no_notice():
    assert only("handed_over", acts("04-07 10:00 bounced email", policy=in_norway(COLLECTING))) == []


def test_a_claim_that_reached_nobody_is_not_handed_over():
    life = Life(replace(COLLECTING, distribution=(EMAIL, LETTER))).live("04-17 12:00")
    for send in life.facts.sends:
        life.know(Failed(at=life.now, send=send.id, reason=Reason.BOUNCED))

    assert hand_over(Case.at(life.facts, life.policy, life.law, life.moment("04-20 09:00"))) is None


def test_a_debtor_told_of_the_invoice_late_has_the_whole_wait_before_collection():
    life = Life(replace(COLLECTING, distribution=(EMAIL, LETTER))).live("04-17 12:00")
    for send in life.facts.sends:
        life.know(Failed(at=life.now, send=send.id, reason=Reason.BOUNCED))

    assert life.live("06-01 12:00").acts[3:] == [
        "04-17 12:00 sent distribution letter bounced",
        "04-29 09:00 handed_over collection collection time_to_pay_over",
    ]


def test_a_disputed_claim_is_not_handed_over():
    assert ended("04-10 10:00 disputed")[-1] == "04-10 10:00 held disputed"


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        (["04-10 10:00 withdrawn"], []),
        (["04-20 09:00 withdrawn"], []),
        (["04-24 10:00 withdrawn"], [HANDED_OVER, "04-24 10:00 withdrawn collection collection commanded"]),
    ],
    ids=["before", "in the same minute", "after"],
)
def test_a_withdrawal_keeps_the_claim_from_the_agency_or_takes_it_back(happens, expected):
    """Trap 13."""
    assert [line for line in ended(*happens) if "asked" not in line] == expected


def test_a_withdrawal_during_hand_over_waits_for_its_outcome_and_then_takes_the_claim_back():
    """Trap 13."""
    life = Life(COLLECTING)
    claim = life.reserve("04-20 09:00")
    life.settle(claim, Status.UNKNOWN).know(WithdrawalAsked(at=life.now))

    assert life.decide() == Reconcile(claim, Channel.COLLECTION)

    life.settle(claim, Status.SENT)

    assert life.decide().message is Message.WITHDRAWAL


def test_a_hand_over_acknowledged_twice_is_one():
    """Trap 13."""
    life = Life(COLLECTING).live("04-20 09:00")
    claim = life.facts.sends[-1].id
    once = life.decide()
    life.settle(claim, Status.SENT).settle(claim, Status.SENT)

    assert life.decide() == once == Wait(None, Reason.IN_COLLECTION)


def test_a_paid_claim_is_taken_back_from_the_agency_before_it_is_closed():
    assert ended("04-24 10:00 paid 309.00") == [
        HANDED_OVER,
        "04-24 10:00 withdrawn collection collection settled",
        "04-24 10:00 closed paid",
    ]


def test_a_claim_the_agency_collected_is_closed_and_not_taken_back():
    assert ended("04-24 10:00 collected 309.00") == [HANDED_OVER, "04-24 10:00 closed collected"]
    assert ended("04-22 10:00 paid 100.00", "04-24 10:00 collected 209.00")[1:] == ["04-24 10:00 closed collected"]


def test_a_claim_settled_by_the_debtor_after_a_part_was_collected_is_taken_back():
    assert ended("04-22 10:00 collected 100.00", "04-24 10:00 paid 209.00")[1:] == [
        "04-24 10:00 withdrawn collection collection settled",
        "04-24 10:00 closed paid",
    ]


def test_a_second_payment_after_the_agency_collected_takes_nothing_back():
    life = Life(COLLECTING).live("04-22 10:00")
    life.know(Collected(at=life.now, amount=sek("309.00"), dated=life.now.date())).look()
    before = life.acts
    life.know(Paid(at=life.now, amount=sek("309.00"), dated=life.now.date())).look()

    assert life.acts == before


def test_a_payment_while_the_hand_over_is_in_doubt_closes_and_then_takes_the_claim_back():
    life = Life(COLLECTING)
    claim = life.reserve("04-20 09:00")
    life.settle(claim, Status.UNKNOWN)
    life.know(Paid(at=life.now, amount=sek("309.00"), dated=life.now.date())).look()

    assert life.decide() == Reconcile(claim, Channel.COLLECTION)

    life.settle(claim, Status.SENT).look()

    assert life.acts[-3:] == [
        "04-20 09:00 closed paid",
        "04-20 09:00 handed_over collection collection time_to_pay_over",
        "04-20 09:00 withdrawn collection collection settled",
    ]


def test_a_dispute_in_collection_is_told_to_the_agency_and_asks_a_person_once():
    assert ended("04-24 10:00 disputed", "04-28 10:00 answered", "05-04 10:00 disputed")[1:] == [
        "04-24 10:00 held disputed",
        "04-24 10:00 sent collection collection disputed",
        "04-24 10:00 asked disputed_in_collection",
        "04-28 10:00 released answered",
        "05-04 10:00 held disputed",
        "05-04 10:00 sent collection collection disputed",
        "05-04 10:00 asked disputed_in_collection",
    ]


def test_a_dispute_while_the_hand_over_is_in_doubt_does_not_stop_the_search_for_it():
    life = Life(COLLECTING)
    claim = life.reserve("04-20 09:00")
    life.settle(claim, Status.UNKNOWN).know(Disputed(at=life.now))

    assert life.decide() == Reconcile(claim, Channel.COLLECTION)


def test_a_claim_the_agency_refuses_asks_a_person_and_is_tried_again_when_released():
    life = Life(COLLECTING).live("04-20 09:00")
    life.know(Failed(at=life.now, send=life.facts.sends[-1].id, reason=Reason.REFUSED)).live("04-22 12:00")

    assert life.acts[-1] == "04-20 09:00 asked agency_refused"
    assert life.decide() == Wait(None, Reason.ASKED)

    again = life.hear("04-23 10:00 released").decide()

    assert isinstance(again, Send)
    assert again.message is Message.CLAIM


def test_a_withdrawal_that_could_not_be_sent_is_tried_again_also_at_night():
    life = Life(COLLECTING).hear("04-24 22:00 withdrawn")
    life.settle(life.take(), Status.NOT_SENT)

    assert life.decide() == Wait(life.moment("04-24 22:05"), Reason.RETRY, "collection", Channel.COLLECTION)


def test_a_withdrawal_in_the_second_hour_of_the_autumn_night_is_tried_again_ahead_of_now():
    """Trap 17: 02:30 comes twice; the wait lies ahead each time."""
    life = Life(COLLECTING).live("10-24 12:00")
    life.know(WithdrawalAsked(at=life.now))
    life.now = life.moment("10-25 03:00").replace(hour=1, minute=30)  # 02:30 in winter time
    life.settle(life.take(), Status.NOT_SENT)

    wait = life.decide()

    assert isinstance(wait, Wait)
    assert wait.until is not None
    assert life.now < wait.until


def test_a_claim_withdrawn_is_not_handed_over_again():
    assert only("handed_over", ended("04-24 10:00 withdrawn")) == [HANDED_OVER.replace(" handed_over", "")]


def test_a_pause_in_collection_ends_by_itself():
    assert ended("04-24 10:00 paused until=04-28")[-1] == "04-29 00:00 released hold_over"
