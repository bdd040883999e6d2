"""Retention: the worker's duty to let go of what nobody may keep any longer, a small part each minute.

It goes through the books round after round. Two workers that do it at once do it once.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog

from activities.forgetting import Forgetter, NotYetError, today_of
from activities.hearing import AWAY
from config.settings import Settings
from store.books import Books

INVOICES = 5_000
"""Of so many invoices each minute is asked whether their time is over."""
WORDS = 50_000
"""Of so many words of vendors each minute is asked whether they are of somebody who was forgotten."""
AT_A_TIME = 500
"""How many customers are forgotten each minute."""
AN_HOUR = 20_000
"""How much of anything else is let go of each hour."""
HOURLY = 60
"""Each how many minutes that is done which reads all of something."""
SHORTEST = timedelta(days=5 * 365)
"""No law wants books for less; so nothing younger need be asked about."""
WHO = "kvitt"

log = structlog.get_logger()


@dataclass(slots=True)
class Retention:
    """The duty."""

    books: Books
    settings: Settings
    _invoice: int = field(default=0, init=False)
    """The last invoice that was asked about in this round."""
    _word: int = field(default=0, init=False)
    _minutes: int = field(default=0, init=False)

    async def tend(self, now: datetime) -> None:
        """Do a minute's part."""
        await asyncio.to_thread(self.step, now)

    def step(self, now: datetime) -> dict[str, int]:
        """Do a minute's part; how much of what was let go of. The log tells it, in numbers."""
        found = self._old(now)
        through = found[AT_A_TIME - 1] if len(found) > AT_A_TIME else self._invoice + INVOICES
        done = {
            "forgotten": self._forget(found[:AT_A_TIME]),
            "words": self._again(),
            "looks": self._looks(now, through),
        }
        self._invoice = 0 if through >= self.books.people.newest() else through
        if self._minutes % HOURLY == 0:
            done |= self._hourly(now)
        self._minutes += 1
        if any(done.values()):
            log.info("let go of what is kept no longer", **{what: count for what, count in done.items() if count})
        return done

    def _old(self, now: datetime) -> list[int]:
        """Of the next invoices, those whose time may be over."""
        days = self.settings.retention_closed_days
        before = now - (SHORTEST if days is None else timedelta(days=days))
        return self.books.forgetting.closed(self._invoice, self._invoice + INVOICES, before)

    def _forget(self, found: Sequence[int]) -> int:
        """Forget the customers of those whose time is over; one that cannot be keeps no other."""
        always = self.settings.retention_closed_days is not None
        return sum(self._is_done(invoice_id, always=always) for invoice_id in found)

    def _is_done(self, invoice_id: int, *, always: bool) -> bool:
        try:
            return self._is_forgotten(invoice_id, always=always)
        except NotYetError:
            return False
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001  (whatever is wrong with one, the others have their turn)
            log.error("a customer could not be forgotten", invoice=invoice_id, error=type(error).__name__)
            return False

    def _is_forgotten(self, invoice_id: int, *, always: bool) -> bool:
        forgetter = Forgetter(self.books, self.settings.keeping, self.settings.home / "outbox")
        case = self.books.cases.read(invoice_id)
        if not always and today_of(case) <= forgetter.keep_until(case):
            return False
        forgetter.forget(invoice_id, WHO, "its time is over")
        return True

    def _again(self) -> int:
        """Empty what was said of forgotten customers since."""
        newest = self.books.forgetting.newest_word()
        through = min(self._word + WORDS, newest)
        count = self.books.forgetting.again(self._word, through)
        self._word = through
        return count

    def _looks(self, now: datetime, through: int) -> int:
        days = self.settings.retention_look_days
        return 0 if days is None else self.books.expiring.looks(self._invoice, through, now - timedelta(days=days))

    def _hourly(self, now: datetime) -> dict[str, int]:
        """What reads all of something."""
        posts, deliveries = (timedelta(days=days) for days in self._days())
        return {
            "packs": self.books.forgetting.unseal(now.astimezone(UTC).date(), AN_HOUR),
            "posts": self.books.expiring.posts(now - posts, AN_HOUR),
            "deliveries": self.books.expiring.deliveries(now - deliveries, AN_HOUR),
            "answers": self.books.expiring.answers(now),
        }

    def _days(self) -> tuple[int, int]:
        return self.settings.retention_post_days, self.settings.retention_delivery_days
