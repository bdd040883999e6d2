"""What Pingen calls back: one recorded file per kind, with made-up people; signatures, and what is unheard of."""

from __future__ import annotations

import hmac
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.hearing import Heard, Hook, ParseError, Post, Word
from channels.pingen.way import parse, verify

PAYLOADS = Path(__file__).parent / "payloads" / "pingen"
LETTER = "5f9c2a44-7a1e-4b0a-8c57-2f1f6f0f9b11"
NOW = datetime(2026, 11, 21, tzinfo=UTC)


def body(name: str) -> bytes:
    return (PAYLOADS / f"{name}.json").read_bytes()


def heard(name: str) -> Heard:
    (one,) = parse(Post("pingen", body(name)))
    return one


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("sent", Word.DELIVERED),
        ("sent_before_july_2026", Word.DELIVERED),
        ("sent_by_deliverable_only", Word.DELIVERED),
        ("delivered", Word.DELIVERED),
        ("undeliverable", Word.BOUNCED),
        ("issues_invalid", Word.REFUSED),
        ("issues_awaiting_credits", Word.DEFERRED),
    ],
)
def test_each_kind_is_understood_and_brings_our_id_back(name, word) -> None:
    found = heard(name)

    assert (found.word, found.send_id, found.vendor_id) == (word, "a1b2c3", LETTER)
    assert found.at == datetime(2026, 11, 21, 7, 29, 58, tzinfo=UTC)


def test_every_recorded_file_is_read() -> None:
    assert {path.stem: heard(path.stem).word for path in PAYLOADS.glob("*.json")}


def test_a_call_without_the_letter_is_known_by_the_vendors_id() -> None:
    found = heard("issues_without_letter")

    assert (found.word, found.send_id, found.vendor_id) == (Word.REFUSED, None, LETTER)
    assert found.at == datetime(2026, 11, 21, 7, 30, tzinfo=UTC)


def test_a_letter_that_is_not_ours_has_no_id_of_ours() -> None:
    assert heard("sent_by_somebody_else").send_id is None


def test_what_is_unheard_of_is_kept_and_changes_nothing() -> None:
    found = heard("unheard_of")

    assert (found.word, found.send_id, found.vendor_id) == (Word.OTHER, None, None)


def test_a_corrected_address_is_kept_for_the_books() -> None:
    assert "Andra gatan" in heard("undeliverable").said


def test_the_same_event_has_the_same_key_also_in_another_call() -> None:
    again = json.loads(body("sent"))
    again["data"]["id"] = "another-call"
    again["data"]["attributes"]["created_at"] = "2026-11-22T08:30:00+0100"

    assert parse(Post("pingen", json.dumps(again).encode()))[0].key == heard("sent").key
    assert len({heard(name).key for name in ("sent", "delivered", "undeliverable", "issues_invalid")}) == 4
    assert all(len(heard(path.stem).key) <= 120 for path in PAYLOADS.glob("*.json"))


@pytest.mark.parametrize(
    "bad", [b"", b"{", b"[]", b"null", b'{"data": []}', b'{"errors": []}', b"[" * 100_000, b"\xff"]
)
def test_what_is_no_call_back_stays_in_the_inbox(bad) -> None:
    with pytest.raises(ParseError):
        parse(Post("pingen", bad))


def signed(secret: str, text: bytes) -> Hook:
    signature = hmac.new(secret.encode(), text, "sha256").hexdigest()
    return Hook("https://pay.example/hooks/pingen", {"signature": signature}, text)


def test_any_of_the_secrets_signs() -> None:
    text = body("sent")

    assert verify(signed("new", text), ["new", "old"], NOW)
    assert verify(signed("old", text), ["new", "old"], NOW)
    assert not verify(signed("older", text), ["new", "old"], NOW)


@pytest.mark.parametrize("signature", ["", "00", "é", "0" * 64, "not hex at all"])
def test_a_wrong_signature_is_no_signature(signature) -> None:
    hook = Hook("https://pay.example/hooks/pingen", {"signature": signature}, body("sent"))

    assert not verify(hook, ["new"], NOW)
    assert not verify(Hook(hook.url, {}, hook.body), ["new"], NOW)


def test_without_a_secret_nothing_is_signed() -> None:
    text = body("sent")

    assert not verify(signed("", text), [""], NOW)
    assert not verify(signed("", text), [], NOW)


def test_a_body_of_which_one_byte_was_changed_is_not_signed() -> None:
    hook = signed("new", body("sent"))

    assert not verify(Hook(hook.url, hook.headers, hook.body + b" "), ["new"], NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["data", "type", "id", "attributes", "relationships", "included", "letter", "event"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(data=JSON, included=JSON)
def test_no_call_back_breaks_the_reader(data, included) -> None:
    try:
        found = parse(Post("pingen", json.dumps({"data": data, "included": included}).encode()))
    except ParseError:
        return
    assert all(one.word is Word.OTHER or one.vendor_id for one in found)


@given(text=st.binary(max_size=200), signature=st.text(max_size=80))
def test_no_signature_breaks_the_check(text, signature) -> None:
    assert not verify(Hook("https://pay.example", {"signature": signature}, text), ["a secret"], NOW)
