"""A step as a ladder of rungs, and the message that comes next on it.

The next rung follows at once when the last failed for good, and after ``viewed_within`` when it went out and nobody
viewed. A message that surely was not sent is tried again on its rung, after a growing pause.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from domain.calendar import Span
from domain.case import RETRY_AFTER, Case
from domain.facts import SendState
from domain.policy import Channel, Rung
from domain.words import DISTRIBUTION, DUNNING, Message, Reason, SendId, Status


class Proposal(NamedTuple):
    """A message that some step wants to send; ``at`` is wall time inside the contact window."""

    at: datetime
    id: SendId
    channel: Channel
    message: Message
    why: Reason
    reminder: int | None = None
    """Which reminder it is, for its fee and its time to pay."""
    is_spared: bool = False
    """Whether it waits because the customer got an SMS already."""

    @property
    def step(self) -> str:
        """The step that wants it."""
        return self.id.step


class Ladder(NamedTuple):
    """A step about to be climbed: what it says, on which rungs, from which wall time on, and why."""

    step: str
    message: Message
    rungs: tuple[Rung, ...]
    start: datetime
    why: Reason
    reminder: int | None = None


def climb(case: Case, ladder: Ladder) -> Proposal | None:
    """The step's next message; None when the step is over."""
    if is_climbed(case, ladder.step, ladder.rungs):
        return None
    newest = {send.id.rung: send for send in case.of_step(ladder.step)}
    at, why = ladder.start, ladder.why
    for number, rung in enumerate(ladder.rungs):
        last = newest.get(number)
        if last is None:
            return _proposal(case, ladder, SendId(ladder.step, number, 1), at, why)
        if last.is_out:
            if _is_viewed(case, ladder.step):
                return None
            at, why = _unless_viewed(case, rung, last), Reason.NOT_VIEWED
        elif case.is_spent(last):
            at, why = max(ladder.start, case.calendar.wall(last.since)), last.why or Reason.REFUSED
        else:
            again = SendId(ladder.step, number, last.id.attempt + 1)
            return _proposal(case, ladder, again, _again(case, last), Reason.RETRY)
    return None


def is_climbed(case: Case, step: str, rungs: tuple[Rung, ...]) -> bool:
    """Whether a message is out on a rung that no other follows: the last one, or one that does not wait for a view."""
    for send in case.of_step(step):
        number = send.id.rung
        if send.is_out and (number + 1 >= len(rungs) or rungs[number].viewed_within is None):
            return True
    return False


def _proposal(case: Case, ladder: Ladder, send_id: SendId, at: datetime, why: Reason) -> Proposal:
    channel = ladder.rungs[send_id.rung].channel
    at = case.window.fit(at)
    free = case.free_for_sms if channel is Channel.SMS and ladder.message in DUNNING else None
    is_spared = free is not None and free > at
    return Proposal(max(at, free or at), send_id, channel, ladder.message, why, ladder.reminder, is_spared)


def _again(case: Case, last: SendState) -> datetime:
    """When a rung is tried again: at once with a new address, else after a growing pause."""
    if last.status is not Status.NOT_SENT or case.is_renewed(last):
        return case.now
    return case.calendar.wall(last.since) + RETRY_AFTER[last.id.attempt - 1]


def _is_viewed(case: Case, step: str) -> bool:
    """Whether somebody viewed since the step began."""
    if step == DISTRIBUTION or not case.facts.viewed:
        return case.facts.viewed
    began = next((send.out_at for send in case.of_step(step) if send.out_at), None)
    return began is not None and any(send.viewed_at and send.viewed_at >= began for send in case.facts.sends)


def _unless_viewed(case: Case, rung: Rung, last: SendState) -> datetime:
    """When the next rung follows a message that nobody views.

    A rung that another step's message overtook (we were down) waits anew from that message, so that a debtor does not
    get both at once.
    """
    within, wall = rung.viewed_within or Span(0), case.calendar.wall
    at = case.window.fit(case.deadline(wall(last.out_at or last.since), within))
    for send in case.facts.sends:
        if send.out_at and send.id.step != last.id.step and wall(send.out_at) > at:
            at = case.window.fit(case.deadline(wall(send.out_at), within))
    return at
