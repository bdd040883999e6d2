"""Money dated in time and booked late: what it takes back of a fee, interest or compensation, and who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from domain.charge import ChargeKind
from domain.charges import taken_back
from domain.decisions import Wait
from domain.events import Failed, Paid
from domain.facts import ChargeState
from domain.law import law_of
from domain.policy import Claim
from domain.words import DebtorKind, Message, Outcome, Reason, Status
from tests.domain.build import (
    EMAIL,
    LETTER,
    Life,
    a_policy,
    after_due,
    after_previous,
    collected_after,
    only,
    rung,
    sek,
)
from tests.domain.law import living

CONSUMER, COMPANY = (law_of("SE", kind) for kind in DebtorKind)
CLAIMING = a_policy(
    distribution=(EMAIL,),
    due_reminder=(),
    reminders=(after_due(5, "60.00", EMAIL), after_previous(10, "0.00", EMAIL)),
    collection=None,
    tolerance=sek("0.00"),
    interest=Claim.LEGAL,
    compensation=Claim.LEGAL,
)
"""10 000 due on 1 April, reminded on Tuesday the 7th: 6 days at 10 % are 16.43, and on the 17th."""


def led(*lines, policy=CLAIMING, law=CONSUMER, until="05-31 12:00"):
    """A life in which these things happen."""
    return Life(policy, law, kind=law.kind, amount=sek("10000.00")).hear(*lines).live(until)


def after(line, life):
    """What was done from a moment on."""
    return [act for act in life.acts if act >= line]


def told(life):
    return [line for line in only("sent", life.acts) if "correction" in line]


# --- whole -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "charged"),
    [
        (CONSUMER, ["60.00", "16.43"]),
        (COMPANY, ["16.43", "450.00"]),
    ],
    ids=["a fee and interest", "interest and compensation"],
)
def test_money_dated_in_time_takes_back_all_that_a_reminder_added(law, charged):
    """Trap 4."""
    life = led("04-10 10:00 paid 10000.00 dated=04-01", law=law)

    assert after("04-07", life) == [
        "04-07 09:00 sent reminder-1 email overdue",
        *(f"04-07 09:00 charged reminder-1 {amount} {reason_of(amount)}" for amount in charged),
        *(f"04-10 10:00 reversed reminder-1 {amount} paid_on_time" for amount in charged),
        "04-10 10:00 closed paid",
        "04-10 10:00 sent correction-1 email taken_back",
    ]
    assert life.facts.balance == sek("0.00")
    assert life.totals(Message.CORRECTION) == ["04-10 0.00"]


def reason_of(amount):
    return {"60.00": "reminder_fee", "16.43": "late_interest", "450.00": "compensation"}[amount]


def test_the_correction_names_what_it_takes_back_and_its_ground():
    life = led("04-10 10:00 paid 10000.00 dated=04-01")

    added = taken_back(life.facts, "correction-1")

    assert [(each.kind, str(each.amount)) for each in added] == [
        (ChargeKind.FEE, "60.00"),
        (ChargeKind.INTEREST, "16.43"),
    ]
    assert all(each.law for each in added)


def test_each_of_several_reminders_is_taken_back():
    """Trap 4."""
    life = led("04-20 10:00 paid 10000.00 dated=04-01")

    assert only("reversed", life.acts) == [
        "04-20 10:00 reminder-1 60.00 paid_on_time",
        "04-20 10:00 reminder-1 16.43 paid_on_time",
        "04-20 10:00 reminder-2 27.39 paid_on_time",  # 10 days: 10 000 x 10 x 10 / 36 500
    ]
    assert told(life) == ["04-20 10:00 correction-1 email taken_back"]


def test_money_dated_a_day_late_takes_nothing_back_of_the_fee_and_some_of_the_interest():
    # The 2nd bore interest: 10 000 x 10 x 1 / 36 500 is 2.73; 13.70 of 16.43 was too much
    life = led("04-10 10:00 paid 10062.73 dated=04-02")

    assert only("reversed", life.acts) == ["04-10 10:00 reminder-1 13.70 recalculated"]
    assert life.facts.closed is Outcome.PAID
    assert life.facts.balance == sek("0.00")


# --- in part ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dated", "right", "too_much"),
    [
        # all six days on 6 000: 6 000 x 10 x 6 / 36 500
        ("03-30", "9.86", "6.57"),
        ("04-01", "9.86", "6.57"),
        # two days on 10 000 are 5.47, four on 6 000 are 6.57
        ("04-03", "12.04", "4.39"),
        # a payment bears interest through its own day: five on 10 000 are 13.69, one on 6 000 is 1.64
        ("04-06", "15.33", "1.10"),
        ("04-07", "16.43", None),
    ],
)
def test_a_part_dated_before_the_reminder_lowers_its_interest(dated, right, too_much):
    """Trap 4, in part."""
    life = led(f"04-10 10:00 paid 4000.00 dated={dated}", until="04-10 12:00")

    interest = life.facts.charge("reminder-1", ChargeKind.INTEREST)

    assert (str(interest.amount), interest.state) == (right, ChargeState.BOOKED)
    assert only("reversed", life.acts) == ([f"04-10 10:00 reminder-1 {too_much} recalculated"] if too_much else [])
    assert len(told(life)) == bool(too_much)


def test_the_correction_of_a_part_says_what_is_owed_now():
    life = led("04-10 10:00 paid 4000.00 dated=04-03", until="04-10 12:00")

    # 10 000 - 4 000 + 60 + 12.04
    assert life.totals(Message.CORRECTION) == ["04-10 6072.04"]
    assert [str(added.amount) for added in taken_back(life.facts, "correction-1")] == ["4.39"]


def test_the_next_reminder_charges_the_days_since_the_last_on_what_is_left():
    life = led("04-10 10:00 paid 4000.00 dated=04-03", until="04-20 12:00")

    # 8 to 17 April: 6 000 x 10 x 10 / 36 500
    assert only("charged", life.acts)[-1] == "04-17 09:00 reminder-2 16.43 late_interest"


def test_a_credit_takes_back_the_interest_on_what_was_never_owed():
    life = led("04-10 10:00 credited 4000.00", until="04-10 12:00")

    assert only("reversed", life.acts) == ["04-10 10:00 reminder-1 6.57 recalculated"]
    assert told(life) == ["04-10 10:00 correction-1 email taken_back"]


def test_a_dispute_upheld_takes_back_the_interest_on_what_was_disputed():
    life = led("04-10 10:00 disputed 4000.00", "04-14 10:00 answered upheld", until="04-14 12:00")

    assert only("reversed", life.acts) == ["04-14 10:00 reminder-1 6.57 recalculated"]


@pytest.mark.parametrize(
    ("country", "kind", "reminders", "lines", "reversed_"),
    [
        # Late Payment of Commercial Debts (Interest) Act 1998 s. 5A: 40 below 1 000; 70 was asked for
        ("GB", "company", [living.after_due(14)], ["04-16 10:00 paid 0.01 dated=04-14"], "30.00"),
        ("GB", "company", [living.after_due(14)], ["04-16 10:00 paid 0.01 dated=04-15"], None),
        ("GB", "company", [living.after_due(14)], ["04-16 10:00 credited 0.01"], "30.00"),
        # NL: 15 % of 1 000 on 6 May; of 400, 60
        (
            *("NL", "consumer", [living.after_due(14), living.after_previous(1)]),
            *(["05-07 10:00 paid 600.00 dated=05-05"], "90.00"),
        ),
        (
            *("NL", "consumer", [living.after_due(14), living.after_previous(1)]),
            *(["05-07 10:00 paid 600.00 dated=05-06"], None),
        ),
        # NL company: 110 beside 40; of 400 the scale gives 60, so 20 beside 40
        ("NL", "company", [living.after_due(14)], ["04-16 10:00 paid 600.00 dated=04-14"], "90.00"),
    ],
)
def test_what_goes_by_the_size_of_the_debt_goes_by_what_was_open_by_value_day(
    country, kind, reminders, lines, reversed_
):
    life = living.live(law_of(country, DebtorKind(kind)), *reminders, lines=lines)

    assert [line.split()[3:] for line in only("reversed", life.acts)] == (
        [[reversed_, "recalculated"]] if reversed_ else []
    )
    assert len(told(life)) == bool(reversed_)


# --- who is told, and how --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rungs", "lines", "expected"),
    [
        ([EMAIL], [], ["04-10 10:00 correction-1 email taken_back"]),
        ([LETTER], [], ["04-10 10:00 correction-1 letter taken_back"]),
        ([EMAIL, LETTER], ["04-07 10:00 bounced email"], ["04-10 10:00 correction-1 letter taken_back"]),
        (
            [rung("email", 1), LETTER],
            ["04-10 10:05 bounced email"],
            ["04-10 10:00 correction-1 email taken_back", "04-10 10:05 correction-1 letter bounced"],
        ),
        ([rung("sms", 1), LETTER], [], ["04-10 10:00 correction-1 letter taken_back"]),
        ([EMAIL], ["04-07 10:00 bounced email"], []),
    ],
    ids=[
        "e-mail",
        "letter",
        "the letter after an e-mail that came back",
        "both asked, and the e-mail comes back",
        "the letter asked, the SMS did not",
        "nobody was asked",
    ],
)
def test_a_correction_goes_where_the_debtor_was_asked(rungs, lines, expected):
    policy = replace(CLAIMING, reminders=(after_due(5, "60.00", *rungs),))
    before = [line for line in lines if line < "04-10 10:00"]
    later = [line for line in lines if line > "04-10 10:00"]
    life = Life(policy, CONSUMER, amount=sek("10000.00"))
    life.hear(*before, "04-10 10:00 paid 10000.00 dated=04-01").look()
    for line in later:
        life.live(line[:11])
        correction = life.facts.sends[-1].id
        life.know(Failed(at=life.now, send=correction, reason=Reason.BOUNCED)).look()

    assert told(life) == expected
    assert life.facts.charged == sek("0.00")


def test_a_correction_waits_for_the_contact_window():
    assert told(led("04-10 22:00 paid 10000.00 dated=04-01")) == ["04-13 09:00 correction-1 email taken_back"]


def test_what_is_taken_back_twice_before_the_window_opens_is_told_once():
    life = led("04-10 22:00 paid 4000.00 dated=03-30", "04-11 10:00 paid 1000.00 dated=03-31", until="04-13 12:00")

    assert only("reversed", life.acts) == [
        "04-10 22:00 reminder-1 6.57 recalculated",
        "04-11 10:00 reminder-1 1.65 recalculated",  # 5 000 x 10 x 6 / 36 500 is 8.21
    ]
    assert told(life) == ["04-13 09:00 correction-1 email taken_back"]
    assert [str(added.amount) for added in taken_back(life.facts, "correction-1")] == ["6.57", "1.65"]


def test_what_is_taken_back_after_a_correction_has_its_own():
    life = led("04-10 10:00 paid 4000.00 dated=03-30", "04-14 10:00 paid 6000.00 dated=04-01", until="04-14 12:00")

    assert told(life) == [
        "04-10 10:00 correction-1 email taken_back",
        "04-14 10:00 correction-2 email taken_back",
    ]
    assert [str(added.amount) for added in taken_back(life.facts, "correction-2")] == ["60.00", "9.86"]


def test_a_second_look_and_a_receipt_of_delivery_send_no_second_correction():
    life = led("04-10 10:00 paid 10000.00 dated=04-01", "04-11 10:00 delivered email", until="06-30 12:00")

    assert len(told(life)) == 1


def test_a_correction_that_surely_was_not_sent_is_tried_again():
    life = Life(CLAIMING, CONSUMER, amount=sek("10000.00")).hear("04-10 22:00 paid 10000.00 dated=04-01")
    life.settle(life.reserve("04-13 09:00"), Status.NOT_SENT)

    assert life.decide() == Wait(life.moment("04-13 09:05"), Reason.RETRY, "correction-1", EMAIL.channel)
    assert told(life.live("04-13 12:00")) == ["04-13 09:05 correction-1 email retry"]


@pytest.mark.parametrize("happens", ["waived reminder-1", "credited 10000.00"])
def test_what_is_given_up_needs_no_correction(happens):
    life = led(f"04-10 10:00 {happens}", until="04-13 12:00")

    assert life.facts.charged == sek("0.00")
    assert told(life) == []


def test_a_correction_follows_a_close_that_came_first():
    """Paid late with all that was asked for; then a payment turns up that had been made in time."""
    life = led("04-10 10:00 paid 10076.43", until="04-13 12:00")

    assert life.acts[-1] == "04-10 10:00 closed paid"

    life.know(Paid(at=life.now, amount=sek("10000.00"), dated=date(2026, 4, 1))).live("04-14 12:00")

    assert told(life) == ["04-13 12:00 correction-1 email taken_back"]
    assert life.facts.balance == sek("-10076.43")


def test_a_correction_goes_out_while_the_agency_has_the_claim():
    policy = replace(CLAIMING, reminders=(after_due(5, "60.00", EMAIL),), collection=collected_after(7))
    life = led("04-16 10:00 paid 4000.00 dated=03-30", policy=policy)

    assert after("04-14", life)[0] == "04-14 09:00 handed_over collection collection time_to_pay_over"
    assert told(life) == ["04-16 10:00 correction-1 email taken_back"]
    assert life.facts.in_collection


def test_interest_that_the_claim_told_the_agency_is_taken_back_without_a_word_to_the_debtor():
    policy = replace(CLAIMING, reminders=(after_due(5, "0.00", EMAIL),), collection=collected_after(7))
    life = led("04-16 10:00 paid 4000.00 dated=04-10", policy=policy)

    # the 8th to the 14th: 19.17 on 10 000; three days on it are 8.21, four on 6 000 are 6.57
    assert only("reversed", life.acts) == ["04-16 10:00 collection 4.39 recalculated"]
    assert told(life) == []


def test_money_taken_back_by_its_bank_lets_the_next_reminder_charge_those_days_again():
    life = led("04-10 10:00 paid 10000.00 dated=04-01", until="04-13 12:00")
    life.know(Paid(at=life.now, amount=sek("-10000.00"), dated=date(2026, 4, 13))).live("04-30 12:00")

    # owed again from the day after the 13th: the 14th to the 17th, 10 000 x 10 x 4 / 36 500
    assert only("charged", life.acts)[-1] == "04-17 09:00 reminder-2 10.95 late_interest"
