"""What would go out at once: the count that a person sees before many cases are set going (trap 5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from domain.calendar import Hours
from domain.events import MoveAsked, Paused, Released, learn
from domain.facts import Facts, Rules
from domain.foresight import Foreseen, Sends, at_once, because_of, in_words
from domain.policy import Channel, Policy
from domain.words import When
from tests.domain.build import EMAIL, LETTER, SE, Life, a_policy, after_due, an_invoice, wall

REMINDING = a_policy(distribution=(EMAIL,), due_reminder=(), reminders=(after_due(5, "60.00", EMAIL),), collection=None)


def foreseen(life: Life, policy: Policy | None = None) -> Sends:
    return at_once(life.facts, policy or life.policy, life.law, life.now)


def told(sends: Sends) -> list[str]:
    return [in_words(send) for send in sends]


def test_a_new_invoice_goes_out_at_once_and_one_that_is_not_issued_yet_does_not():
    new, later = (Facts.at_start(an_invoice(issued=issued)) for issued in (date(2026, 3, 2), date(2026, 3, 20)))
    morning = SE.calendar.moment(wall("03-02 10:00"))

    assert told(at_once(new, REMINDING, SE, morning)) == ["invoice by e-mail"]
    assert not at_once(later, REMINDING, SE, morning)


@pytest.mark.parametrize(
    ("at", "goes_out"),
    [
        ("03-07 22:00", True),
        ("03-06 23:00", True),
        ("03-05 23:00", True),
        ("03-06 10:00", True),
        ("02-20 10:00", False),
    ],
    ids=["a Saturday night", "a Friday night", "a weekday night", "in the window", "before it is issued"],
)
def test_what_only_waits_for_the_contact_window_is_counted(at: str, goes_out: bool):
    facts = Facts.at_start(an_invoice())

    assert bool(at_once(facts, REMINDING, SE, SE.calendar.moment(wall(at)))) is goes_out


def test_what_a_spread_smears_over_the_morning_is_counted():
    """The window opens later for this invoice; a mass send that is smeared out is a mass send."""
    facts, smeared = Facts.at_start(an_invoice()), a_policy(distribution=(EMAIL,), spread_minutes=300)
    opens = SE.calendar.moment(wall("03-02 09:00"))
    numbers = [Facts.at_start(an_invoice(number=str(number))) for number in range(10001, 10021)]

    assert at_once(facts, smeared, SE, opens)
    assert all(at_once(one, smeared, SE, opens) for one in numbers)


def test_what_is_due_some_other_day_is_not_counted():
    life = Life(REMINDING).live("03-10 10:00")

    assert not foreseen(life)


def test_trap_5_a_release_of_a_backlog_is_foreseen_as_what_it_sets_going():
    life = Life(REMINDING).live("04-03 10:00")
    life.know(Paused(at=life.now))
    life.live("05-20 10:00")

    before = foreseen(life)
    after = at_once(learn(life.facts, Released(at=life.now)), life.policy, life.law, life.now + timedelta(days=30))

    assert not before
    assert told(after) == ["reminder by e-mail, fee 60.00 SEK"]
    assert because_of(before, after) == after


def test_what_would_have_gone_out_anyhow_is_nobodys_doing():
    sends = at_once(Facts.at_start(an_invoice()), REMINDING, SE, SE.calendar.moment(wall("03-02 10:00")))

    assert not because_of(sends, sends)
    assert not because_of(sends, ())
    assert because_of((), sends) == sends


def test_other_rules_may_set_another_message_going():
    """By letter instead of by e-mail: that is not what would have gone out anyhow."""
    facts, now = Facts.at_start(an_invoice()), SE.calendar.moment(wall("03-02 10:00"))
    mail, letter = (at_once(facts, a_policy(distribution=(rung,)), SE, now) for rung in (EMAIL, LETTER))

    assert [send.channel for send in because_of(mail, letter)] == [Channel.LETTER]


def test_thousands_of_the_same_kind_are_one_line():
    foreseen, now = Foreseen(), SE.calendar.moment(wall("03-02 10:00"))
    mail, letter = (
        at_once(Facts.at_start(an_invoice()), a_policy(distribution=(r,)), SE, now) for r in (EMAIL, LETTER)
    )

    for sends in (mail, letter, mail + letter, mail, ()):
        foreseen.add(sends)

    assert (foreseen.invoices, foreseen.messages) == (5, 5)
    assert foreseen.rows() == [("invoice by e-mail", 3), ("invoice by letter", 2)]


SOONER = replace(REMINDING, reminders=(after_due(3, "60.00", EMAIL),))


@pytest.mark.parametrize(
    ("at", "hours"),
    [("04-06 12:00", "14-18"), ("04-06 08:00", "10-18"), ("04-06 18:30", "9-18")],
    ids=["opens later today", "opens later in the morning", "has closed already"],
)
def test_trap_5_rules_with_other_hours_are_counted_by_their_own_hours(at: str, hours: str):
    """The window that counts is the one through which the message goes: that of the new rules."""
    opens, closes = map(int, hours.split("-"))
    new = replace(SOONER, contact_hours=Hours(time(opens), time(closes)))
    late = replace(REMINDING, reminders=(after_due(30, "60.00", EMAIL),))
    life = Life(late).live(at)
    moving = learn(life.facts, MoveAsked(at=life.now, rules=Rules(2, 2), when=When.NOW))

    assert not at_once(life.facts, late, SE, life.now)
    assert at_once(moving, late, SE, life.now, new)


def test_a_case_that_only_waits_for_money_moves_at_its_next_moment_and_is_counted():
    """No step is left, so the next step is at once: when this wait is over."""
    ended = replace(REMINDING, reminders=(), collection=None)
    life = Life(ended).live("04-01 22:00")
    moving = learn(life.facts, MoveAsked(at=life.now, rules=Rules(2, 2), when=When.NEXT_STEP))

    assert not at_once(life.facts, ended, SE, life.now)
    assert at_once(moving, ended, SE, life.now, replace(ended, reminders=(after_due(1, "60.00", EMAIL),)))


@pytest.mark.parametrize("at", ["04-01 13:54", "04-01 07:00"], ids=["in the window", "before it opens"])
def test_trap_5_every_message_of_a_case_is_counted_not_its_first_only(at: str):
    """Nobody has viewed it: moved, it is reminded by e-mail and sent by letter in the same minute."""
    old, new = a_policy(distribution=(EMAIL,), due_reminder=()), a_policy(distribution=(LETTER,), due_reminder=(EMAIL,))
    life = Life(old).live(at)
    asked = MoveAsked(at=life.now, rules=Rules(2, 2), when=When.NOW)

    counted = because_of(foreseen(life), at_once(learn(life.facts, asked), old, SE, life.now, new))

    life.moving_to = new
    sent = len(life.facts.sends)
    life.know(asked).live("04-01 18:00")
    assert told(counted) == ["due reminder by e-mail", "invoice by letter"]
    assert [send.id for send in counted] == [send.id for send in life.facts.sends[sent:]]
