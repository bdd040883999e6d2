"""What vendors say of what we sent: as it came, and in our words.

Each vendor's module has two pure functions: ``verify(hook, secrets, now)``, whether the vendor sent it, and
``parse(post)``, what it says. Fields and values that we do not know are kept and ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple

from domain.money import Money


class Word(StrEnum):
    """What a vendor can say."""

    ACCEPTED = "accepted"
    """The vendor has it: evidence of a send, not of its arrival."""
    DELIVERED = "delivered"
    DEFERRED = "deferred"
    """The vendor tries again by itself."""
    BOUNCED = "bounced"
    """It came back for good; a letter was returned."""
    REFUSED = "refused"
    """The vendor or the network would not take it, for good."""
    OPTED_OUT = "opted_out"
    """The recipient wants no more of this kind."""
    OPTED_IN = "opted_in"
    """The recipient wants it again."""
    OPENED = "opened"
    CLICKED = "clicked"
    RECALLED = "recalled"
    """It was called back in time, and will not go out."""
    ACKNOWLEDGED = "acknowledged"
    """The agency has the claim, under a number of its own."""
    TOLD = "told"
    """How far the agency has come, in its own code."""
    COLLECTED = "collected"
    """The agency got money."""
    AGENCY_CLOSED = "agency_closed"
    """The agency has closed its case; the claim is ours again."""
    WITHDRAWAL_CONFIRMED = "withdrawn"
    """The agency has given the claim back, as we asked."""
    OTHER = "other"
    """Something that changes nothing for us."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A vendor's call as it arrived; ``url`` is the public address, query included; header names are in lower case."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Ear:
    """How a vendor proves that it is the one who calls; any of the secrets will do, and without one nobody can."""

    verify: Callable[[Hook, Sequence[str], datetime], bool]
    secrets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Post:
    """What a vendor sent, as the inbox keeps it. ``about`` is what is not in the body: a query, a file's path."""

    vendor: str
    body: bytes
    about: str = ""

    @property
    def key(self) -> str:
        """The same post again has the same key."""
        return sha256(self.about.encode() + b"\0" + self.body).hexdigest()


class Heard(NamedTuple):
    """One thing that a vendor said. ``key`` makes it unique, however often and in whatever post it comes.

    A tuple, because a batch makes a thousand of them.
    """

    key: str
    word: Word
    send_id: str | None = None
    """Our id of the send, if it came back to us."""
    vendor_id: str | None = None
    """The vendor's id, to find the send by where ours is missing."""
    at: datetime | None = None
    """When it happened, by the vendor's clock."""
    by_machine: bool = False
    """Whether the vendor takes an open or a click for a machine's."""
    address: str | None = None
    """Who opted out or in, where it came without a send."""
    said: str = ""
    """The vendor's own words, for the books."""
    agency: str | None = None
    """Which agency says it: only the one that has a claim is heard of it."""
    case: str = ""
    """The agency's own number of the case."""
    code: str = ""
    """How far the agency has come, how it closed its case, or why it refused."""
    amount: Money | None = None
    """What the agency got."""
    dated: date | None = None
    """The payment's value day."""


def key_of(*parts: object) -> str:
    """The key of something said, from what tells it apart from everything else that its vendor says."""
    return sha256("\0".join(map(str, parts)).encode(errors="replace")).hexdigest()


class ParseError(ValueError):
    """A post that cannot be read at all: it stays in the inbox, and somebody must look. Says what, and no person."""
