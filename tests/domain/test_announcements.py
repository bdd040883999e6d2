"""What merchants' systems hear of a life, and that they hear of nobody in it."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from config.stories import read_story
from domain.announcements import ANNOUNCED, Announcement, Type, announce
from domain.events import EVENTS, Asked, Closed, Collected, Delivered, Failed, Paused, Settled, Viewed
from domain.law import law_of
from domain.simulation import simulate
from domain.words import Outcome, Reason, Status
from tests.domain.build import Life, sek

STORIES = sorted(Path("examples/stories").glob("*.yaml"))
CONTEXT = {"merchant", "number", "reference", "seq", "balance", "currency"}


def heard(led: Life) -> list[Announcement]:
    """All that the events of a life tell, in order."""
    return [told for seq in range(1, len(led.events) + 1) for told in announce(led.invoice, "100017", led.events, seq)]


def tell(led: Life) -> list[str]:
    """What is heard, one line each: the type and its own fields."""
    lines = []
    for told in heard(led):
        own = [str(value) for name, value in told.data.items() if name not in (*CONTEXT, "charges")]
        charges = [str(value) for charge in told.data.get("charges", ()) for value in charge.values()]
        lines.append(" ".join([told.type.removeprefix("invoice."), *own, *charges]))
    return lines


def test_a_whole_life_is_told():
    led = Life().hear("03-02 12:00 viewed email", "04-20 10:00 paid 309.00").live("04-21 09:00")

    assert tell(led) == [
        "sent distribution invoice email 249.00 2026-04-01",
        "viewed distribution invoice email",
        "reminded due_reminder due_reminder email 249.00 2026-04-01",
        "reminded reminder-1 reminder email 309.00 2026-04-16",
        "charged reminder-1 60.00 fee 60.00 reminder_fee SE: lag (1981:739) om ersättning för inkassokostnader 4 §",
        "reminded reminder-2 last_reminder sms 309.00 2026-04-28",
        "paid 309.00 2026-04-20 paid",
        "closed paid paid",
    ]


def test_a_life_that_nobody_pays_ends_at_the_agency():
    told = tell(Life().live("07-01 09:00"))

    assert [line.split()[0] for line in told].count("handed_over") == 1
    assert "handed_over collection claim collection 309.00" in told


def test_the_balance_is_the_one_after_the_event():
    led = Life().hear("03-05 10:00 paid 100.00", "03-06 10:00 paid 149.00").live("03-06 12:00")

    balances = {told.data.get("amount"): told.data["balance"] for told in heard(led) if told.type is Type.PAID}

    assert balances == {"100.00": "149.00", "149.00": "0.00"}


def test_a_bounce_is_told_once_with_its_reason():
    led = Life().live("03-02 09:00")
    send = led.facts.sends[0].id
    led.know(*(Failed(at=led.now, send=send, reason=Reason.BOUNCED) for _ in range(2)))

    assert tell(led)[1:] == ["bounced distribution invoice email bounced"]


def test_what_the_vendor_refuses_at_once_is_a_bounce_and_was_never_sent():
    led = Life()
    led.settle(led.reserve("03-02 09:00"), Status.FAILED, why=Reason.REFUSED)

    assert tell(led) == ["bounced distribution invoice email refused"]


def test_a_message_of_which_nobody_knew_is_told_when_it_is_heard_of():
    """An unknown outcome tells nothing; the vendor's word that it arrived does, and only the first time."""
    led = Life()
    send = led.reserve("03-02 09:00")
    led.settle(send, Status.UNKNOWN)
    assert tell(led) == []

    led.know(Delivered(at=led.now, send=send), Delivered(at=led.now, send=send))

    assert tell(led) == ["sent distribution invoice email 249.00 2026-04-01"]


def test_a_message_that_is_out_is_not_told_again_when_it_arrives():
    led = Life().live("03-02 09:00")

    led.know(Delivered(at=led.now, send=led.facts.sends[0].id))

    assert [line.split()[0] for line in tell(led)] == ["sent"]


def test_a_fee_is_told_with_the_first_message_of_its_step_and_not_with_its_fallback():
    led = Life().live("04-07 09:00")
    reminder = next(send for send in led.facts.sends if send.id.step == "reminder-1")
    led.know(Failed(at=led.now, send=reminder.id, reason=Reason.BOUNCED)).live("04-08 09:00")

    told = [line for line in tell(led) if "reminder-1" in line]

    assert [line.split()[0] for line in told] == ["reminded", "charged", "bounced", "reminded"]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("03-05 10:00 disputed", "held disputed"),
        ("03-05 10:00 disputed 49.00", "held disputed 49.00"),
        ("03-05 10:00 respite until=03-20", "held respite 2026-03-20"),
        ("03-05 10:00 paused", "held paused"),
    ],
)
def test_a_hold_is_told_with_its_reason_and_its_last_day(line: str, told: str):
    led = Life().hear(line)

    assert tell(led)[-1] == told


def test_a_charge_is_told_as_json_by_kind_with_its_ground():
    led = Life().live("04-07 09:00")

    [told] = [told for told in heard(led) if told.type is Type.CHARGED]

    assert json.loads(told.body)["data"] == {
        "merchant": "nordljus",
        "number": "10001",
        "reference": "100017",
        "seq": told.data["seq"],
        "balance": "309.00",
        "currency": "SEK",
        "step": "reminder-1",
        "amount": "60.00",
        "charges": [
            {
                "kind": "fee",
                "amount": "60.00",
                "reason": "reminder_fee",
                "law": "SE: lag (1981:739) om ersättning för inkassokostnader 4 §",
            }
        ],
    }


def test_a_hold_is_told_as_json_with_the_part_that_is_disputed():
    led = Life().hear("03-05 10:00 disputed 49.00")

    held = json.loads(heard(led)[-1].body)

    assert (held["type"], held["data"]["reason"], held["data"]["amount"]) == ("invoice.held", "disputed", "49.00")
    assert "until" not in held["data"]


def test_the_answer_to_a_dispute_is_told_as_a_message_that_went_out():
    led = Life().hear("03-05 10:00 disputed", "03-06 10:00 answered rejected reply").live("03-09 12:00")

    assert "sent answer-1 answer email 249.00" in " ".join(tell(led))


def test_the_ten_names_are_still_the_ten():
    assert len(Type) == 10


def test_questions_money_from_the_agency_and_the_end_are_told():
    led = Life().live("03-02 09:00")
    led.know(
        Asked(at=led.now, reason=Reason.UNREACHABLE),
        Collected(at=led.now, amount=sek("249.00"), dated=date(2026, 3, 2)),
        Closed(at=led.now, outcome=Outcome.PAID, reason=Reason.COLLECTED),
    )

    assert tell(led)[1:] == [
        "needs_attention unreachable",
        "paid 249.00 2026-03-02 collected",
        "closed collected paid",
    ]


def test_what_the_agency_is_told_besides_the_claim_stays_between_us():
    led = Life().hear("07-01 12:00 disputed").live("07-02 12:00")

    assert any(send.message == "dispute_notice" and send.is_out for send in led.facts.sends)
    assert [line.split()[0] for line in tell(led)].count("handed_over") == 1


def test_an_event_about_a_send_that_is_not_there_tells_nothing_of_a_send():
    led = Life().live("03-02 09:00")
    strange = led.facts.sends[0].id._replace(step="nowhere")
    for event in (Settled(at=led.now, send=strange, status=Status.SENT), Viewed(at=led.now, send=strange)):
        assert all(
            "step" not in told.data for told in announce(led.invoice, "1", [*led.events, event], len(led.events) + 1)
        )


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_no_message_holds_a_word_about_a_person(path: Path):
    story = read_story(path, Path("examples/merchants"))
    invoice = story.invoice.to_domain(story.merchant)
    events = simulate(invoice, story.policy, law_of(invoice.country, invoice.kind), story.happens)
    customer = story.invoice.customer(story.merchant)
    persons = [customer.name, customer.email, customer.phone, *customer.address]

    bodies = [told.body for seq in range(1, len(events) + 1) for told in announce(invoice, "1", events, seq)]

    assert bodies
    for body in bodies:
        assert not [word for word in persons if word and word in body]


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_only_announced_events_tell_something(path: Path):
    story = read_story(path, Path("examples/merchants"))
    invoice = story.invoice.to_domain(story.merchant)
    events = simulate(invoice, story.policy, law_of(invoice.country, invoice.kind), story.happens)

    telling = {type(events[seq - 1]) for seq in range(1, len(events) + 1) if announce(invoice, "1", events, seq)}

    assert telling <= ANNOUNCED <= set(EVENTS.values())


def test_a_message_has_the_shape_of_the_specification():
    led = Life().live("03-02 09:00")
    led.know(Paused(at=led.now))

    body: dict[str, Any] = json.loads(heard(led)[-1].body)

    assert list(body) == ["type", "timestamp", "data"]
    assert body["type"] == "invoice.held"
    assert datetime.fromisoformat(body["timestamp"]) == led.now
    assert body["timestamp"].endswith("Z")
    assert body["data"] == {
        "merchant": "nordljus",
        "number": "10001",
        "reference": "100017",
        "seq": 3,
        "balance": "249.00",
        "currency": "SEK",
        "reason": "paused",
    }
