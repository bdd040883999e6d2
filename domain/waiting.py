"""What a case waits for that no clock of ours brings about: a person, the agency, an answer, evidence; since when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.decisions import Decision, Wait
from domain.facts import IN_DOUBT, Facts
from domain.policy import Channel
from domain.words import NOTICES, Message, Reason, Status


@dataclass(frozen=True, slots=True)
class Waiting:
    """Why, and since when."""

    reason: Reason
    since: datetime


def waiting(facts: Facts, decision: Decision) -> Waiting | None:
    """What a case waits for after this decision, the most pressing first; None: for its own next step only."""
    return next(_all(facts, decision), None) if isinstance(decision, Wait) else None


def _all(facts: Facts, wait: Wait) -> Iterator[Waiting]:
    if wait.reason is Reason.AWAITING_EVIDENCE:
        yield from (Waiting(wait.reason, s.made or s.since) for s in facts.sends if s.status in IN_DOUBT)
    if facts.closed:
        return
    for ask in reversed(facts.asks):
        if not ask.resolved:
            yield Waiting(ask.reason, ask.at)
    if facts.in_collection:
        yield Waiting(Reason.IN_COLLECTION, _handed_over(facts))
    if facts.hold:
        yield Waiting(facts.hold.kind, facts.hold.since)
    yield from (Waiting(dispute.kind, dispute.since) for dispute in facts.disputes)


def _handed_over(facts: Facts) -> datetime:
    claims = (s for s in reversed(facts.sends) if s.channel is Channel.COLLECTION and s.message not in NOTICES)
    return next(s.out_at or s.since for s in claims if s.is_out and s.message is Message.CLAIM)


def bounced_at(facts: Facts) -> datetime | None:
    """When a message to the customer last failed for good, though the customer had not asked us to stop."""
    failed = (
        send.since
        for send in facts.sends
        if send.status is Status.FAILED and send.channel is not Channel.COLLECTION and send.why is not Reason.OPTED_OUT
    )
    return max(failed, default=None)
