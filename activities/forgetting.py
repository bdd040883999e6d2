"""Forgetting a customer: what must not be forgotten yet is refused with the cure; what the law wants, sealed first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from activities.evidence import evidence_of
from channels.outbox import take_out
from domain.archive import ArchiveError
from domain.events import Closed
from domain.evidence import head_of
from domain.facts import IN_DOUBT
from domain.keeping import KeepingRule
from store.books import Books
from store.cases import CaseFile
from store.forgetting import Forget, Forgotten


class NotYetError(ValueError):
    """An invoice's customer cannot be forgotten now; the message says why, and what to do first."""


@dataclass(frozen=True, slots=True)
class Forgetter:
    """Forgets the customers of invoices, one at a time."""

    books: Books
    rule: KeepingRule
    outbox: Path
    """The folder of the outbox on this machine."""

    def forget(self, invoice_id: int, who: str, why: str) -> Forgotten:
        """Forget an invoice's customer; what was forgotten before stays as it is.

        Raises:
            NotYetError: the case lives, or has just changed, or no pack can be made of it.
        """
        if self.books.forgetting.of(invoice_id) is None:
            self.check(invoice_id)
            case = self.books.cases.read(invoice_id)
            self._forget(case, self._sealed(case, who, why))
        take_out(self.outbox, [send.id for send in self.books.sends.of_invoice(invoice_id)])
        found = self.books.forgetting.of(invoice_id)
        if found is None:
            raise AssertionError("what was forgotten is written down")
        return found

    def check(self, invoice_id: int) -> date:
        """See whether an invoice's customer can be forgotten; until when its evidence would lie sealed.

        Raises:
            NotYetError: no.
        """
        with self.books.cases.locked(invoice_id, light=True) as case:
            known = self.books.forgetting.known(case)
            if known is None:
                self._refuse(case)
        return known.keep_until if known else self.keep_until(case)

    def keep_until(self, case: CaseFile) -> date:
        """The last day on which the law of the merchant's country wants the voucher kept."""
        country = self.books.cases.merchant(case.merchant_version_id).country
        return self.rule.until(country, booked_on(case), today_of(case))

    def _forget(self, case: CaseFile, forget: Forget) -> None:
        """Do it under the case's lock, for which others wait: so the pack was made before, of the case as it was."""
        with self.books.cases.locked(case.id) as locked:
            if self.books.forgetting.known(locked):
                return
            self._refuse(locked)
            if (len(locked.events), locked.looked_at) != (len(case.events), case.looked_at):
                raise NotYetError(f"something has just happened to {_named(case)}; try again in a minute")
            self.books.forgetting.forget(locked, forget)

    def _sealed(self, case: CaseFile, who: str, why: str) -> Forget:
        """What is written down; with the evidence while the books' time runs."""
        until, now = self.keep_until(case), datetime.now(UTC)
        if today_of(case) > until:
            return Forget(now, who, why, until)
        try:
            pack = evidence_of(self.books, case)
        except ArchiveError as error:
            raise NotYetError(f"no pack can be made of {_named(case)}, which the law wants kept: {error}") from None
        return Forget(now, who, why, until, head_of(pack) or "", pack)

    def _refuse(self, case: CaseFile) -> None:
        if case.facts.closed is None:
            raise NotYetError(f"{_named(case)} is not closed; settle it, or: kvitt stop {_named(case)}")
        if any(send.status in IN_DOUBT for send in case.facts.sends):
            raise NotYetError(f"nobody knows what became of a message of {_named(case)}; try again when it is known")
        if not self.books.forgetting.is_at_its_end(case):
            cure = f"try again when a worker has done it, see: kvitt status {_named(case)}"
            raise NotYetError(f"{_named(case)} still has something to do; {cure}")


def booked_on(case: CaseFile) -> date:
    """The last day on which anything was booked of a case, or it was closed."""
    wall = case.law.calendar.wall
    moments = [posting.at for posting in case.facts.postings]
    moments += [event.at for event in case.events if isinstance(event, Closed)]
    return max([case.invoice.issued, *(wall(at).date() for at in moments)])


def today_of(case: CaseFile) -> date:
    """The day that a case has come to, by its own clock."""
    now = datetime.now(UTC) + case.shift
    return case.law.calendar.wall(max(now, case.looked_at or now)).date()


def _named(case: CaseFile) -> str:
    return f"{case.invoice.merchant}/{case.invoice.number}"
