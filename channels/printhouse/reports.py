"""What a print house reports, in our words: acknowledgements as JSON, what was produced and returned as CSV.

Houses write these by hand-made programs. So names of columns and values are looked up loosely, what is not known is
kept and changes nothing, and a row that makes no sense does not lose the others.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from channels.hearing import Heard, ParseError, Post, Word, key_of

WORDS: Mapping[str, Word] = {
    **dict.fromkeys(("accepted", "received", "ok"), Word.ACCEPTED),
    **dict.fromkeys(("rejected", "refused", "invalid", "error"), Word.REFUSED),
    **dict.fromkeys(("produced", "printed", "mailed", "posted", "sent", "dispatched"), Word.DELIVERED),
    **dict.fromkeys(("returned", "undeliverable"), Word.BOUNCED),
    **dict.fromkeys(("cancelled", "canceled", "recalled"), Word.RECALLED),
}
UNSAID: Mapping[str, str] = {"ack.json": "accepted", "produced.csv": "produced", "returned.csv": "returned"}
"""The reports there are, and what a row says that does not say it itself."""

_IDS = ("send_id", "delivery_id", "letter_id", "id")
_STATES = ("status", "state", "result")
_MOMENTS = ("at", "mailed_at", "mailed", "mail_date", "mailed_date", "produced_at", "returned_at", "date", "timestamp")
_LISTS = ("letters", "items", "entries", "deliveries", "results")
_SAID = 500


def parse(post: Post) -> list[Heard]:
    """What a report says, letter by letter.

    Raises:
        ParseError: it cannot be read at all.

    """
    path = PurePosixPath(post.about)
    return [_heard(row, path.parent.name, UNSAID.get(path.name, "")) for row in _rows(path, post.body)]


def _rows(path: PurePosixPath, body: bytes) -> Iterable[Mapping[str, Any]]:
    if path.suffix == ".json":
        return _rows_of_json(body)
    return _rows_of_csv(_text(body))


def _rows_of_json(body: bytes) -> Iterator[Mapping[str, Any]]:
    try:
        found = json.loads(_text(body))
    except (ValueError, RecursionError):
        raise ParseError("a report that is no JSON") from None
    if isinstance(found, dict):
        found = next((found[name] for name in _LISTS if isinstance(found.get(name), list)), None)
    if not isinstance(found, list):
        raise ParseError("a report without a list of letters")
    yield from (row if isinstance(row, dict) else {"row": row} for row in found)


def _rows_of_csv(text: str) -> Iterator[Mapping[str, Any]]:
    head = text.partition("\n")[0]
    comma = max(",;\t", key=head.count)
    try:
        yield from csv.DictReader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=comma)
    except csv.Error:
        raise ParseError("a report that is no CSV") from None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError:
        return body.decode("cp1252", errors="replace")


def _heard(row: Mapping[Any, Any], batch: str, unsaid: str) -> Heard:
    fields = {str(name).strip().lower(): str(value).strip() for name, value in row.items() if value is not None}
    said = json.dumps(fields, ensure_ascii=False, sort_keys=True)
    send_id = _first(fields, _IDS)
    state = _first(fields, _STATES).lower() or unsaid
    word = WORDS.get(state, Word.OTHER) if send_id else Word.OTHER
    told = word if word is not Word.OTHER else sha256(said.encode()).hexdigest()[:16]
    return Heard(
        key=key_of(batch, send_id, told),
        word=word,
        send_id=send_id or None,
        vendor_id=f"{batch}/{send_id}" if send_id else None,
        at=_moment(_first(fields, _MOMENTS)),
        said=said[:_SAID],
    )


def _first(fields: Mapping[str, str], names: Sequence[str]) -> str:
    return next((fields[name] for name in names if fields.get(name)), "")


def _moment(text: str) -> datetime | None:
    """A moment, or noon of a day; without a zone it is taken for UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if len(text) <= len("2026-11-21"):
        found = datetime.combine(found.date(), time(12))
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError:
        return None
