"""Bounces: what mail servers say of a message, in a mail of their own (RFC 3464).

A mail is no proof of anything: whoever knows a send's id can forge one. The id is 32 random hexadecimal digits, known
to those alone who got or carried the message. So a forger can do to a message only what its reader could do by looking
away: make us try the next way, earlier. Nobody is charged, unsubscribed or marked as seen because of a bounce.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from hashlib import sha256

from channels.hearing import Heard, ParseError, Post, Word, key_of

ACTIONS = {
    "failed": Word.BOUNCED,
    "delayed": Word.DEFERRED,
    "delivered": Word.DELIVERED,
    "relayed": Word.ACCEPTED,
    "expanded": Word.ACCEPTED,
}
"""What a report says was done. "Failed" is for good, whatever its status: the server has given up."""

CLASSES = {"5": Word.BOUNCED, "4": Word.DEFERRED, "2": Word.DELIVERED}
"""By the first digit of a status, where a report says nothing else."""

DAEMONS = frozenset({"mailer-daemon", "postmaster"})
"""Who writes bounces that are no reports."""

_ID = r"([0-9a-f]{32})"
_ENVELOPE_ID = re.compile(_ID + r"\s*", re.IGNORECASE)
_PLUS = re.compile(rf"\+{_ID}@", re.IGNORECASE)
_MESSAGE_ID = re.compile(rf"<{_ID}@", re.IGNORECASE)
_MESSAGE_ID_LINE = re.compile(rf"^message-id:\s*<{_ID}@", re.IGNORECASE | re.MULTILINE)
_STATUS = re.compile(r"\b([245])\.\d{1,3}\.\d{1,3}\b")
_ADDRESSED = ("Original-Recipient", "Delivered-To", "X-Original-To", "Envelope-To", "To")
_MOST_SAID = 500


def parse(post: Post) -> tuple[Heard, ...]:
    """What a mail to the bounce address says; nothing if it is no bounce, or of no message of ours.

    Raises:
        ParseError: it is no mail.
    """
    try:
        mail = message_from_bytes(post.body)
        if not mail.keys():
            raise ParseError("no mail")
        return _told(post, mail)
    except RecursionError:
        raise ParseError("too many mails within mails") from None


def _told(post: Post, mail: Message) -> tuple[Heard, ...]:
    parts = list(mail.walk())
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    send_id = _send_id(post, mail, parts, reports)
    if send_id is None:
        return ()
    told = [each for report in reports for each in _of_report(report)] if reports else _without_report(mail, parts)
    return tuple(_heard(post, mail, send_id, word, said) for word, said in told)


def _send_id(post: Post, mail: Message, parts: list[Message], reports: list[Message]) -> str | None:
    """Our id: from the envelope, as the report tells it or as the bounce was addressed, or from what came back."""
    for block in (block for report in reports for block in _blocks(report)):
        if found := _ENVELOPE_ID.fullmatch(_header(block, "Original-Envelope-Id")):
            return found[1].lower()
    for addressed in (post.about, *(_header(mail, name) for name in _ADDRESSED)):
        if found := _PLUS.search(addressed):
            return found[1].lower()
    for part in parts[1:]:
        if found := _MESSAGE_ID.search(_header(part, "Message-ID")):
            return found[1].lower()
        if part.get_content_type() == "text/rfc822-headers" and (found := _MESSAGE_ID_LINE.search(_text(part))):
            return found[1].lower()
    return None


def _of_report(report: Message) -> Iterator[tuple[Word, str]]:
    """What a report says of each recipient; its first block is about the message."""
    for block in _blocks(report)[1:]:
        action, status = _header(block, "Action").strip().lower(), _header(block, "Status").strip()
        word = ACTIONS.get(action) or CLASSES.get(status[:1], Word.OTHER)
        yield word, f"{action} {status} {_header(block, 'Diagnostic-Code')}"


def _without_report(mail: Message, parts: list[Message]) -> Iterator[tuple[Word, str]]:
    """What older servers write: a letter to people, from nobody. Somebody's holiday answer is no bounce."""
    sender = parseaddr(_header(mail, "From"))[1].partition("@")[0].lower()
    failed = _header(mail, "X-Failed-Recipients")
    if sender not in DAEMONS and not failed:
        return
    text = next((_text(part) for part in parts if part.get_content_type() == "text/plain"), "")
    status = _STATUS.search(text)
    word = CLASSES[status[1]] if status else Word.BOUNCED if failed else None
    if word in (Word.BOUNCED, Word.DEFERRED):
        yield word, text[status.start() :] if status else text


def _heard(post: Post, mail: Message, send_id: str, word: Word, said: str) -> Heard:
    """The same mail is the same word, by whatever door it came in."""
    own = _header(mail, "Message-ID").strip() or sha256(post.body).hexdigest()
    key = key_of(own, send_id, word, said)
    return Heard(key, word, send_id, at=_moment(mail), said=" ".join(said.replace("\0", "?").split())[:_MOST_SAID])


def _moment(mail: Message) -> datetime | None:
    try:
        at = parsedate_to_datetime(_header(mail, "Date"))
    except (ValueError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _blocks(report: Message) -> list[Message]:
    payload = report.get_payload()
    return [block for block in payload if isinstance(block, Message)] if isinstance(payload, list) else []


def _header(mail: Message, name: str) -> str:
    return str(mail.get(name) or "").encode(errors="replace").decode()


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return payload.decode(errors="replace") if isinstance(payload, bytes) else ""
