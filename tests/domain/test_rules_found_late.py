"""What is found out late, and what the debtor was spared already: neither may cost anybody money afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.charge import ChargeKind
from domain.decisions import End, Recall, Send
from domain.events import Failed, Paid
from domain.interest import amount_of
from domain.law import law_of
from domain.money import Money
from domain.policy import Claim, FeeRemainder
from domain.words import DebtorKind, Message, Reason, Status
from tests.domain.build import EMAIL, LETTER, Life, a_policy, after_due, after_previous, only, sek

SE, DE = (law_of(country, DebtorKind.CONSUMER) for country in ("SE", "DE"))
BY_LETTER = a_policy(
    distribution=(LETTER,),
    due_reminder=(),
    reminders=(after_due(5, "60.00", LETTER), after_previous(10, "60.00", LETTER)),
    collection=None,
    tolerance=sek("0.00"),
    fee_remainder=FeeRemainder.CHASE,
)
BY_EMAIL = replace(BY_LETTER, distribution=(EMAIL,), reminders=(after_due(5, "60.00", EMAIL),))


def thousand(policy=BY_EMAIL, law=SE, **invoice):
    return Life(policy, law, amount=Money(100_000, law.currency), country=law.country, **invoice)


def sent_with_cut_off(life):
    """The message that goes out now, given to a print house that can call it back until tomorrow."""
    send = life.take()
    life.settle(send, Status.SENT, recall_until=life.now + timedelta(days=1))
    return send


def owed(life):
    return str(life.facts.balance)


# --- what is true however much is owed is never called back ----------------------------------------------------------


def test_a_correction_by_letter_is_not_called_back_because_nothing_is_owed():
    life = thousand(BY_LETTER).live("04-07 12:00").hear("04-08 10:00 paid 1000.00 dated=04-01")
    while not isinstance(life.decide(), Send):
        life.learn(life.decide().event)
    send = sent_with_cut_off(life)

    assert life.facts.send(send).message is Message.CORRECTION
    assert isinstance(life.decide(), End)


def test_a_letter_that_asks_for_the_fee_alone_is_not_called_back():
    life = thousand(BY_LETTER).live("04-07 12:00").hear("04-10 10:00 paid 1000.00").live("04-16 12:00")
    life.now = life.moment("04-17 09:00")
    send = sent_with_cut_off(life)

    assert life.facts.send(send).message is Message.REMINDER
    assert not isinstance(life.decide(), Recall)
    life.know(Paid(at=life.now, amount=sek("60.00"), dated=life.now.date()))
    assert isinstance(life.decide(), Recall)


# --- what was asked for and paid in time costs nothing more ----------------------------------------------------------


def test_who_pays_in_time_what_he_does_not_dispute_pays_no_fee():
    life = thousand().hear("03-20 10:00 disputed 400.00").live("04-07 12:00")
    assert owed(life) == "1060.00"

    life.hear("04-10 10:00 paid 600.00 dated=04-01").live("04-10 12:00")

    assert only("reversed", life.acts) == ["04-10 10:00 reminder-1 60.00 paid_on_time"]


def test_who_pays_in_time_what_was_not_given_up_pays_no_fee():
    life = thousand().hear("03-20 10:00 written_off 400.00", "04-10 10:00 paid 600.00 dated=04-01").live("04-10 12:00")

    assert only("reversed", life.acts) == ["04-10 10:00 reminder-1 60.00 paid_on_time"]


def test_a_day_to_pay_that_a_respite_has_moved_is_the_day_to_pay():
    life = thousand(BY_LETTER).hear("04-10 10:00 respite until=04-29", "05-12 10:00 paid 1060.00 dated=05-04")

    assert "reminder-2 60.00 paid_on_time" in " ".join(life.live("05-12 12:00").acts)


# --- what becomes known late -----------------------------------------------------------------------------------------


def test_a_letter_that_is_found_sent_days_after_the_money_came_gives_its_fee_back():
    life = thousand(BY_LETTER)
    send = life.reserve("04-07 09:00")
    life.settle(send, Status.UNKNOWN).know(Paid(at=life.moment("04-07 10:00"), amount=sek("1000.00"), dated=wall_day()))
    life.now = life.moment("04-09 15:00")
    life.settle(send, Status.SENT).live("04-10 12:00")

    assert life.facts.standing(ChargeKind.FEE) == sek("0.00")
    assert owed(life) == "0.00"


def wall_day():
    return SE.calendar.wall(Life().moment("2026-04-01 09:00")).date()


def test_interest_that_ran_from_a_reminder_that_came_back_is_given_back():
    policy = replace(
        BY_EMAIL,
        currency="EUR",
        tolerance=Money(0, "EUR"),
        interest=Claim.LEGAL,
        reminders=tuple(
            replace(reminder, fee=Money(0, "EUR"))
            for reminder in (after_due(5, "0.00", EMAIL), after_previous(20, "0.00", LETTER))
        ),
    )
    life = thousand(policy, DE).live("05-05 12:00")
    assert life.facts.standing(ChargeKind.INTEREST)
    first = next(send for send in life.facts.sends if send.message is Message.REMINDER)
    life.now = life.moment("05-06 10:00")
    life.know(Failed(at=life.now, send=first.id, reason=Reason.BOUNCED)).live("05-06 12:00")

    assert not life.facts.standing(ChargeKind.INTEREST)


@pytest.mark.parametrize("when", ["04-05 10:00", "04-10 10:00"], ids=["beforehand", "afterwards"])
def test_interest_that_was_waived_is_not_asked_for_again(when):
    policy = replace(
        BY_LETTER,
        interest=Claim.LEGAL,
        reminders=(after_due(5, "0.00", LETTER), after_previous(10, "0.00", LETTER)),
    )
    life = thousand(policy).hear(f"{when} waived reminder-1").live("04-18 12:00")
    [asked] = [charge for charge in life.facts.charges if charge.step == "reminder-2"]

    assert asked.periods[0].since == life.law.calendar.wall(life.moment("04-08 09:00")).date()


def test_money_for_the_rest_and_its_fee_does_not_lessen_what_is_disputed():
    life = thousand().hear("04-08 10:00 disputed 400.00", "04-09 10:00 paid 660.00")
    assert life.facts.disputed == sek("400.00")

    life.hear("04-20 10:00 answered upheld").live("04-21 12:00")

    assert life.facts.credited == sek("400.00")
    assert owed(life) == "0.00"


def test_what_a_message_asked_for_that_nobody_got_is_not_owed():
    life = thousand().live("04-07 12:00")
    reminder = next(send for send in life.facts.sends if send.message is Message.REMINDER)
    life.know(Failed(at=life.now, send=reminder.id, reason=Reason.BOUNCED)).live("04-07 12:30")

    assert only("reversed", life.acts) == ["04-07 12:00 reminder-1 60.00 came_back"]
    assert only("sent", life.acts)[-1].endswith("overdue")


def test_the_hand_overs_fee_goes_with_a_claim_that_the_agency_refuses():
    denmark = law_of("DK", DebtorKind.CONSUMER)
    dkk = Money(0, "DKK")
    policy = replace(
        BY_EMAIL,
        currency="DKK",
        tolerance=dkk,
        reminders=(replace(after_due(10, "0.00", EMAIL), fee=dkk),),
        collection=replace(
            a_policy().collection, minimum=dkk, fee=Money(10_000, "DKK"), anchor=after_previous(1, "0.00").anchor
        ),
    )
    life = thousand(policy, denmark).live("06-01 12:00")
    claim = next(send for send in life.facts.sends if send.message is Message.CLAIM)
    assert owed(life) == "1100.00"
    life.know(Failed(at=life.now, send=claim.id, reason=Reason.REFUSED)).live("06-01 12:30")

    assert owed(life) == "1000.00"


@pytest.mark.parametrize("change", ["amended 600.00", "credited 400.00"])
def test_what_the_amount_was_lowered_by_bore_no_interest(change):
    policy = replace(BY_LETTER, interest=Claim.LEGAL, reminders=(after_due(5, "0.00", LETTER),))
    life = Life(policy, SE, amount=sek("100000.00")).hear("03-30 10:00 paid 50000.00").live("04-07 12:00")
    before = life.facts.standing(ChargeKind.INTEREST)
    lowered = change.replace("600.00", "60000.00").replace("400.00", "40000.00")
    life.hear(f"04-10 10:00 {lowered}").live("04-10 12:00")

    assert life.facts.standing(ChargeKind.INTEREST).minor == before.minor // 5
    [charge] = life.facts.charges
    assert sum(amount_of(period, SE).minor for period in charge.periods) == charge.amount.minor
