"""Two plans of the same case side by side: what other rules would change, in words that thousands of cases share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from domain.charge import ChargeKind
from domain.decisions import Note, Send
from domain.policy import Channel
from domain.simulation import Planned
from domain.telling import CHANNELS, step_name

Step = tuple[str, Channel]


def differences(before: Sequence[Planned], after: Sequence[Planned]) -> tuple[str, ...]:
    """What is otherwise in the second plan: ``reminder 1 by e-mail: later``, ``reminder 2 by SMS: no more``."""
    return tuple(_differences(_messages(before), _messages(after)))


def _messages(planned: Sequence[Planned]) -> dict[Step, tuple[Planned, Send]]:
    """The messages of a plan, by step and channel."""
    sends = ((item, item.decision) for item in planned if not isinstance(item.decision, Note))
    return {(send.id.step, send.channel): (item, send) for item, send in sends}


def _differences(before: dict[Step, tuple[Planned, Send]], after: dict[Step, tuple[Planned, Send]]) -> Iterator[str]:
    for step in dict.fromkeys((*before, *after)):
        old, new = before.get(step), after.get(step)
        if old and new:
            yield from (f"{_called(step)}: {what}" for what in _changes(*old, *new))
        else:
            yield f"{_called(step)}: {'new' if new else 'no more'}"


def _changes(was: Planned, old: Send, comes: Planned, new: Send) -> Iterator[str]:
    if was.at != comes.at:
        yield "later" if comes.at > was.at else "earlier"
    for kind in ChargeKind:
        before, after = (sum(c.amount.minor for c in send.charges if c.kind is kind) for send in (old, new))
        if before != after:
            yield f"{'more' if after > before else 'less'} {kind}"


def _called(step: Step) -> str:
    name, channel = step
    return CHANNELS[channel] if channel is Channel.COLLECTION else f"{step_name(name)} by {CHANNELS[channel]}"
