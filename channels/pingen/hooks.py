"""What Pingen says: its calls back, checked and understood, in our words.

The fields are those of the vendor's own clients and of calls recorded by others (read 2026-11-22). In July 2026 Pingen
renamed one without notice, so a letter is looked for by what it is, not by where it stood last.
"""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from channels.hearing import Heard, Hook, ParseError, Post, Word, key_of

WORDS: Mapping[str, Word] = {
    **dict.fromkeys(("validating", "fixing", "valid", "submitted", "accepted", "inspection"), Word.ACCEPTED),
    **dict.fromkeys(("transferring", "processing", "printing", "cancelling"), Word.ACCEPTED),
    "awaiting_credits": Word.DEFERRED,
    **dict.fromkeys(("sent", "delivered"), Word.DELIVERED),
    "undeliverable": Word.BOUNCED,
    **dict.fromkeys(("invalid", "action_required", "unprintable", "rejected", "expired"), Word.REFUSED),
    "cancelled": Word.RECALLED,
}
"""Statuses of a letter. ``sent`` is the post's: Pingen has posted it."""

EVENTS: Mapping[str, Word] = {
    "webhook_sent": Word.DELIVERED,
    "webhook_delivered": Word.DELIVERED,
    "webhook_undeliverable": Word.BOUNCED,
    "webhook_issues": Word.REFUSED,
}
"""Kinds of calls back. What an issue means depends on the letter: one that waits for money is not refused."""

_SIGNATURE = "signature"
_OURS = re.compile(r"([0-9A-Za-z_-]{1,64})\.kvitt\.pdf")
_SAID = 1000


def file_name(send_id: str) -> str:
    """What we call a letter's file. Pingen gives the name back, so our id comes with it."""
    return f"{send_id}.kvitt.pdf"


def send_id_of(letter: Mapping[str, Any]) -> str | None:
    """Our id, of a letter that is ours."""
    found = _OURS.fullmatch(str(attributes(letter).get("file_original_name", "")))
    return found[1] if found else None


def attributes(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is said of a thing."""
    found = resource.get("attributes")
    return found if isinstance(found, dict) else {}


def moment(text: object) -> datetime | None:
    """A moment as Pingen writes it: ``2026-07-29T11:21:03+0200``."""
    try:
        found = datetime.fromisoformat(str(text))
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def verify(hook: Hook, secrets: Sequence[str], now: datetime) -> bool:  # noqa: ARG001  # what Pingen signs has no time
    """Whether Pingen signed the call, with any of the secrets.

    The same call again is signed as well; it is the inbox that knows it. Every secret is tried, so that how long this
    takes tells nothing.
    """
    signature = hook.headers.get(_SIGNATURE, "").strip().lower().encode()
    signed = [hmac.new(secret.encode(), hook.body, "sha256").hexdigest().encode() for secret in secrets if secret]
    matches = [hmac.compare_digest(signature, one) for one in signed]
    return any(matches)


def parse(post: Post) -> Sequence[Heard]:
    """What a call back says of a letter of ours.

    Raises:
        ParseError: it is none.

    """
    try:
        body = json.loads(post.body)
    except (ValueError, RecursionError):
        raise ParseError("a call back that is no JSON") from None
    told = body.get("data") if isinstance(body, dict) else None
    if not isinstance(told, dict):
        raise ParseError("a call back about nothing")
    return (_heard(told, body),)


def heard_of(letter: Mapping[str, Any]) -> Heard:
    """What a letter says itself, when it is asked for."""
    status = str(attributes(letter).get("status", ""))[:30]
    return Heard(
        key=key_of(letter.get("id"), status),
        word=WORDS.get(status, Word.OTHER),
        send_id=send_id_of(letter),
        vendor_id=str(letter.get("id")),
        at=moment(attributes(letter).get("updated_at")),
        said=status,
    )


def _heard(told: Mapping[str, Any], body: Mapping[str, Any]) -> Heard:
    kind = str(told.get("type", ""))[:40]
    letter_id, event_id = _related(told)
    letter = _included(body, letter_id)
    event = _included(body, event_id)
    word = EVENTS.get(kind, Word.OTHER) if letter_id else Word.OTHER
    status = str(attributes(letter).get("status", ""))
    if kind == "webhook_issues" and status in WORDS and WORDS[status] is not Word.REFUSED:
        word = Word.DEFERRED if WORDS[status] is Word.DEFERRED else Word.OTHER
    said = {**attributes(told), "status": status, "code": attributes(event).get("code")}
    return Heard(
        key=key_of(letter_id, kind, event_id or told.get("id")),
        word=word,
        send_id=send_id_of(letter),
        vendor_id=letter_id,
        at=moment(attributes(event).get("emitted_at")) or moment(attributes(told).get("created_at")),
        said=json.dumps(said, ensure_ascii=False, sort_keys=True)[:_SAID],
    )


def _related(told: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """The ids of the letter and of the event, whatever the relation is called."""
    letter = event = None
    for name, data in _relations(told):
        kind, found = str(data.get("type", "")), str(data["id"])
        if kind == "letters" or (not kind and name in {"letter", "deliverable"}):
            letter = letter or found
        elif kind.endswith("_events") or name == "event":
            event = event or found
    return letter, event


def _relations(told: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    relations = told.get("relationships")
    for name, relation in relations.items() if isinstance(relations, dict) else ():
        data = relation.get("data") if isinstance(relation, dict) else None
        if isinstance(data, dict) and isinstance(data.get("id"), str | int):
            yield name, data


def _included(body: Mapping[str, Any], wanted: str | None) -> Mapping[str, Any]:
    included = body.get("included")
    for one in included if isinstance(included, list) and wanted else ():
        if isinstance(one, dict) and str(one.get("id")) == wanted:
            return one
    return {}
