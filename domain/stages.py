"""Where a case stands, in one word, for lists and filters."""

from __future__ import annotations

from enum import StrEnum

from domain.decisions import Decision, End, Wait
from domain.facts import Facts
from domain.words import DISTRIBUTION, REMINDERS, Reason


class Stage(StrEnum):
    """The stages of a life."""

    OPENED = "opened"
    """Entered, and not looked at yet."""
    NOT_ISSUED = "not_issued"
    DISTRIBUTING = "distributing"
    AWAITING_PAYMENT = "awaiting_payment"
    REMINDING = "reminding"
    ON_HOLD = "on_hold"
    NEEDS_ATTENTION = "needs_attention"
    IN_COLLECTION = "in_collection"
    CLOSED = "closed"


def stage_of(facts: Facts, decision: Decision) -> Stage:
    """The stage of a case for which this was decided."""
    if isinstance(decision, End) or facts.closed:
        return Stage.CLOSED
    if any(not ask.resolved for ask in facts.asks):
        return Stage.NEEDS_ATTENTION
    if facts.in_collection:
        return Stage.IN_COLLECTION
    if facts.hold:
        return Stage.ON_HOLD
    if isinstance(decision, Wait) and decision.reason is Reason.NOT_ISSUED:
        return Stage.NOT_ISSUED
    if any(send.out_at and send.message in REMINDERS for send in facts.sends):
        return Stage.REMINDING
    step = decision.step if isinstance(decision, Wait) else getattr(getattr(decision, "id", None), "step", None)
    return Stage.DISTRIBUTING if step == DISTRIBUTION else Stage.AWAITING_PAYMENT
