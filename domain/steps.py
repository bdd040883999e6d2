"""The steps of a plan as proposals: which message each would send next, and when.

The moments here are wishes; ``domain/rules.py`` chooses among them.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from domain.calendar import ONE_DAY
from domain.case import RETRY_AFTER, WRITTEN, Case
from domain.charges import fee_of
from domain.decisions import Note, Send, Wait
from domain.events import Skipped
from domain.ladder import Ladder, Proposal, climb, is_climbed
from domain.policy import Anchor, Channel, Collection, Reminder
from domain.words import (
    COLLECTION,
    DISTRIBUTION,
    DUE_REMINDER,
    RECEIPT,
    Message,
    Reason,
    SendId,
    Status,
    reminder_step,
)

TIME_TO_PAY = timedelta(days=10)
"""What a reminder gives when no step follows it and the merchant names no time."""

WAITS_FOR = {
    Reason.NOT_VIEWED: Reason.AWAITING_VIEW,
    Reason.DUE: Reason.AWAITING_DUE,
    Reason.OVERDUE: Reason.AWAITING_PAYMENT,
    Reason.TIME_TO_PAY_OVER: Reason.AWAITING_PAYMENT,
}
"""What a wait for a message is a wait for; a message for another reason waits for the contact window."""

PRESSING = frozenset({Message.REMINDER, Message.LAST_REMINDER, Message.CLAIM})
"""What waits until the books are known to be complete."""


def distribution(case: Case) -> Proposal | None:
    """The invoice itself. Over when somebody viewed, when the last rung is out, or once a reminder is out."""
    if case.facts.viewed or any(reminder.is_out for reminder in case.reminders):
        return None
    issued = case.midnight(case.facts.invoice.issued)
    return climb(case, Ladder(DISTRIBUTION, Message.INVOICE, case.policy.distribution, issued, Reason.ISSUED))


def due_reminder(case: Case) -> Proposal | None:
    """The soft reminder on the due day, to those told before it. It lapses when the first reminder's time has come."""
    due, rungs = case.facts.due, case.policy.due_reminder
    if not rungs or not case.reached or case.told is None or case.told.date() >= due:
        return None
    proposal = climb(case, Ladder(DUE_REMINDER, Message.DUE_REMINDER, rungs, case.midnight(due), Reason.DUE))
    if proposal is None or not case.policy.reminders or proposal.at > case.now:
        return proposal
    has_lapsed = case.of_step(reminder_step(0)) or _reminder_at(case, 0) <= case.now
    return None if has_lapsed else proposal


def reminders(case: Case) -> tuple[Proposal, ...]:
    """What remains of the reminder that has begun, and the one after it."""
    proposals: list[Proposal] = []
    for index, reminder in enumerate(case.policy.reminders) if case.reached else ():
        is_overtaken = case.of_step(reminder_step(index + 1))
        if is_overtaken or is_climbed(case, reminder_step(index), reminder.rungs):
            continue
        proposal = climb(case, _reminder(case, index))
        if proposal:
            proposals.append(proposal)
            if case.first_out(proposal.step) is None:
                break
    return tuple(proposals)


def hand_over(case: Case) -> Proposal | None:
    """The claim to the agency, when the last step's time to pay is over."""
    steps = len(case.policy.reminders)
    if not case.reached or not all(_is_done(case, index) for index in range(steps)):
        return None
    collection = _collects(case)
    if collection is None or (case.law.collection.notice and not _is_noticed(case)):
        return None
    if any(send.is_out and send.message is Message.CLAIM for send in case.of_step(COLLECTION)):
        return None
    at = max(_after(case, collection, steps), case.midnight(case.pay_by_passed))
    return to_agency(case, Message.CLAIM, Reason.TIME_TO_PAY_OVER, 0, case.window.fit(at))


def receipt(case: Case) -> Proposal | None:
    """Tells the debtor that the money arrived, if the merchant wishes."""
    return climb(case, Ladder(RECEIPT, Message.RECEIPT, case.policy.receipt, case.now, Reason.SETTLED))


def to_agency(case: Case, message: Message, why: Reason, rung: int, at: datetime) -> Proposal:
    """A message to the agency. One that surely was not sent is tried again and again: the agency has no other way."""
    tries = [send for send in case.of_step(COLLECTION) if send.id.rung == rung]
    last = tries[-1] if tries else None
    if last and last.status is Status.NOT_SENT:
        pause = RETRY_AFTER[min(last.id.attempt, len(RETRY_AFTER)) - 1]
        at, why = case.calendar.wall(last.since) + pause, Reason.RETRY
        at = case.window.fit(at) if message is Message.CLAIM else at
    return Proposal(at, SendId(COLLECTION, rung, len(tries) + 1), Channel.COLLECTION, message, why)


def when_open(case: Case, proposal: Proposal) -> Send | Note | Wait:
    """The proposal's act if its moment has come and the window is open; else the wait for it."""
    at = proposal.at if proposal.at > case.now else case.window.fit(case.now)
    if at > case.now:
        reason = WAITS_FOR.get(proposal.why, proposal.why)
        return Wait(case.until(at), reason, proposal.step, proposal.channel)
    if proposal.message in PRESSING and _is_unbooked(case):
        tomorrow = case.window.opening(case.today + ONE_DAY)
        return Wait(case.until(tomorrow), Reason.AWAITING_BOOKING, proposal.step, proposal.channel)
    return act(case, proposal)


def _is_unbooked(case: Case) -> bool:
    """Where bank files tell how far the books go: whether money of the last day to pay may still be missing."""
    booked = case.facts.booked_through
    return booked is not None and booked < case.last_day_to_pay


def act(case: Case, proposal: Proposal) -> Send | Note:
    """The decision that a proposal becomes when its moment has come."""
    channel, message = proposal.channel, proposal.message
    if channel is not Channel.COLLECTION and channel not in case.facts.ways:
        no_way = Skipped(at=case.moment, send=proposal.id, channel=channel, message=message, reason=Reason.NO_ADDRESS)
        return Note(no_way)
    total, pay_by = case.facts.balance, _pay_by(case, proposal)
    fee = fee_of(case, proposal.reminder, channel) if proposal.reminder is not None else None
    if fee is None:
        return Send(proposal.id, channel, message, proposal.why, total, pay_by)
    total += fee.amount
    return Send(proposal.id, channel, message, proposal.why, total, pay_by, fee.amount, fee.capped, fee.law)


def _reminder(case: Case, index: int) -> Ladder:
    """The reminder with this index. The last one says so if collection follows it."""
    policy = case.policy
    is_last = index + 1 == len(policy.reminders) and _collects(case) is not None
    message = Message.LAST_REMINDER if is_last else Message.REMINDER
    rungs, start = policy.reminders[index].rungs, _reminder_at(case, index)
    return Ladder(reminder_step(index), message, rungs, start, Reason.OVERDUE, index)


# --- when ------------------------------------------------------------------------------------------------------------


def _reminder_at(case: Case, index: int) -> datetime:
    """Wall time at which a reminder may begin: the policy's moment, but not before the printed days to pay are over.

    One that has begun goes on at once, unless the debtor was told of the invoice only after that.
    """
    began = case.first_out(reminder_step(index))
    if began and not (case.told and case.told > began):
        return began
    return max(_after(case, case.policy.reminders[index], index), case.midnight(case.pay_by_passed))


def _after(case: Case, step: Reminder | Collection, index: int) -> datetime:
    """The policy's moment of the step that follows ``index`` reminders."""
    previous = reminder_step(index - 1) if index else DUE_REMINDER
    first = case.first_out(previous) if step.anchor is Anchor.AFTER_PREVIOUS else None
    return case.deadline(_once_told(case, first or case.midnight(case.due)), step.wait)


def _once_told(case: Case, anchor: datetime) -> datetime:
    """The anchor, or the day the debtor was first told, if that was later: nobody is late before being told."""
    return max(anchor, case.midnight(case.told.date())) if case.told else anchor


def _pay_by(case: Case, proposal: Proposal) -> date:
    """The day to pay that a message prints."""
    if proposal.reminder is None:
        return max(case.due, case.today)
    law, reminder = case.law, case.policy.reminders[proposal.reminder]
    demanded = [law.reminders.new_due]
    if proposal.message is Message.LAST_REMINDER:
        demanded.append(law.collection.notice)
    days = max([1, *(days for days, _ in filter(None, demanded))])
    if reminder.time_to_pay:
        wished = case.calendar.add(case.today, reminder.time_to_pay)
    else:
        wished = _day_before_next(case, proposal.step, proposal.reminder)
    return max(case.today + timedelta(days=days), wished)


def _day_before_next(case: Case, step: str, index: int) -> date:
    """The bank day before the step that follows this reminder, if its message goes out now."""
    later = case.policy.reminders[index + 1 :]
    upcoming = later[0] if later else _collects(case)
    if upcoming is None:
        return case.today + TIME_TO_PAY
    anchor = _once_told(case, case.midnight(case.due))
    if upcoming.anchor is Anchor.AFTER_PREVIOUS:
        anchor = case.first_out(step) or case.now
    elif case.law.reminders.new_due:
        return case.today
    next_day = case.window.fit(case.deadline(anchor, upcoming.wait)).date()
    return case.calendar.roll_back(next_day - ONE_DAY)


# --- what has happened in a step -------------------------------------------------------------------------------------


def _is_done(case: Case, index: int) -> bool:
    """Whether a reminder went out, or all its rungs failed."""
    step = reminder_step(index)
    if case.first_out(step):
        return True
    spent = {send.id.rung for send in case.of_step(step) if case.is_spent(send)}
    return spent.issuperset(range(len(case.policy.reminders[index].rungs)))


def _collects(case: Case) -> Collection | None:
    """The hand-over that would follow as things stand. Fees alone are never handed over."""
    collection, principal = case.policy.collection, case.facts.principal_open
    if collection is None or case.facts.withdrawal_asked or not principal or principal < collection.minimum:
        return None
    return collection


def _is_noticed(case: Case) -> bool:
    """Whether the written notice that collection follows is out."""
    notices = (reminder for reminder in case.reminders if reminder.message is Message.LAST_REMINDER)
    return any(notice.is_out and notice.channel in WRITTEN for notice in notices)
