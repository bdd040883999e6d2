"""What has happened to an invoice, in its customer's words: our acts, and the money that came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.calendar import Calendar
from domain.charge import ChargeKind
from domain.events import AgencyClosed, Amended, Event, Viewed
from domain.facts import Facts
from domain.postings import CHARGES, Posting
from domain.postings import Entry as Posted
from domain.timeline import Did, Entry
from domain.words import NOTICES, AgencyOutcome, Reason
from gateway.account import fee_word
from store.cases import CaseFile
from templates.formats import abs_of
from templates.words import Words


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened, local to the debtor."""

    at: datetime
    text: str


_SILENT = frozenset({Did.SKIPPED, Did.ASKED, Did.CHARGED, Did.REVERSED})
"""Our own affairs, and what the postings tell better."""
_CLOSINGS = {
    Reason.CREDITED: "credited",
    Reason.FEES_WRITTEN_OFF: "written_off",
    Reason.STOPPED: "stopped",
    Reason.COMMANDED: "stopped",
}
"""Why a life ended, where it was not by payment."""


def chapters(case: CaseFile, words: Words) -> list[Chapter]:
    """The history, newest first."""
    calendar = case.law.calendar
    told = [Chapter(entry.at, text) for entry in case.life if (text := _act(entry, words))]
    heard = [chapter for event in case.events for chapter in _heard(event, calendar, words)]
    money = [
        Chapter(calendar.local(posting.at), _posted(case.facts, posting, words))
        for posting in case.facts.postings
        if posting.what is not Posted.AMENDED
    ]
    return sorted([*heard, *money, *told], key=lambda chapter: chapter.at)[::-1]


def _act(entry: Entry, words: Words) -> str | None:
    if entry.did in _SILENT:
        return None
    match entry.did:
        case Did.SENT if entry.channel and entry.message not in NOTICES:
            return words(f"sent.{entry.message}", by=words(f"by.{entry.channel}"))
        case Did.SENT:
            return words(f"sent.{entry.message}")
        case Did.HELD if entry.amount and entry.reason is Reason.DISPUTED:
            return words("held.disputed_part", amount=words.formats.amount(entry.amount))
        case Did.HELD | Did.RELEASED:
            return words(f"{entry.did}.{entry.reason}")
        case Did.CLOSED:
            return words(f"closed.{_CLOSINGS.get(entry.reason, 'paid')}")
        case _:
            return words(f"did.{entry.did}")


def _posted(facts: Facts, posting: Posting, words: Words) -> str:
    """Money that moved, of whichever kind."""
    what = str(posting.what)
    if posting.what in CHARGES[ChargeKind.FEE]:
        what = what.replace(ChargeKind.FEE, fee_word(facts, posting.step))
    return words(f"posted.{what}", amount=words.formats.amount(abs_of(posting.amount)))


def _heard(event: Event, calendar: Calendar, words: Words) -> Iterator[Chapter]:
    at, formats = calendar.local(event.at), words.formats
    match event:
        case Amended(amount=amount, due=due):
            if amount is not None:
                yield Chapter(at, words("heard.amount", amount=formats.amount(amount)))
            if due is not None:
                yield Chapter(at, words("heard.due", day=formats.day(due)))
        case AgencyClosed(outcome=outcome) if outcome is not AgencyOutcome.PAID:
            yield Chapter(at, words("did.withdrawn"))
        case Viewed():
            yield Chapter(at, words("heard.viewed"))
        case _:
            return
