"""The due reminder and the reminders: when, to whom, with which day to pay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.calendar import Unit
from domain.case import Case
from domain.decisions import Send, Wait
from domain.events import Amended, BookedThrough
from domain.policy import Anchor, Channel, Reminder
from domain.simulation import plan
from domain.words import Message, Reason, Status
from tests.domain.build import (
    EMAIL,
    LETTER,
    SMS,
    Life,
    a_policy,
    acts,
    after_due,
    after_previous,
    bank_days,
    collected_after,
    days,
    in_norway,
    only,
    rung,
    sek,
)

ONE_REMINDER = a_policy(
    distribution=(EMAIL,), due_reminder=(), reminders=(after_due(5, "60.00", EMAIL),), collection=None
)
TWO_REMINDERS = a_policy(
    distribution=(EMAIL,),
    due_reminder=(),
    reminders=(after_due(5, "60.00", EMAIL), after_previous(10, "0.00", EMAIL)),
    collection=None,
)


def reminded(*lines, policy=ONE_REMINDER, **invoice):
    """When each reminder is sent."""
    return [line for line in only("sent", acts(*lines, policy=policy, **invoice)) if "reminder" in line]


def with_second_after_due(policy, count):
    first, second = policy.reminders
    return replace(policy, reminders=(first, replace(second, anchor=Anchor.AFTER_DUE, wait=days(count))))


def pay_by(life, step):
    return next(send.pay_by for send in life.facts.sends if send.id.step == step)


# --- the due reminder ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "at"),
    [(date(2026, 4, 1), "04-01 09:00"), (date(2026, 4, 4), "04-07 09:00"), (date(2026, 6, 19), "06-22 09:00")],
    ids=["a Wednesday", "Easter Saturday", "Midsummer Eve"],
)
def test_the_due_reminder_goes_out_in_the_first_contact_window_on_or_after_the_due_day(due, at):
    policy = a_policy(reminders=(), collection=None)

    assert reminded(policy=policy, due=due) == [f"{at} due_reminder email due"]


def test_the_due_reminder_does_not_go_to_those_who_have_paid():
    assert reminded("04-01 09:00 paid 249.00", policy=a_policy()) == []


def test_a_viewed_invoice_is_reminded_on_the_due_day_all_the_same():
    assert reminded("03-10 10:00 viewed email", policy=a_policy())[0] == "04-01 09:00 due_reminder email due"


def test_the_due_reminders_next_channel_is_used_only_after_a_failure():
    policy = a_policy(reminders=(), collection=None)

    assert reminded("04-01 09:30 bounced email", policy=policy) == [
        "04-01 09:00 due_reminder email due",
        "04-01 09:30 due_reminder sms bounced",
    ]


def test_a_debtor_told_on_the_due_day_is_not_reminded_on_it():
    policy = a_policy(distribution=(EMAIL,), reminders=(), collection=None)

    assert reminded(policy=policy, issued=date(2026, 4, 1)) == []


# --- when a reminder goes out ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("wait", "due", "at"),
    [
        (days(5), date(2026, 4, 8), "04-13 09:00"),
        (days(5), date(2026, 4, 1), "04-07 09:00"),
        (bank_days(5), date(2026, 4, 1), "04-10 09:00"),
        (days(0), date(2026, 4, 8), "04-09 09:00"),
    ],
    ids=["days", "days that end at Easter", "bank days over Easter", "no sooner than the settlement lag"],
)
def test_after_due_counts_from_the_due_date(wait, due, at):
    policy = a_policy(
        distribution=(EMAIL,),
        due_reminder=(),
        reminders=(Reminder(Anchor.AFTER_DUE, wait, sek("0.00"), (EMAIL,)),),
        collection=None,
    )

    assert reminded(policy=policy, due=due) == [f"{at} reminder-1 email overdue"]


def test_after_previous_counts_from_the_first_sent_message_of_the_step_before():
    policy = a_policy(
        due_reminder=(),
        reminders=(after_due(5, "0.00", EMAIL, LETTER), after_previous(10, "0.00", EMAIL)),
        collection=None,
    )

    assert reminded("04-07 15:00 bounced email", policy=policy) == [
        "04-07 09:00 reminder-1 email overdue",
        "04-07 15:00 reminder-1 letter bounced",
        "04-17 09:00 reminder-2 email overdue",
    ]


def test_after_previous_of_the_first_reminder_counts_from_the_due_reminder_or_else_from_the_due_date():
    reminders = (after_previous(7, "0.00", EMAIL),)

    with_one = a_policy(due_reminder=(EMAIL,), reminders=reminders, collection=None)
    without = a_policy(due_reminder=(), reminders=reminders, collection=None)

    assert reminded(policy=with_one, due=date(2026, 4, 4))[1] == "04-14 09:00 reminder-1 email overdue"
    assert reminded(policy=without, due=date(2026, 4, 4)) == ["04-13 09:00 reminder-1 email overdue"]


def test_after_a_step_of_which_nothing_was_sent_after_previous_counts_from_the_due_date():
    policy = a_policy(
        distribution=(EMAIL,),
        due_reminder=(),
        reminders=(after_due(5, "0.00", SMS), after_previous(10, "0.00", EMAIL)),
        collection=None,
    )

    lines = acts(policy=policy, ways=frozenset({Channel.EMAIL}))

    assert lines[1:3] == ["04-07 09:00 skipped reminder-1 sms no_address", "04-13 09:00 sent reminder-2 email overdue"]


def test_a_reminder_keeps_its_local_hour_over_summer_time():
    """Trap 23: an anchor in UTC would drift by an hour."""
    policy = a_policy(
        distribution=(rung("email", 7), SMS), due_reminder=(), reminders=(after_due(5, "0.00", EMAIL),), collection=None
    )

    lines = only("sent", acts("03-25 08:00 down up_at=03-25T09:30", policy=policy, issued=date(2026, 3, 25)))

    assert lines[:2] == ["03-25 09:30 distribution email issued", "04-01 09:30 distribution sms not_viewed"]


def test_a_reminder_waits_for_the_settlement_lag():
    policy = a_policy(
        distribution=(EMAIL,),
        due_reminder=(),
        reminders=(after_due(1, "0.00", EMAIL),),
        collection=None,
        settlement_lag=bank_days(3),
    )

    assert reminded(policy=policy) == ["04-08 09:00 reminder-1 email overdue"]


def test_a_reminder_waits_until_the_due_days_payments_are_booked():
    life = Life(ONE_REMINDER).live("04-01 12:00")
    life.know(BookedThrough(at=life.now, day=date(2026, 3, 31)))

    assert life.decide("04-07 09:00") == Wait(
        life.moment("04-08 09:00"), Reason.AWAITING_BOOKING, "reminder-1", Channel.EMAIL
    )

    life.know(BookedThrough(at=life.now, day=date(2026, 4, 1)))

    assert isinstance(life.decide(), Send)


def test_the_plan_takes_it_that_the_bank_sends_its_files():
    life = Life(ONE_REMINDER).live("03-10 12:00")
    life.know(BookedThrough(at=life.now, day=date(2026, 3, 9)))

    planned = plan(life.facts, life.policy, life.law, life.now)

    assert planned[0].at == life.moment("04-08 09:00")


def test_nobody_is_late_before_being_told():
    """An invoice that is old when it comes to us is distributed first, and the waits count from then."""
    assert reminded(issued=date(2026, 5, 4)) == ["05-11 09:00 reminder-1 email overdue"]


def test_a_payment_in_the_minute_of_the_reminder_wins():
    """Trap 4."""
    assert acts("04-07 09:00 paid 249.00", policy=ONE_REMINDER)[-1] == "04-07 09:00 closed paid"
    assert reminded("04-07 09:00 paid 249.00") == []


def test_a_part_payment_does_not_stop_the_reminder():
    assert reminded("03-20 10:00 paid 200.00") == ["04-07 09:00 reminder-1 email overdue"]


def test_two_invoices_of_one_customer_go_their_own_ways():
    """Trap 3."""
    older = acts("04-03 10:00 paid 249.00", policy=ONE_REMINDER)
    younger = acts(policy=ONE_REMINDER, number="10002")

    assert only("closed", older) == ["04-03 10:00 paid"]
    assert only("sent", younger)[1] == "04-07 09:00 reminder-1 email overdue"


# --- channels of a reminder ------------------------------------------------------------------------------------------


def test_a_reminders_next_channel_waits_for_a_failure_unless_the_rung_has_viewed_within():
    by_failure = a_policy(due_reminder=(), reminders=(after_due(5, "0.00", EMAIL, LETTER),), collection=None)
    by_view = a_policy(due_reminder=(), reminders=(after_due(5, "0.00", rung("email", 4), LETTER),), collection=None)

    assert reminded(policy=by_failure) == ["04-07 09:00 reminder-1 email overdue"]
    assert reminded(policy=by_view)[1:] == ["04-13 09:00 reminder-1 letter not_viewed"]
    assert reminded("04-08 12:00 viewed email", policy=by_view)[1:] == []


def test_a_view_of_the_old_invoice_after_the_reminder_counts_as_a_view_of_it():
    reminder = after_due(5, "0.00", rung("email", 4), LETTER)
    policy = a_policy(distribution=(SMS,), due_reminder=(), reminders=(reminder,), collection=None)

    before, after = "03-03 12:00 viewed sms", "04-08 12:00 viewed sms"

    assert len(reminded(before, policy=policy)) == 2
    assert reminded(before, after, policy=policy) == ["04-07 09:00 reminder-1 email overdue"]


def test_once_the_next_reminder_has_begun_the_earlier_one_sends_nothing_more():
    policy = a_policy(
        distribution=(LETTER,),
        due_reminder=(),
        reminders=(after_due(5, "0.00", EMAIL, LETTER), after_previous(10, "0.00", SMS)),
        collection=None,
    )

    assert reminded("04-20 10:00 bounced email", policy=policy) == [
        "04-07 09:00 reminder-1 email overdue",
        "04-17 09:00 reminder-2 sms overdue",
    ]


# --- what a reminder prints ------------------------------------------------------------------------------------------


def test_a_reminder_gives_until_the_bank_day_before_the_next_step():
    life = Life(a_policy(due_reminder=(), reminders=(after_due(5, "0.00", EMAIL), after_previous(13, "0.00", EMAIL))))
    life.live("04-07 09:00")

    assert pay_by(life, "reminder-1") == date(2026, 4, 17)  # a Friday; the next step is on Monday the 20th


def test_time_to_pay_is_printed_and_the_next_step_waits_for_it():
    """Trap 22."""
    reminders = (after_due(5, "0.00", EMAIL, time_to_pay=days(20)), after_previous(10, "0.00", EMAIL))
    policy = a_policy(distribution=(EMAIL,), due_reminder=(), reminders=reminders, collection=None)
    life = Life(policy).live("06-01 12:00")

    assert pay_by(life, "reminder-1") == date(2026, 4, 27)
    assert only("sent", life.acts)[2] == "04-28 09:00 reminder-2 email overdue"


def test_the_last_reminder_leaves_time_even_when_collection_names_none():
    """Trap 22: hand-over never follows in the same minute."""
    policy = a_policy(
        distribution=(EMAIL,), due_reminder=(), reminders=(after_due(5, "0.00", EMAIL),), collection=collected_after(0)
    )
    life = Life(policy).live("06-01 12:00")

    assert pay_by(life, "reminder-1") == date(2026, 4, 8)
    assert only("handed_over", life.acts) == ["04-09 09:00 collection collection time_to_pay_over"]


def test_in_norway_a_reminder_sets_a_new_due_date_and_the_next_step_moves():
    """Trap 18, with one."""
    life = Life(in_norway(TWO_REMINDERS)).live("06-01 12:00")

    assert pay_by(life, "reminder-1") == date(2026, 4, 21)
    assert only("sent", life.acts)[1:] == [
        "04-07 09:00 reminder-1 email overdue",
        "04-22 09:00 reminder-2 email overdue",
    ]


def test_in_norway_after_due_counts_from_the_due_date_printed_last():
    life = Life(with_second_after_due(in_norway(TWO_REMINDERS), 7)).live("07-01 12:00")

    assert only("sent", life.acts)[2] == "04-28 09:00 reminder-2 email overdue"  # 21 April + 7


def test_in_sweden_a_reminder_does_not_move_the_due_date():
    """Trap 18, without one."""
    policy = with_second_after_due(TWO_REMINDERS, 14)

    assert reminded(policy=policy)[1] == "04-15 09:00 reminder-2 email overdue"  # 1 April + 14


@pytest.mark.parametrize(
    ("collection", "message"),
    [
        (collected_after(12), Message.LAST_REMINDER),
        (None, Message.REMINDER),
        (collected_after(12, "250.00"), Message.REMINDER),
    ],
    ids=["collection follows", "it never does", "the principal is too small"],
)
def test_the_last_reminder_says_so_if_collection_follows_it(collection, message):
    life = Life(a_policy(due_reminder=(), reminders=(after_due(5, "0.00", EMAIL),), collection=collection))
    life.live("04-07 09:00")

    assert life.facts.sends[-1].message is message


# --- what changes on the way -----------------------------------------------------------------------------------------


def test_an_amended_due_date_moves_the_steps_that_remain():
    life = Life(TWO_REMINDERS).hear("03-20 10:00 amended due=04-15").live("06-01 12:00")

    assert only("sent", life.acts)[1:] == [
        "04-20 09:00 reminder-1 email overdue",
        "04-30 09:00 reminder-2 email overdue",
    ]


def test_a_due_date_amended_after_a_norwegian_reminder_is_the_one_that_counts():
    life = Life(in_norway(TWO_REMINDERS)).hear("04-08 10:00 amended due=05-20").live("07-01 12:00")

    assert only("sent", life.acts)[2] == "05-21 09:00 reminder-2 email overdue"


def test_a_receipt_of_delivery_does_not_change_which_due_date_was_printed_last():
    life = Life(in_norway(TWO_REMINDERS)).hear("04-08 10:00 amended due=04-10", "04-09 10:00 delivered email")

    assert Case.at(life.facts, life.policy, life.law, life.now).due == date(2026, 4, 10)


def test_after_an_outage_an_invoice_gets_the_one_step_that_is_due_now():
    """Trap 1: not three, not zero."""
    lines = only("sent", acts("03-31 12:00 down up_at=04-08T11:00", policy=a_policy()))

    assert [line for line in lines if line.startswith(("04-0", "04-10"))] == ["04-08 11:00 reminder-1 email overdue"]


def test_after_an_outage_a_late_fallback_does_not_come_together_with_the_due_reminder():
    policy = a_policy(distribution=(rung("email", 3), LETTER), reminders=(), collection=None)

    assert only("sent", acts("03-04 12:00 down up_at=04-01T11:00", policy=policy)) == [
        "03-02 09:00 distribution email issued",
        "04-01 11:00 due_reminder email due",
        "04-07 09:00 distribution letter not_viewed",
    ]


def test_a_step_removed_from_the_policy_leaves_a_stated_outcome():
    """Trap 7."""
    life = Life(TWO_REMINDERS).live("04-17 09:00")
    life.policy = ONE_REMINDER

    assert life.live("06-01 12:00").acts[-1].endswith("asked exhausted")


def test_an_invoice_with_no_step_left_asks_a_person_once():
    lines = acts("05-20 10:00 delivered email", policy=TWO_REMINDERS)

    assert only("asked", lines) == ["04-28 09:00 exhausted"]


def test_an_amended_address_answers_nothing_else():
    life = Life(TWO_REMINDERS).live("05-01 12:00")
    life.know(Amended(at=life.now, amount=sek("200.00")))

    assert life.decide() == Wait(None, Reason.ASKED)


def test_bank_days_are_written_as_such():
    assert [str(days(1)), str(days(5)), str(bank_days(1))] == ["1 day", "5 days", "1 bank day"]
    assert bank_days(1).unit is Unit.BANK_DAYS


def test_a_message_of_unknown_outcome_does_not_count_as_sent():
    life = Life(ONE_REMINDER)
    send = life.reserve("04-07 09:00")
    life.settle(send, Status.UNKNOWN)

    assert life.facts.send(send).out_at is None
