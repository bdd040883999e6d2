"""Hand-over to collection, what the agency is told, and withdrawal."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.case import Case
from domain.decisions import Reconcile, Send, Wait
from domain.events import (
    Acknowledged,
    AgencyClosed,
    AgencyTold,
    Collected,
    Disputed,
    Failed,
    Paid,
    WithdrawalAsked,
    WithdrawalConfirmed,
)
from domain.policy import Channel
from domain.steps import hand_over
from domain.words import NOTICES, AgencyOutcome, Message, Outcome, Reason, Status
from tests.domain.build import (
    EMAIL,
    LETTER,
    SMS,
    Life,
    a_policy,
    acts,
    after_due,
    bank_days,
    collected_after,
    days,
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
        "04-17 12:00 reversed reminder-1 60.00 came_back",
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


@pytest.mark.parametrize(
    ("happens", "told"),
    [
        (["04-24 10:00 paid 100.00"], ["209.00"]),
        (["04-24 10:00 credited 49.00"], ["260.00"]),
        (["04-24 10:00 waived reminder-1"], ["249.00"]),
        (["04-24 10:00 collected 100.00"], []),
        (["04-24 10:00 collected 100.00", "04-27 10:00 paid 9.00"], ["200.00"]),
        (["04-24 10:00 collected 100.00", "04-24 10:00 paid 9.00"], ["200.00"]),
        (["04-23 10:00 disputed 49.00", "04-24 10:00 answered upheld"], ["260.00"]),
        (["04-23 10:00 disputed 49.00", "04-24 10:00 answered rejected"], ["260.00", "309.00"]),
        (["04-23 10:00 disputed 49.00", "04-24 10:00 paid 9.00"], ["260.00", "251.00"]),
    ],
    ids=[
        "paid to us",
        "credited",
        "waived",
        "collected",
        "both",
        "both in one moment",
        "right about a part",
        "wrong about it",
        "both at once",
    ],
)
def test_an_agency_always_knows_what_is_owed_and_is_told_once(happens, told):
    life = Life(COLLECTING).hear(*happens).live("06-30 12:00")

    assert life.facts.in_collection
    claim, *notices = (send for send in life.facts.sends if send.channel is Channel.COLLECTION)
    assert claim.message is Message.CLAIM
    assert [str(notice.total) for notice in notices] == told
    assert all(notice.message in NOTICES for notice in notices)


@pytest.mark.parametrize("ahead", [3, 0, -3])
def test_it_is_told_once_also_by_who_has_another_clock(ahead):
    """A gateway's clock is not the server's: what it hears may seem to come after the look that follows, or before."""
    life, wrong = Life(COLLECTING).live("04-24 10:00"), timedelta(seconds=ahead)

    life.know(Disputed(at=life.now + wrong, amount=sek("49.00"))).look()
    life.know(Collected(at=life.now + wrong, amount=sek("100.00"), dated=life.now.date())).look()
    life.know(Paid(at=life.now + wrong, amount=sek("9.00"), dated=life.now.date())).look()
    life.know(Disputed(at=life.now + wrong, amount=sek("10.00"))).look()

    _, *notices = (send for send in life.facts.sends if send.channel is Channel.COLLECTION)
    assert [(notice.message, str(notice.total)) for notice in notices] == [
        (Message.DISPUTE_NOTICE, "260.00"),
        (Message.BALANCE_NOTICE, "151.00"),
        (Message.DISPUTE_NOTICE, "141.00"),
    ]
    assert [ask.reason for ask in life.facts.asks].count(Reason.DISPUTED_IN_COLLECTION) == 1


def test_a_claim_the_agency_collected_is_closed_and_not_taken_back():
    assert ended("04-24 10:00 collected 309.00") == [HANDED_OVER, "04-24 10:00 closed collected"]
    assert ended("04-22 10:00 paid 100.00", "04-24 10:00 collected 209.00")[1:] == [
        "04-22 10:00 sent collection collection recalculated",
        "04-24 10:00 closed collected",
    ]


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
        "04-28 10:00 sent collection collection recalculated",
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


# --- the exchange with the agency, and its races ---------------------------------------------------------------------

WITHDRAWN = "withdrawn collection collection commanded"
WATCHED = replace(COLLECTING, collection=replace(COLLECTING.collection, acknowledged_within=days(3)))


def collecting(policy=COLLECTING):
    """A life on the day after the claim was handed over."""
    return Life(policy).live("04-21 10:00")


def withdrawing(status):
    """A life whose withdrawal has this outcome, two days after the claim was handed over."""
    life = Life(COLLECTING).hear("04-22 10:00 withdrawn")
    withdrawal = life.take()
    return life.settle(withdrawal, status) if status else life, withdrawal


def test_a_claim_acknowledged_twice_is_acknowledged_once():
    """Trap 13."""
    life = collecting()
    first = life.now
    life.know(Acknowledged(at=first, case="A-1"))
    life.now = life.moment("04-22 10:00")
    life.know(Acknowledged(at=life.now, case="A-1")).look()

    assert life.facts.agency.acknowledged == first
    assert only("handed_over", life.acts) == [HANDED_OVER.replace(" handed_over", "")]
    assert life.decide() == Wait(None, Reason.IN_COLLECTION)


def test_an_acknowledgement_after_the_withdrawal_gives_the_agency_nothing():
    """Trap 13: the two crossed."""
    life, _ = withdrawing(Status.SENT)
    before = life.decide()
    life.know(Acknowledged(at=life.now, case="A-1"))

    assert life.decide() == before
    assert not life.facts.in_collection


def test_a_withdrawal_asked_twice_or_confirmed_is_sent_once():
    """Trap 13."""
    life, _ = withdrawing(Status.SENT)
    life.know(WithdrawalAsked(at=life.now), WithdrawalConfirmed(at=life.now)).live("05-31 12:00")

    assert only("withdrawn", life.acts) == ["04-22 10:00 collection collection commanded"]
    assert life.facts.agency.withdrawn == life.moment("04-22 10:00")


@pytest.mark.parametrize("status", [None, Status.UNKNOWN], ids=["on its way", "in doubt"])
def test_an_agency_that_closes_while_a_withdrawal_is_on_its_way_has_closed_and_a_person_is_asked(status):
    """Trap 13."""
    life, withdrawal = withdrawing(status)
    life.know(AgencyClosed(at=life.now, outcome=AgencyOutcome.RETURNED))

    assert life.decide() == Reconcile(withdrawal, Channel.COLLECTION)

    life.settle(withdrawal, Status.SENT).live("05-31 12:00")

    assert life.acts[-2:] == [f"04-22 10:00 {WITHDRAWN}", "04-22 10:00 asked agency_closed"]


def test_a_withdrawal_that_was_not_sent_before_the_agency_closed_is_not_sent_any_more():
    """Trap 13."""
    life, _ = withdrawing(Status.NOT_SENT)
    life.know(AgencyClosed(at=life.now, outcome=AgencyOutcome.UNCOLLECTIBLE)).live("05-31 12:00")

    assert only("withdrawn", life.acts) == []
    assert life.acts[-1] == "04-22 10:00 asked agency_closed"


def test_an_agency_that_pays_after_the_withdrawal_has_collected():
    """Trap 13."""
    life, _ = withdrawing(Status.SENT)
    life.know(Collected(at=life.now, amount=sek("309.00"), dated=life.now.date())).look()

    assert life.acts[-1] == "04-22 10:00 closed collected"
    assert life.facts.closed is Outcome.PAID


def test_a_part_that_the_agency_pays_after_the_withdrawal_leaves_the_rest():
    """Trap 13."""
    life, _ = withdrawing(Status.SENT)
    life.know(Collected(at=life.now, amount=sek("100.00"), dated=life.now.date())).live("05-31 12:00")

    assert life.facts.balance == sek("209.00")
    assert only("handed_over", life.acts) == [HANDED_OVER.replace(" handed_over", "")]
    assert life.facts.closed is None


def test_an_agency_that_pays_while_a_withdrawal_is_in_doubt_has_collected_and_the_doubt_is_cleared_up():
    """Trap 13."""
    life, withdrawal = withdrawing(Status.UNKNOWN)
    life.know(Collected(at=life.now, amount=sek("309.00"), dated=life.now.date())).look()

    assert life.facts.closed is Outcome.PAID
    assert life.decide() == Reconcile(withdrawal, Channel.COLLECTION)


@pytest.mark.parametrize("happens", ["paid 309.00", "credited 249.00", "stopped"])
def test_what_ends_the_case_in_the_minute_of_the_hand_over_wins(happens):
    """Trap 13."""
    assert only("handed_over", ended(f"04-20 09:00 {happens}")) == []


def test_an_agency_that_returns_the_claim_asks_a_person_once_and_it_is_not_handed_over_again():
    life = collecting()
    life.know(AgencyClosed(at=life.now, outcome=AgencyOutcome.RETURNED)).live("05-10 12:00")

    assert life.acts[-1] == "04-21 10:00 asked agency_closed"
    assert life.decide() == Wait(None, Reason.ASKED)

    life.hear("05-11 10:00 released").live("06-30 12:00")

    assert only("handed_over", life.acts) == [HANDED_OVER.replace(" handed_over", "")]
    assert life.acts[-1] == "05-11 10:00 asked exhausted"


def test_an_agency_that_closes_as_paid_before_its_money_is_here_asks_and_the_money_ends_it():
    life = collecting()
    life.know(AgencyClosed(at=life.now, outcome=AgencyOutcome.PAID)).look()

    assert life.acts[-1] == "04-21 10:00 asked agency_closed"

    life.know(Collected(at=life.now, amount=sek("309.00"), dated=life.now.date())).look()

    assert life.acts[-1] == "04-21 10:00 closed collected"
    assert all(ask.resolved for ask in life.facts.asks)


def test_an_agency_that_closes_when_all_is_paid_asks_nobody():
    life = collecting()
    life.know(Collected(at=life.now, amount=sek("309.00"), dated=life.now.date())).look()
    life.know(AgencyClosed(at=life.now, outcome=AgencyOutcome.PAID)).live("05-31 12:00")

    assert only("asked", life.acts) == []


def test_an_agency_that_closes_twice_has_closed_once():
    life = collecting()
    first = AgencyClosed(at=life.now, outcome=AgencyOutcome.RETURNED)
    life.know(first, AgencyClosed(at=life.moment("04-28 10:00"), outcome=AgencyOutcome.PAID)).live("05-31 12:00")
    life.know(AgencyTold(at=life.now, status="open"))

    assert (life.facts.agency.closed, life.facts.agency.closed_at) == (AgencyOutcome.RETURNED, first.at)
    assert life.facts.agency.status == ""
    assert only("asked", life.acts) == ["04-21 10:00 agency_closed"]


@pytest.mark.parametrize(
    ("within", "asked"),
    [(days(3), "04-23 09:00"), (bank_days(5), "04-27 09:00"), (days(5), "04-27 09:00"), (None, None)],
    ids=["three days", "five bank days", "five days, a Saturday", "never"],
)
def test_a_person_is_asked_when_the_agency_is_silent(within, asked):
    policy = replace(COLLECTING, collection=replace(COLLECTING.collection, acknowledged_within=within))

    assert only("asked", acts(policy=policy)) == ([f"{asked} agency_silent"] if asked else [])


def test_an_agency_that_acknowledged_in_time_is_not_silent():
    life = collecting(WATCHED)
    life.know(Acknowledged(at=life.now, case="A-1")).live("05-31 12:00")

    assert only("asked", life.acts) == []


def test_an_agency_that_gave_the_claim_back_is_not_silent():
    assert [line for line in acts("04-22 10:00 withdrawn", policy=WATCHED) if "silent" in line] == []


def test_a_person_who_has_looked_is_not_asked_again_of_the_same_silence():
    life = collecting(WATCHED).hear("04-24 10:00 released").live("06-30 12:00")

    assert only("asked", life.acts) == ["04-23 09:00 agency_silent"]
    assert life.decide() == Wait(None, Reason.IN_COLLECTION)


# --- what is handed over ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("happens", "is_handed_over"),
    [
        ([], True),
        (["04-08 10:00 paid 149.00"], True),
        (["04-08 10:00 paid 149.01"], False),
        (["04-08 10:00 credited 149.00"], True),
        (["04-08 10:00 credited 149.01"], False),
        (["04-08 10:00 written_off 149.01"], False),
        (["04-08 10:00 disputed 149.01"], False),
        (["04-08 10:00 disputed 149.01", "04-12 10:00 answered"], True),
    ],
    ids=["all", "100 left", "99.99 left", "100 after a credit", "99.99", "given up", "disputed", "answered"],
)
def test_the_minimum_is_what_is_open_of_the_principal(happens, is_handed_over):
    assert bool(only("handed_over", ended(*happens))) is is_handed_over


def test_a_merchant_that_never_collects_hands_nothing_over_and_a_person_is_asked():
    lines = ended(policy=replace(COLLECTING, collection=None))

    assert lines == ["04-20 09:00 asked exhausted"]


def test_nothing_is_pressed_for_while_the_agency_has_the_claim():
    reminders = (*COLLECTING.reminders, after_due(5, "60.00", EMAIL))
    life = Life(COLLECTING).live("04-21 10:00")
    life.policy = replace(COLLECTING, reminders=reminders)  # as if a step had been added

    assert life.decide() == Wait(None, Reason.IN_COLLECTION)
