"""Signatures after the Standard Webhooks specification (standardwebhooks.com, read 2026-11-22), over bytes.

The library signs text by its own clock only; a claim is a ZIP, and what is true of a signature depends on a moment.
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

TOLERANCE = timedelta(minutes=5)
"""How far a signature's time may be from ours."""

PREFIX = "whsec_"
VERSION = "v1"


def signed(secrets: Sequence[str], message_id: str, body: bytes, now: datetime) -> dict[str, str]:
    """The headers that prove a message at this moment: one signature for each secret."""
    seconds = str(int(now.astimezone(UTC).timestamp()))
    return {
        "webhook-id": message_id,
        "webhook-timestamp": seconds,
        "webhook-signature": " ".join(f"{VERSION},{_signature(one, message_id, seconds, body)}" for one in secrets),
    }


def is_signed(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: datetime) -> bool:
    """Whether any of the secrets signed a message, and not long ago.

    Every secret is tried with every signature, so that how long this takes tells nothing.
    """
    message_id, seconds = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message_id or not _is_fresh(seconds, now):
        return False
    given = [word.partition(",") for word in headers.get("webhook-signature", "").split()]
    theirs = [signature.encode() for version, _, signature in given if version == VERSION]
    ours = [_signature(secret, message_id, seconds, body).encode() for secret in secrets if is_secret(secret)]
    matches = [hmac.compare_digest(one, other) for one in ours for other in theirs]
    return any(matches)


def is_secret(text: str) -> bool:
    """Whether it is a secret as the specification writes it: ``whsec_`` and 24 to 64 bytes in base64."""
    try:
        return text.startswith(PREFIX) and 24 <= len(_key(text)) <= 64
    except (Base64Error, ValueError):
        return False


def _signature(secret: str, message_id: str, seconds: str, body: bytes) -> str:
    told = f"{message_id}.{seconds}.".encode(errors="replace") + body
    return b64encode(hmac.digest(_key(secret), told, "sha256")).decode()


def _key(secret: str) -> bytes:
    return b64decode(secret.removeprefix(PREFIX), validate=True)


def _is_fresh(seconds: str, now: datetime) -> bool:
    if not seconds.isascii() or not seconds.isdecimal() or len(seconds) > len("99999999999"):
        return False
    return abs(now.timestamp() - int(seconds)) <= TOLERANCE.total_seconds()
