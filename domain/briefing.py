"""What ops read first of a case in the Temporal UI: where it stands and why, what is owed, what a person can do.

English Markdown, without a name or an address.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.calendar import Calendar
from domain.decisions import Decision
from domain.facts import Facts
from domain.simulation import Planned
from domain.stages import stage_of
from domain.telling import plan_list, tell
from domain.words import Reason

QUESTIONS = {
    Reason.UNREACHABLE: (
        "no channel reached the customer, so nothing more is sent. Give a new address "
        "(`kvitt amend {case} --email …`, `--phone`, `--address`), or end it: `kvitt stop {case}`."
    ),
    Reason.EXHAUSTED: (
        "every step is done and it is still unpaid. Go on waiting for the money: `kvitt release {case}`; "
        "or end it: `kvitt credit {case} AMOUNT`, `kvitt stop {case}`."
    ),
    Reason.DISPUTED_IN_COLLECTION: (
        "the customer disputes a claim that the agency has; the agency was told. When it is looked into: "
        "`kvitt answer {case}`; to take the claim back: `kvitt withdraw {case}`."
    ),
    Reason.CANNOT_RENDER: (
        "a message could not be made; the worker's log says why. Put it right, then `kvitt release {case}`."
    ),
    Reason.AGENCY_REFUSED: (
        "the agency refused what was sent to it. Put it right, then `kvitt release {case}`; "
        "or keep the claim: `kvitt withdraw {case}`, then `kvitt release {case}`."
    ),
}
"""Why a person is asked, and what ends the question."""

HOLDS = {
    Reason.DISPUTED: "When it is answered: `kvitt answer {case}`.",
    Reason.RESPITE: "To let it go on at once: `kvitt release {case}`.",
    Reason.PAUSED: "To let it go on: `kvitt release {case}`.",
}
"""What ends a hold."""


def briefing(facts: Facts, decision: Decision, planned: Sequence[Planned], calendar: Calendar, as_of: datetime) -> str:
    """The case on one screen, as of its last look."""
    return "\n\n".join((standing(facts, decision, calendar), owed(facts), plan_list(planned, calendar, as_of)))


def standing(facts: Facts, decision: Decision, calendar: Calendar) -> str:
    """Where it stands and why; and which order ends a question or a hold."""
    stage = stage_of(facts, decision).replace("_", " ").capitalize()
    case = f"{facts.invoice.merchant}/{facts.invoice.number}"
    open_asks = [ask.reason for ask in facts.asks if not ask.resolved]
    if open_asks:
        return f"**{stage}:** {QUESTIONS[open_asks[-1]].format(case=case)}"
    told = f"**{stage}.** {tell(decision, calendar)}."
    return f"{told} {HOLDS[facts.hold.kind].format(case=case)}" if facts.hold else told


def owed(facts: Facts) -> str:
    """What is owed, and how it comes to that."""
    parts = [f"invoiced {facts.amount}"]
    parts += [
        f"{what} {amount}"
        for what, amount in (("fees", facts.fees), ("credited", facts.credited), ("paid", facts.paid))
        if amount
    ]
    return f"Owed: **{facts.balance} {facts.balance.currency}** ({', '.join(parts)}). Due {facts.due}."
