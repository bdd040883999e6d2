"""What every way out can do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from channels.answer import Answer
from channels.hearing import Heard, Post
from domain.parcel import Parcel


@dataclass(frozen=True, slots=True)
class Item:
    """A parcel on its way. ``id`` is ours and travels with it; ``vendor_id`` is the vendor's, once we know it."""

    id: str
    parcel: Parcel
    kept_at: datetime
    """When the parcel was packed, by the machine's clock: the vendor was asked after it, if at all."""
    vendor_id: str | None = None

    def age(self, now: datetime) -> timedelta:
        """How long ago it was packed."""
        return now - self.kept_at


class Way(Protocol):
    """A way out. No method raises: what goes wrong out there is an answer. No method tries twice by itself."""

    @property
    def name(self) -> str:
        """The vendor, as the books call it."""

    @property
    def tells(self) -> bool:
        """Whether ``status`` can ever say anything."""

    def send(self, item: Item) -> Answer:
        """Ask the vendor once, with our id, under a timeout."""

    def evidence(self, item: Item, now: datetime) -> Answer:
        """Look for what became of an item of which nobody knows whether the vendor has it. It may be asked often.

        NOT_SENT only where the vendor's own books prove it; a vendor that takes the same item twice for one may be
        given it again.
        """

    def status(self, item: Item) -> Sequence[Heard]:
        """What the vendor says now of an item that it has: for those that have been silent too long."""

    def recall(self, item: Item) -> Answer:
        """Call it back."""


class Mailbox(Protocol):
    """Where a vendor leaves word for us to fetch: a mail folder, a folder of reports."""

    @property
    def name(self) -> str:
        """The vendor, as the books call it."""

    def fetch(self) -> Iterator[Post]:
        """What lies there that was not put away yet. It may give the same again.

        Raises:
            MailboxError: it cannot be reached.
        """

    def put_away(self, post: Post) -> None:
        """The books have it now; it need not be fetched again."""


class Round(Protocol):
    """What must be done at its hour whoever sends: closing the day's batch."""

    def tend(self, now: datetime) -> None:
        """Do what is due. Doing it twice, or in two processes at once, is doing it once.

        Raises:
            MailboxError: it cannot be done now; it is tried again.
        """


class MailboxError(Exception):
    """A place where word is left cannot be reached; the message names it, and no person."""
