"""A running case and rules that were published after it began: when it takes them over.

A claim that the agency has, or may have, stays with the rules by which it was handed over. A life that has ended stays
as it ended.
"""

from __future__ import annotations

from datetime import datetime

from domain.decisions import Decision, End, Note, Send, Wait
from domain.events import Asked, Moved, Skipped
from domain.facts import IN_DOUBT, Facts, SendState
from domain.policy import Channel
from domain.words import ASKING, NOTHING_LEFT, Message, Reason, When

BEGINS = ASKING | {Message.CLAIM}
"""The messages with which a step of the rules begins; the others answer what has happened."""


def takes_over(facts: Facts, decision: Decision, now: datetime) -> Note | None:
    """The move to other rules, if its moment has come, instead of what the present rules have decided."""
    move = facts.moving
    if move is None or facts.closed or isinstance(decision, End) or _is_at_agency(facts):
        return None
    if move.when is When.NEXT_STEP and not _is_between_steps(facts, decision):
        return None
    return Note(Moved(at=now, rules=move.rules))


def _is_at_agency(facts: Facts) -> bool:
    """Whether the agency has the claim, or nobody knows."""
    return facts.in_collection or any(_is_doubtful_claim(send) for send in facts.sends)


def _is_doubtful_claim(send: SendState) -> bool:
    return send.channel is Channel.COLLECTION and send.status in IN_DOUBT


def _is_between_steps(facts: Facts, decision: Decision) -> bool:
    """Whether the next step would begin now, or none is left."""
    match decision:
        case Send(id=send, message=message) | Note(Skipped(send=send, message=message)):
            return message in BEGINS and not any(facts.of_step(send.step))
        case Note(Asked(reason=reason)):
            return reason in NOTHING_LEFT
        case Wait(until=None, reason=Reason.ASKED):
            return any(ask.reason in NOTHING_LEFT for ask in facts.asks if not ask.resolved)
        case Wait(until=None, reason=reason):
            return reason in NOTHING_LEFT
        case _:
            return False
