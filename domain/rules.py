"""The rules, in order. ``decide`` is the whole product in one function.

The first rules answer alone. The others each propose a moment; the earliest wins, and ties go by order. A proposal
whose time has passed is overtaken by one whose time came later: after an outage a case gets the one step that is due
now, not all it missed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from domain.case import Case
from domain.charges import reversal
from domain.decisions import Decision, End, Note, Reconcile, Wait
from domain.events import Asked, Closed, HoldEnded, Reversed, Settled
from domain.facts import Facts
from domain.law import Law
from domain.policy import Channel, FeeRemainder, Otherwise, Policy
from domain.steps import Proposal, act, distribution, due_reminder, hand_over, receipt, reminders, to_agency
from domain.words import COLLECTION, DISTRIBUTION, Message, Outcome, Reason, Status

SEEK_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120))
"""How long to wait after each fruitless search for evidence of a send; after the last it counts as failed."""

WITHDRAWAL_RUNG, DISPUTE_RUNG = 1, 2
"""Rungs of the collection step; the claim itself is rung 0."""


def decide(facts: Facts, policy: Policy, law: Law, now: datetime) -> Decision:
    """What follows from the facts at an aware moment. Same input, same answer."""
    case = Case.at(facts, policy, law, now)
    for rule in ANSWERS:
        decision = rule(case)
        if decision is not None:
            return decision
    proposals = [p for p in (distribution(case), due_reminder(case), *reminders(case), hand_over(case)) if p]
    return _choose(case, proposals) if proposals else _exhausted(case)


# --- rules that answer alone -------------------------------------------------------------------------------------------


def books(case: Case) -> Decision | None:
    """A fee that should not stand is given back before anything else is decided."""
    wrong = reversal(case)
    if wrong is None:
        return None
    charge, reason = wrong
    return Note(Reversed(at=case.moment, step=charge.step, reason=reason))


def settled(case: Case) -> Decision | None:
    """Nothing is owed: take the claim back from the agency, close, and send the receipt."""
    end = _settlement(case)
    if end is None:
        return None
    outcome, reason = end
    if case.facts.in_collection and reason is not Reason.COLLECTED:
        return _tell_agency(case, Message.WITHDRAWAL, Reason.SETTLED, WITHDRAWAL_RUNG)
    if case.facts.closed is None:
        return Note(Closed(at=case.moment, outcome=outcome, reason=reason))
    if case.facts.closed is Outcome.PAID:
        proposal = _receipt(case)
        if proposal:
            return proposal
    return End(case.facts.closed)


def stopped(case: Case) -> Decision | None:
    """A person stopped the case."""
    if not case.facts.stopped:
        return None
    if case.facts.in_collection:
        return _tell_agency(case, Message.WITHDRAWAL, Reason.COMMANDED, WITHDRAWAL_RUNG)
    if case.facts.closed is None:
        return Note(Closed(at=case.moment, outcome=Outcome.STOPPED, reason=Reason.STOPPED))
    return End(case.facts.closed)


def hold_over(case: Case) -> Decision | None:
    """The last day of a respite or pause has passed."""
    for hold in case.facts.holds:
        if hold.ended is None and hold.until is not None and hold.until < case.today:
            return Note(HoldEnded(at=case.moment, kind=hold.kind, until=hold.until))
    return None


def in_collection(case: Case) -> Decision | None:
    """The agency has the claim: wait for it, tell it of a dispute, or take the claim back."""
    facts = case.facts
    if not facts.in_collection:
        return None
    if facts.withdrawal_asked:
        return _tell_agency(case, Message.WITHDRAWAL, Reason.COMMANDED, WITHDRAWAL_RUNG)
    hold = facts.hold
    if hold and hold.kind is Reason.DISPUTED:
        told = any(s.message is Message.DISPUTE_NOTICE and s.out_at and s.out_at >= hold.since for s in facts.sends)
        if not told:
            return _tell_agency(case, Message.DISPUTE_NOTICE, Reason.DISPUTED, DISPUTE_RUNG)
        if not any(ask.reason is Reason.DISPUTED_IN_COLLECTION and ask.at >= hold.since for ask in facts.asks):
            return Note(Asked(at=case.moment, reason=Reason.DISPUTED_IN_COLLECTION))
    return Wait(_hold_end(case), Reason.IN_COLLECTION)


def on_hold(case: Case) -> Decision | None:
    """Disputed, in respite, or paused: nothing goes out."""
    hold = case.facts.hold
    return Wait(_hold_end(case), hold.kind) if hold else None


def not_issued(case: Case) -> Decision | None:
    """The invoice's day has not come."""
    if case.today >= case.facts.invoice.issued:
        return None
    opening = case.window.opening(case.facts.invoice.issued)
    first = case.policy.distribution[0].channel
    return Wait(case.calendar.moment(opening), Reason.NOT_ISSUED, DISTRIBUTION, first)


def unknown_outcome(case: Case) -> Decision | None:
    """A send that may or may not be out: look for evidence before anything else goes out."""
    for send in case.facts.sends:
        if send.status not in (Status.RESERVED, Status.UNKNOWN):
            continue
        if send.sought == 0:
            return Reconcile(send.id, send.channel)
        if send.sought > len(SEEK_AFTER):
            return Note(Settled(at=case.moment, send=send.id, status=Status.FAILED, why=Reason.OUTCOME_UNKNOWN))
        again = send.since + SEEK_AFTER[send.sought - 1]
        if again <= case.moment:
            return Reconcile(send.id, send.channel)
        return Wait(again, Reason.AWAITING_EVIDENCE, send.id.step, send.channel)
    return None


def stuck(case: Case) -> Decision | None:
    """A message could not be made, or the agency refused it: stop visibly until a person has released the case."""
    newest = {(send.id.step, send.id.rung): send for send in case.facts.sends}
    for send in newest.values():
        refused = send.channel is Channel.COLLECTION and send.status is Status.FAILED
        if refused or send.why is Reason.CANNOT_RENDER:
            reason = Reason.AGENCY_REFUSED if refused else Reason.CANNOT_RENDER
            return _ask(case, reason, send.since, wait_if_resolved=False)
    return None


def unreachable(case: Case) -> Decision | None:
    """Every way was tried and nobody was reached: such an invoice is never reminded."""
    if not case.is_unreachable:
        return None
    if case.policy.if_unreachable is Otherwise.WAIT:
        return Wait(None, Reason.UNREACHABLE)
    return _ask(case, Reason.UNREACHABLE, max(send.since for send in case.facts.sends))


ANSWERS: tuple[Callable[[Case], Decision | None], ...] = (
    books,
    settled,
    stopped,
    hold_over,
    in_collection,
    on_hold,
    not_issued,
    unknown_outcome,
    stuck,
    unreachable,
)


# --- choosing among proposals ------------------------------------------------------------------------------------------


WAITS_FOR = {
    Reason.ISSUED: Reason.NOT_ISSUED,
    Reason.NOT_VIEWED: Reason.AWAITING_VIEW,
    Reason.DUE: Reason.AWAITING_DUE,
    Reason.OVERDUE: Reason.AWAITING_PAYMENT,
    Reason.TIME_TO_PAY_OVER: Reason.AWAITING_PAYMENT,
}
"""What a wait for a message is a wait for; a message for another reason waits for the contact window."""


def _choose(case: Case, proposals: list[Proposal]) -> Decision:
    come = [proposal for proposal in proposals if proposal.at <= case.now]
    chosen = max(come, key=lambda p: p.at) if come else min(proposals, key=lambda p: p.at)
    return _when_open(case, chosen)


def _when_open(case: Case, proposal: Proposal) -> Decision:
    """The proposal's act if its moment has come and the window is open; else the wait for it."""
    reason = WAITS_FOR.get(proposal.why, proposal.why)
    at = case.window.fit(max(proposal.at, case.now))
    if at > case.now:
        return Wait(case.calendar.moment(at), reason, proposal.step, proposal.channel)
    unbooked = proposal.step.startswith("reminder") and _unbooked_until(case)
    if unbooked:
        return Wait(unbooked, Reason.AWAITING_BOOKING, proposal.step, proposal.channel)
    return act(case, proposal)


def _unbooked_until(case: Case) -> datetime | None:
    """Where bank files tell how far the books go: the next bank day, while the due day's money is not booked."""
    booked = case.facts.booked_through
    if booked is None or booked >= case.calendar.roll(case.due):
        return None
    return case.calendar.moment(case.window.opening(case.today + timedelta(days=1)))


def _exhausted(case: Case) -> Decision:
    """No step is left."""
    if case.policy.if_exhausted is Otherwise.WAIT:
        return Wait(None, Reason.EXHAUSTED)
    opening = case.window.opening(case.pay_by_passed)
    if case.now < opening:
        return Wait(case.calendar.moment(opening), Reason.AWAITING_PAYMENT)
    return _ask(case, Reason.EXHAUSTED, max((send.since for send in case.facts.sends), default=case.moment))


# --- the ends of a life ------------------------------------------------------------------------------------------------


def _settlement(case: Case) -> tuple[Outcome, Reason] | None:
    """How the invoice is settled, if it is."""
    facts, policy = case.facts, case.policy
    only_fees = facts.principal_open <= policy.tolerance and facts.balance <= facts.fees + policy.tolerance
    if facts.balance > policy.tolerance and not (only_fees and policy.fee_remainder is FeeRemainder.WRITE_OFF):
        return None
    if facts.balance > policy.tolerance:
        return Outcome.WRITTEN_OFF, Reason.FEES_WRITTEN_OFF
    if facts.credited >= facts.amount and not facts.paid:
        return Outcome.CREDITED, Reason.CREDITED
    if facts.payments and facts.payments[-1].by_agency:
        return Outcome.PAID, Reason.COLLECTED
    return Outcome.PAID, Reason.WITHIN_TOLERANCE if facts.balance.minor > 0 else Reason.PAID


def _receipt(case: Case) -> Decision | None:
    unknown = unknown_outcome(case)
    if unknown:
        return unknown
    proposal = receipt(case, case.now)
    return _when_open(case, proposal) if proposal else None


def _tell_agency(case: Case, message: Message, reason: Reason, rung: int) -> Decision:
    blocked = unknown_outcome(case) or stuck(case)
    if blocked:
        return blocked
    proposal = to_agency(case, message, reason, rung)
    if proposal.at > case.now:
        return Wait(case.calendar.moment(proposal.at), Reason.RETRY, COLLECTION, Channel.COLLECTION)
    return act(case, proposal)


def _ask(case: Case, reason: Reason, since: datetime, *, wait_if_resolved: bool = True) -> Decision | None:
    """Ask a person once for what has been so since then; afterwards wait for somebody to act."""
    asks = [ask for ask in case.facts.asks if ask.reason is reason and ask.at >= since]
    if not asks:
        return Note(Asked(at=case.moment, reason=reason))
    if not asks[-1].resolved:
        return Wait(None, Reason.ASKED)
    return Wait(None, reason) if wait_if_resolved else None


def _hold_end(case: Case) -> datetime | None:
    """When the first of the running holds ends by itself: the midnight after its last day."""
    untils = [hold.until for hold in case.facts.holds if hold.ended is None and hold.until is not None]
    if not untils:
        return None
    return case.calendar.moment(case.midnight(min(untils) + timedelta(days=1)))
