"""What an agency reports: proven, understood, in our words. The format is told in ``docs/agencies.md``.

The same report comes as a call or as a file. An agency is known by its name, which is the post's: ``agency/<name>``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from channels.agency.signing import is_signed
from channels.hearing import Heard, Hook, ParseError, Post, Word, key_of
from domain.money import Money, MoneyError
from domain.words import AgencyOutcome

NAME = "agency"
"""What the books call every agency; which one is the parcel's recipient."""

WORDS: Mapping[str, Word] = {
    "acknowledged": Word.ACKNOWLEDGED,
    "status": Word.TOLD,
    "paid": Word.COLLECTED,
    "closed": Word.AGENCY_CLOSED,
    "withdrawn": Word.WITHDRAWAL_CONFIRMED,
    "refused": Word.REFUSED,
}
"""Types of reports."""

_ABOUT = re.compile(r"[0-9A-Za-z_-]{1,32}")
_CASE = re.compile(r"[0-9A-Za-z][0-9A-Za-z ._/-]{0,63}")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
_SAID = 1000


def speaker(agency: str) -> str:
    """Whose post it is, as the inbox calls it."""
    return f"{NAME}/{agency}"


def verify(hook: Hook, secrets: Sequence[str], now: datetime) -> bool:
    """Whether the agency signed the call, with any of its secrets, and not long ago."""
    return is_signed(hook.headers, hook.body, secrets, now)


def parse(post: Post) -> Sequence[Heard]:
    """What a report says. Whatever an agency says of a claim also shows that it has it.

    Raises:
        ParseError: it is no report, or it tells of money, of an end or of a case in a way that cannot be read.
    """
    try:
        report = json.loads(post.body)
    except (ValueError, RecursionError):
        raise ParseError("a report that is no JSON") from None
    return heard(report, post.vendor.partition("/")[2])


def heard(report: object, agency: str) -> Sequence[Heard]:
    """What a report says, once it is read.

    Raises:
        ParseError: as ``parse``.
    """
    if not isinstance(report, dict):
        raise ParseError("a report is one object")
    about, word = report.get("about"), WORDS.get(_text(report, "type"), Word.OTHER)
    if word is Word.OTHER:
        return (_other(report, agency),)
    if not isinstance(about, str) or not _ABOUT.fullmatch(about):
        raise ParseError("about: the id of what we sent is missing")
    told = _READERS[word](_other(report, agency)._replace(word=word, send_id=about), report)
    if word is Word.REFUSED:
        return (told,)
    has_it = Heard(key_of(agency, about, "has it"), Word.ACCEPTED, about, at=told.at, agency=agency)
    return (has_it, told)


def _other(report: Mapping[str, Any], agency: str) -> Heard:
    """A report that changes nothing, known by the agency's own id for it."""
    said = json.dumps(report, ensure_ascii=False, sort_keys=True).encode(errors="replace").decode()
    own_id = _text(report, "id") or said
    return Heard(
        key_of(agency, "report", own_id), Word.OTHER, at=_moment(report.get("at")), said=said[:_SAID], agency=agency
    )


def _acknowledged(told: Heard, report: Mapping[str, Any]) -> Heard:
    case = _text(report, "case")
    if not _CASE.fullmatch(case):
        raise ParseError("case: the agency's number of the case is missing, or is none")
    return told._replace(key=_key(told, case), case=case)


def _status(told: Heard, report: Mapping[str, Any]) -> Heard:
    """How far it has come. What is no code is kept, and changes nothing."""
    code = _text(report, "status")
    return told._replace(code=code) if _CODE.fullmatch(code) else told._replace(word=Word.OTHER)


def _paid(told: Heard, report: Mapping[str, Any]) -> Heard:
    """A payment, known by the agency's id of it: reported again it is the same payment."""
    payment = _text(report, "payment")
    if not payment:
        raise ParseError("payment: the agency's id of the payment is missing")
    try:
        amount = Money.parse(_text(report, "amount"), _text(report, "currency"))
        dated = date.fromisoformat(_text(report, "dated"))
    except (MoneyError, ValueError):
        raise ParseError("amount, currency, dated: a payment that cannot be read") from None
    if amount.minor <= 0:
        raise ParseError("amount: a payment is more than nothing")
    return told._replace(key=_key(told, payment), amount=amount, dated=dated)


def _closed(told: Heard, report: Mapping[str, Any]) -> Heard:
    outcome = _text(report, "outcome")
    if outcome not in tuple(AgencyOutcome):
        raise ParseError(f"outcome: is none of {', '.join(AgencyOutcome)}")
    return told._replace(key=_key(told, outcome), code=outcome)


def _withdrawn(told: Heard, _: Mapping[str, Any]) -> Heard:
    return told._replace(key=_key(told))


def _refused(told: Heard, report: Mapping[str, Any]) -> Heard:
    code = _text(report, "code")
    return told._replace(key=_key(told), code=code if _CODE.fullmatch(code) else "")


_READERS: Mapping[Word, Callable[[Heard, Mapping[str, Any]], Heard]] = {
    Word.ACKNOWLEDGED: _acknowledged,
    Word.TOLD: _status,
    Word.COLLECTED: _paid,
    Word.AGENCY_CLOSED: _closed,
    Word.WITHDRAWAL_CONFIRMED: _withdrawn,
    Word.REFUSED: _refused,
}


def _key(told: Heard, *what: str) -> str:
    """The key of what can be so only once, under whichever id it is reported."""
    return key_of(told.agency, told.send_id, told.word, *what)


def _text(report: Mapping[str, Any], name: str) -> str:
    """A field's text. A number is none: 249.5 would be an amount that somebody has rounded."""
    value = report.get(name)
    return value.strip() if isinstance(value, str) else ""


def _moment(text: object) -> datetime | None:
    """A moment; without a zone it is taken for UTC."""
    try:
        found = datetime.fromisoformat(text) if isinstance(text, str) else None
        return found and (found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
