"""What mail servers say of our messages: one recorded mail for each kind."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channels.hearing import Heard, ParseError, Post, Word
from channels.smtp.bounces import parse

PAYLOADS = Path(__file__).with_name("payloads") / "dsn"
SEND = "0123456789abcdef0123456789abcdef"

WORDS = {
    "failed": [Word.BOUNCED],
    "failed-known-by-envelope-id-alone": [Word.BOUNCED],
    "failed-known-by-address-alone": [Word.BOUNCED],
    "failed-known-by-returned-headers-alone": [Word.BOUNCED],
    "failed-known-by-returned-mail-alone": [Word.BOUNCED],
    "failed-after-days-of-trying": [Word.BOUNCED],
    "failed-without-action": [Word.BOUNCED],
    "failed-with-letters-beyond-ascii": [Word.BOUNCED],
    "failed-forwarded-to-two": [Word.BOUNCED, Word.DELIVERED],
    "failed-of-no-send-of-ours": [],
    "delayed": [Word.DEFERRED],
    "delivered": [Word.DELIVERED],
    "relayed": [Word.ACCEPTED],
    "an-action-of-tomorrow": [Word.OTHER],
    "letter-from-exim": [Word.BOUNCED],
    "letter-from-qmail": [Word.BOUNCED],
    "letter-of-delay": [Word.DEFERRED],
    "letter-that-says-nothing": [],
    "letter-of-a-stranger": [],
    "holiday-answer": [],
    "a-persons-answer": [],
}
PIECES = st.sampled_from(
    [
        b"Content-Type: multipart/report; report-type=delivery-status; boundary=x\r\n",
        b"Content-Type: message/delivery-status\r\n",
        b"Content-Type: message/rfc822\r\n",
        b"Content-Transfer-Encoding: base64\r\n",
        b"Content-Transfer-Encoding: x-uuencode\r\n",
        b"Content-Type: text/plain; charset=no-such\r\n",
        b"To: bounces+" + SEND.encode() + b"@pay.example\r\n",
        b"From: MAILER-DAEMON@x.example\r\n",
        b"From: \xff\xfe\r\n",
        b"Date: Mon, 99 Mar 999999999 99:99:99 +9999\r\n",
        b"Date: Mon, 2 Mar 2026 09:06:10 -0000\r\n",
        b"X-Failed-Recipients: \xe5\r\n",
        b"Action: failed\r\n",
        b"Status: 5.1.1\r\n",
        b"Original-Envelope-Id: " + SEND.encode() + b"\r\n",
        b"--x\r\n",
        b"--x--\r\n",
        b"begin 644 x\r\n",
        b"550 5.1.1 no\0pe \xf0\x28\r\n",
        b"\r\n",
    ]
)


def said(name: str, about: str = "") -> tuple[Heard, ...]:
    return parse(Post("smtp", (PAYLOADS / f"{name}.eml").read_bytes(), about))


@pytest.mark.parametrize("name", WORDS)
def test_a_mail_says(name: str):
    heard = said(name)

    assert [each.word for each in heard] == WORDS[name]
    assert {each.send_id for each in heard} <= {SEND}


def test_every_payload_is_tested():
    assert {path.stem for path in PAYLOADS.iterdir()} == WORDS.keys()


def test_the_servers_own_words_and_its_time_are_kept():
    (heard,) = said("failed")

    assert heard.at == datetime(2026, 3, 2, 8, 6, 10, tzinfo=UTC)
    assert "550 5.1.1" in heard.said


def test_a_bounce_that_comes_by_two_doors_is_one():
    by_address = said("failed", f"bounces+{SEND}@pay.example")
    by_mailbox = said("failed", "imap 1772438770/7")

    assert by_address == by_mailbox


def test_each_report_is_a_word_of_its_own():
    keys = [heard.key for name in WORDS for heard in said(name)]

    assert len(keys) == len(set(keys))


def test_the_address_it_came_to_is_enough():
    body = (PAYLOADS / "failed-of-no-send-of-ours.eml").read_bytes()
    (heard,) = parse(Post("smtp", body, f"Bounces+{SEND.upper()}@pay.example"))

    assert (heard.word, heard.send_id) == (Word.BOUNCED, SEND)


@pytest.mark.parametrize("body", [b"", b"\r\n", b"no mail at all", b"\0" * 100])
def test_what_is_no_mail_is_an_error(body: bytes):
    with pytest.raises(ParseError):
        parse(Post("smtp", body))


def test_mails_within_mails_without_end_are_an_error_or_nothing():
    nested = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (n, n) for n in range(3000))
    with suppress(ParseError):
        assert parse(Post("smtp", nested)) == ()


@given(st.binary(max_size=400) | st.lists(PIECES | st.binary(max_size=20), max_size=25).map(b"".join))
def test_no_bytes_are_anything_worse_than_unreadable(body: bytes):
    with suppress(ParseError):
        for heard in parse(Post("smtp", body)):
            assert heard.send_id == SEND
            assert heard.said.encode().decode() == heard.said
            assert "\0" not in heard.said
