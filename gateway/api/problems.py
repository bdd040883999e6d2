"""What the API answers when it does not do what was asked: problem documents (RFC 9457), each with a cure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from config.problems import Problem

MEDIA_TYPE = "application/problem+json"
LONGEST = 300
"""Letters of a problem: some quote what was sent, and that may be long."""

_INDEX = re.compile(r"\[(\d+)\]")


class Kind(StrEnum):
    """What kind of problem it is; it ends the ``type``."""

    UNREADABLE = "unreadable"
    UNAUTHORIZED = "unauthorized"
    NOT_ALLOWED = "not-allowed"
    OTHER_MERCHANT = "other-merchant"
    NOT_FOUND = "not-found"
    WRONG_METHOD = "wrong-method"
    TOO_SLOW = "too-slow"
    IN_PROGRESS = "in-progress"
    ID_TAKEN = "id-taken"
    BATCH_RUNS = "batch-runs"
    TOO_LARGE = "too-large"
    NOT_JSON = "not-json"
    INVALID = "invalid"
    KEY_REUSED = "key-reused"
    TOO_MANY = "too-many"
    BROKEN = "broken"
    UNAVAILABLE = "unavailable"


PROBLEMS: dict[Kind, tuple[int, str]] = {
    Kind.UNREADABLE: (400, "The request cannot be read."),
    Kind.UNAUTHORIZED: (401, "No key that opens anything came with the request."),
    Kind.NOT_ALLOWED: (403, "This key may not do that."),
    Kind.OTHER_MERCHANT: (403, "This key is another merchant's."),
    Kind.NOT_FOUND: (404, "There is no such thing."),
    Kind.WRONG_METHOD: (405, "This address does not know that method."),
    Kind.TOO_SLOW: (408, "The request did not arrive in time."),
    Kind.IN_PROGRESS: (409, "The same request is being answered."),
    Kind.ID_TAKEN: (409, "This id names another order."),
    Kind.BATCH_RUNS: (409, "This batch takes no more invoices."),
    Kind.TOO_LARGE: (413, "The request is too large."),
    Kind.NOT_JSON: (415, "The request is not JSON."),
    Kind.INVALID: (422, "Something in the request is wrong."),
    Kind.KEY_REUSED: (422, "This Idempotency-Key was another request's."),
    Kind.TOO_MANY: (429, "Too many requests."),
    Kind.BROKEN: (500, "Something went wrong on our side."),
    Kind.UNAVAILABLE: (503, "It cannot be done right now."),
}
"""Each kind's status and title."""

_BY_STATUS = {404: Kind.NOT_FOUND, 405: Kind.WRONG_METHOD}


@dataclass(eq=False)
class Refusal(Exception):  # noqa: N818 - it is an answer, not a fault
    """Ends a request with a problem document."""

    kind: Kind
    detail: str = ""
    errors: list[dict[str, str]] = field(default_factory=list)
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int:
        """The HTTP status."""
        return PROBLEMS[self.kind][0]

    def as_json(self) -> dict[str, Any]:
        """The document."""
        status, title = PROBLEMS[self.kind]
        document: dict[str, Any] = {"type": type_of(self.kind), "title": title, "status": status}
        document |= {"detail": self.detail} if self.detail else {}
        return document | ({"errors": self.errors} if self.errors else {})


def type_of(kind: Kind) -> str:
    """What programs tell a problem by; it is no address."""
    return f"urn:kvitt:problem:{kind}"


def of_status(status: int) -> Kind:
    """The kind of what the framework refuses by itself."""
    return _BY_STATUS.get(status, Kind.BROKEN if status >= 500 else Kind.UNREADABLE)


def invalid(
    problems: Iterable[Problem], detail: str = "Each error says where, what and what would be right."
) -> Refusal:
    """Everything that is wrong with what was sent."""
    return Refusal(Kind.INVALID, detail, [error_of(problem) for problem in problems])


def error_of(problem: Problem) -> dict[str, str]:
    """One thing that is wrong, with the place as a JSON pointer."""
    return {"pointer": pointer(problem.key), "problem": _short(problem.problem), "cure": _short(problem.cure)}


def pointer(key: str) -> str:
    """A key as a JSON pointer.

    >>> pointer("lines[0].unit_price")
    '/lines/0/unit_price'
    """
    path = _INDEX.sub(r".\1", key)
    return "".join(f"/{_short(part).replace('~', '~0').replace('/', '~1')}" for part in path.split(".") if part)


def wrong_at(where: str, problem: str, cure: str) -> Refusal:
    """One thing that is wrong."""
    return invalid([Problem("", None, where, problem, cure)])


def as_text(document: Any) -> str:
    """A document as it is sent: ASCII, so that a letter that cannot be encoded does no harm."""
    return json.dumps(document, separators=(",", ":"))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
