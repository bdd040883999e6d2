"""The rules that answer alone: settled, stopped, in collection, held, in doubt, unreachable, exhausted.

Each looks at a case and returns what follows, or None where it has nothing to say. Their order stands in
``domain/rules.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from domain.calendar import ONE_DAY
from domain.case import Case
from domain.decisions import Decision, End, Note, Recall, Reconcile, Wait
from domain.events import Asked, Closed, HoldEnded, Settled
from domain.facts import IN_DOUBT, Facts, SendState
from domain.money import Money
from domain.policy import Channel, FeeRemainder, Otherwise
from domain.postings import Entry
from domain.reversals import reversal
from domain.steps import act, answers, correction, receipt, to_agency, when_open
from domain.words import ASKING, COLLECTION, DISTRIBUTION, Message, Outcome, Reason, Status

SEEK_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 120))
SEEK_LONGER_AFTER = (*SEEK_AFTER, timedelta(hours=12), timedelta(hours=24))
"""How long to wait after each fruitless search for evidence of a send; after the last it counts as failed. Letters and
what the agency gets are slow anyway, and a second one costs more than a wait."""

RECALL_AGAIN_AFTER = timedelta(minutes=10)
"""How long to wait before a letter is called back once more, when nobody knows whether it was in time."""

WITHDRAWAL_RUNG, DISPUTE_RUNG, BALANCE_RUNG = 1, 2, 3
"""Rungs of the collection step; the claim itself is rung 0."""


def books(case: Case) -> Decision | None:
    """A charge that should not stand is given back before anything else is decided."""
    wrong = reversal(case) if case.facts.charges else None
    return Note(wrong) if wrong else None


def call_back(case: Case) -> Decision | None:
    """What is not printed yet asks for money that is not owed any more: it is called back, and its fee with it."""
    facts = case.facts
    send = next((send for send in _recallable(case) if send.recall_tried is None), None)
    if send is None or facts.closed is not None:
        return None
    is_paid = not facts.principal_left and facts.has_news_since(send)
    is_over = facts.stopped or is_paid or _settlement(case)
    return Recall(send.id, send.channel) if is_over else None


def settled(case: Case) -> Decision | None:
    """Nothing is owed."""
    end = _settlement(case)
    return _wind_up(case, *end, Reason.SETTLED) if end else None


def stopped(case: Case) -> Decision | None:
    """A person stopped the case."""
    if not case.facts.stopped:
        return None
    return _wind_up(case, Outcome.STOPPED, Reason.STOPPED, Reason.COMMANDED)


def hold_over(case: Case) -> Decision | None:
    """The last day of a respite or pause has passed."""
    for hold in case.facts.holds:
        if hold.ended is None and hold.until is not None and hold.until < case.today:
            return Note(HoldEnded(at=case.moment, kind=hold.kind, until=hold.until))
    return None


def in_collection(case: Case) -> Decision | None:
    """The agency has the claim: wait for it, tell it of a dispute and of what is owed, or take the claim back."""
    facts = case.facts
    if not facts.in_collection:
        return None
    if facts.withdrawal_asked:
        return _tell_agency(case, Message.WITHDRAWAL, Reason.COMMANDED, WITHDRAWAL_RUNG)
    if facts.disputes:
        if not _is_told_of_disputes(facts):
            return _tell_agency(case, Message.DISPUTE_NOTICE, Reason.DISPUTED, DISPUTE_RUNG)
        since = facts.disputes[-1].since
        if not any(ask.reason is Reason.DISPUTED_IN_COLLECTION and ask.at >= since for ask in facts.asks):
            return Note(Asked(at=max(case.moment, since), reason=Reason.DISPUTED_IN_COLLECTION))
    if _agency_believes(case) != case.asked_for:
        return _tell_agency(case, Message.BALANCE_NOTICE, Reason.RECALCULATED, BALANCE_RUNG)
    unheld = None if facts.hold else _in_writing(case)
    return unheld or _if_silent(case) or Wait(_hold_end(case), Reason.IN_COLLECTION)


def given_back(case: Case) -> Decision | None:
    """The agency has closed its case and something is still owed: a person decides what follows."""
    agency = case.facts.agency
    return _ask(case, Reason.AGENCY_CLOSED, agency.closed_at) if agency.closed and agency.closed_at else None


def unknown_outcome(case: Case) -> Decision | None:
    """A send that may or may not be out: look for evidence before anything else goes out.

    A hold does not stop the search: it touches no debtor, and an agency that may have the claim must hear of a dispute.
    """
    for send in case.facts.sends:
        if send.status not in IN_DOUBT:
            continue
        if send.sought == 0:
            return Reconcile(send.id, send.channel)
        pauses = SEEK_AFTER if send.channel in (Channel.EMAIL, Channel.SMS) else SEEK_LONGER_AFTER
        if send.sought > len(pauses):
            return Note(Settled(at=case.moment, send=send.id, status=Status.FAILED, why=Reason.OUTCOME_UNKNOWN))
        again = send.since + pauses[send.sought - 1]
        if again <= case.moment:
            return Reconcile(send.id, send.channel)
        return Wait(again, Reason.AWAITING_EVIDENCE, send.id.step, send.channel)
    return None


def on_hold(case: Case) -> Decision | None:
    """Disputed, in respite, or paused: nothing goes out. What is not disputed goes on, if there is any."""
    hold = case.facts.hold
    if hold:
        return Wait(_hold_end(case), hold.kind)
    is_all = case.facts.disputes and (not case.principal or case.asked_for <= case.policy.tolerance)
    return Wait(_hold_end(case), Reason.DISPUTED) if is_all else None


def not_issued(case: Case) -> Decision | None:
    """The invoice's day has not come."""
    if case.today >= case.facts.invoice.issued:
        return None
    opening = case.window.opening(case.facts.invoice.issued)
    first = case.policy.distribution[0].channel
    return Wait(case.until(opening), Reason.NOT_ISSUED, DISTRIBUTION, first)


def stuck(case: Case) -> Decision | None:
    """A message could not be made, or the agency refused it: stop visibly until a person has released the case."""
    for send in case.facts.sends:
        refused = send.channel is Channel.COLLECTION and send.status is Status.FAILED
        if (refused or send.why is Reason.CANNOT_RENDER) and case.is_newest(send):
            asked = _ask(case, Reason.AGENCY_REFUSED if refused else Reason.CANNOT_RENDER, send.since)
            if asked:
                return asked
    return None


def unreachable(case: Case) -> Decision | None:
    """Every way was tried and nobody was reached: such an invoice is never reminded."""
    if not case.is_unreachable:
        return None
    if case.policy.if_unreachable is Otherwise.WAIT:
        return Wait(None, Reason.UNREACHABLE)
    return _ask(case, Reason.UNREACHABLE, _last_act(case)) or Wait(None, Reason.UNREACHABLE)


def exhausted(case: Case) -> Decision:
    """No step is left."""
    if case.policy.if_exhausted is Otherwise.WAIT:
        return Wait(None, Reason.EXHAUSTED)
    opening = case.window.opening(case.pay_by_passed)
    if case.now < opening:
        return Wait(case.until(opening), Reason.AWAITING_PAYMENT)
    return _ask(case, Reason.EXHAUSTED, _last_act(case)) or Wait(None, Reason.EXHAUSTED)


# --- the ends of a life ----------------------------------------------------------------------------------------------


def _settlement(case: Case) -> tuple[Outcome, Reason] | None:
    """How the invoice is settled, if it is."""
    facts, tolerance, balance = case.facts, case.policy.tolerance, case.facts.balance
    if balance > tolerance:
        if case.policy.fee_remainder is FeeRemainder.CHASE or balance > facts.charged + tolerance:
            return None
        return Outcome.WRITTEN_OFF, Reason.FEES_WRITTEN_OFF
    if facts.written_off and balance + facts.written_off > tolerance:
        return Outcome.WRITTEN_OFF, Reason.WRITTEN_OFF
    if facts.credited and not facts.paid:
        return Outcome.CREDITED, Reason.CREDITED
    if _is_collected(case):
        return Outcome.PAID, Reason.COLLECTED
    return Outcome.PAID, Reason.WITHIN_TOLERANCE if balance.minor > 0 else Reason.PAID


def _is_collected(case: Case) -> bool:
    """Whether the payment that settled the invoice came from the agency."""
    facts = case.facts
    missing = facts.balance + facts.paid - case.policy.tolerance
    for payment in facts.payments:
        missing -= payment.amount
        if missing.minor <= 0:
            return payment.by_agency
    return False


def _wind_up(case: Case, outcome: Outcome, reason: Reason, why: Reason) -> Decision:
    """Take the claim back from the agency, unless it collected; close; and leave no send unsettled, no receipt owed."""
    facts = case.facts
    if facts.in_collection and reason is not Reason.COLLECTED:
        return _tell_agency(case, Message.WITHDRAWAL, why, WITHDRAWAL_RUNG)
    if facts.closed is None:
        return Note(Closed(at=case.moment, outcome=outcome, reason=reason))
    return unknown_outcome(case) or _recall(case) or _told_last(case) or End(facts.closed)


def _recall(case: Case) -> Decision | None:
    """Call back once more what nobody knows to be called back; there is no answer from who was never asked."""
    for send in _recallable(case):
        again = send.recall_tried + RECALL_AGAIN_AFTER if send.recall_tried else case.moment
        if again <= case.moment:
            return Recall(send.id, send.channel)
        until = min(again, send.recall_until or again)
        return Wait(until, Reason.AWAITING_RECALL, send.id.step, send.channel)
    return None


def _recallable(case: Case) -> Iterator[SendState]:
    """The sends that ask for money, are out, and may still be called back."""
    for send in case.facts.sends:
        is_open = send.status is Status.SENT and send.recall_until and send.recall_until > case.moment
        if is_open and send.message in ASKING:
            yield send


def _told_last(case: Case) -> Decision | None:
    """What the debtor is still to be told: our answer, what was asked for wrongly, that the money arrived."""
    is_paid = case.facts.closed is Outcome.PAID and bool(case.facts.payments)
    proposal = receipt(case) if is_paid and case.policy.receipt else None
    return _in_writing(case) or ((stuck(case) or when_open(case, proposal)) if proposal else None)


def _in_writing(case: Case) -> Decision | None:
    """What the debtor is told whatever else is so: our answer to a dispute, and what was asked for wrongly."""
    facts = case.facts
    owed = (*(answers(case) if facts.answers else ()), correction(case) if facts.charges else None)
    proposal = next((proposal for proposal in owed if proposal), None)
    return (stuck(case) or when_open(case, proposal)) if proposal else None


def _is_told_of_disputes(facts: Facts) -> bool:
    """Whether the agency was told since the last dispute began that has no answer yet."""
    told = max((s.held for s in facts.sends if s.message is Message.DISPUTE_NOTICE and s.out_at), default=0)
    return not any(hold in facts.disputes for hold in facts.holds[told:])


def _agency_believes(case: Case) -> Money:
    """What is owed as far as the agency knows: what it was told last, less what it has collected since."""
    facts = case.facts
    told = next(send for send in reversed(facts.sends) if send.channel is Channel.COLLECTION and send.is_out)
    if told.total is None:
        return case.asked_for
    since = (posting.amount for posting in facts.postings[told.booked :] if posting.what is Entry.COLLECTED)
    return sum(since, told.total)


def _if_silent(case: Case) -> Decision | None:
    """A person is asked when the agency has not said in time that it has the claim."""
    collection, facts = case.policy.collection, case.facts
    if collection is None or collection.acknowledged_within is None or facts.agency.acknowledged:
        return None
    claim = next(send for send in reversed(facts.sends) if send.message is Message.CLAIM and send.out_at)
    handed_over = case.calendar.wall(claim.out_at or claim.since)
    limit = case.window.fit(case.calendar.deadline(handed_over, collection.acknowledged_within))
    if case.now < limit:
        return Wait(case.until(limit), Reason.IN_COLLECTION)
    return _ask(case, Reason.AGENCY_SILENT, claim.since)


def _tell_agency(case: Case, message: Message, why: Reason, rung: int) -> Decision:
    blocked = unknown_outcome(case) or stuck(case)
    if blocked:
        return blocked
    proposal = to_agency(case, message, why, rung, case.now)
    if proposal.at > case.now:
        return Wait(case.until(proposal.at), Reason.RETRY, COLLECTION, Channel.COLLECTION)
    return act(case, proposal)


# --- asking and waiting ----------------------------------------------------------------------------------------------


def _ask(case: Case, reason: Reason, since: datetime) -> Decision | None:
    """Ask a person once for what has been so since then, and wait; None when somebody has acted on it."""
    asks = [ask for ask in case.facts.asks if ask.reason is reason]
    if any(not ask.resolved for ask in asks):
        return Wait(None, Reason.ASKED)
    if any(ask.at >= since for ask in asks):
        return None
    return Note(Asked(at=max(case.moment, since), reason=reason))


def _last_act(case: Case) -> datetime:
    """When the newest message went out, or did not."""
    return max((send.out_at or send.since for send in case.facts.sends), default=case.facts.due_set or case.moment)


def _hold_end(case: Case) -> datetime | None:
    """When the first of the running holds ends by itself: the midnight after its last day."""
    untils = [hold.until for hold in case.facts.holds if hold.ended is None and hold.until is not None]
    return case.until(case.midnight(min(untils) + ONE_DAY)) if untils else None
