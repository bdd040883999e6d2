"""What the page says under its headline: why it stands so, since when, and until when."""

from __future__ import annotations

from collections.abc import Iterator

from domain.facts import HoldState
from gateway.standing import OVER, Standing, respite_until
from store.cases import CaseFile
from templates.words import Words


def notes(case: CaseFile, standing: Standing, words: Words, values: dict[str, str]) -> Iterator[str]:
    """The sentences, the most important first."""
    if standing not in OVER:
        for dispute in case.facts.disputes:
            yield _dispute(case, dispute, words)
    yield words(f"note.{_note(case, standing)}", **values, **_more(case, words))
    if standing is Standing.IN_COLLECTION and case.facts.agency.case:
        yield words("note.agency_case", case=case.facts.agency.case)
    if standing is Standing.DISPUTED and respite_until(case.facts):
        yield words("note.respite_too", **_more(case, words))


def _note(case: CaseFile, standing: Standing) -> str:
    if standing is Standing.IN_COLLECTION and case.policy.collection and case.policy.collection.called:
        return "in_collection_with"
    if standing is Standing.PAUSED and case.facts.hold and case.facts.hold.until:
        return "paused_until"
    return standing


def _more(case: CaseFile, words: Words) -> dict[str, str]:
    """What only some notes tell: the last day of a hold, and who has the claim."""
    facts, collection = case.facts, case.policy.collection
    until = respite_until(facts) or (facts.hold.until if facts.hold else None)
    told = {"until": words.formats.day(until)} if until else {}
    return told | ({"agency": collection.called} if collection and collection.called else {})


def _dispute(case: CaseFile, dispute: HoldState, words: Words) -> str:
    since = words.formats.day(case.law.calendar.local(dispute.since).date())
    if dispute.amount is None:
        return words("note.objected", since=since)
    amount = words.formats.amount(min(dispute.amount, case.facts.principal_left))
    return words("note.objected_part", amount=amount, since=since)
