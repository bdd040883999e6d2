"""What ops read first of a case in the Temporal UI: where it stands and why, what is owed, what a person can do.

English Markdown, without a name or an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.attention import CURES, Need
from domain.calendar import Calendar
from domain.charge import ChargeKind
from domain.decisions import Decision
from domain.facts import Facts
from domain.simulation import Planned
from domain.stages import stage_of
from domain.telling import moment, plan_list, tell
from domain.words import Reason

NAMES = {ChargeKind.FEE: "fees", ChargeKind.INTEREST: "interest", ChargeKind.COMPENSATION: "compensation"}

HOLDS = {
    Reason.DISPUTED: "When it is answered: `kvitt answer {case} OUTCOME`.",
    Reason.RESPITE: "To let it go on at once: `kvitt release {case}`.",
    Reason.PAUSED: "To let it go on: `kvitt release {case}`.",
}
"""What ends a hold."""


def briefing(facts: Facts, decision: Decision, planned: Sequence[Planned], calendar: Calendar, as_of: datetime) -> str:
    """The case on one screen, as of its last look."""
    parts = (standing(facts, decision, calendar), with_agency(facts, calendar), owed(facts))
    return "\n\n".join((*filter(None, parts), plan_list(planned, calendar, as_of)))


def question(reason: Reason, case: str) -> str:
    """Why a person is asked, and what ends the question."""
    return CURES[Need(reason)].told(case=case)


def standing(facts: Facts, decision: Decision, calendar: Calendar) -> str:
    """Where it stands and why; and which order ends a question or a hold."""
    stage = stage_of(facts, decision).replace("_", " ").capitalize()
    case = f"{facts.invoice.merchant}/{facts.invoice.number}"
    open_asks = [ask.reason for ask in facts.asks if not ask.resolved]
    if open_asks:
        return f"**{stage}:** {question(open_asks[-1], case)}"
    told = f"**{stage}.** {tell(decision, calendar)}."
    held = facts.hold.kind if facts.hold else Reason.DISPUTED if facts.disputes else None
    part = f" {facts.disputed} {facts.disputed.currency} is disputed." if facts.disputes and not facts.hold else ""
    return f"{told}{part} {HOLDS[held].format(case=case)}" if held else told


def with_agency(facts: Facts, calendar: Calendar) -> str:
    """How far the agency has come. Its own number for the claim stays out: it is theirs, and might hold a name."""
    agency = facts.agency
    if agency.closed and agency.closed_at:
        return f"The agency closed its case {moment(agency.closed_at, calendar)}: {agency.closed}."
    if not facts.in_collection:
        return ""
    if agency.acknowledged is None:
        return "The agency has not said yet that it has the claim."
    word = f"; it says: {agency.status.replace('_', ' ')}" if agency.status else ""
    return f"The agency has said that it has the claim, {moment(agency.acknowledged, calendar)}{word}."


def owed(facts: Facts) -> str:
    """What is owed, and how it comes to that."""
    parts = [f"invoiced {facts.amount}"]
    parts += [
        f"{what} {amount}"
        for what, amount in (
            *((NAMES[kind], facts.standing(kind)) for kind in ChargeKind),
            ("credited", facts.credited),
            ("written off", facts.written_off),
            ("paid", facts.paid),
            ("disputed", facts.disputed),
        )
        if amount
    ]
    return f"Owed: **{facts.balance} {facts.balance.currency}** ({', '.join(parts)}). Due {facts.due}."
