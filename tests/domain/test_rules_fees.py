"""Fees: what a reminder costs, when it is owed, and when it is given back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.charges import next_fee
from domain.decisions import Send
from domain.events import Failed
from domain.law import Dated, Known, Source, Value, law_of
from domain.policy import Claim, FeeRemainder
from domain.words import DebtorKind, Reason, Status
from tests.domain.build import (
    EMAIL,
    LETTER,
    SE,
    SMS,
    Life,
    a_policy,
    acts,
    after_due,
    after_previous,
    collected_after,
    in_norway,
    nok,
    only,
    rung,
    sek,
)


def reminding(*reminders, **more):
    return a_policy(distribution=(EMAIL,), due_reminder=(), reminders=reminders, collection=None, **more)


ONE_FEE = reminding(after_due(5, "60.00", EMAIL, LETTER))


def charged(*lines, policy=ONE_FEE, **invoice):
    return only("charged", acts(*lines, policy=policy, **invoice))


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        (ONE_FEE, ["04-07 09:00 reminder-1 60.00 reminder_fee"]),
        (reminding(after_due(5, "75.00", EMAIL)), ["04-07 09:00 reminder-1 60.00 capped_by_law"]),
        (reminding(after_due(5, "45.50", EMAIL)), ["04-07 09:00 reminder-1 45.50 reminder_fee"]),
        (reminding(after_due(5, "0.00", EMAIL)), []),
        (reminding(after_due(5, "60.00", EMAIL), fee_agreed=False), []),
        (reminding(after_due(5, "60.00", SMS)), []),
        (in_norway(reminding(after_due(14, "50.00", EMAIL))), ["04-15 09:00 reminder-1 37.00 capped_by_law"]),
        (
            in_norway(reminding(after_due(14, "30.00", LETTER), fee_agreed=False)),
            ["04-15 09:00 reminder-1 30.00 reminder_fee"],
        ),
        (in_norway(reminding(after_due(5, "30.00", EMAIL))), []),
    ],
    ids=[
        "as the merchant wishes",
        "cut to the Swedish cap",
        "below the cap",
        "none wished",
        "Swedish fee not agreed",
        "an SMS is not writing",
        "cut to the Norwegian cap",
        "Norway needs no agreement",
        "Norway: sooner than 14 days after the due date",
    ],
)
def test_a_reminder_costs_what_policy_and_law_both_allow(policy, expected):
    assert charged(policy=policy) == expected


def test_norway_allows_two_reminders_that_cost():
    policy = in_norway(reminding(*(after_due(14 + 15 * n, "30.00", EMAIL) for n in range(3))))

    assert [line.split()[2] for line in charged(policy=policy)] == ["reminder-1", "reminder-2"]


def test_a_fee_that_was_waived_is_threatened_by_no_message():
    policy = reminding(after_due(5, "60.00", EMAIL), after_previous(10, "45.00", EMAIL))
    facts = Life(policy).hear("03-10 10:00 waived reminder-1").facts

    assert next_fee(facts, policy, SE, date(2026, 3, 11)) == sek("45.00")
    assert next_fee(facts, replace(policy, reminders=policy.reminders[:1]), SE, date(2026, 3, 11)) is None


def test_an_unknown_legal_value_charges_nobody():
    unknown = Value(date(2020, 1, 1), None, Source("SE: not found", Known.UNKNOWN))

    for cap in (Dated((unknown,)), Dated(())):
        life = Life(ONE_FEE)
        life.law = replace(SE, reminders=replace(SE.reminders, cap=cap))

        assert only("charged", life.live("05-01 12:00").acts) == []


def test_a_cap_in_another_currency_charges_nobody():
    life = Life(replace(ONE_FEE, reminders=(replace(ONE_FEE.reminders[0], fee=nok("35.00")),)))

    assert only("charged", life.live("05-01 12:00").acts) == []


def test_a_fee_is_pending_until_its_message_is_out():
    life = Life(ONE_FEE)
    send = life.reserve("04-07 09:00")

    assert (life.facts.charged, life.facts.balance) == (sek("0.00"), sek("249.00"))

    life.settle(send, Status.SENT)

    assert (life.facts.charged, life.facts.balance) == (sek("60.00"), sek("309.00"))


def test_the_message_shows_the_fee_that_is_charged():
    """Trap 24."""
    decision = Life(ONE_FEE).live("04-07 08:59").decide("04-07 09:00")

    assert isinstance(decision, Send)
    assert ([added.amount for added in decision.charges], decision.total) == ([sek("60.00")], sek("309.00"))


@pytest.mark.parametrize("status", [Status.NOT_SENT, Status.FAILED])
def test_a_fee_whose_message_did_not_go_out_is_void_and_the_next_message_carries_it(status):
    life = Life(ONE_FEE)
    life.settle(life.reserve("04-07 09:00"), status, why=Reason.REFUSED)

    assert life.facts.charges == ()
    assert only("charged", life.live("04-08 12:00").acts)[0].endswith("reminder-1 60.00 reminder_fee")


def test_a_fee_is_void_when_no_message_of_the_step_goes_out():
    life = Life(reminding(after_due(5, "60.00", EMAIL)))
    life.settle(life.reserve("04-07 09:00"), Status.FAILED, why=Reason.REFUSED)

    assert life.live("05-01 12:00").facts.balance == sek("249.00")


def test_a_fallback_from_email_to_letter_does_not_charge_again():
    """Trap 21."""
    lines = acts("04-07 10:00 bounced email", policy=ONE_FEE)

    assert only("sent", lines)[1:] == ["04-07 09:00 reminder-1 email overdue", "04-07 10:00 reminder-1 letter bounced"]
    assert only("charged", lines) == ["04-07 09:00 reminder-1 60.00 reminder_fee"]


def test_a_fallback_from_sms_to_letter_carries_the_fee():
    assert charged("04-07 10:00 bounced sms", policy=reminding(after_due(5, "60.00", SMS, LETTER))) == [
        "04-07 10:00 reminder-1 60.00 reminder_fee"
    ]


def test_a_bounce_heard_before_the_vendors_answer_leaves_no_fee_behind():
    life = Life(ONE_FEE)
    send = life.reserve("04-07 09:00")
    life.know(Failed(at=life.now, send=send, reason=Reason.BOUNCED)).settle(send, Status.SENT)

    assert life.facts.charges == ()
    assert only("charged", life.live("04-07 12:00").acts) == ["04-07 09:00 reminder-1 60.00 reminder_fee"]


def test_money_dated_on_time_but_booked_late_gives_the_fee_back():
    """Trap 4."""
    lines = acts("04-08 10:00 paid 249.00 dated=04-01", policy=ONE_FEE)

    assert lines[-3:] == [
        "04-08 10:00 reversed reminder-1 60.00 paid_on_time",
        "04-08 10:00 closed paid",
        "04-08 10:00 sent correction-1 email taken_back",
    ]


@pytest.mark.parametrize(
    ("due", "dated", "given_back"),
    [
        (date(2026, 4, 4), "04-07", True),
        (date(2026, 4, 4), "04-08", False),
        (date(2026, 4, 1), "04-02", False),
    ],
    ids=["the bank day after a due Saturday", "a day later", "the day after a due Wednesday"],
)
def test_a_payment_is_on_time_up_to_the_first_bank_day_from_the_due_date(due, dated, given_back):
    lines = acts(f"04-20 10:00 paid 309.00 dated={dated}", policy=ONE_FEE, due=due)

    assert bool(only("reversed", lines)) is given_back


def test_a_second_fee_is_given_back_alone_when_the_first_reminder_was_paid_in_time():
    policy = reminding(after_due(5, "60.00", EMAIL), after_previous(10, "60.00", EMAIL))

    lines = acts("04-20 10:00 paid 309.00 dated=04-16", policy=policy)

    assert lines[-3:] == [
        "04-20 10:00 reversed reminder-2 60.00 paid_on_time",
        "04-20 10:00 closed paid",
        "04-20 10:00 sent correction-1 email taken_back",
    ]


def test_a_part_payment_on_time_gives_nothing_back():
    assert only("reversed", acts("04-08 10:00 paid 200.00 dated=04-01", policy=ONE_FEE)) == []


@pytest.mark.parametrize("at", ["04-01 10:00", "04-08 10:00"], ids=["before", "after"])
def test_a_waived_step_is_free(at):
    life = Life(ONE_FEE).hear(f"{at} waived reminder-1").live("05-01 12:00")

    assert life.facts.charged == sek("0.00")


def test_a_step_waived_beforehand_asks_for_no_compensation_that_would_have_to_be_taken_back():
    policy = in_norway(reminding(after_due(14, "0.00", EMAIL), compensation=Claim.LEGAL))
    law, owes = law_of("NO", DebtorKind.COMPANY), {"country": "NO", "amount": nok("249.00")}

    def lived(*lines):
        return Life(policy, law, kind=DebtorKind.COMPANY, **owes).hear(*lines).live("05-01 12:00")

    assert len(lived().facts.charges) == 1
    assert lived("04-01 10:00 waived reminder-1").facts.charges == ()


def test_a_credit_of_the_whole_claim_gives_its_fees_back():
    lines = acts("04-08 10:00 credited 249.00", policy=ONE_FEE)

    assert lines[-2:] == ["04-08 10:00 reversed reminder-1 60.00 credited", "04-08 10:00 closed credited"]


def test_a_fee_given_back_is_never_charged_again():
    policy = reminding(after_due(5, "60.00", rung("email", 4), LETTER))

    assert only("charged", acts("04-08 10:00 waived reminder-1", policy=policy)) == [
        "04-07 09:00 reminder-1 60.00 reminder_fee"
    ]


def test_when_only_fees_remain_they_are_written_off_by_default():
    """Trap 16."""
    assert acts("04-08 10:00 paid 249.00", policy=ONE_FEE)[-1] == "04-08 10:00 closed fees_written_off"


def test_a_merchant_may_chase_fees_that_remain_but_they_cost_nothing_more_and_are_not_handed_over():
    """Trap 16."""
    reminders = (after_due(5, "60.00", EMAIL), after_previous(10, "60.00", EMAIL))
    policy = replace(
        reminding(*reminders, fee_remainder=FeeRemainder.CHASE), collection=collected_after(12, minimum="0.00")
    )

    lines = acts("04-08 10:00 paid 249.00", policy=policy)

    assert lines[-2:] == ["04-17 09:00 sent reminder-2 email overdue", "04-28 09:00 asked exhausted"]
    assert only("charged", lines) == ["04-07 09:00 reminder-1 60.00 reminder_fee"]


def test_a_fee_of_a_dispute_is_not_charged():
    assert charged("04-05 10:00 disputed") == []
