"""What a case waits for, and since when; and when a message last failed for good."""

from __future__ import annotations

from datetime import datetime

import pytest

from domain.decisions import Wait
from domain.events import Failed, Sought
from domain.waiting import Waiting, bounced_at, waiting
from domain.words import Reason, Status
from tests.domain.build import EMAIL, MINUTE, Life, a_policy, after_due, collected_after


def in_doubt() -> Life:
    life = Life()
    send = life.reserve("03-02 09:00")
    life.know(Sought(at=life.now, send=send))
    life.now += MINUTE / 2
    return life


def handed_over() -> Life:
    reminders = (after_due(5, "60.00", EMAIL),)
    return Life(a_policy(distribution=(EMAIL,), reminders=reminders, collection=collected_after(12))).live(
        "05-04 12:00"
    )


def at(life: Life, wall: str) -> datetime:
    return life.law.calendar.moment(datetime.fromisoformat(f"2026-{wall}"))


@pytest.mark.parametrize(
    ("life", "reason", "since"),
    [
        (in_doubt(), Reason.AWAITING_EVIDENCE, "03-02 09:00"),
        (Life(a_policy(collection=None, reminders=())).live("04-10 12:00"), Reason.EXHAUSTED, "04-02 09:00"),
        (handed_over(), Reason.IN_COLLECTION, "04-20 09:00"),
        (handed_over().hear("05-04 13:00 disputed").live("05-05 12:00"), Reason.DISPUTED_IN_COLLECTION, "05-04 13:00"),
        (Life().hear("03-10 10:00 disputed"), Reason.DISPUTED, "03-10 10:00"),
        (Life().hear("03-10 10:00 disputed 49.00"), Reason.DISPUTED, "03-10 10:00"),
        (Life().hear("03-10 10:00 paused", "03-12 10:00 disputed"), Reason.DISPUTED, "03-12 10:00"),
        (Life().hear("03-10 10:00 respite until=04-20"), Reason.RESPITE, "03-10 10:00"),
        (Life().hear("03-10 10:00 paused"), Reason.PAUSED, "03-10 10:00"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_a_case_waits_for_the_most_pressing_of_what_holds_it(life: Life, reason: Reason, since: str):
    decision = life.decide()

    assert isinstance(decision, Wait)
    assert waiting(life.facts, decision) == Waiting(reason, at(life, since))


def test_a_case_that_waits_for_its_own_next_step_waits_for_nobody():
    life = Life().live("03-02 10:00")

    assert waiting(life.facts, life.decide()) is None


def test_one_that_acts_waits_for_nobody_whoever_held_it_before():
    life = Life().hear("03-10 10:00 disputed 49.00").live("03-11 10:00")

    assert waiting(life.facts, life.decide("04-01 09:00")) is None


def test_what_is_over_is_not_waited_for():
    life = Life().hear("03-10 10:00 paused", "03-12 10:00 released")

    assert waiting(life.facts, life.decide()) is None


@pytest.mark.parametrize(
    ("why", "counts"),
    [(Reason.BOUNCED, True), (Reason.REFUSED, True), (Reason.OUTCOME_UNKNOWN, True), (Reason.OPTED_OUT, False)],
)
def test_a_message_that_failed_for_good_is_dated_unless_the_customer_wanted_none(why: Reason, *, counts: bool):
    life = Life().live("03-02 10:00")
    life.know(Failed(at=life.now, send=life.facts.sends[0].id, reason=why))

    assert bounced_at(life.facts) == (life.now if counts else None)


def test_the_last_of_several_that_failed_counts():
    life = Life().live("03-02 10:00")
    life.know(Failed(at=life.now, send=life.facts.sends[0].id, reason=Reason.BOUNCED))
    life.live("03-02 11:00")
    life.know(Failed(at=life.now, send=life.facts.sends[1].id, reason=Reason.BOUNCED))

    assert len(life.facts.sends) == 2
    assert bounced_at(life.facts) == life.facts.sends[1].since > life.facts.sends[0].since


def test_what_an_agency_refuses_is_no_message_to_the_customer():
    life = Life(a_policy(distribution=(EMAIL,), due_reminder=(), reminders=(after_due(5, "60.00", EMAIL),)))
    life.settle(life.reserve("04-20 09:00"), Status.FAILED, why=Reason.REFUSED)

    assert bounced_at(life.facts) is None
