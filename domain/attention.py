"""What needs a person, why, and the command that resolves it: one table, for the command line, the UI and the guide.

The most urgent comes first. ``{case}`` and the like stand for what is meant; words in capitals are for a person to fill
in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.words import Reason


class Urgency(StrEnum):
    """How much it presses."""

    BROKEN = "broken"
    """Kvitt itself does not go on."""
    WAITS = "waits"
    """It does nothing until a person acts."""
    NOTE = "note"
    """It goes on by itself, and somebody may want to know."""


class Need(StrEnum):
    """What needs a person. Where a case asks, it is the reason for which it asks."""

    LOOK_FAILS = "look_fails"
    NOT_LOOKED_AT = "not_looked_at"
    OVERDUE = "overdue"
    HOLD_PAST_END = "hold_past_end"
    NOT_ACTED = "not_acted"
    INBOX_WAITS = "inbox_waits"
    CANNOT_RENDER = Reason.CANNOT_RENDER.value
    AGENCY_REFUSED = Reason.AGENCY_REFUSED.value
    DISPUTED_IN_COLLECTION = Reason.DISPUTED_IN_COLLECTION.value
    AGENCY_SILENT = Reason.AGENCY_SILENT.value
    AGENCY_CLOSED = Reason.AGENCY_CLOSED.value
    UNREADABLE_POST = "unreadable_post"
    PAUSED_BATCH = "paused_batch"
    DEAD_WEBHOOK = "dead_webhook"
    UNREACHABLE = Reason.UNREACHABLE.value
    DISPUTED = Reason.DISPUTED.value
    EXHAUSTED = Reason.EXHAUSTED.value
    PAUSED_FOR_LONG = "paused_for_long"
    IN_DOUBT = "in_doubt"
    BOUNCED = Reason.BOUNCED.value


@dataclass(frozen=True, slots=True)
class Choice:
    """A command, and when it is the right one."""

    when: str
    command: str

    @property
    def names(self) -> bool:
        """Whether it names what it is about; else it is the same for all."""
        return "{" in self.command

    def of(self, names: Mapping[str, object]) -> Choice:
        """The same for what is meant."""
        return Choice(self.when, self.command.format(**names))


@dataclass(frozen=True, slots=True)
class Cure:
    """Why it needs a person, and what a person can do."""

    urgency: Urgency
    why: str
    choices: tuple[Choice, ...]

    def told(self, **names: object) -> str:
        """All of it in Markdown, with what is meant."""
        ways = "; ".join(f"{choice.when}: `{choice.command}`" for choice in self.choices)
        return f"{self.why}. {ways[:1].upper()}{ways[1:]}.".format(**names)


def _cure(urgency: Urgency, why: str, *choices: tuple[str, str]) -> Cure:
    return Cure(urgency, why, tuple(Choice(when, command) for when, command in choices))


CURES = {
    Need.LOOK_FAILS: _cure(
        Urgency.BROKEN,
        "each look breaks down: a row that cannot be read, or a fault of ours. It is tried until it does not",
        ("find what is wrong", "kvitt doctor"),
        ("see it", "kvitt status {case}"),
    ),
    Need.NOT_LOOKED_AT: _cure(
        Urgency.BROKEN,
        "something happened ten minutes ago or more, and nobody has looked since: does a worker run?",
        ("find what is wrong", "kvitt doctor"),
        ("start one", "kvitt worker"),
    ),
    Need.OVERDUE: _cure(
        Urgency.BROKEN,
        "its moment passed an hour ago or more, and nobody has looked: does a worker run?",
        ("find what is wrong", "kvitt doctor"),
        ("start one", "kvitt worker"),
    ),
    Need.HOLD_PAST_END: _cure(
        Urgency.BROKEN,
        "its hold ended an hour ago or more, and nobody has looked: does a worker run?",
        ("start one", "kvitt worker"),
        ("end the hold", "kvitt release {case}"),
    ),
    Need.NOT_ACTED: _cure(
        Urgency.BROKEN,
        "something was to be sent an hour ago or more, and no worker has done it: do all workers hang?",
        ("find what is wrong", "kvitt doctor"),
        ("start one", "kvitt worker"),
    ),
    Need.INBOX_WAITS: _cure(
        Urgency.BROKEN,
        "what vendors said ten minutes ago or more is not read: does a worker run?",
        ("start one", "kvitt worker"),
        ("count them", "kvitt inbox list"),
    ),
    Need.CANNOT_RENDER: _cure(
        Urgency.WAITS,
        "a message could not be made. The worker's log has the line `a message could not be made` with the cause",
        ("when it is put right", "kvitt release {case}"),
        ("if the address is wrong", "kvitt amend {case} --address ADDRESS"),
    ),
    Need.AGENCY_REFUSED: _cure(
        Urgency.WAITS,
        "the agency refused what was sent to it: the claim, a notice, or its withdrawal",
        ("when it is put right with the agency", "kvitt release {case}"),
        ("to keep the claim before that", "kvitt withdraw {case}"),
    ),
    Need.DISPUTED_IN_COLLECTION: _cure(
        Urgency.WAITS,
        "the customer disputes a claim that the agency has; the agency was told",
        ("rejected, upheld or credited", "kvitt answer {case} OUTCOME"),
        ("to take the claim back first", "kvitt withdraw {case}"),
    ),
    Need.AGENCY_SILENT: _cure(
        Urgency.WAITS,
        "the agency has not said within `acknowledged_within` that it has the claim. Ask it",
        ("then wait on", "kvitt release {case}"),
        ("to take the claim back", "kvitt withdraw {case}"),
    ),
    Need.AGENCY_CLOSED: _cure(
        Urgency.WAITS,
        "the agency has closed its case, and something is still owed",
        ("wait for the money", "kvitt release {case}"),
        ("give it up", "kvitt write-off {case} AMOUNT"),
        ("end it", "kvitt stop {case}"),
    ),
    Need.UNREADABLE_POST: _cure(
        Urgency.WAITS,
        "a vendor sent what nobody could read",
        ("see it", "kvitt inbox read {post}"),
        ("after an update", "kvitt inbox again {post}"),
    ),
    Need.PAUSED_BATCH: _cure(
        Urgency.WAITS,
        "a batch has paused of its own accord",
        ("see why", "kvitt batch show {batch}"),
        ("go on", "kvitt batch resume {batch}"),
    ),
    Need.DEAD_WEBHOOK: _cure(
        Urgency.WAITS,
        "messages to a merchant's system were given up; no invoice waits for them",
        ("see them", "kvitt webhook deliveries --dead --merchant {merchant}"),
        ("when it is back", "kvitt webhook replay --dead --merchant {merchant}"),
        ("tell it nothing more", "kvitt webhook remove {endpoint}"),
    ),
    Need.UNREACHABLE: _cure(
        Urgency.WAITS,
        "every channel failed: bounced, refused, or no address. Such an invoice is never reminded",
        ("a new e-mail address", "kvitt amend {case} --email ADDRESS"),
        ("a new phone number", "kvitt amend {case} --phone PHONE"),
        ("a new postal address", "kvitt amend {case} --address ADDRESS"),
        ("end it", "kvitt stop {case}"),
    ),
    Need.DISPUTED: _cure(
        Urgency.WAITS,
        "the customer disputes it, or a part of it; what is disputed is not asked for",
        ("rejected, upheld or credited", "kvitt answer {case} OUTCOME"),
    ),
    Need.EXHAUSTED: _cure(
        Urgency.WAITS,
        "every step is done and it is unpaid. Also: too small for collection, or withdrawn from it",
        ("wait for the money", "kvitt release {case}"),
        ("it was wrong", "kvitt credit {case} AMOUNT"),
        ("end it", "kvitt stop {case}"),
    ),
    Need.PAUSED_FOR_LONG: _cure(
        Urgency.WAITS,
        "it has been paused for two weeks or more, without an end",
        ("let it go on", "kvitt release {case}"),
        ("end it", "kvitt stop {case}"),
    ),
    Need.IN_DOUBT: _cure(
        Urgency.NOTE,
        "for an hour or more nobody knows whether a message went out. It is looked for, and at last counts as failed",
        ("does the vendor answer", "kvitt doctor"),
        ("see it", "kvitt status {case}"),
    ),
    Need.BOUNCED: _cure(
        Urgency.NOTE,
        "a message came back or was refused today; the next channel is used",
        ("see what the vendor said", "kvitt status {case}"),
        ("a new e-mail address", "kvitt amend {case} --email ADDRESS"),
    ),
}
"""Why each needs a person, and what ends it."""
