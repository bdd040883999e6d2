"""Fees: what a reminder may cost, and when one must be given back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from domain.case import WRITTEN, Case
from domain.facts import Charge, ChargeState
from domain.money import Money
from domain.policy import Channel
from domain.words import Reason, reminder_step


@dataclass(frozen=True, slots=True)
class Fee:
    """What a message adds to the debt, and the law that allows it."""

    amount: Money
    capped: bool
    law: str


def fee_of(case: Case, index: int, channel: Channel) -> Fee | None:
    """The fee that the reminder with this index carries on this channel; None: it is free.

    The law has the last word here, whatever the merchant's file said when it was loaded: an unknown legal value
    charges nobody, and a fee above the cap is cut to it.
    """
    facts, policy, law, step = case.facts, case.policy, case.law.reminders, reminder_step(index)
    wanted = policy.reminders[index].fee
    if not wanted or step in facts.waived or facts.charge(step) or not facts.principal_open:
        return None
    if law.fee_needs_agreement and not policy.fee_agreed:
        return None
    if law.fee_needs_writing and channel not in WRITTEN:
        return None
    if law.fee_limit and _standing(case) >= law.fee_limit[0]:
        return None
    if law.fee_not_before and case.today < facts.due + timedelta(days=law.fee_not_before[0]):
        return None
    cap = law.fee_cap.on(case.today)
    if cap is None or cap.value is None or cap.value.currency != wanted.currency:
        return None
    amount = min(wanted, cap.value, key=lambda money: money.minor)
    return Fee(amount, amount < wanted, cap.source.ref)


def reversal(case: Case) -> tuple[Charge, Reason] | None:
    """A booked fee that must be given back, and why; None when the books are right."""
    facts = case.facts
    for charge in facts.charges:
        if charge.state is not ChargeState.BOOKED:
            continue
        if charge.step in facts.waived:
            return charge, Reason.WAIVED
        if facts.credited >= facts.amount:
            return charge, Reason.CREDITED
        if _was_paid_on_time(case, charge):
            return charge, Reason.PAID_ON_TIME
    return None


def _standing(case: Case) -> int:
    return sum(charge.state is not ChargeState.REVERSED for charge in case.facts.charges)


def _was_paid_on_time(case: Case, charge: Charge) -> bool:
    """Whether what was owed before this step was paid, by its bank's date, before the step's message was called for.

    That is up to the last day to pay printed before it, moved to the next bank day.
    """
    facts = case.facts
    if not facts.payments:
        return False
    owed, deadline = facts.amount - facts.credited, facts.due
    for send in facts.sends:
        if send.id.step == charge.step:
            break
        if send.out_at and send.pay_by:
            deadline = max(deadline, send.pay_by)
    for earlier in facts.charges:
        if earlier is charge:
            break
        if earlier.state is ChargeState.BOOKED:
            owed += earlier.amount
    last = case.calendar.roll(deadline)
    paid = sum(payment.amount.minor for payment in facts.payments if payment.dated <= last)
    return paid + case.policy.tolerance.minor >= owed.minor
