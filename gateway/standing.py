"""Where an invoice stands for its customer, in one word. Read from the books alone, so it is true at this moment."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from domain.case import PRINTS, Case
from domain.facts import Facts
from domain.words import Outcome, Reason
from store.cases import CaseFile


class Standing(StrEnum):
    """What the page says first."""

    OPEN = "open"
    OVERDUE = "overdue"
    RESPITE = "respite"
    PAUSED = "paused"
    DISPUTED = "disputed"
    IN_COLLECTION = "in_collection"
    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"
    STOPPED = "stopped"


OVER = frozenset({Standing.PAID, Standing.CREDITED, Standing.WRITTEN_OFF, Standing.STOPPED})
"""Where nothing is held any more."""
PAYABLE = frozenset({Standing.OPEN, Standing.OVERDUE, Standing.RESPITE, Standing.PAUSED})
"""Where the customer is asked for money."""
SETTLED = frozenset({Standing.PAID, Standing.CREDITED, Standing.WRITTEN_OFF})
"""Where nothing is owed."""

_OUTCOMES = {
    Outcome.PAID: Standing.PAID,
    Outcome.CREDITED: Standing.CREDITED,
    Outcome.WRITTEN_OFF: Standing.WRITTEN_OFF,
    Outcome.STOPPED: Standing.STOPPED,
}
_HOLDS = {
    Reason.DISPUTED: Standing.DISPUTED,
    Reason.RESPITE: Standing.RESPITE,
    Reason.PAUSED: Standing.PAUSED,
}


def standing_of(case: CaseFile, now: datetime) -> Standing:
    """Where the case stands."""
    facts = case.facts
    if facts.closed:
        return _OUTCOMES[facts.closed]
    if facts.balance <= case.policy.tolerance:
        return Standing.CREDITED if facts.credited >= facts.amount else Standing.PAID
    if facts.stopped:
        return Standing.STOPPED
    if facts.in_collection:
        return Standing.IN_COLLECTION
    if facts.hold:
        return _HOLDS[facts.hold.kind]
    rules = Case.at(facts, case.policy, case.law, now)
    if facts.disputes and (not rules.principal or rules.asked_for <= case.policy.tolerance):
        return Standing.DISPUTED
    return Standing.OVERDUE if rules.today > rules.calendar.roll(rules.due) else Standing.OPEN


def pay_by(case: CaseFile) -> date:
    """The last day to pay that the customer was told: the due date, or what a message or a respite has said since."""
    facts = case.facts
    days = [facts.due]
    for send in facts.sends:
        if send.out_at and send.pay_by and send.message in PRINTS and send.out_at >= (facts.due_set or send.out_at):
            days.append(send.pay_by)
    until = respite_until(facts)
    return max([*days, until] if until else days)


def respite_until(facts: Facts) -> date | None:
    """The last day of the respites that run; None: none does."""
    running = (hold for hold in facts.holds if hold.kind is Reason.RESPITE and hold.ended is None)
    return max((hold.until for hold in running if hold.until), default=None)
