"""Sends in doubt: unknown outcomes, messages that cannot be made, and what is never sent twice."""

from __future__ import annotations

import pytest

from domain.answers import SEEK_AFTER, SEEK_LONGER_AFTER
from domain.decisions import Reconcile, Send, Wait
from domain.events import Delivered, Failed, Sought
from domain.policy import Channel
from domain.words import Reason, SendId, Status
from tests.domain.build import LETTER, Life, a_policy

FIRST = SendId("distribution", 0, 1)
AWAITED = (Reason.AWAITING_EVIDENCE, "distribution", Channel.LETTER)


@pytest.mark.parametrize("status", [None, Status.UNKNOWN], ids=["reserved by a worker that died", "unknown"])
def test_a_send_of_unknown_outcome_is_looked_for_before_anything_else_goes_out(status):
    """Trap 2."""
    life = Life()
    send = life.reserve("03-02 09:00")
    if status:
        life.settle(send, status)

    assert life.decide() == Reconcile(send, Channel.EMAIL)
    assert life.decide("04-10 12:00") == Reconcile(send, Channel.EMAIL)


def test_fruitless_searches_are_repeated_at_growing_distances_and_then_the_send_counts_as_failed():
    life = Life()
    send = life.reserve("03-02 09:00")
    for pause in SEEK_AFTER:
        life.know(Sought(at=life.now, send=send))
        ahead = life.now + pause

        assert life.decide() == Wait(ahead, Reason.AWAITING_EVIDENCE, "distribution", Channel.EMAIL)

        life.now = ahead

        assert life.decide() == Reconcile(send, Channel.EMAIL)
    life.know(Sought(at=life.now, send=send)).look()

    assert life.facts.send(send).why is Reason.OUTCOME_UNKNOWN
    assert life.acts == ["03-02 12:21 sent distribution sms outcome_unknown"]


@pytest.mark.parametrize("found", [Status.SENT, Status.DELIVERED])
def test_evidence_settles_a_send_and_nothing_is_sent_again(found):
    life = Life()
    send = life.reserve("03-02 09:00")
    life.settle(send, Status.UNKNOWN)
    if found is Status.DELIVERED:
        life.know(Delivered(at=life.now, send=send))
    else:
        life.settle(send, found)

    assert life.decide().reason is Reason.AWAITING_VIEW


def test_a_late_word_of_lower_rank_changes_nothing():
    life = Life().live("03-02 09:00")
    life.know(Failed(at=life.now, send=FIRST, reason=Reason.BOUNCED), Delivered(at=life.now, send=FIRST))
    life.settle(FIRST, Status.SENT)

    assert life.facts.send(FIRST).status is Status.FAILED


def test_a_message_that_cannot_be_made_stops_visibly_until_somebody_acts():
    """Trap 8."""
    life = Life()
    life.settle(life.reserve("03-02 09:00"), Status.NOT_SENT, why=Reason.CANNOT_RENDER).live("03-10 12:00")

    assert life.acts == ["03-02 09:00 asked cannot_render"]
    assert life.decide() == Wait(None, Reason.ASKED)

    again = life.hear("03-11 10:00 released").decide()

    assert isinstance(again, Send)
    assert again.id == SendId("distribution", 0, 2)


def test_a_second_message_that_cannot_be_made_is_asked_about_too():
    life = Life(a_policy())
    life.settle(life.reserve("03-02 09:00"), Status.NOT_SENT, why=Reason.CANNOT_RENDER).live("03-02 12:00")
    life.hear("03-03 10:00 released")
    life.settle(life.take(), Status.NOT_SENT, why=Reason.CANNOT_RENDER).look()

    assert life.acts == ["03-02 09:00 asked cannot_render", "03-03 10:00 asked cannot_render"]


def test_no_such_send_is_an_error():
    with pytest.raises(KeyError, match="reminder-9/0/1"):
        Life().facts.send(SendId("reminder-9", 0, 1))


def test_what_failed_only_because_nobody_knew_is_out_when_evidence_comes_late():
    life = Life()
    send = life.reserve("03-02 09:00")
    life.settle(send, Status.FAILED, why=Reason.OUTCOME_UNKNOWN)
    life.know(Delivered(at=life.now, send=send))

    assert life.facts.send(send).status is Status.DELIVERED
    assert life.facts.reached


def test_what_surely_was_not_sent_is_out_when_the_vendor_says_so_after_all():
    life = Life()
    send = life.reserve("03-02 09:00")
    life.settle(send, Status.NOT_SENT)
    life.settle(send, Status.SENT)

    assert life.facts.send(send).status is Status.SENT


def test_a_letter_is_looked_for_longer_than_an_email():
    """It is slow anyway, and a second one costs more than a wait."""
    life = Life(a_policy(distribution=(LETTER,)))
    send = life.reserve("03-02 09:00")
    for _ in range(len(SEEK_AFTER) + 1):
        life.know(Sought(at=life.now, send=send))

    assert life.decide() == Wait(life.now + SEEK_LONGER_AFTER[len(SEEK_AFTER)], *AWAITED)
