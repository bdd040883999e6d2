"""A letter that is not printed yet is called back when nothing is owed any more."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.answers import RECALL_AGAIN_AFTER
from domain.decisions import End, Recall, Wait
from domain.events import Delivered, Paid, Recalled, Settled
from domain.policy import Channel, FeeRemainder
from domain.words import Outcome, Reason, SendId, Status
from tests.domain.build import EMAIL, LETTER, Life, a_policy, after_due, sek

FIRST = SendId("distribution", 0, 1)


def in_a_batch(until: str | None = "03-02 18:00") -> Life:
    """An invoice whose only letter went into the day's batch at nine."""
    life = Life(a_policy(distribution=(LETTER,)))
    send = life.reserve("03-02 09:00")
    recall_until = life.moment(until) if until else None
    life.know(Settled(at=life.now, send=send, status=Status.SENT, recall_until=recall_until))
    return life


def test_an_invoice_paid_before_the_cut_off_calls_its_letter_back():
    life = in_a_batch().hear("03-02 12:00 paid 249.00")
    life.look()

    assert life.decide() == Recall(FIRST, Channel.LETTER)


@pytest.mark.parametrize("why", ["stopped", "credited 249.00"])
def test_so_does_one_that_was_stopped_or_credited(why: str):
    life = in_a_batch().hear(f"03-02 12:00 {why}")
    life.look()

    assert life.decide() == Recall(FIRST, Channel.LETTER)


def test_a_letter_that_nobody_can_call_back_is_left_alone():
    life = in_a_batch(until=None).hear("03-02 12:00 paid 249.00")
    life.look()

    assert life.decide() == End(Outcome.PAID)


def test_after_the_cut_off_it_is_too_late():
    life = in_a_batch().hear("03-02 18:00 paid 249.00")
    life.look()

    assert life.decide() == End(Outcome.PAID)


def test_a_part_payment_calls_nothing_back():
    assert in_a_batch().hear("03-02 12:00 paid 100.00").decide().reason is Reason.AWAITING_DUE


@pytest.mark.parametrize("answer", [Status.NOT_SENT, Status.SENT], ids=["in time", "too late"])
def test_an_answer_ends_it(answer: Status):
    life = in_a_batch().hear("03-02 12:00 paid 249.00")
    life.look()
    life.know(Recalled(at=life.now, send=FIRST, status=answer)).look()

    assert life.decide() == End(Outcome.PAID)


def test_without_an_answer_it_is_asked_again_until_it_is_too_late():
    life = in_a_batch("03-02 12:15").hear("03-02 12:00 paid 249.00")
    life.look()
    life.know(Recalled(at=life.now, send=FIRST, status=Status.UNKNOWN)).look()
    again = life.now + RECALL_AGAIN_AFTER

    assert life.decide() == Wait(again, Reason.AWAITING_RECALL, "distribution", Channel.LETTER)

    life.now = again
    assert life.decide() == Recall(FIRST, Channel.LETTER)

    life.know(Recalled(at=life.now, send=FIRST, status=Status.UNKNOWN)).look()
    assert life.decide().until == life.moment("03-02 12:15")

    life.now = life.moment("03-02 12:15")
    assert life.decide() == End(Outcome.PAID)


def reminded_by_letter(remainder: FeeRemainder) -> Life:
    """A reminder with a fee lies in the day's batch; only the principal is paid before the cut-off."""
    policy = a_policy(distribution=(EMAIL,), due_reminder=(), reminders=(after_due(5, "60.00", LETTER),))
    life = Life(replace(policy, fee_remainder=remainder))
    send = life.reserve("04-07 09:00")
    until = life.moment("04-07 18:00")
    life.know(Settled(at=life.now, send=send, status=Status.SENT, recall_until=until))
    return life.hear("04-07 12:00 paid 249.00")


@pytest.mark.parametrize("remainder", FeeRemainder)
def test_the_fee_goes_with_the_letter_that_carried_it(remainder: FeeRemainder):
    """Nobody was told of it; and also who chases fees does not ask for a sum that was paid."""
    life = reminded_by_letter(remainder)
    call = life.decide()
    assert isinstance(call, Recall)

    life.know(Recalled(at=life.now, send=call.id, status=Status.NOT_SENT)).look()

    assert life.facts.charged == sek("0.00")
    assert life.facts.closed is Outcome.PAID
    assert "04-07 12:00 reversed reminder-1 60.00 recalled" in life.acts


def test_a_fee_whose_letter_is_printed_all_the_same_stays():
    life = reminded_by_letter(FeeRemainder.CHASE)
    life.know(Recalled(at=life.now, send=life.decide().id, status=Status.SENT))

    assert life.facts.charged == sek("60.00")


def test_a_letter_that_was_printed_all_the_same_was_sent():
    """The house says so: that counts, whatever it had promised."""
    life = in_a_batch().hear("03-02 12:00 paid 249.00")
    life.look()
    life.know(Recalled(at=life.now, send=FIRST, status=Status.NOT_SENT), Delivered(at=life.now, send=FIRST))

    assert life.facts.send(FIRST).status is Status.DELIVERED


def test_a_letter_called_back_goes_out_after_all_when_the_payment_is_taken_back():
    life = in_a_batch().hear("03-02 12:00 paid 249.00")
    life.look()
    life.know(Recalled(at=life.now, send=FIRST, status=Status.NOT_SENT))
    life.now = life.moment("03-03 10:00")
    life.know(Paid(at=life.now, amount=sek("-249.00"), dated=life.now.date()))

    again = life.decide()

    assert again.id == SendId("distribution", 0, 2)
    assert again.total == sek("249.00")
    assert life.now - life.moment("03-02 12:00") > timedelta(hours=1)
