"""What SendGrid says back: signed batches of events, and the same events out of its logs.

Events come in any order, several times, and with another ``sg_event_id`` each time
(https://github.com/sendgrid/sendgrid-nodejs/issues/1435, read 2026-11-21), so an event's key is made of what it says.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from sendgrid.helpers.eventwebhook import (  # type: ignore[import-untyped]
    EventWebhook,
    EventWebhookHeader,
)

from channels.hearing import Heard, Hook, ParseError, Post, Word

NAME = "sendgrid"
OUR_ID = "kvitt_send"
"""Under this name our id travels with a message. In events it stands among SendGrid's own names, hence the prefix."""

EVENTS = {
    "received": Word.ACCEPTED,
    "processed": Word.ACCEPTED,
    "delivered": Word.DELIVERED,
    "deferred": Word.DEFERRED,
    "bounce": Word.BOUNCED,
    "dropped": Word.REFUSED,
    "cancel_drop": Word.REFUSED,
    "open": Word.OPENED,
    "click": Word.CLICKED,
    "spamreport": Word.OPTED_OUT,
    "unsubscribe": Word.OPTED_OUT,
    "group_unsubscribe": Word.OPTED_OUT,
    "group_resubscribe": Word.OPTED_IN,
}

BOUNCES = {"bounce": Word.BOUNCED, "blocked": Word.REFUSED}
"""A bounce by its ``type``. A block spares the address, but this message will not be tried again: it was refused, or
put off for 72 hours (https://www.twilio.com/docs/sendgrid/glossary/blocks, read 2026-11-21)."""

DROPS = {
    "bounced address": Word.BOUNCED,
    "unsubscribed address": Word.OPTED_OUT,
    "group unsubscribe": Word.OPTED_OUT,
    "spam reporting address": Word.OPTED_OUT,
}
"""A drop by its ``reason``: SendGrid itself keeps a list of whom it does not write to."""

MOST_AGE = timedelta(hours=25)
"""SendGrid tries for 24 hours. Whether a later try is signed anew is not known; what comes twice changes nothing."""
MOST_AHEAD = timedelta(minutes=5)

_SEND_ID = re.compile(r"[0-9a-f]{32}")
_OPTING = frozenset({Word.OPTED_OUT, Word.OPTED_IN})
_MOST_SAID = 500
_SIGNATURE = EventWebhookHeader.SIGNATURE.lower()
_TIMESTAMP = EventWebhookHeader.TIMESTAMP.lower()


def verify(hook: Hook, secrets: Sequence[str], now: datetime) -> bool:
    """Whether SendGrid sent this. ``secrets`` are the webhooks' public keys; any of them will do."""
    signature, timestamp = hook.headers.get(_SIGNATURE, ""), hook.headers.get(_TIMESTAMP, "")
    if not signature or not _is_fresh(timestamp, now):
        return False
    try:
        body = hook.body.decode()
    except UnicodeDecodeError:
        return False
    return any(_signed(key, body, signature, timestamp) for key in secrets)


def parse(post: Post) -> tuple[Heard, ...]:
    """What a batch of events says. Something odd among the events is kept as ``OTHER`` and spoils no other.

    Raises:
        ParseError: it is no list of events.
    """
    try:
        events = json.loads(post.body)
        if not isinstance(events, list):
            raise ParseError("not a list of events")
        return tuple([heard(event) if type(event) is dict else _odd(event) for event in events])
    except ParseError:
        raise
    except (ValueError, RecursionError):
        raise ParseError("not JSON") from None


def heard(event: Mapping[str, Any]) -> Heard:
    """One event in our words."""
    get = event.get
    name, message, reason = get("event"), get("sg_message_id"), get("reason")
    word = _word(name, event)
    timestamp, email, send_id = get("timestamp"), get("email"), get(OUR_ID)
    if type(send_id) is not str or not _SEND_ID.fullmatch(send_id):
        send_id = None
    return Heard(
        _key(f"{message}\n{name}\n{timestamp}\n{email}\n{get('attempt') or get('url') or reason}"),
        word,
        send_id,
        vendor_id(message),
        _moment(timestamp),
        get("sg_machine_open") is True,
        plain(email) if word in _OPTING and send_id is None and email else None,
        plain(reason or get("response")),
    )


def vendor_id(message: object) -> str | None:
    """SendGrid's id as it was answered to the send; in events and logs it has a tail that names a server of theirs."""
    if type(message) is not str or not message:
        return None
    return plain(message.partition(".filter")[0].partition(".recv")[0])


def plain(said: object) -> str:
    """A vendor's words as every database takes them: not too long, no half characters, no zeros."""
    if type(said) is not str:
        return ""
    said = said[:_MOST_SAID]
    return said if said.isascii() and "\0" not in said else said.encode(errors="replace").decode().replace("\0", "?")


def words(body: object) -> str:
    """The words of an answer."""
    return plain(body.decode(errors="replace")) if isinstance(body, bytes) else ""


def _word(name: object, event: Mapping[str, Any]) -> Word:
    if type(name) is not str:
        return Word.OTHER
    if name == "bounce":
        return _in(BOUNCES, event.get("type"), Word.BOUNCED)
    if name == "dropped":
        return _in(DROPS, event.get("reason"), Word.REFUSED)
    return EVENTS.get(name, Word.OTHER)


def _in(table: Mapping[str, Word], name: object, otherwise: Word) -> Word:
    return table.get(name.strip().lower(), otherwise) if isinstance(name, str) else otherwise


def _key(said: str) -> str:
    return sha256(said.encode(errors="surrogatepass")).hexdigest()


def _odd(event: object) -> Heard:
    return Heard(_key(f"odd\n{event}"), Word.OTHER)


def _moment(timestamp: object) -> datetime | None:
    """Unix seconds; what is none tells no moment."""
    try:
        return _utc(float(timestamp))  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError, OSError):
        return None


@lru_cache(maxsize=1024)
def _utc(seconds: float) -> datetime | None:
    """A batch was gathered within seconds, so many of its events have the same."""
    return datetime.fromtimestamp(seconds, UTC) if math.isfinite(seconds) else None


def _is_fresh(timestamp: str, now: datetime) -> bool:
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 11):
        return False
    age = now - datetime.fromtimestamp(int(timestamp), UTC)
    return -MOST_AHEAD <= age <= MOST_AGE


def _signed(key: str, body: str, signature: str, timestamp: str) -> bool:
    """Whether this key's owner signed it. A key that is none signs nothing."""
    try:
        return bool(_webhook(key).verify_signature(body, signature, timestamp))
    except (ValueError, TypeError, AttributeError, UnsupportedAlgorithm):  # whatever the key of another kind lacks
        return False


@lru_cache(maxsize=16)
def _webhook(key: str) -> EventWebhook:
    return EventWebhook(key)
