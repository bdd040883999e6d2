"""What ops read first of a case: true, with the order that helps, and no name."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from domain.briefing import HOLDS, briefing, owed, standing, with_agency
from domain.decisions import Send, Wait
from domain.events import Acknowledged, AgencyClosed, AgencyTold, Amended, Failed
from domain.policy import Channel
from domain.simulation import plan
from domain.words import AgencyOutcome, Reason, Status
from tests.domain.build import EMAIL, SMS, Life, a_policy, after_due, collected_after, days

HOLD_LINES = {
    Reason.DISPUTED: "03-10 10:00 disputed",
    Reason.RESPITE: "03-10 10:00 respite until=04-20",
    Reason.PAUSED: "03-10 10:00 paused",
}


def said(life: Life) -> str:
    return standing(life.facts, life.decide(), life.law.calendar)


def told(life: Life) -> list[str]:
    """The whole briefing, line by line."""
    planned = plan(life.facts, life.policy, life.law, life.now)
    return briefing(life.facts, life.decide(), planned, life.law.calendar, life.now).splitlines()


def unreached() -> Life:
    life = Life(a_policy(distribution=(EMAIL,))).live("03-02 09:00")
    life.know(Failed(at=life.now, send=life.facts.sends[0].id, reason=Reason.BOUNCED))
    life.look()
    return life


def refused_by_the_agency() -> Life:
    life = Life(a_policy(distribution=(EMAIL,), due_reminder=(), reminders=(after_due(5, "60.00", EMAIL),)))
    life.settle(life.reserve("04-20 09:00"), Status.FAILED, why=Reason.REFUSED).look()
    return life


def test_a_case_on_its_way_tells_what_comes_next():
    assert said(Life().live("03-02 10:00")) == (
        "**Distributing.** Distribution, SMS Thu 05 Mar 2026 09:00 unless viewed."
    )


@pytest.mark.parametrize("kind", HOLDS)
def test_a_hold_names_the_order_that_ends_it(kind: Reason):
    life = Life().hear(HOLD_LINES[kind])
    order = re.search(r"`kvitt (\w+) nordljus/10001( OUTCOME)?`", said(life))

    assert order
    assert said(life).startswith("**On hold.** ")
    life.hear("03-12 10:00 answered" if order[1] == "answer" else "03-12 10:00 released")
    assert not life.facts.hold


def test_of_a_part_that_is_disputed_it_tells_how_much_and_goes_on():
    life = Life().hear("03-10 10:00 disputed 49.00")

    assert said(life).startswith("**Awaiting payment.** Due reminder, e-mail Wed 01 Apr")
    assert said(life).endswith("49.00 SEK is disputed. When it is answered: `kvitt answer nordljus/10001 OUTCOME`.")
    assert "disputed 49.00" in owed(life.facts)


def test_an_answer_that_is_still_to_be_sent_is_in_the_plan():
    life = Life().hear("03-10 10:00 disputed", "03-14 10:00 answered rejected reply")

    assert "- Mon 16 Mar 2026 09:00: Answer to the dispute by e-mail, asks for 249.00 SEK" in told(life)


def test_a_message_that_the_limit_on_contact_moves_says_so_and_so_does_its_wait():
    policy = a_policy(distribution=(SMS,), due_reminder=(), reminders=(after_due(5, "0.00", SMS),))
    life = Life(policy).live("04-07 08:00")
    life.facts = replace(life.facts, last_contact=life.moment("04-07 08:30"))
    life.now = life.moment("04-07 09:00")

    assert said(life).endswith("Reminder 1, SMS Wed 08 Apr 2026 09:00 since the customer got an SMS today.")
    assert any(line.startswith("- Wed 08 Apr 2026 09:00: Last reminder by SMS (a day later") for line in told(life))


def test_the_agency_s_word_is_told_without_its_number():
    life = Life().live("05-20 09:00")
    assert life.facts.in_collection
    silent = with_agency(life.facts, life.law.calendar)
    life.know(Acknowledged(at=life.now, case="Anna-4711"), AgencyTold(at=life.now, status="court_order"))
    heard = "\n".join(told(life))
    life.know(AgencyClosed(at=life.now, outcome=AgencyOutcome.RETURNED))

    assert silent == "The agency has not said yet that it has the claim."
    assert "it says: court order." in heard
    assert "4711" not in heard
    assert "The agency closed its case Wed 20 May 2026 09:00: returned." in told(life)


def test_an_agency_that_says_nothing_is_asked_about():
    collection = replace(collected_after(12), acknowledged_within=days(3))
    life = Life(a_policy(collection=collection)).live("06-20 12:00")

    asked = "**Needs attention:** the agency has not said within `acknowledged_within` that it has"
    assert said(life).startswith(asked)


def test_what_is_owed_says_how_it_comes_to_that():
    life = Life().hear("04-08 10:00 paid 100.00")

    assert owed(life.facts) == ("Owed: **209.00 SEK** (invoiced 249.00, fees 60.00, paid 100.00). Due 2026-04-01.")


def test_the_whole_briefing_ends_with_the_plan():
    life = Life().live("03-02 10:00")

    assert "- Thu 05 Mar 2026 09:00: Invoice by SMS, asks for 249.00 SEK" in told(life)


def test_a_question_replaces_what_comes_next():
    assert said(unreached()).startswith("**Needs attention:** every channel failed: bounced, refused, or no address.")


def test_a_new_address_answers_that_nobody_was_reached():
    life = unreached()
    life.now = life.moment("03-03 10:00")
    life.know(Amended(at=life.now, renewed=(Channel.EMAIL,)))

    assert isinstance(life.decide(), Send)


def test_a_release_answers_that_every_step_is_done():
    life = Life(a_policy(collection=None, reminders=())).live("04-10 12:00")
    assert "every step is done" in said(life)

    life.hear("04-11 10:00 released")

    assert life.decide() == Wait(None, Reason.EXHAUSTED)


def test_a_release_has_the_agency_asked_again():
    life = refused_by_the_agency()
    assert "the agency refused" in said(life)

    life.hear("04-21 10:00 released")

    assert isinstance(life.decide(), Send)


def test_a_claim_that_the_agency_refused_can_be_kept():
    life = refused_by_the_agency().hear("04-21 10:00 withdrawn", "04-21 10:05 released").live("04-21 10:06")

    assert not life.facts.in_collection
    assert "the agency" not in said(life)
