"""What an agency's word changes for a case."""

from __future__ import annotations

from datetime import datetime

from channels.hearing import Heard, Word
from domain.events import Acknowledged, AgencyClosed, AgencyTold, Collected, Event, WithdrawalConfirmed
from domain.facts import Facts
from domain.words import AgencyOutcome, Message, SendId

TOLD = frozenset({Word.ACKNOWLEDGED, Word.TOLD, Word.COLLECTED, Word.AGENCY_CLOSED, Word.WITHDRAWAL_CONFIRMED})
"""The words of agencies only."""


def event_of(said: Heard, send: SendId, facts: Facts, at: datetime) -> Event | None:
    """What changes; None: nothing. Money counts whenever it is told; the rest only of the claim that it has now.

    Raises:
        ValueError: the payment is in another currency than the invoice, or about a notice: a person must look.
    """
    if said.word is Word.COLLECTED:
        return _collected(said, send, facts, at)
    if _has_a_newer_claim(facts, send):
        return None
    match said.word:
        case Word.ACKNOWLEDGED:
            return Acknowledged(at=at, case=said.case)
        case Word.TOLD:
            return AgencyTold(at=at, status=said.code)
        case Word.AGENCY_CLOSED:
            return AgencyClosed(at=at, outcome=AgencyOutcome(said.code))
        case Word.WITHDRAWAL_CONFIRMED:
            return WithdrawalConfirmed(at=at)
        case _:
            return None


def _collected(said: Heard, send: SendId, facts: Facts, at: datetime) -> Collected:
    if said.amount is None or said.dated is None:
        raise ValueError("a payment without amount or day")
    if facts.send(send).message is not Message.CLAIM:  # its id and the payment's keep it from counting twice
        raise ValueError("a payment about something else than a claim")
    if said.amount.currency != facts.amount.currency:
        raise ValueError("a payment in another currency than the invoice's")
    return Collected(at=at, amount=said.amount, dated=said.dated)


def _has_a_newer_claim(facts: Facts, send: SendId) -> bool:
    """Whether the claim was handed over anew since this was sent."""
    ids = [one.id for one in facts.sends]
    later = facts.sends[ids.index(send) + 1 :] if send in ids else ()
    return any(one.message is Message.CLAIM and one.is_out for one in later)
