"""Steps as proposals: which message would go out next in a step, on which rung, and when.

A step is a ladder of rungs. The next rung follows at once when the last failed for good, and after ``viewed_within``
when it went out and nobody viewed. The moments here are wishes; ``domain/rules.py`` chooses among them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from domain.case import REMINDERS, WRITTEN, Case
from domain.charges import fee_of
from domain.decisions import Note, Send
from domain.events import Skipped
from domain.facts import OUT, SendState
from domain.policy import Anchor, Channel, Collection, Reminder, Rung
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

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
"""How long to wait before each new attempt of a message that surely was not sent; after the last the rung failed."""

TIME_TO_PAY = timedelta(days=10)
"""What a reminder gives when no step follows it and the merchant names no time."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A message that some step wants to send; ``at`` is wall time inside the contact window."""

    at: datetime
    step: str
    rung: int
    attempt: int
    channel: Channel
    message: Message
    why: Reason
    index: int | None = None
    """Which reminder it is, for its fee and its time to pay."""

    @property
    def id(self) -> SendId:
        """The send it would become."""
        return SendId(self.step, self.rung, self.attempt)


def distribution(case: Case) -> Proposal | None:
    """The invoice itself. Over when somebody viewed, when the last rung is out, or once a reminder is out."""
    facts = case.facts
    if facts.viewed or any(send.out_at and send.message in REMINDERS for send in facts.sends):
        return None
    issued = case.midnight(facts.invoice.issued)
    return _ladder(case, DISTRIBUTION, Message.INVOICE, case.policy.distribution, issued, Reason.ISSUED)


def due_reminder(case: Case) -> Proposal | None:
    """The soft reminder on the due day. It lapses when the first reminder's time has come."""
    told = case.told
    if not case.policy.due_reminder or not case.facts.reached or told is None or told.date() > case.facts.due:
        return None
    if case.policy.reminders and (_is_begun(case, reminder_step(0)) or _reminder_at(case, 0) <= case.now):
        return None
    start = case.midnight(case.facts.due)
    return _ladder(case, DUE_REMINDER, Message.DUE_REMINDER, case.policy.due_reminder, start, Reason.DUE)


def reminders(case: Case) -> tuple[Proposal, ...]:
    """What remains of the reminder that has begun, and the one after it."""
    if not case.facts.reached:
        return ()
    proposals: list[Proposal] = []
    for index, reminder in enumerate(case.policy.reminders):
        last = index + 1 == len(case.policy.reminders) and _collects(case) is not None
        step, message = reminder_step(index), Message.LAST_REMINDER if last else Message.REMINDER
        if index + 1 < len(case.policy.reminders) and _is_begun(case, reminder_step(index + 1)):
            continue
        at = _reminder_at(case, index)
        proposal = _ladder(case, step, message, reminder.rungs, at, Reason.OVERDUE, index)
        if proposal:
            proposals.append(proposal)
            if case.first_out(step) is None:
                break
    return tuple(proposals)


def hand_over(case: Case) -> Proposal | None:
    """The claim to the agency, when the last step's time to pay is over."""
    facts, collection = case.facts, _collects(case)
    claimed = [send for send in facts.sends if send.message is Message.CLAIM]
    if collection is None or not facts.reached or any(claim.status in OUT for claim in claimed):
        return None
    if not all(_is_over(case, index) for index in range(len(case.policy.reminders))):
        return None
    if case.law.collection.notice and not _is_noticed(case):
        return None
    at = max(_after(case, collection, len(case.policy.reminders)), case.midnight(case.pay_by_passed))
    return _to_agency(case, Message.CLAIM, Reason.TIME_TO_PAY_OVER, 0, at)


def receipt(case: Case, since: datetime) -> Proposal | None:
    """Tells the debtor that the money arrived, if the merchant wishes."""
    return _ladder(case, RECEIPT, Message.RECEIPT, case.policy.receipt, since, Reason.SETTLED)


def to_agency(case: Case, message: Message, reason: Reason, rung: int) -> Proposal:
    """A message to the agency, now."""
    return _to_agency(case, message, reason, rung, case.now)


def act(case: Case, proposal: Proposal) -> Send | Note:
    """The decision that a proposal becomes when its moment has come."""
    if proposal.channel is not Channel.COLLECTION and proposal.channel not in case.facts.ways:
        skipped = Skipped(
            at=case.moment,
            send=proposal.id,
            channel=proposal.channel,
            message=proposal.message,
            reason=Reason.NO_ADDRESS,
        )
        return Note(skipped)
    fee = fee_of(case, proposal.index, proposal.channel) if proposal.index is not None else None
    return Send(
        proposal.id,
        proposal.channel,
        proposal.message,
        proposal.why,
        total=case.facts.balance + fee.amount if fee else case.facts.balance,
        pay_by=_pay_by(case, proposal),
        fee=fee.amount if fee else None,
        capped=fee.capped if fee else False,
        law=fee.law if fee else "",
    )


# --- ladders -----------------------------------------------------------------------------------------------------------


def _ladder(
    case: Case,
    step: str,
    message: Message,
    rungs: tuple[Rung, ...],
    start: datetime,
    why: Reason,
    index: int | None = None,
) -> Proposal | None:
    """The step's next message; None when the step is over."""
    at = start
    sends = tuple(case.facts.of_step(step))
    for number, rung in enumerate(rungs):
        tries = [send for send in sends if send.id.rung == number]
        last = tries[-1] if tries else None
        if last is None or last.status is Status.NOT_SENT and len(tries) <= len(RETRY_AFTER) or _is_renewed(case, last):
            if last:
                at, why = _again(case, last, len(tries))
            fitted = case.window.fit(at)
            return Proposal(fitted, step, number, len(tries) + 1, rung.channel, message, why, index)
        if not last.is_out:
            at, why = case.calendar.wall(last.since), last.why or Reason.REFUSED
            continue
        if rung.viewed_within is None or _is_viewed(case, step, sends):
            return None
        at, why = _unless_viewed(case, step, rung, last), Reason.NOT_VIEWED
    return None


def _again(case: Case, last: SendState, tries: int) -> tuple[datetime, Reason]:
    """When a rung is tried again: after a growing pause, or at once with a new address."""
    wait = RETRY_AFTER[tries - 1] if last.status is Status.NOT_SENT else timedelta(0)
    since = last.since if last.status is Status.NOT_SENT else case.moment
    return case.calendar.wall(since) + wait, Reason.RETRY


def _is_renewed(case: Case, send: SendState) -> bool:
    return send.status in (Status.FAILED, Status.SKIPPED) and not case.is_spent(send)


def _is_viewed(case: Case, step: str, sends: tuple[SendState, ...]) -> bool:
    """Whether somebody viewed since the step began."""
    if step == DISTRIBUTION:
        return case.facts.viewed
    began = next((send.out_at for send in sends if send.out_at), None)
    return began is not None and any(send.viewed_at and send.viewed_at >= began for send in case.facts.sends)


def _unless_viewed(case: Case, step: str, rung: Rung, last: SendState) -> datetime:
    """When the next rung follows a message that nobody views.

    A rung that another step's message overtook (we were down) waits anew from that message, so that a debtor does not
    get both at once.
    """
    if last.out_at is None or rung.viewed_within is None:
        raise AssertionError(f"{last.id} is not out")
    wall, holds = case.calendar.wall, case.holds
    at = case.calendar.deadline(wall(last.out_at), rung.viewed_within, holds)
    for send in case.facts.sends:
        if send.out_at and send.id.step != step and wall(send.out_at) > case.window.fit(at):
            at = case.calendar.deadline(wall(send.out_at), rung.viewed_within, holds)
    return at


def _to_agency(case: Case, message: Message, why: Reason, rung: int, at: datetime) -> Proposal:
    tries = [send for send in case.facts.of_step(COLLECTION) if send.id.rung == rung]
    last = tries[-1] if tries else None
    if last and last.status is Status.NOT_SENT:
        at, why = case.calendar.wall(last.since) + RETRY_AFTER[min(len(tries), len(RETRY_AFTER)) - 1], Reason.RETRY
    fitted = case.window.fit(at) if message is Message.CLAIM else at
    return Proposal(fitted, COLLECTION, rung, len(tries) + 1, Channel.COLLECTION, message, why)


# --- when --------------------------------------------------------------------------------------------------------------


def _reminder_at(case: Case, index: int) -> datetime:
    """Wall time at which a reminder may begin: the policy's moment, but never before the printed days to pay are over."""
    began = case.first_out(reminder_step(index))
    if began:
        return began
    return max(_after(case, case.policy.reminders[index], index), case.midnight(case.pay_by_passed))


def _after(case: Case, step: Reminder | Collection, index: int) -> datetime:
    """The policy's moment of the step that follows ``index`` reminders."""
    previous = reminder_step(index - 1) if index else DUE_REMINDER
    first = case.first_out(previous) if step.anchor is Anchor.AFTER_PREVIOUS else None
    return case.calendar.deadline(first or _owing_since(case), step.wait, case.holds)


def _owing_since(case: Case) -> datetime:
    """The due date, or the day the debtor was first told, if that was later: nobody is late before being told."""
    due = case.midnight(case.due)
    return max(due, case.midnight(case.told.date())) if case.told else due


def _pay_by(case: Case, proposal: Proposal) -> date:
    """The day to pay that a message prints."""
    if proposal.index is None:
        return max(case.due, case.today)
    reminder = case.policy.reminders[proposal.index]
    days = [case.today + timedelta(days=1)]
    if case.law.reminders.new_due:
        days.append(case.today + timedelta(days=case.law.reminders.new_due[0]))
    if proposal.message is Message.LAST_REMINDER and case.law.collection.notice:
        days.append(case.today + timedelta(days=case.law.collection.notice[0]))
    if reminder.time_to_pay:
        days.append(case.calendar.add(case.today, reminder.time_to_pay))
    else:
        days.append(_day_before_next(case, proposal.step, proposal.index))
    return max(days)


def _day_before_next(case: Case, step: str, index: int) -> date:
    """The day before the step that follows this reminder, if its message goes out now."""
    following = [*case.policy.reminders[index + 1 :], *filter(None, [_collects(case)])]
    if not following:
        return case.today + TIME_TO_PAY
    upcoming = following[0]
    if upcoming.anchor is Anchor.AFTER_DUE:
        if case.law.reminders.new_due:
            return case.today
        anchor = _owing_since(case)
    else:
        anchor = case.first_out(step) or case.now
    return case.window.fit(case.calendar.deadline(anchor, upcoming.wait, case.holds)).date() - timedelta(days=1)


# --- what has happened in a step ---------------------------------------------------------------------------------------


def _is_begun(case: Case, step: str) -> bool:
    return next(case.facts.of_step(step), None) is not None


def _is_over(case: Case, index: int) -> bool:
    """Whether a reminder went out, or all its rungs failed."""
    step = reminder_step(index)
    if case.first_out(step):
        return True
    rungs = case.policy.reminders[index].rungs
    spent = {send.id.rung for send in case.facts.of_step(step) if case.is_spent(send)}
    return spent.issuperset(range(len(rungs)))


def _collects(case: Case) -> Collection | None:
    """The hand-over that would follow as things stand."""
    collection = case.policy.collection
    if collection is None or case.facts.withdrawal_asked or case.facts.principal_open < collection.minimum:
        return None
    return collection


def _is_noticed(case: Case) -> bool:
    """Whether the written notice that collection follows is out."""
    notices = (send for send in case.facts.sends if send.message is Message.LAST_REMINDER)
    return any(send.is_out and send.channel in WRITTEN for send in notices)

