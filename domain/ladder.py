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
    sends = case.of_step(ladder.step)
    newest = case.placed(sends, ladder.rungs)
    at, why = ladder.start, ladder.why
    for place, rung in enumerate(ladder.rungs):
        last = newest.get(place)
        if last is None:
            number = max(place, 1 + max((send.id.rung for send in sends), default=-1))
            return _proposal(case, ladder, SendId(ladder.step, number, 1), place, at, why)
        if last.is_out:
            if _is_viewed(case, ladder.step):
                return None
            at, why = _unless_viewed(case, rung, last), Reason.NOT_VIEWED
        elif case.is_spent(last):
            at, why = max(ladder.start, case.calendar.wall(last.since)), last.why or Reason.REFUSED
        else:
            again = last.id._replace(attempt=last.id.attempt + 1)
            return _proposal(case, ladder, again, place, _again(case, last), Reason.RETRY)
    return None


def is_climbed(case: Case, step: str, rungs: tuple[Rung, ...]) -> bool:
    """Whether a message is out on a rung that no other follows: the last one, or one that does not wait for a view.

    A reminder that went out on a channel which the rules no longer have went out all the same. An invoice that nobody
    viewed goes on to the channels they have.
    """
    sends = case.of_step(step)
    for place, send in case.placed(sends, rungs).items():
        if send.is_out and (place + 1 >= len(rungs) or rungs[place].viewed_within is None):
            return True
    if case.facts.rules is None or step == DISTRIBUTION:
        return False
    kept = {rung.channel for rung in rungs}
    return any(send.is_out and send.channel not in kept for send in sends)


def _proposal(case: Case, ladder: Ladder, send_id: SendId, place: int, at: datetime, why: Reason) -> Proposal:
    channel = ladder.rungs[place].channel
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

    A rung that another message overtook (we were down, or it went out by rules of before) waits anew from that message,
    so that a debtor does not get both at once.
    """
    within, wall = rung.viewed_within or Span(0), case.calendar.wall
    at = case.window.fit(case.deadline(wall(last.out_at or last.since), within))
    for send in case.facts.sends:
        if send.out_at and _came_between(case, last, send, at):
            at = max(at, case.window.fit(case.deadline(wall(send.out_at), within)))
    return at


def _came_between(case: Case, last: SendState, send: SendState, at: datetime) -> bool:
    """Whether a message of another step went out after the next rung's moment, or one on a rung that the rules lost."""
    if send.id.step == last.id.step:
        return case.facts.rules is not None and send.id.rung > last.id.rung
    return send.out_at is not None and case.calendar.wall(send.out_at) > at
