"""At most one dunning SMS a day to a customer, whichever of the invoices it is about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from domain.decisions import Send, Wait
from domain.policy import Channel
from domain.words import DUE_REMINDER, Message, Reason, Status
from tests.domain.build import EMAIL, LETTER, SMS, Life, a_policy, acts, after_due, after_previous, only, rung

BY_SMS = a_policy(distribution=(EMAIL,), due_reminder=(SMS,), reminders=(after_due(5, "0.00", SMS),), collection=None)
"""An SMS on Wednesday 1 April, and one on Tuesday the 7th."""


def contacted(at, policy=BY_SMS, until=None):
    """A life whose customer got a dunning SMS about another invoice."""
    life = Life(policy).live(until or at)
    life.facts = replace(life.facts, last_contact=life.moment(at))
    return life


def sent(life, until="04-30 12:00"):
    return [line for line in only("sent", life.live(until).acts) if "distribution" not in line]


@pytest.mark.parametrize(
    ("contact", "at"),
    [
        ("03-31 18:59", "04-01 09:00"),
        ("04-01 08:00", "04-02 09:00"),
    ],
    ids=["the day before", "on the day"],
)
def test_the_second_sms_of_a_day_waits_for_the_next_window(contact, at):
    assert sent(contacted(contact))[0] == f"{at} due_reminder sms due"


def test_the_wait_says_why():
    life = contacted("04-01 08:30")

    assert life.decide() == Wait(life.moment("04-02 09:00"), Reason.CONTACTED_TODAY, DUE_REMINDER, Channel.SMS)


def test_a_wait_for_a_later_day_is_none_for_the_contact():
    life = contacted("03-31 12:00")

    assert life.decide().reason is Reason.AWAITING_DUE


def test_the_next_window_is_on_a_bank_day():
    policy = replace(BY_SMS, due_reminder=(), reminders=(after_due(1, "0.00", SMS),))

    # Thursday 2 April; the next bank day after Easter is the 7th
    assert sent(contacted("04-02 08:00", policy)) == ["04-07 09:00 reminder-1 sms overdue"]


def test_the_day_is_the_debtors():
    life = Life(BY_SMS).live("04-01 08:00")
    life.facts = replace(life.facts, last_contact=life.moment("04-01 00:30"))  # 31 March in UTC

    assert sent(life)[0] == "04-02 09:00 due_reminder sms due"


def test_a_customer_contacted_every_day_is_waited_for_every_day():
    life = contacted("04-01 08:00").live("04-02 08:59")
    life.facts = replace(life.facts, last_contact=life.moment("04-02 08:59"))

    assert life.decide("04-02 09:00") == Wait(
        life.moment("04-07 09:00"), Reason.CONTACTED_TODAY, DUE_REMINDER, Channel.SMS
    )


@pytest.mark.parametrize("way", [EMAIL, LETTER], ids=["e-mail", "letter"])
def test_only_an_sms_waits(way):
    life = contacted("04-01 08:00", replace(BY_SMS, due_reminder=(way,)))

    assert sent(life)[0] == f"04-01 09:00 due_reminder {way.channel} due"


def test_the_invoice_itself_is_no_dunning():
    life = Life(replace(BY_SMS, distribution=(SMS,))).live("03-02 08:00")
    life.facts = replace(life.facts, last_contact=life.moment("03-02 08:00"))

    assert only("sent", life.live("03-02 12:00").acts) == ["03-02 09:00 distribution sms issued"]


def test_an_sms_after_a_bounce_waits_too():
    policy = replace(BY_SMS, due_reminder=(EMAIL, SMS))
    life = Life(policy).live("04-01 10:00")
    life.facts = replace(life.facts, last_contact=life.moment("04-01 10:00"))
    life.hear("04-01 11:00 bounced email")

    assert sent(life)[:2] == ["04-01 09:00 due_reminder email due", "04-02 09:00 due_reminder sms bounced"]


def test_an_invoices_own_sms_count_too():
    """After an outage the due reminder's fallback and the reminder must not come on one day."""
    policy = replace(BY_SMS, due_reminder=(), reminders=(after_due(5, "0.00", SMS), after_previous(0, "0.00", SMS)))

    assert sent(Life(policy)) == ["04-07 09:00 reminder-1 sms overdue", "04-09 09:00 reminder-2 sms overdue"]


def test_an_sms_that_was_not_sent_may_be_tried_again_on_the_day():
    life = Life(BY_SMS)
    life.settle(life.reserve("04-01 09:00"), Status.NOT_SENT)

    assert sent(life)[0] == "04-01 09:05 due_reminder sms retry"


def test_an_sms_that_waited_is_not_sent_when_the_money_came():
    life = contacted("04-01 08:00").hear("04-01 15:00 paid 249.00")

    assert sent(life) == []


def test_waits_after_an_sms_that_waited_move_with_it():
    policy = replace(BY_SMS, due_reminder=(), reminders=(after_due(5, "0.00", rung("sms", 3), LETTER),))

    assert sent(contacted("04-07 08:00", policy)) == [
        "04-08 09:00 reminder-1 sms overdue",
        "04-13 09:00 reminder-1 letter not_viewed",  # three days are Saturday the 11th
    ]
    assert only("sent", acts(policy=policy))[1:] == [
        "04-07 09:00 reminder-1 sms overdue",
        "04-10 09:00 reminder-1 letter not_viewed",
    ]


def test_an_sms_of_another_day_holds_nothing_up():
    decision = contacted("03-25 12:00").decide("04-01 09:00")

    assert isinstance(decision, Send)
    assert decision.message is Message.DUE_REMINDER
