"""Decisions in the words that ops read in the Temporal UI and on the command line. English, and without a name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.calendar import Calendar
from domain.decisions import Decision, End, Note, Recall, Reconcile, Send, Wait
from domain.events import Asked, Closed, Moved, Reversed, Skipped
from domain.policy import Channel
from domain.simulation import Planned
from domain.words import COLLECTION, Message, Reason

CHANNELS = {Channel.EMAIL: "e-mail", Channel.SMS: "SMS", Channel.LETTER: "letter", Channel.COLLECTION: "hand-over"}
MESSAGES = {
    Message.INVOICE: "invoice",
    Message.DUE_REMINDER: "due reminder",
    Message.REMINDER: "reminder",
    Message.LAST_REMINDER: "last reminder",
    Message.DEMAND: "demand before collection",
    Message.CORRECTION: "correction",
    Message.ANSWER: "answer to the dispute",
    Message.RECEIPT: "receipt",
    Message.CLAIM: "hand-over to collection",
    Message.WITHDRAWAL: "withdrawal from collection",
    Message.DISPUTE_NOTICE: "notice of dispute to collection",
    Message.BALANCE_NOTICE: "notice of what is owed to collection",
}
UNLESS = {
    Reason.AWAITING_VIEW: " unless viewed",
    Reason.AWAITING_DUE: " unless paid",
    Reason.AWAITING_PAYMENT: " unless paid",
    Reason.CONTACTED_TODAY: " since the customer got an SMS today",
}
SPARED = " (a day later: a customer gets one such SMS a day)"
"""What the plan adds where the limit on contact moves a message."""
WAITS = {
    Reason.IN_COLLECTION: "in collection, waiting for the agency",
    Reason.DISPUTED: "disputed, waiting for an answer",
    Reason.ASKED: "waiting for a person",
    Reason.PAUSED: "paused",
    Reason.RESPITE: "in respite",
    Reason.UNREACHABLE: "nobody was reached, waiting for an event",
    Reason.EXHAUSTED: "no step is left, waiting for an event",
}


def moment(at: datetime, calendar: Calendar) -> str:
    """A moment as ops read it: ``Tue 24 Nov 2026 09:00``."""
    return f"{calendar.local(at):%a %d %b %Y %H:%M}"


def step_name(step: str) -> str:
    """``due_reminder`` as people write it."""
    return step.replace("_", " ").replace("-", " ")


def tell(decision: Decision, calendar: Calendar) -> str:
    """A decision as the summary of the timer or activity that carries it out."""
    match decision:
        case Wait():
            return _wait(decision, calendar)
        case Send():
            charges = "".join(f", {added.kind} {added.amount} {added.amount.currency}" for added in decision.charges)
            by = "" if decision.channel is Channel.COLLECTION else f" by {CHANNELS[decision.channel]}"
            return f"{MESSAGES[decision.message].capitalize()}{by}{charges}"
        case Reconcile():
            return f"Look for evidence of {decision.id}"
        case Recall():
            return f"Call back the {CHANNELS[decision.channel]} {decision.id}"
        case Note():
            return _note(decision)
        case End():
            return f"Closed as {decision.outcome.replace('_', ' ')}"


def plan_rows(planned: Sequence[Planned], calendar: Calendar) -> list[tuple[str, str, str]]:
    """The plan as rows: when, what, and the amount the message asks for."""
    rows = []
    for item in planned:
        total = f"{item.decision.total} {item.decision.total.currency}" if isinstance(item.decision, Send) else ""
        what = tell(item.decision, calendar) + (SPARED if item.spared else "")
        rows.append((moment(item.at, calendar), what, total))
    return rows


def plan_list(planned: Sequence[Planned], calendar: Calendar, as_of: datetime) -> str:
    """The plan as a Markdown list; the Web UI sets tables without a gap between their columns."""
    head = f"Plan as of {moment(as_of, calendar)}, if nothing happens:"
    if not planned:
        return f"{head} nothing more is done."
    lines = [
        f"- {when}: {what}" + (f", asks for {total}" if total else "")
        for when, what, total in plan_rows(planned, calendar)
    ]
    return "\n".join((f"{head}\n", *lines))


def _wait(wait: Wait, calendar: Calendar) -> str:
    if wait.until is None or wait.reason is Reason.DISPUTED:
        return WAITS.get(wait.reason, wait.reason.replace("_", " ")).capitalize()
    when = moment(wait.until, calendar)
    if wait.step is None:
        return f"{WAITS.get(wait.reason, wait.reason.replace('_', ' ')).capitalize()} until {when}"
    channel = CHANNELS[wait.channel] if wait.channel else ""
    what = "Hand-over" if wait.step == COLLECTION else f"{step_name(wait.step).capitalize()}, {channel}"
    return f"{what} {when}{UNLESS.get(wait.reason, '')}"


def _note(note: Note) -> str:
    match note.event:
        case Asked(reason=reason):
            return f"Ask a person: {reason.replace('_', ' ')}"
        case Reversed(kind=kind, reason=reason):
            return f"Take back the {kind}: {reason.replace('_', ' ')}"
        case Closed(reason=reason):
            return f"Close: {reason.replace('_', ' ')}"
        case Skipped(channel=channel, reason=reason):
            return f"Skip {CHANNELS[channel]}: {reason.replace('_', ' ')}"
        case Moved(rules=rules):
            return f"Go on by version {rules.version} of the merchant's rules"
        case event:
            return type(event).__name__
