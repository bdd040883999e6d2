"""What has happened to an invoice, in its customer's words: our acts, and the money that came."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.calendar import Calendar
from domain.events import Amended, Collected, Credited, Event, Paid, Viewed
from domain.timeline import Did, Entry
from domain.words import Message, Reason
from gateway.wording import Words
from store.cases import CaseFile


@dataclass(frozen=True, slots=True)
class Chapter:
    """One thing that happened, local to the debtor."""

    at: datetime
    text: str


_SILENT = frozenset({Did.SKIPPED, Did.ASKED})
"""Our own affairs."""
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
    return sorted([*heard, *told], key=lambda chapter: chapter.at)[::-1]


def _act(entry: Entry, words: Words) -> str | None:
    if entry.did in _SILENT:
        return None
    amount = words.formats.amount(entry.amount) if entry.amount else ""
    match entry.did:
        case Did.SENT if entry.channel and entry.message is not Message.DISPUTE_NOTICE:
            return words(f"sent.{entry.message}", by=words(f"by.{entry.channel}"))
        case Did.SENT:
            return words(f"sent.{entry.message}")
        case Did.HELD | Did.RELEASED:
            return words(f"{entry.did}.{entry.reason}")
        case Did.CLOSED:
            return words(f"closed.{_CLOSINGS.get(entry.reason, 'paid')}")
        case _:
            return words(f"did.{entry.did}", amount=amount)


def _heard(event: Event, calendar: Calendar, words: Words) -> Iterator[Chapter]:
    at, formats = calendar.local(event.at), words.formats
    match event:
        case Paid() | Collected():
            yield Chapter(at, words("heard.paid", amount=formats.amount(event.amount)))
        case Credited():
            yield Chapter(at, words("heard.credited", amount=formats.amount(event.amount)))
        case Amended(amount=amount, due=due):
            if amount is not None:
                yield Chapter(at, words("heard.amount", amount=formats.amount(amount)))
            if due is not None:
                yield Chapter(at, words("heard.due", day=formats.day(due)))
        case Viewed():
            yield Chapter(at, words("heard.viewed"))
        case _:
            return
