"""What SendGrid says back: one recorded payload for each event."""

from __future__ import annotations

import base64
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.hearing import Heard, Hook, ParseError, Post, Word
from channels.sendgrid.events import MOST_AGE, MOST_AHEAD
from channels.sendgrid.way import parse, verify
from tests.channels.sendgrid_account import Signer

PAYLOADS = Path(__file__).with_name("payloads") / "sendgrid"
NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
SEND, MESSAGE = "0123456789abcdef0123456789abcdef", "Kx7bQ2vRT0yLp4mWc9sE1A"
SIGNER, FORMER, STRANGER = Signer(), Signer(), Signer()

WORDS = {
    "processed": Word.ACCEPTED,
    "delivered": Word.DELIVERED,
    "deferred": Word.DEFERRED,
    "bounce": Word.BOUNCED,
    "bounce-blocked": Word.REFUSED,
    "bounce-without-type": Word.BOUNCED,
    "bounce-with-a-classic-message-id": Word.BOUNCED,
    "dropped-bounced-address": Word.BOUNCED,
    "dropped-unsubscribed-address": Word.OPTED_OUT,
    "dropped-spam-reporting-address": Word.OPTED_OUT,
    "dropped-invalid": Word.REFUSED,
    "dropped-for-a-reason-of-tomorrow": Word.REFUSED,
    "cancel_drop": Word.REFUSED,
    "open": Word.OPENED,
    "open-by-a-machine": Word.OPENED,
    "click": Word.CLICKED,
    "spamreport": Word.OPTED_OUT,
    "unsubscribe": Word.OPTED_OUT,
    "unsubscribe-without-event-id-or-send": Word.OPTED_OUT,
    "group_unsubscribe": Word.OPTED_OUT,
    "group_resubscribe": Word.OPTED_IN,
    "an-event-of-tomorrow": Word.OTHER,
    "fields-of-tomorrow": Word.DELIVERED,
    "category-as-a-string": Word.DELIVERED,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NAMES = ("event", "type", "reason", "timestamp", "email", "sg_message_id", "kvitt_send", "attempt", "sg_machine_open")
ODD_EVENTS = st.dictionaries(st.sampled_from(NAMES), JSON | st.sampled_from(["bounce", "dropped", "open", SEND]))


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def said(body: bytes | list[Any]) -> tuple[Heard, ...]:
    return parse(Post("sendgrid", body if isinstance(body, bytes) else json.dumps(body).encode()))


def one(name: str) -> Heard:
    (heard,) = said(payload(name))
    return heard


def event(name: str = "deferred", **changes: Any) -> dict[str, Any]:
    (found,) = json.loads(payload(name))
    return found | changes


@pytest.mark.parametrize("name", WORDS)
def test_an_event_says(name: str):
    assert one(name).word is WORDS[name]


def test_every_payload_is_tested():
    assert {path.stem for path in PAYLOADS.iterdir()} == {*WORDS, "several"}


@pytest.mark.parametrize("name", sorted(WORDS.keys() - {"unsubscribe-without-event-id-or-send"}))
def test_an_event_finds_its_send_and_its_time(name: str):
    heard = one(name)

    assert heard.send_id == SEND
    assert heard.at == datetime.fromtimestamp(event(name)["timestamp"], UTC)


def test_their_id_is_the_one_that_was_answered_to_the_send():
    assert one("delivered").vendor_id == MESSAGE
    assert one("bounce-with-a-classic-message-id").vendor_id == "16f1e2a4b5c.9d3.7e21aa"


def test_only_who_opted_out_without_a_send_is_named():
    assert one("unsubscribe-without-event-id-or-send").address == "anna@customer.example"
    assert one("unsubscribe").address is None
    assert one("delivered").address is None


def test_a_machine_that_opened_is_told_from_a_person():
    assert one("open-by-a-machine").by_machine
    assert not one("open").by_machine


def test_a_batch_is_heard_in_its_order():
    assert [heard.word for heard in said(payload("several"))] == [Word.ACCEPTED, Word.DELIVERED, Word.OPENED]


def test_the_same_event_with_another_id_is_the_same():
    assert said([event(sg_event_id="one")])[0].key == said([event(sg_event_id="two")])[0].key


@pytest.mark.parametrize(
    "changes",
    [
        {"attempt": "4"},
        {"timestamp": 1772445999},
        {"email": "erik@customer.example"},
        {"event": "delivered"},
        {"sg_message_id": "another"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_another_event_is_another(changes: dict[str, Any]):
    assert said([event()])[0].key != said([event(**changes)])[0].key


def test_two_links_clicked_in_one_second_are_two_clicks():
    assert said([event("click")])[0].key != said([event("click", url="https://pay.example/other")])[0].key


@pytest.mark.parametrize("odd", [None, 7, "text", [], [[]], {}, {"event": {}}, {"event": 7, "timestamp": "never"}])
def test_something_odd_in_a_batch_spoils_no_other(odd: object):
    heard = said([event("bounce"), odd, event("delivered")])

    assert [each.word for each in heard] == [Word.BOUNCED, Word.OTHER, Word.DELIVERED]


@pytest.mark.parametrize("foreign", ["", "0123", SEND.upper(), SEND + "0", f" {SEND}", 7, None, [SEND]])
def test_an_id_that_is_not_ours_finds_no_send(foreign: object):
    assert said([event(kvitt_send=foreign)])[0].send_id is None


@pytest.mark.parametrize("timestamp", ["", "soon", 1e400, -1e30, 10**30, None, [], {}, "nan"])
def test_a_time_that_is_none_loses_no_event(timestamp: object):
    heard = said([event("bounce", timestamp=timestamp)])[0]

    assert (heard.word, heard.at) == (Word.BOUNCED, None)


def test_what_is_said_fits_every_database():
    words = said([event("bounce", reason="no\0such \ud800 user" + "!" * 10_000)])[0].said

    assert words.encode()
    assert "\0" not in words
    assert len(words) <= 500


@pytest.mark.parametrize(
    "body", [b"", b"no", b"[", b"{}", b"7", b"null", b'"text"', b"\xff\xfe", b"[" * 100_000, b"[1" + b"0" * 5000 + b"]"]
)
def test_what_is_no_list_of_events_is_an_error(body: bytes):
    with pytest.raises(ParseError):
        said(body)


@given(st.binary())
def test_no_bytes_are_anything_worse_than_unreadable(body: bytes):
    with suppress(ParseError):
        said(body)


@given(st.lists(JSON | ODD_EVENTS, max_size=5))
def test_no_values_are_anything_worse_than_odd(events: list[Any]):
    heard = said(events)

    assert len(heard) == len(events)
    for each in heard:
        for text in (each.key, each.vendor_id, each.address, each.said):
            assert text is None or "\0" not in text
            assert text is None or text.encode().decode() == text


def test_a_signed_post_is_theirs():
    assert verify(SIGNER.hook(payload("several"), NOW), [SIGNER.public], NOW)


def test_while_a_key_is_replaced_both_count():
    keys = [SIGNER.public, FORMER.public]

    assert verify(SIGNER.hook(payload("several"), NOW), keys, NOW)
    assert verify(FORMER.hook(payload("several"), NOW), keys, NOW)
    assert not verify(STRANGER.hook(payload("several"), NOW), keys, NOW)


def test_without_a_key_nothing_is_theirs():
    assert not verify(SIGNER.hook(payload("several"), NOW), [], NOW)


@pytest.mark.parametrize("key", ["", "no key", "\n", "=" * 80, "\ud800", base64.b64encode(b"no key").decode()])
def test_a_key_that_is_none_signs_nothing_and_stops_no_other(key: str):
    hook = SIGNER.hook(payload("several"), NOW)

    assert not verify(hook, [key], NOW)
    assert verify(hook, [key, SIGNER.public], NOW)


@pytest.mark.parametrize(
    "change",
    [
        bytes.strip,
        lambda body: body + b" ",
        lambda body: body.replace(b"several", b"none").replace(b"processed", b"delivered"),
        lambda _: b"",
        lambda body: b"\xff" + body,
    ],
    ids=["line end lost", "more", "another event", "empty", "no text"],
)
def test_a_changed_body_is_not_theirs(change: Any):
    assert not verify(SIGNER.hook(payload("several"), NOW, change), [SIGNER.public], NOW)


@pytest.mark.parametrize(
    ("age", "theirs"),
    [
        (timedelta(0), True),
        (MOST_AGE, True),
        (MOST_AGE + timedelta(seconds=1), False),
        (-MOST_AHEAD, True),
        (-MOST_AHEAD - timedelta(seconds=1), False),
        (timedelta(days=3000), False),
    ],
)
def test_a_post_may_be_as_old_as_their_last_try(age: timedelta, theirs: bool):
    assert verify(SIGNER.hook(payload("several"), NOW - age), [SIGNER.public], NOW) is theirs


@pytest.mark.parametrize("header", ["signature", "timestamp"])
@pytest.mark.parametrize(
    "value", [None, "", "x", "²", "-1", "9" * 30, "1772452800.0", "åäö", "\ud800", "AAAA", "====="]
)
def test_an_odd_header_is_not_theirs(header: str, value: str | None):
    hook = SIGNER.hook(payload("several"), NOW)
    headers = {**hook.headers, f"x-twilio-email-event-webhook-{header}": value}
    changed = Hook(hook.url, {name: text for name, text in headers.items() if text is not None}, hook.body)

    assert not verify(changed, [SIGNER.public], NOW)


@given(st.binary(), st.text(), st.text(), st.text())
def test_no_post_makes_the_check_itself_fail(body: bytes, signature: str, timestamp: str, key: str):
    headers = {
        "x-twilio-email-event-webhook-signature": signature,
        "x-twilio-email-event-webhook-timestamp": timestamp,
    }

    assert not verify(Hook("https://pay.example", headers, body), [key, SIGNER.public], NOW)
