"""How a life ends: paid, credited, written off, stopped; the receipt; and how it goes on when money is taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.decisions import End, Wait
from domain.events import Delivered, Paid, Settled, Stopped
from domain.policy import Channel, Otherwise
from domain.words import Message, Outcome, Reason, Status
from tests.domain.build import EMAIL, SMS, Life, a_policy, acts, after_due, only, sek

PLAIN = a_policy(distribution=(EMAIL,), due_reminder=(), reminders=(after_due(5, "60.00", EMAIL),), collection=None)
WITH_RECEIPT = replace(PLAIN, receipt=(SMS, EMAIL))


@pytest.mark.parametrize(
    ("happens", "outcome", "reason"),
    [
        (["03-10 10:00 paid 249.00"], Outcome.PAID, Reason.PAID),
        (["03-10 10:00 paid 300.00"], Outcome.PAID, Reason.PAID),
        (["03-10 10:00 paid 248.00"], Outcome.PAID, Reason.WITHIN_TOLERANCE),
        (["03-10 10:00 paid 100.00", "03-11 10:00 paid 149.00"], Outcome.PAID, Reason.PAID),
        (["03-10 10:00 credited 249.00"], Outcome.CREDITED, Reason.CREDITED),
        (["03-10 10:00 credited 248.50"], Outcome.CREDITED, Reason.CREDITED),
        (["03-10 10:00 paid 100.00", "03-11 10:00 credited 149.00"], Outcome.PAID, Reason.PAID),
        (["03-10 10:00 amended 100.00", "03-11 10:00 paid 100.00"], Outcome.PAID, Reason.PAID),
        (["04-08 10:00 paid 249.00"], Outcome.WRITTEN_OFF, Reason.FEES_WRITTEN_OFF),
        (["04-08 10:00 paid 309.00"], Outcome.PAID, Reason.PAID),
        (["03-10 10:00 stopped"], Outcome.STOPPED, Reason.STOPPED),
    ],
    ids=[
        "paid",
        "paid too much",
        "within tolerance",
        "in parts",
        "credited",
        "credited within tolerance",
        "partly paid, partly credited",
        "amended and paid",
        "fees written off",
        "fees paid",
        "stopped",
    ],
)
def test_a_life_ends_as(happens, outcome, reason):
    life = Life(PLAIN).hear(*happens)
    life.look()

    assert (life.facts.closed, life.events[-1].reason) == (outcome, reason)
    assert life.decide() == End(outcome)
    assert only("closed", acts(*happens, policy=PLAIN)) == [f"{happens[-1][:11]} {reason}"]


def test_two_crowns_too_little_is_not_paid():
    assert only("closed", acts("03-10 10:00 paid 247.00", policy=PLAIN)) == []


def test_a_stop_before_anything_was_sent_sends_nothing():
    """Trap 20."""
    life = Life(PLAIN)
    life.know(Stopped(at=life.now)).live("06-01 12:00")

    assert life.acts == ["03-01 00:00 closed stopped"]


def test_a_stop_takes_the_claim_back_first():
    policy = a_policy()

    assert acts("05-10 10:00 stopped", policy=policy)[-2:] == [
        "05-10 10:00 withdrawn collection collection commanded",
        "05-10 10:00 closed stopped",
    ]


def test_a_stop_ends_a_held_life_too():
    assert acts("03-10 10:00 disputed", "03-12 10:00 stopped", policy=PLAIN)[-1] == "03-12 10:00 closed stopped"


def test_the_receipt_goes_out_in_the_contact_window_after_the_close():
    lines = acts("03-10 22:00 paid 249.00", policy=WITH_RECEIPT)

    assert lines[1:] == ["03-10 22:00 closed paid", "03-11 09:00 sent receipt sms settled"]


def test_the_receipt_falls_back_and_is_sent_once():
    lines = acts(
        "03-10 10:00 paid 249.00", "03-11 10:00 paid 20.00", policy=WITH_RECEIPT, ways=frozenset({Channel.EMAIL})
    )

    assert lines[1:] == [
        "03-10 10:00 closed paid",
        "03-10 10:00 skipped receipt sms no_address",
        "03-10 10:00 sent receipt email no_address",
    ]


@pytest.mark.parametrize("ending", ["credited 249.00", "stopped"])
def test_a_receipt_is_for_money_that_arrived(ending):
    assert only("sent", acts(f"03-10 10:00 {ending}", policy=WITH_RECEIPT)) == ["03-02 09:00 distribution email issued"]


def test_a_receipt_that_cannot_be_made_asks_a_person():
    """Trap 8."""
    life = Life(WITH_RECEIPT).hear("03-10 22:00 paid 249.00")
    life.settle(life.reserve("03-11 09:00"), Status.NOT_SENT, why=Reason.CANNOT_RENDER)

    assert life.live("04-01 12:00").acts[-1] == "03-11 09:00 asked cannot_render"


def test_a_payment_taken_back_lets_the_life_go_on():
    life = Life(PLAIN).hear("03-10 10:00 paid 249.00").live("03-12 12:00")
    life.know(Paid(at=life.now, amount=sek("-249.00"), dated=date(2026, 3, 12)))

    assert life.live("06-01 12:00").acts[2:] == [
        "04-07 09:00 sent reminder-1 email overdue",
        "04-07 09:00 charged reminder-1 60.00 reminder_fee",
        "04-20 09:00 asked exhausted",
    ]


def test_a_question_asked_before_the_close_is_asked_anew_when_the_life_goes_on():
    life = Life(PLAIN).live("05-04 12:00").hear("05-05 10:00 paid 309.00").live("05-06 12:00")
    life.know(Paid(at=life.now, amount=sek("-309.00"), dated=date(2026, 5, 6))).look()

    assert only("asked", life.acts) == ["04-20 09:00 exhausted", "05-06 12:00 exhausted"]


def test_a_raised_amount_reopens_a_paid_invoice():
    life = Life(PLAIN).hear("03-10 10:00 paid 249.00").live("03-11 12:00").hear("03-12 10:00 amended 300.00")

    assert life.decide().reason is Reason.AWAITING_PAYMENT


def test_a_fee_that_turns_out_to_have_been_asked_for_is_settled_after_the_close():
    life = Life(PLAIN)
    send = life.reserve("04-07 09:00")
    life.settle(send, Status.UNKNOWN).know(Paid(at=life.now, amount=sek("249.00"), dated=date(2026, 4, 7))).look()
    life.know(Delivered(at=life.now, send=send)).look()

    assert life.acts[1:] == [
        "04-07 09:00 closed paid",
        "04-07 09:00 sent reminder-1 email overdue",
        "04-07 09:00 charged reminder-1 60.00 reminder_fee",
        "04-07 09:00 closed fees_written_off",
    ]


def test_an_exhausted_case_waits_if_the_policy_says_so():
    life = Life(replace(PLAIN, if_exhausted=Otherwise.WAIT)).live("06-01 12:00")

    assert life.decide() == Wait(None, Reason.EXHAUSTED)
    assert only("asked", life.acts) == []


def test_a_person_is_not_asked_before_the_last_day_to_pay_is_over():
    policy = replace(PLAIN, reminders=())

    assert only("asked", acts(policy=policy)) == ["04-02 09:00 exhausted"]


def test_a_receipt_of_delivery_does_not_ask_again():
    life = Life(PLAIN).live("05-04 12:00").hear("05-05 10:00 released", "05-06 10:00 delivered email")

    assert life.decide() == Wait(None, Reason.EXHAUSTED)


def test_a_late_failure_does_not_ask_what_is_still_open():
    policy = replace(PLAIN, reminders=(after_due(5, "0.00", SMS, EMAIL),))
    life = Life(policy).live("05-04 12:00").hear("05-05 10:00 bounced sms").live("06-01 12:00")

    assert only("asked", life.acts) == ["04-20 09:00 exhausted"]
    assert life.facts.sends[-1].message is Message.REMINDER


def test_a_message_in_doubt_is_looked_for_also_after_the_close():
    life = Life(PLAIN)
    send = life.reserve("04-07 09:00")
    life.know(
        Settled(at=life.now, send=send, status=Status.UNKNOWN),
        Paid(at=life.now, amount=sek("249.00"), dated=date(2026, 4, 1)),
    )
    life.look()

    assert life.facts.closed is Outcome.PAID
    assert life.decide().id == send
