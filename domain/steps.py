"""The steps of a plan as proposals: which message each would send next, and when.

The moments here are wishes; ``domain/rules.py`` chooses among them.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from domain.calendar import ONE_DAY
from domain.case import RETRY_AFTER, WRITTEN, Case
from domain.charges import charges_of
from domain.decisions import Note, Send, Wait
from domain.events import Skipped
from domain.facts import AnswerState, Charge, SendState
from domain.ladder import Ladder, Proposal, climb, is_climbed
from domain.policy import Anchor, Channel, Collection, Reminder, Rung
from domain.words import (
    ANSWER,
    COLLECTION,
    CORRECTION,
    DISTRIBUTION,
    DUE_REMINDER,
    RECEIPT,
    REMINDERS,
    Message,
    Reason,
    SendId,
    Status,
    numbered_step,
    reminder_step,
    step_index,
)

TIME_TO_PAY = timedelta(days=10)
"""What a message gives when no step follows it and the merchant names no time."""

ANSWERING = (Rung(Channel.EMAIL), Rung(Channel.LETTER))
"""The channels of an answer to a dispute: in writing."""

WAITS_FOR = {
    Reason.NOT_VIEWED: Reason.AWAITING_VIEW,
    Reason.DUE: Reason.AWAITING_DUE,
    Reason.OVERDUE: Reason.AWAITING_PAYMENT,
    Reason.TIME_TO_PAY_OVER: Reason.AWAITING_PAYMENT,
}
"""What a wait for a message is a wait for; a message for another reason waits for the contact window."""

PRESSING = REMINDERS | {Message.CLAIM}
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
    if collection is None or (_needs_notice(case) and not _is_noticed(case)):
        return None
    if any(send.is_out and send.message is Message.CLAIM for send in case.of_step(COLLECTION)):
        return None
    at = max(_after(case, collection, steps), case.midnight(case.pay_by_passed))
    return to_agency(case, Message.CLAIM, Reason.TIME_TO_PAY_OVER, 0, case.window.fit(at))


def receipt(case: Case) -> Proposal | None:
    """Tells the debtor that the money arrived, if the merchant wishes."""
    return climb(case, Ladder(RECEIPT, Message.RECEIPT, case.policy.receipt, case.now, Reason.SETTLED))


def answers(case: Case) -> tuple[Proposal, ...]:
    """The merchant's answers to disputes, where we are to send them: each once, in writing."""
    ladders = (
        Ladder(step, Message.ANSWER, ANSWERING, case.calendar.wall(answer.at), Reason.ANSWERED)
        for step, answer in _replies(case)
    )
    return tuple(proposal for ladder in ladders if (proposal := climb(case, ladder)))


def correction(case: Case) -> Proposal | None:
    """Takes back what a message should not have asked for, on the channels on which it asked."""
    wrong = [charge for charge in case.facts.charges if charge.taken_back and any(_told_of(case, charge))]
    since = max((charge.taken_back for charge in wrong if charge.taken_back), default=None)
    if since is None:
        return None
    done = [send for send in case.facts.sends if send.message is Message.CORRECTION and send.out_at]
    if any(send.is_out and send.out_at and send.out_at >= since for send in done):
        return None
    asked = [send.channel for charge in wrong for send in _told_of(case, charge)]
    rungs = tuple(Rung(channel) for channel in dict.fromkeys(asked) if channel is not Channel.COLLECTION)
    before = {send.id.step for send in done if send.out_at and send.out_at < since}
    step = numbered_step(CORRECTION, len(before))
    return climb(case, Ladder(step, Message.CORRECTION, rungs, case.calendar.wall(since), Reason.TAKEN_BACK))


def _told_of(case: Case, charge: Charge) -> Iterator[SendState]:
    """The messages that are out and asked for a charge: the one that carried it and those of its step that followed."""
    return (send for send in case.of_step(charge.step) if send.is_out and send.id >= charge.send)


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
        reason = Reason.CONTACTED_TODAY if proposal.is_spared else WAITS_FOR.get(proposal.why, proposal.why)
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
    charges = charges_of(case, message, proposal.reminder, channel)
    total = sum((added.amount for added in charges), case.asked_for)
    return Send(proposal.id, channel, message, proposal.why, total, _pay_by(case, proposal), charges)


def _reminder(case: Case, index: int) -> Ladder:
    """The reminder with this index."""
    rungs, start = case.policy.reminders[index].rungs, _reminder_at(case, index)
    return Ladder(reminder_step(index), _message(case, index), rungs, start, Reason.OVERDUE, index)


def _message(case: Case, index: int) -> Message:
    """What a reminder says: the one before collection, or before the creditor's own demand, is the notice of it."""
    reminders, law = case.policy.reminders, case.law
    if _is_demand(case, index):
        return Message.DEMAND
    follows = index + 1 < len(reminders)
    is_notice = reminders[index + 1].demand and _needs_notice(case) if follows else _collects(case) is not None
    lawful = law.creditor_may_send(Message.LAST_REMINDER, case.today)
    return Message.LAST_REMINDER if is_notice and lawful else Message.REMINDER


def _is_demand(case: Case, index: int) -> bool:
    """Whether a reminder is the creditor's own demand, and may be: the law knows one, and its notice came first."""
    law, today = case.law, case.today
    if not case.policy.reminders[index].demand or law.demand.term.at(today) is None:
        return False
    noticed = not _needs_notice(case) or _is_noticed(case)
    return noticed and law.creditor_may_send(Message.DEMAND, today)


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
    previous = _step_before(case, index)
    first = case.first_out(previous) if step.anchor is Anchor.AFTER_PREVIOUS else None
    return case.deadline(_once_told(case, first or case.midnight(case.due)), step.wait)


def _step_before(case: Case, index: int) -> str:
    """The step before a reminder, or before the hand-over: also one that went out and that the rules no longer have."""
    gone = case.reminders[-1].id.step if case.reminders and index == len(case.policy.reminders) else None
    if gone and step_index(gone) >= index:
        return gone
    return reminder_step(index - 1) if index else DUE_REMINDER


def _once_told(case: Case, anchor: datetime) -> datetime:
    """The anchor, or the day the debtor was first told, if that was later: nobody is late before being told."""
    return max(anchor, case.midnight(case.told.date())) if case.told else anchor


def _pay_by(case: Case, proposal: Proposal) -> date:
    """The day to pay that a message prints."""
    if proposal.message is Message.ANSWER:
        return max(case.due, case.today + TIME_TO_PAY)
    if proposal.reminder is None:
        return max(case.due, case.today)
    reminder = case.policy.reminders[proposal.reminder]
    lawful = _least_pay_by(case, proposal)
    if reminder.time_to_pay:
        wished = case.calendar.add(case.today, reminder.time_to_pay)
    else:
        wished = _day_before_next(case, proposal.step, proposal.reminder)
    return max(case.today + ONE_DAY, lawful, wished)


def _least_pay_by(case: Case, proposal: Proposal) -> date:
    """The earliest day to pay that the law lets a reminder print."""
    law, today, terms = case.law, case.today, []
    if proposal.message is Message.LAST_REMINDER:
        terms.append(law.collection.notice.at(today))
    if proposal.message is Message.DEMAND:
        terms.append(law.demand.term.at(today))
    if not any(send.is_out and send.channel in WRITTEN for send in case.reminders):
        terms.append(law.reminders.free_first.at(today))
    days = [law.last_day(term, today, proposal.channel) for term in terms if term]
    return max([today + timedelta(days=law.reminders.new_due.at(today) or 0), *days])


def _day_before_next(case: Case, step: str, index: int) -> date:
    """The bank day before the step that follows this reminder, if its message goes out now."""
    later = case.policy.reminders[index + 1 :]
    upcoming = later[0] if later else _collects(case)
    if upcoming is None:
        return case.today + TIME_TO_PAY
    anchor = _once_told(case, case.midnight(case.due))
    if upcoming.anchor is Anchor.AFTER_PREVIOUS:
        anchor = case.first_out(step) or case.now
    elif case.law.reminders.new_due.at(case.today):
        return case.today
    next_day = case.window.fit(case.deadline(anchor, upcoming.wait)).date()
    return case.calendar.roll_back(next_day - ONE_DAY)


# --- what has happened in a step -------------------------------------------------------------------------------------


def _is_done(case: Case, index: int) -> bool:
    """Whether a reminder went out, or all its rungs failed."""
    step = reminder_step(index)
    return case.first_out(step) is not None or case.is_used_up(case.of_step(step), case.policy.reminders[index].rungs)


def _collects(case: Case) -> Collection | None:
    """The hand-over that would follow as things stand. Fees alone are never handed over, nor what is disputed."""
    collection, facts = case.policy.collection, case.facts
    if collection is None or facts.withdrawal_asked or not case.principal or case.principal < collection.minimum:
        return None
    if facts.holds and (facts.disputes or not _is_undisputed(case, collection)):
        return None
    return collection


def _is_undisputed(case: Case, collection: Collection) -> bool:
    """Whether no dispute ever was that the merchant's rules or an answer still to be sent keep from collection."""
    disputed = any(hold.kind is Reason.DISPUTED for hold in case.facts.holds)
    unsent = any(not any(send.is_out for send in case.of_step(step)) for step, _ in _replies(case))
    return not (unsent or (disputed and collection.undisputed_only))


def _replies(case: Case) -> list[tuple[str, AnswerState]]:
    """The answers that are ours to send, each with its step."""
    told = [answer for answer in case.facts.answers if answer.reply]
    return [(numbered_step(ANSWER, index), answer) for index, answer in enumerate(told)]


def _needs_notice(case: Case) -> bool:
    """Whether the law wants a notice of ours before collection."""
    notice = case.law.collection.notice.at(case.today)
    return notice is not None and case.law.creditor_may_send(Message.LAST_REMINDER, case.today)


def _is_noticed(case: Case) -> bool:
    """Whether the written notice that collection follows is out."""
    notices = (sent for sent in case.reminders if sent.message in (Message.LAST_REMINDER, Message.DEMAND))
    return any(notice.is_out and notice.channel in WRITTEN for notice in notices)
