"""What a message may add to the debt, and what a correction takes back.

The law has the last word here, whatever the merchant's file said when it was loaded: what is not firmly known charges
nobody, and a wish above the cap is cut to it.
"""

from __future__ import annotations

from datetime import date, timedelta

from domain.calendar import ONE_DAY
from domain.case import WRITTEN, Case
from domain.charge import Added, ChargeKind
from domain.facts import ChargeState, Facts, SendState
from domain.interest import ON_RECEIPT, amount_of, due_interest, first_day
from domain.law.pack import FeeLaw, Law
from domain.money import Money
from domain.policy import Channel, Claim, Policy
from domain.postings import CHARGES
from domain.words import COLLECTION, REMINDERS, Message, reminder_step


def charges_of(case: Case, message: Message, reminder: int | None, channel: Channel) -> tuple[Added, ...]:
    """What a message adds to the debt: reminders and the claim, where something undisputed is owed."""
    if not case.principal or (reminder is None and message is not Message.CLAIM):
        return ()
    if reminder is None:
        fee, interest, compensation = _hand_over_fee(case), _interest(case, COLLECTION, Channel.LETTER), None
    else:
        waived = reminder_step(reminder) in case.facts.waived
        compensation = None if waived else _compensation(case, channel)
        fee = _reminder_fee(case, reminder, message, channel, compensation)
        interest = _interest(case, reminder_step(reminder), channel)
    return tuple(added for added in (fee, interest, compensation) if added)


def taken_back(facts: Facts, correction: str) -> tuple[Added, ...]:
    """What the correction of this step takes back: all that was wrong since the one before it."""
    others = (send for send in facts.sends if send.message is Message.CORRECTION and send.id.step != correction)
    since = max((send.out_at for send in others if send.out_at and send.is_out), default=None)
    return tuple(
        Added(charge.kind, -posting.amount, charge.law)
        for charge in facts.charges
        for posting in facts.postings
        if posting.what is CHARGES[charge.kind][1] and posting.step == charge.step
        if charge.taken_back and posting.at <= charge.taken_back and (since is None or posting.at > since)
    )


def next_fee(facts: Facts, policy: Policy, law: Law, today: date) -> Money | None:
    """The fee that comes next if nothing is paid, by today's law: for messages that must say so beforehand."""
    line, done = law.reminders.cap.firm(today), facts.waived | {charge.step for charge in facts.charges}
    out = {send.id.step for send in facts.sends if send.out_at}
    for index, reminder in enumerate(policy.reminders):
        step = reminder_step(index)
        if step in out | done or not (reminder.fee or reminder.legal_fee) or line is None or line.value is None:
            continue
        cap = line.value.of(facts.principal_left, Channel.LETTER)
        return cap and (cap if reminder.legal_fee else min(cap, reminder.fee))
    return None


# --- what is added ---------------------------------------------------------------------------------------------------


def _reminder_fee(
    case: Case, index: int, message: Message, channel: Channel, compensation: Added | None
) -> Added | None:
    """The fee of a reminder, or of the creditor's own demand."""
    reminder, step = case.policy.reminders[index], reminder_step(index)
    law = case.law.demand if message is Message.DEMAND else case.law.reminders
    family = [send for send in _charged(case) if (send.message is Message.DEMAND) == (message is Message.DEMAND)]
    if step in case.facts.waived or case.facts.charge(step) or not _may_cost(case, law, family, channel):
        return None
    fee = _capped(case, law, None if reminder.legal_fee else reminder.fee, channel)
    return _beside(case, fee, compensation) if fee else None


def _hand_over_fee(case: Case) -> Added | None:
    """What handing over costs the debtor."""
    collection, law = case.policy.collection, case.law.collection.fee
    if collection is None or not collection.fee or COLLECTION in case.facts.waived or case.facts.charge(COLLECTION):
        return None
    if law.needs_agreement.at(case.today) and not case.policy.fee_agreed:
        return None
    return _capped(case, law, collection.fee, Channel.LETTER)


def _may_cost(case: Case, law: FeeLaw, before: list[SendState], channel: Channel) -> bool:
    """Whether the law lets a message cost anything at this point."""
    today, facts = case.today, case.facts
    if law.needs_agreement.at(today) and not case.policy.fee_agreed:
        return False
    if law.needs_writing.at(today) and channel not in WRITTEN:
        return False
    count, spacing = law.count.at(today), law.spacing.at(today)
    if count is not None and len(before) >= count:
        return False
    if spacing and any(today < case.day_of(send) + timedelta(days=spacing) for send in _charged(case)):
        return False
    if today < facts.due + timedelta(days=law.not_before.at(today) or 0):
        return False
    notice = law.told_before_due.at(today)
    if notice and (case.told is None or case.told.date() + timedelta(days=notice) > facts.due):
        return False
    return _free_first_is_over(case, law)


def _free_first_is_over(case: Case, law: FeeLaw) -> bool:
    """Whether the free message that must come first, if one must, has been received and its time is over."""
    terms = law.free_first.at(case.today)
    if terms is None:
        return True
    for send in case.reminders:
        if send.is_out and send.channel in WRITTEN and not send.charges:
            sent = case.day_of(send)
            last = case.law.last_day(terms or (ON_RECEIPT,), sent, send.channel)
            if max(last, sent) < case.today:
                return True
    return False


def _capped(case: Case, law: FeeLaw, wanted: Money | None, channel: Channel) -> Added | None:
    """The wish, cut to the cap; None: all that the law allows."""
    line = law.cap.firm(case.today)
    cap = line.value.of(case.principal, channel) if line and line.value else None
    if line is None or cap is None or not cap or (wanted is not None and cap.currency != wanted.currency):
        return None
    amount = cap if wanted is None else min(wanted, cap)
    is_cut = wanted is not None and amount < wanted
    return Added(ChargeKind.FEE, amount, line.source.ref, is_cut, cap) if amount else None


def _beside(case: Case, fee: Added, compensation: Added | None) -> Added | None:
    """The part of a fee that the fixed compensation does not cover already."""
    facts = case.facts
    if compensation is None and not facts.standing(ChargeKind.COMPENSATION):
        return fee
    full = case.law.compensation_of(case.principal, case.today)
    covered = (full.minor if full else 0) - facts.standing(ChargeKind.FEE).minor
    left = fee.amount.minor - max(covered, 0)
    return Added(fee.kind, Money(left, fee.amount.currency), fee.law, True, fee.cap) if left > 0 else None


def _compensation(case: Case, channel: Channel) -> Added | None:
    """The fixed compensation, once an invoice, less the fees that stand."""
    facts = case.facts
    asked = any(charge.kind is ChargeKind.COMPENSATION for charge in facts.charges)
    if asked or case.policy.compensation is not Claim.LEGAL or channel not in WRITTEN or not _is_late(case):
        return None
    line, full = case.law.compensation.firm(case.today), case.law.compensation_of(case.principal, case.today)
    if line is None or full is None:
        return None
    amount = full - facts.standing(ChargeKind.FEE)
    return Added(ChargeKind.COMPENSATION, amount, line.source.ref, cap=full) if amount.minor > 0 else None


def _is_late(case: Case) -> bool:
    """Whether the debtor is late: after the due date printed last, and after the reminder that the law asks for."""
    begun = first_day(case.facts, case.law)
    return begun is not None and max(begun, case.due + ONE_DAY) <= case.today


def _interest(case: Case, step: str, channel: Channel) -> Added | None:
    """The interest that has accrued since it was charged last."""
    if case.policy.interest is not Claim.LEGAL or channel not in WRITTEN:
        return None
    points = case.law.interest.points.firm(case.today)
    if points is None or step in case.facts.waived or case.facts.charge(step, ChargeKind.INTEREST):
        return None
    periods = due_interest(case.facts, case.law, case.today)
    zero = Money.zero(case.principal.currency)
    amount = sum((amount_of(period, case.law) for period in periods), zero)
    return Added(ChargeKind.INTEREST, amount, points.source.ref, periods=periods) if amount else None


# --- what was charged before -----------------------------------------------------------------------------------------


def _charged(case: Case) -> list[SendState]:
    """The sends whose fee stands, or is about to."""
    standing = {c.send for c in case.facts.charges if c.kind is ChargeKind.FEE and c.state is not ChargeState.REVERSED}
    return [send for send in case.facts.sends if send.id in standing and send.message in REMINDERS]
