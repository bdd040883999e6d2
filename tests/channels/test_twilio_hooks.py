"""What Twilio calls back with."""

from __future__ import annotations

import hmac
import json
from base64 import b64encode
from contextlib import suppress
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from channels.hearing import Hook, ParseError, Post, Word
from channels.twilio.hooks import CALL_BACK, parse, verify

NOW = datetime(2026, 3, 5, 11, tzinfo=UTC)
URL = "https://pay.example/hooks/twilio?send=d0b9c1"
TOKEN, OLD_TOKEN = "token", "the token before"
HEADERS = st.sampled_from(["x-twilio-signature", "x-twilio-webhooks-signature-settings"])
PAYLOADS = Path(__file__).with_name("payloads") / "twilio"

STATUSES = {
    "queued": Word.ACCEPTED,
    "sent": Word.ACCEPTED,
    "sent-by-a-service": Word.ACCEPTED,
    "delivered": Word.DELIVERED,
    "delivered-with-report": Word.DELIVERED,
    "delivered-with-fields-of-tomorrow": Word.DELIVERED,
    "read": Word.DELIVERED,
    "canceled": Word.REFUSED,
    "undelivered-30003": Word.BOUNCED,
    "undelivered-30005": Word.BOUNCED,
    "undelivered-30006": Word.BOUNCED,
    "undelivered-30007": Word.REFUSED,
    "undelivered-30008": Word.BOUNCED,
    "failed": Word.REFUSED,
    "failed-21610": Word.OPTED_OUT,
    "failed-30004": Word.REFUSED,
    "failed-30034": Word.REFUSED,
    "failed-30036": Word.BOUNCED,
    "failed-30099": Word.REFUSED,
    "a-status-of-tomorrow": Word.OTHER,
}
ANSWERS = {
    "answer-stop": Word.OPTED_OUT,
    "answer-stopp": Word.OPTED_OUT,
    "answer-avsluta": Word.OPTED_OUT,
    "answer-opt-out-by-service": Word.OPTED_OUT,
    "answer-start": Word.OPTED_IN,
    "answer-opt-in-by-service": Word.OPTED_IN,
    "answer-help-by-service": Word.OTHER,
    "answer-a-question": Word.OTHER,
    "answer-stop-in-a-sentence": Word.OTHER,
}


def payload(name: str) -> bytes:
    return (PAYLOADS / f"{name}.form").read_bytes()


def signed(body: bytes, url: str = URL, token: str = TOKEN, signed_url: str | None = None) -> Hook:
    fields = "".join(key + value for key, value in sorted(set(parse_qsl(body.decode(), keep_blank_values=True))))
    mac = hmac.new(token.encode(), f"{signed_url or url}{fields}".encode(), "sha1")
    return Hook(url, {"x-twilio-signature": b64encode(mac.digest()).decode()}, body)


def test_every_recorded_payload_is_told_of_here() -> None:
    assert {path.stem for path in PAYLOADS.iterdir()} == {*STATUSES, *ANSWERS}


@pytest.mark.parametrize("name", STATUSES)
def test_a_status(name: str) -> None:
    (heard,) = parse(Post("twilio", payload(name), "send=d0b9c1"))
    assert heard.word is STATUSES[name]
    assert heard.send_id == "d0b9c1"
    assert heard.vendor_id == "SM1f0e8ae6ade43cb3c0ce4525424e404f"
    assert heard.address is None


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer(name: str) -> None:
    (heard,) = parse(Post("twilio", payload(name)))
    assert heard.word is ANSWERS[name]
    assert heard.address == "+46701740605"
    assert heard.send_id is None


def test_what_is_said_twice_has_one_key_and_what_differs_has_two() -> None:
    keys = {name: parse(Post("twilio", payload(name), "send=d0b9c1"))[0].key for name in STATUSES}
    assert keys["delivered"] == keys["delivered-with-report"] == keys["delivered-with-fields-of-tomorrow"]
    assert keys["sent"] == keys["sent-by-a-service"]
    assert len(set(keys.values())) == len(STATUSES) - 3


def test_what_a_vendor_said_is_kept_without_the_person() -> None:
    for name in (*STATUSES, *ANSWERS):
        assert "46701740605" not in parse(Post("twilio", payload(name)))[0].said


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"MessageStatus=delivered", b"MessageSid=&MessageStatus=sent", b"\xff\xfe"]
)
def test_a_post_about_no_message_cannot_be_read(body: bytes) -> None:
    with pytest.raises(ParseError):
        parse(Post("twilio", body))


@given(st.binary() | st.text().map(str.encode), st.text())
def test_whatever_comes_is_understood_or_put_aside(body: bytes, about: str) -> None:
    for known in (b"", b"MessageSid=SM1&MessageStatus=", b"MessageSid=SM1&Body="):
        with suppress(ParseError):
            assert len(parse(Post("twilio", known + body, about))) == 1


@pytest.mark.parametrize("name", [*STATUSES, *ANSWERS])
def test_what_twilio_signed_is_believed(name: str) -> None:
    assert verify(signed(payload(name)), [TOKEN], NOW)


def test_the_vendors_own_example_is_believed() -> None:
    body = b"CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert verify(Hook(url, {"x-twilio-signature": "RSOYDt4T1cUTdK1PDd93/VVr8B8="}, body), ["12345"], NOW)


def test_each_token_counts_while_it_is_replaced() -> None:
    assert verify(signed(payload("sent"), token=OLD_TOKEN), [TOKEN, OLD_TOKEN], NOW)
    assert not verify(signed(payload("sent"), token=OLD_TOKEN), [TOKEN], NOW)


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_token_nobody_is_believed(secrets: tuple[str, ...]) -> None:
    assert not verify(signed(payload("sent"), token=""), secrets, NOW)


def test_it_may_have_signed_the_address_with_what_we_asked_of_the_call() -> None:
    assert verify(signed(payload("sent"), signed_url=URL + CALL_BACK), [TOKEN], NOW)


def test_a_changed_body_another_send_or_no_signature_is_not_believed() -> None:
    true = signed(payload("sent"))
    assert not verify(Hook(true.url, true.headers, payload("delivered")), [TOKEN], NOW)
    assert not verify(Hook(URL.replace("d0b9c1", "d0b9c2"), true.headers, true.body), [TOKEN], NOW)
    assert not verify(Hook(true.url, {}, true.body), [TOKEN], NOW)
    assert not verify(Hook(true.url, {"x-twilio-signature": ""}, true.body), [TOKEN], NOW)


def test_a_json_body_is_signed_by_its_hash() -> None:
    body = json.dumps({"MessageSid": "SM1"}).encode()
    url = f"{URL}&bodySHA256={sha256(body).hexdigest()}"
    hook = Hook(url, {"x-twilio-signature": RequestValidator(TOKEN).compute_signature(url, {})}, body)
    assert verify(hook, [TOKEN], NOW)
    assert not verify(Hook(hook.url, hook.headers, body + b" "), [TOKEN], NOW)


@given(st.text(), st.dictionaries(HEADERS, st.text()), st.binary())
def test_nothing_that_comes_makes_the_check_fail(url: str, headers: dict[str, str], body: bytes) -> None:
    for address in (url, URL + url, f"https://{url}/x?bodySHA256=1"):
        assert not verify(Hook(address, headers, body), [TOKEN], NOW)
