"""What was charged and should not have been, by what is known now: paid on time, waived, credited, or too much."""

from __future__ import annotations

from dataclasses import replace

from domain.case import Case
from domain.charge import ChargeKind
from domain.events import Reversed
from domain.facts import Charge, ChargeState, Facts, SendState
from domain.interest import made_again, overcharged, principal_on
from domain.law.caps import Cap
from domain.law.pack import Dated
from domain.money import Money
from domain.words import REMINDERS, Message, Reason, Status

CARRIES = REMINDERS | {Message.CLAIM}
"""The messages that can add to a debt."""


def reversal(case: Case) -> Reversed | None:
    """A booked charge that must be given back, and why; None when the books are right."""
    for charge in case.facts.charges:
        if charge.state is ChargeState.BOOKED:
            wrong = _wrong(case, charge)
            if wrong:
                return wrong
    return None


def _wrong(case: Case, charge: Charge) -> Reversed | None:
    facts = case.facts
    if charge.step in facts.waived:
        return _taken_back(case, charge, Reason.WAIVED)
    if facts.credited >= facts.amount:
        return _taken_back(case, charge, Reason.CREDITED)
    if _came_back(case, charge):
        return _taken_back(case, charge, Reason.CAME_BACK)
    if not _is_news(facts, charge):
        return None
    is_interest = charge.kind is ChargeKind.INTEREST
    if not is_interest and _was_paid_on_time(case, charge):
        return _taken_back(case, charge, Reason.PAID_ON_TIME)
    too_much = overcharged(facts, case.law, charge) if is_interest else _above_cap(case, charge)
    if not too_much:
        return None
    reason = Reason.PAID_ON_TIME if too_much == charge.amount and facts.paid else Reason.RECALCULATED
    stands = made_again(facts, case.law, charge) if is_interest and too_much < charge.amount else ()
    return replace(_taken_back(case, charge, reason, too_much), periods=stands)


def _came_back(case: Case, charge: Charge) -> bool:
    """Whether every message that asked for it came back, on each of the step's rungs: then it was never asked for."""
    carried = [send for send in case.of_step(charge.step) if send.message in CARRIES]
    return case.is_used_up(carried, case.rungs_of(charge.step))


def _is_news(facts: Facts, charge: Charge) -> bool:
    """Whether anything that can make a charge wrong became known since its message was made."""
    send = facts.send(charge.send)
    if send.made is None or facts.has_news_since(send):
        return True
    holds = (moment for hold in facts.holds for moment in (hold.since, hold.ended))
    bounces = (other.since for other in facts.sends if other.status is Status.FAILED and other.message in REMINDERS)
    return any(moment is not None and moment >= send.made for moment in (facts.due_set, *holds, *bounces))


def _above_cap(case: Case, charge: Charge) -> Money:
    """How much of a fee or compensation the principal of its day does not carry, by what is known of that day now."""
    facts, send = case.facts, case.facts.send(charge.send)
    day, zero = case.day_of(send), Money.zero(charge.amount.currency)
    line = _caps(case, charge, send).firm(day)
    cap = line.value if line else None
    if cap is None or cap.of(zero, send.channel) == cap.of(facts.amount, send.channel):
        return zero
    most = cap.of(principal_on(facts, case.law, day), send.channel) or zero
    if charge.kind is ChargeKind.FEE:
        most -= sum((added.amount for added in send.charges if added.kind is ChargeKind.COMPENSATION), zero)
    return min(max(charge.amount - most, zero), charge.amount)


def _caps(case: Case, charge: Charge, send: SendState) -> Dated[Cap]:
    law = case.law
    if charge.kind is ChargeKind.COMPENSATION:
        return law.compensation
    return {Message.DEMAND: law.demand.cap, Message.CLAIM: law.collection.fee.cap}.get(send.message, law.reminders.cap)


def _taken_back(case: Case, charge: Charge, reason: Reason, amount: Money | None = None) -> Reversed:
    return Reversed(at=case.moment, step=charge.step, reason=reason, kind=charge.kind, amount=amount)


def _was_paid_on_time(case: Case, charge: Charge) -> bool:
    """Whether what was owed before this step was paid, by its bank's date, before the step's message was called for.

    That is up to the last day to pay printed before it, moved to the next bank day.
    """
    facts = case.facts
    payments, made = facts.payments if facts.paid else (), facts.send(charge.send).made
    if not payments or made is None:
        return False
    last = case.calendar.roll(facts.due)
    for send in facts.sends:
        if send.id.step == charge.step:
            break
        if send.out_at and send.pay_by:
            last = max(last, case.day_to_pay(send.out_at, send.pay_by))
    owed = facts.amount - facts.credited - facts.given_up_before(made) - facts.disputed_at(made)
    for earlier in facts.charges:
        if earlier.step == charge.step:
            break
        if earlier.state is ChargeState.BOOKED:
            owed += earlier.amount
    paid = sum(payment.amount.minor for payment in payments if payment.dated <= last)
    return paid + case.policy.tolerance.minor >= owed.minor
