"""Holds: dispute, respite and pause, and what happens to the waits they interrupt."""

from __future__ import annotations

import pytest

from domain.decisions import Wait
from domain.words import Reason
from tests.domain.build import EMAIL, SMS, Life, a_policy, acts, after_due, after_previous, only, rung

REMINDING = a_policy(
    distribution=(EMAIL,),
    due_reminder=(),
    reminders=(after_due(14, "60.00", EMAIL), after_previous(10, "0.00", EMAIL)),
    collection=None,
)


def sent(*lines, policy=REMINDING):
    return only("sent", acts(*lines, policy=policy))[1:]


def test_nothing_goes_out_during_a_dispute_however_long():
    life = Life(REMINDING).hear("04-10 10:00 disputed").live("12-01 12:00")

    assert life.acts[-1] == "04-10 10:00 held disputed"
    assert life.decide() == Wait(None, Reason.DISPUTED)


@pytest.mark.parametrize(
    ("happens", "at"),
    [
        ([], "04-15 09:00"),
        (["04-09 10:00 disputed", "04-20 10:00 answered"], "04-27 09:00"),  # 6 days remained: 26 April, a Sunday
        (["04-09 10:00 disputed", "04-21 10:00 answered"], "04-27 09:00"),
        (["04-09 10:00 paused", "04-22 10:00 released"], "04-28 09:00"),
        (["04-09 10:00 respite until=04-21"], "04-28 09:00"),
        (["04-09 10:00 paused until=04-21"], "04-28 09:00"),
        (["03-20 10:00 disputed", "03-25 10:00 answered"], "04-15 09:00"),
        (["03-20 10:00 disputed", "04-06 10:00 answered"], "04-20 09:00"),
        (["04-09 10:00 disputed", "04-09 15:00 answered"], "04-15 09:00"),
    ],
    ids=[
        "no hold",
        "a dispute, ending before a weekend",
        "a dispute",
        "a pause until released",
        "a respite",
        "a pause with an end",
        "a hold over before the wait begins",
        "a hold in which the wait begins",
        "a hold of some hours",
    ],
)
def test_the_days_that_remained_resume_after_a_hold(happens, at):
    assert sent(*happens)[0] == f"{at} reminder-1 email overdue"


@pytest.mark.parametrize(
    "second",
    [
        ["04-12 10:00 respite until=04-14"],
        ["04-12 10:00 paused until=04-20"],
        ["04-09 11:00 paused until=04-10"],
    ],
    ids=["inside", "up to its last day", "on the same day"],
)
def test_days_held_twice_count_once(second):
    one = ["04-09 10:00 disputed", "04-21 10:00 answered"]

    assert sent(*one, *second) == sent(*one)


def test_holds_that_overlap_are_one():
    apart = ["04-09 10:00 disputed", "04-12 10:00 paused until=04-21", "04-15 10:00 answered"]

    assert sent(*apart)[0] == "04-28 09:00 reminder-1 email overdue"


def test_two_holds_apart_both_count():
    happens = ["04-09 10:00 paused until=04-10", "04-14 10:00 paused until=04-15"]

    assert sent(*happens)[0] == "04-20 09:00 reminder-1 email overdue"  # 15 April, and 2 + 2 days, to a Monday


def test_a_hold_stops_the_wait_for_a_view_too():
    policy = a_policy(distribution=(rung("email", 3), SMS), due_reminder=(), reminders=(), collection=None)

    assert sent("03-03 10:00 paused", "03-10 10:00 released", policy=policy) == [
        "03-12 09:00 distribution sms not_viewed"
    ]


def test_a_hold_moves_the_printed_day_to_pay():
    reminders = (after_due(5, "0.00", EMAIL, time_to_pay=REMINDING.reminders[0].wait), after_previous(1, "0.00", EMAIL))
    policy = a_policy(distribution=(EMAIL,), due_reminder=(), reminders=reminders, collection=None)

    assert sent(policy=policy)[1] == "04-22 09:00 reminder-2 email overdue"
    assert (
        sent("04-08 10:00 disputed", "04-17 10:00 answered", policy=policy)[1] == "05-04 09:00 reminder-2 email overdue"
    )


def test_what_was_due_before_the_hold_goes_out_when_it_ends():
    assert sent("04-15 08:00 disputed", "04-29 10:30 answered")[0] == "04-29 10:30 reminder-1 email overdue"


def test_an_answer_ends_a_dispute_and_a_release_does_not():
    life = Life(REMINDING).hear("04-09 10:00 disputed", "04-10 10:00 released")

    assert life.decide() == Wait(None, Reason.DISPUTED)
    assert life.hear("04-11 10:00 answered").decide().reason is Reason.AWAITING_PAYMENT


def test_a_release_ends_a_respite_before_its_day():
    assert acts("04-09 10:00 respite until=05-20", "04-10 10:00 released", policy=REMINDING)[1:3] == [
        "04-09 10:00 held respite",
        "04-10 10:00 released released",
    ]


def test_a_hold_with_a_last_day_ends_at_the_midnight_after_it():
    life = Life(REMINDING).hear("04-09 10:00 respite until=04-21")

    assert life.decide() == Wait(life.moment("04-22 00:00"), Reason.RESPITE)
    assert "04-22 00:00 released hold_over" in life.live("05-01 12:00").acts


def test_a_hold_lasts_through_its_last_day():
    life = Life(REMINDING).hear("04-09 10:00 respite until=04-21", "04-21 12:00 delivered email")

    assert life.decide("04-21 23:59").reason is Reason.RESPITE


def test_a_dispute_is_what_people_see_when_a_pause_runs_too():
    life = Life(REMINDING).hear("04-08 10:00 paused until=04-10", "04-09 10:00 disputed")

    assert life.decide() == Wait(life.moment("04-11 00:00"), Reason.DISPUTED)


def test_a_payment_during_a_hold_closes():
    assert acts("04-09 10:00 disputed", "04-12 10:00 paid 249.00", policy=REMINDING)[-1] == "04-12 10:00 closed paid"


def test_a_hold_from_before_the_day_of_issue_holds_the_invoice_itself():
    assert (
        only("sent", acts("03-02 00:00 paused until=03-04", policy=REMINDING))[0]
        == "03-05 09:00 distribution email issued"
    )
