"""The real client and a Twilio that keeps what it is sent and signs its calls back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from urllib.parse import urlsplit

import pytest

from channels.hearing import Hook, Post, Word
from channels.twilio.hooks import parse, verify
from channels.twilio.way import TwilioWay
from channels.way import Item
from domain.words import Reason, Status
from tests.channels.vendor import Asked, Vendor, answering, vendor
from tests.vendors.twilio import (
    ACCOUNT,
    ITEM,
    LATER,
    NOW,
    NUMBER,
    NUMBER_SID,
    SERVICE,
    TOKEN,
    ask,
    messages,
    way_to,
)

numbers = count(46701740610)


@pytest.fixture
def gateway() -> Iterator[Vendor]:
    """Where the calls back arrive."""
    with vendor(answering(204)) as opened:
        yield opened


@pytest.fixture
def way(twilio_emulator: str, gateway: Vendor) -> TwilioWay:
    return way_to(twilio_emulator, f"{gateway.url}/hooks/twilio")


@pytest.fixture
def item() -> Item:
    """A send to somebody who has none yet."""
    number = next(numbers)
    text = f"{ITEM.parcel.body.decode()}{number}"
    return Item(f"send-{number}", replace(ITEM.parcel, body=text.encode(), recipient=f"+{number}"), NOW)


def hook(gateway: Vendor, asked: Asked) -> Hook:
    return Hook(gateway.url + asked.path, asked.headers, asked.body)


def post(asked: Asked) -> Post:
    return Post("twilio", asked.body, urlsplit(asked.path).query)


def simulate(emulator: str, what: str, **form: str) -> None:
    ask("POST", f"{emulator}/_twilio/simulate/{what}", **form)


def test_an_sms_is_there_once_word_for_word(way: TwilioWay, item: Item, twilio_emulator: str) -> None:
    answer = way.send(item)

    (kept,) = messages(twilio_emulator, item.parcel.recipient)
    assert answer.status is Status.SENT
    assert (answer.vendor_id, item.parcel.body.decode()) == (kept["sid"], kept["body"])


def test_a_messaging_service_sends_too(way: TwilioWay, item: Item, twilio_emulator: str) -> None:
    by_service = replace(way, messaging_service=SERVICE)

    assert by_service.send(replace(item, parcel=replace(item.parcel, sender="Nordljus"))).status is Status.SENT
    assert messages(twilio_emulator, item.parcel.recipient)[0]["messaging_service_sid"] == SERVICE


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("sending", Word.ACCEPTED),
        ("sent", Word.ACCEPTED),
        ("delivered", Word.DELIVERED),
        ("undelivered", Word.BOUNCED),
        ("failed", Word.REFUSED),
    ],
)
def test_each_call_back_is_signed_and_knows_its_send(
    way: TwilioWay, item: Item, gateway: Vendor, twilio_emulator: str, status: str, word: Word
) -> None:
    answer = way.send(item)
    simulate(twilio_emulator, "message-status", MessageSid=answer.vendor_id or "", Status=status)

    first, last = gateway.asked
    for asked in (first, last):
        assert verify(hook(gateway, asked), [TOKEN], NOW)
        assert not verify(hook(gateway, asked), ["another token"], NOW)
        assert not verify(
            replace(hook(gateway, asked), body=asked.body.replace(b"queued", b"failed") + b"1"), [TOKEN], NOW
        )
    (early,), (late,) = parse(post(first)), parse(post(last))
    assert (early.word, late.word) == (Word.ACCEPTED, word)
    assert {early.send_id, late.send_id} == {item.id}
    assert {early.vendor_id, late.vendor_id} == {answer.vendor_id}


def test_asking_and_being_called_back_come_to_the_same(
    way: TwilioWay, item: Item, gateway: Vendor, twilio_emulator: str
) -> None:
    answer = way.send(item)
    simulate(twilio_emulator, "message-status", MessageSid=answer.vendor_id or "", Status="delivered")

    (asked_for,) = way.status(replace(item, vendor_id=answer.vendor_id))
    (called,) = parse(post(gateway.asked[-1]))
    assert (asked_for.key, asked_for.word, asked_for.send_id) == (called.key, called.word, called.send_id)


def test_evidence_is_found_by_the_text_alone(way: TwilioWay, item: Item) -> None:
    other = replace(item, parcel=replace(item.parcel, body=item.parcel.body + b"b"))
    taken = way.send(other)

    assert way.evidence(item, NOW).status is Status.UNKNOWN
    assert way.evidence(item, LATER).status is Status.NOT_SENT
    assert way.evidence(other, LATER).vendor_id == taken.vendor_id


def test_evidence_shows_a_failure(way: TwilioWay, item: Item, twilio_emulator: str) -> None:
    answer = way.send(item)
    simulate(twilio_emulator, "message-status", MessageSid=answer.vendor_id or "", Status="undelivered")

    found = way.evidence(item, NOW + timedelta(seconds=1))
    assert (found.status, found.why) == (Status.FAILED, Reason.BOUNCED)


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"token": "wrong"}, Status.NOT_SENT),
        ({"account": "AC" + "1" * 32}, Status.NOT_SENT),
        ({"messaging_service": "MG" + "1" * 32}, Status.NOT_SENT),
    ],
)
def test_what_is_wrong_with_us_is_tried_again(
    way: TwilioWay, item: Item, twilio_emulator: str, wrong: dict[str, str], status: Status
) -> None:
    assert replace(way, **wrong).send(item).status is status  # type: ignore[arg-type]
    assert not messages(twilio_emulator, item.parcel.recipient)


def test_a_sender_that_is_not_ours_is_refused(way: TwilioWay, item: Item, twilio_emulator: str) -> None:
    answer = way.send(replace(item, parcel=replace(item.parcel, sender="+15550000000")))

    assert (answer.status, answer.why) == (Status.FAILED, Reason.REFUSED)
    assert not messages(twilio_emulator, item.parcel.recipient)


def test_who_answers_stop_has_opted_out(way: TwilioWay, item: Item, gateway: Vendor, twilio_emulator: str) -> None:
    number = f"{twilio_emulator}/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers/{NUMBER_SID}.json"
    ask("POST", number, SmsUrl=f"{gateway.url}/hooks/twilio")
    simulate(twilio_emulator, "inbound-message", From=item.parcel.recipient, To=NUMBER, Body="Stopp!")

    (asked,) = gateway.asked
    assert verify(hook(gateway, asked), [TOKEN], NOW)
    (heard,) = parse(post(asked))
    assert (heard.word, heard.address) == (Word.OPTED_OUT, item.parcel.recipient)
