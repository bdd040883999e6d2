"""The two lives that are measured on a real server: one that pays on time, and one that climbs the whole ladder.

Both are issued inside the contact hours of a bank day. They are driven by hops of the workflow's clock, by events in
the books, and by the wake that follows an event, in the order in which the world would do it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zlib import crc32

from config.stories import read_story
from domain.events import Collected, Event, Paid, Viewed
from domain.law.bank_days import calendar_of
from domain.money import Money
from domain.words import DISTRIBUTION, SendId
from store.registry import Opening
from workflows.opening import opening_of

EXAMPLES = Path(__file__).parent.parent / "examples"
STORIES, MERCHANTS = EXAMPLES / "stories", EXAMPLES / "merchants"

CALENDAR = calendar_of("SE")
ISSUED = datetime(2026, 3, 2, 10, 0)  # noqa: DTZ001 — a wall time of the debtor
BEGINS = CALENDAR.moment(ISSUED)


@dataclass(frozen=True, slots=True)
class Life:
    """What the world does, and how far the clock hops before it does it."""

    name: str
    events: tuple[Event, ...]
    outcome: str = "paid"

    def hops(self) -> tuple[timedelta, ...]:
        """The time before each event."""
        moments = [BEGINS, *(event.at for event in self.events)]
        return tuple(after - before for before, after in pairwise(moments))


def _at(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return CALENDAR.moment(datetime(2026, month, day, hour, minute))  # noqa: DTZ001 — a wall time of the debtor


PAYER = Life(
    "on-time payer",
    (
        Viewed(at=_at(3, 2, 18, 40), send=SendId(DISTRIBUTION, 0, 1)),
        Paid(at=_at(3, 27, 7, 30), amount=Money(24900, "SEK"), dated=date(2026, 3, 27)),
    ),
)
LADDER = Life(
    "full ladder",
    (Collected(at=_at(6, 15, 12), amount=Money(30900, "SEK"), dated=date(2026, 6, 15)),),
)
LIVES = (PAYER, LADDER)
"""The mix: one of each, in turns."""


class Openings:
    """As many invoices of one merchant as wanted, each with its own number and customer: one customer's dunning SMS
    would hold up another's.
    """

    def __init__(self) -> None:
        story = read_story(STORIES / "pays-on-time.yaml", MERCHANTS)
        self._first = opening_of(story.invoice, story.loaded)
        self._phone = story.invoice.debtor.phone or ""

    def numbered(self, number: str) -> Opening:
        """An invoice whose case time is now the moment of its issue."""
        invoice = replace(self._first.invoice, number=number)
        details = self._first.details.replace(self._phone, phone_of(number))
        return replace(self._first, invoice=invoice, details=details, shift=BEGINS - datetime.now(UTC))


def phone_of(number: str) -> str:
    """A customer's own telephone. Nothing is ever sent there: no message leaves the machine."""
    return f"+4670{crc32(number.encode()) % 10**7:07}"
