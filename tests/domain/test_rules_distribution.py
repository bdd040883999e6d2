"""Distribution: the invoice itself, on the channel that reaches the customer."""

from __future__ import annotations

from datetime import date

import pytest

from domain.case import RETRY_AFTER
from domain.decisions import Send, Wait
from domain.events import Amended, Failed, Settled
from domain.policy import Channel, Otherwise
from domain.words import Reason, SendId, Status
from tests.domain.build import EMAIL, LETTER, SMS, Life, a_policy, acts, after_due, only, rung

ONLY_DISTRIBUTION = a_policy(due_reminder=(), reminders=(), collection=None)


def distributed(*lines, policy=ONLY_DISTRIBUTION, **invoice):
    return [line for line in acts(*lines, policy=policy, **invoice) if "distribution" in line]


@pytest.mark.parametrize(
    ("happens", "expected"),
    [
        (
            [],
            [
                "03-02 09:00 sent distribution email issued",
                "03-05 09:00 sent distribution sms not_viewed",
                "03-09 09:00 sent distribution letter not_viewed",
            ],
        ),
        (["03-03 12:00 viewed email"], ["03-02 09:00 sent distribution email issued"]),
        (
            ["03-02 09:07 bounced email"],
            [
                "03-02 09:00 sent distribution email issued",
                "03-02 09:07 sent distribution sms bounced",
                "03-04 09:07 sent distribution letter not_viewed",
            ],
        ),
        (
            ["03-02 20:30 refused email"],
            [
                "03-02 09:00 sent distribution email issued",
                "03-03 09:00 sent distribution sms refused",
                "03-05 09:00 sent distribution letter not_viewed",
            ],
        ),
    ],
    ids=["nobody views", "viewed at once", "bounced at once", "refused at night"],
)
def test_the_next_rung_follows_at_once_on_failure_and_after_viewed_within_otherwise(happens, expected):
    assert distributed(*happens) == expected


def test_nothing_goes_out_before_the_day_of_issue():
    life = Life(issued=date(2026, 3, 4))

    assert life.decide("03-02 12:00") == Wait(life.moment("03-04 09:00"), Reason.NOT_ISSUED, "distribution", "email")


def test_an_invoice_issued_on_a_saturday_goes_out_on_monday():
    assert distributed(issued=date(2026, 3, 7))[0] == "03-09 09:00 sent distribution email issued"


def test_quiet_hours_postpone_a_message_and_the_waits_after_it_move_with_it():
    """Trap 12."""
    lines = distributed("03-05 08:00 down up_at=03-06T20:00")

    assert lines[1:] == [
        "03-09 09:00 sent distribution sms not_viewed",
        "03-11 09:00 sent distribution letter not_viewed",
    ]


def test_a_missing_number_is_skipped_with_a_reason_and_the_next_rung_follows_at_once():
    """Trap 9."""
    lines = distributed(ways=frozenset({Channel.EMAIL, Channel.LETTER}))

    assert lines == [
        "03-02 09:00 sent distribution email issued",
        "03-05 09:00 skipped distribution sms no_address",
        "03-05 09:00 sent distribution letter no_address",
    ]


def test_a_bounce_after_the_sms_timer_fired_sends_nothing_twice():
    """Trap 10."""
    late = distributed("03-06 10:00 bounced email")

    assert late == distributed()


def test_a_bounce_after_the_letter_was_handed_over_changes_nothing():
    """Trap 10."""
    assert distributed("03-10 10:00 bounced email", "03-10 10:01 bounced sms") == distributed()


def test_a_view_of_any_message_ends_the_distribution():
    assert distributed("03-05 09:30 viewed email") == distributed()[:2]


def test_a_view_during_an_outage_counts_when_it_ends():
    assert distributed("03-04 09:00 down up_at=03-06T12:00", "03-05 12:00 viewed email") == distributed()[:1]


def test_without_viewed_within_the_next_rung_waits_for_a_failure():
    policy = a_policy(distribution=(SMS, LETTER), due_reminder=(), reminders=(), collection=None)

    assert distributed(policy=policy) == ["03-02 09:00 sent distribution sms issued"]
    assert distributed("03-20 10:00 bounced sms", policy=policy)[1] == "03-20 10:00 sent distribution letter bounced"


def test_an_invoice_that_reached_nobody_is_never_reminded_and_asks_a_person():
    policy = a_policy(distribution=(rung("email", 3),))

    lines = acts("03-02 09:05 bounced email", policy=policy)

    assert lines == ["03-02 09:00 sent distribution email issued", "03-02 09:05 asked unreachable"]


def test_an_invoice_that_reached_nobody_waits_if_the_policy_says_so():
    life = Life(a_policy(distribution=(rung("email", 3),), if_unreachable=Otherwise.WAIT))
    life.hear("03-02 09:05 bounced email")

    assert life.decide() == Wait(None, Reason.UNREACHABLE)


def test_a_person_is_asked_once_and_the_question_stays_open_until_somebody_acts():
    life = Life(a_policy(distribution=(rung("email", 3),)))
    life.hear("03-02 09:05 bounced email").live("05-01 12:00")

    assert only("asked", life.acts) == ["03-02 09:05 unreachable"]
    assert life.decide() == Wait(None, Reason.ASKED)
    assert life.hear("05-02 10:00 released").decide() == Wait(None, Reason.UNREACHABLE)


def test_a_new_address_lets_a_failed_rung_be_tried_again():
    life = Life(a_policy(distribution=(rung("email", 3),)))
    life.hear("03-02 09:05 bounced email").live("03-03 12:00")
    life.know(Amended(at=life.now, renewed=(Channel.EMAIL,)))

    decision = life.decide()

    assert isinstance(decision, Send)
    assert (decision.id, decision.reason) == (SendId("distribution", 0, 2), Reason.RETRY)


def test_a_new_address_after_the_letter_went_out_sends_nothing_again():
    life = Life(ONLY_DISTRIBUTION)
    life.hear("03-02 09:05 bounced email").live("03-10 12:00")
    life.know(Amended(at=life.now, renewed=(Channel.EMAIL,)))
    life.live("06-01 12:00")

    assert [line for line in life.acts if "email" in line] == ["03-02 09:00 sent distribution email issued"]


def test_an_invoice_that_came_back_after_its_reminder_is_distributed_and_then_the_reminder_waits_anew():
    policy = a_policy(distribution=(EMAIL, LETTER), reminders=(after_due(5, "60.00", EMAIL, LETTER),), collection=None)
    life = Life(policy).live("04-07 10:00")
    for send in life.facts.sends:
        life.know(Failed(at=life.now, send=send.id, reason=Reason.BOUNCED))

    assert only("sent", life.live("06-01 12:00").acts)[3:] == [
        "04-07 10:00 distribution letter bounced",
        "04-13 09:00 reminder-1 letter bounced",
    ]


def test_once_a_reminder_is_out_the_invoice_itself_goes_out_no_more():
    policy = a_policy(
        distribution=(EMAIL, LETTER), due_reminder=(), reminders=(after_due(5, "0.00", SMS),), collection=None
    )

    assert len(distributed("04-08 10:00 bounced email", policy=policy)) == 1


def test_a_message_given_up_after_its_attempts_counts_as_failed():
    life = Life(a_policy(distribution=(rung("email", 3),)))
    send = life.reserve("03-02 09:00")
    waits = []
    for _ in RETRY_AFTER:
        life.settle(send, Status.NOT_SENT)
        waits.append(life.decide().until)
        life.now = waits[-1]
        send = life.take()
    life.settle(send, Status.NOT_SENT).look()

    assert waits == [life.moment(f"03-{at}") for at in ("02 09:05", "02 09:20", "02 10:20", "02 14:20", "03 09:00")]
    assert life.acts == ["03-03 09:00 asked unreachable"]


def test_an_attempt_that_was_surely_not_sent_is_repeated_inside_the_contact_window():
    life = Life()
    send = life.reserve("03-02 09:00")
    life.now = life.moment("03-02 18:58")
    life.know(Settled(at=life.now, send=send, status=Status.NOT_SENT))

    assert life.decide() == Wait(life.moment("03-03 09:00"), Reason.RETRY, "distribution", "email")
