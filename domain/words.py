"""The closed sets of words that facts, decisions and messages share. Each is explained in ``docs/glossary.md``."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class DebtorKind(StrEnum):
    """Whom the law protects how."""

    CONSUMER = "consumer"
    COMPANY = "company"


class Message(StrEnum):
    """What a send says."""

    INVOICE = "invoice"
    DUE_REMINDER = "due_reminder"
    REMINDER = "reminder"
    LAST_REMINDER = "last_reminder"
    """The notice that collection follows."""
    DEMAND = "demand"
    """The creditor's own demand, the last before collection."""
    CORRECTION = "correction"
    """Takes back what an earlier message should not have asked for."""
    ANSWER = "answer"
    """The merchant's answer to a dispute, in writing."""
    RECEIPT = "receipt"
    CLAIM = "claim"
    """To the agency: the claim is yours."""
    WITHDRAWAL = "withdrawal"
    """To the agency: the claim is ours again."""
    DISPUTE_NOTICE = "dispute_notice"
    """To the agency: the debtor disputes the claim."""
    BALANCE_NOTICE = "balance_notice"
    """To the agency: what is owed is not what it was told."""


REMINDERS = frozenset({Message.REMINDER, Message.LAST_REMINDER, Message.DEMAND})
"""The messages that press for money that is overdue."""
DUNNING = REMINDERS | {Message.DUE_REMINDER}
"""The messages of which a customer gets at most one SMS a day."""


NOTICES = frozenset({Message.DISPUTE_NOTICE, Message.BALANCE_NOTICE})
"""What an agency is told of a claim that it keeps."""
ASKING = DUNNING | {Message.INVOICE}
"""The messages that ask a debtor for money; the others tell of it, and are true however much is owed."""


class Status(StrEnum):
    """What became of a send."""

    RESERVED = "reserved"
    UNKNOWN = "unknown"
    NOT_SENT = "not_sent"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    SKIPPED = "skipped"


class Outcome(StrEnum):
    """How a life ended."""

    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"
    STOPPED = "stopped"


class DisputeOutcome(StrEnum):
    """How a dispute was answered."""

    REJECTED = "rejected"
    """The claim stands, and the debtor was told why in writing."""
    UPHELD = "upheld"
    """The debtor was right: what was disputed is owed no more."""
    CREDITED = "credited"
    """An amount was credited; the rest stands."""


class AgencyOutcome(StrEnum):
    """How an agency closed its case."""

    PAID = "paid"
    RETURNED = "returned"
    UNCOLLECTIBLE = "uncollectible"


class When(StrEnum):
    """When a running case takes over rules that were published after it began."""

    NOW = "now"
    NEXT_STEP = "next_step"
    """When the step that it is in is over, and the next would begin."""


class Reason(StrEnum):
    """Why something was done, or was not."""

    # why a message goes out
    ISSUED = "issued"
    NOT_VIEWED = "not_viewed"
    BOUNCED = "bounced"
    REFUSED = "refused"
    NO_ADDRESS = "no_address"
    OPTED_OUT = "opted_out"
    OUTCOME_UNKNOWN = "outcome_unknown"
    RETRY = "retry"
    DUE = "due"
    OVERDUE = "overdue"
    TIME_TO_PAY_OVER = "time_to_pay_over"
    SETTLED = "settled"
    COMMANDED = "commanded"
    # why nothing goes out
    NOT_ISSUED = "not_issued"
    AWAITING_VIEW = "awaiting_view"
    AWAITING_DUE = "awaiting_due"
    AWAITING_PAYMENT = "awaiting_payment"
    AWAITING_BOOKING = "awaiting_booking"
    AWAITING_EVIDENCE = "awaiting_evidence"
    AWAITING_RECALL = "awaiting_recall"
    CONTACTED_TODAY = "contacted_today"
    IN_COLLECTION = "in_collection"
    DISPUTED = "disputed"
    RESPITE = "respite"
    PAUSED = "paused"
    ASKED = "asked"
    STOPPED = "stopped"
    # why a fee came or went
    REMINDER_FEE = "reminder_fee"
    LATE_INTEREST = "late_interest"
    COMPENSATION = "compensation"
    HAND_OVER_FEE = "hand_over_fee"
    CAPPED_BY_LAW = "capped_by_law"
    PAID_ON_TIME = "paid_on_time"
    RECALCULATED = "recalculated"
    WAIVED = "waived"
    RECALLED = "recalled"
    CAME_BACK = "came_back"
    # why a hold ended
    ANSWERED = "answered"
    UPHELD = "upheld"
    HOLD_OVER = "hold_over"
    RELEASED = "released"
    # why a person is asked
    UNREACHABLE = "unreachable"
    EXHAUSTED = "exhausted"
    DISPUTED_IN_COLLECTION = "disputed_in_collection"
    CANNOT_RENDER = "cannot_render"
    AGENCY_REFUSED = "agency_refused"
    AGENCY_SILENT = "agency_silent"
    AGENCY_CLOSED = "agency_closed"
    # why a life ended
    PAID = "paid"
    WITHIN_TOLERANCE = "within_tolerance"
    COLLECTED = "collected"
    CREDITED = "credited"
    FEES_WRITTEN_OFF = "fees_written_off"
    WRITTEN_OFF = "written_off"
    # why a message goes out besides
    TAKEN_BACK = "taken_back"
    # why a case goes on by other rules
    NEW_RULES = "new_rules"


NOTHING_LEFT = frozenset({Reason.UNREACHABLE, Reason.EXHAUSTED})
"""What the rules say when they have no step left."""


class SendId(NamedTuple):
    """Which send of an invoice: unique by step, rung and attempt."""

    step: str
    rung: int
    attempt: int

    def __str__(self) -> str:
        return f"{self.step}/{self.rung}/{self.attempt}"


DISTRIBUTION = "distribution"
DUE_REMINDER = "due_reminder"
COLLECTION = "collection"
RECEIPT = "receipt"
CORRECTION = "correction"
ANSWER = "answer"


def reminder_step(index: int) -> str:
    """The name of the reminder with this index: ``reminder-1`` is the first."""
    return f"reminder-{index + 1}"


def numbered_step(name: str, index: int) -> str:
    """The name of a step that may come again: ``correction-1``, ``answer-2``."""
    return f"{name}-{index + 1}"


def step_index(step: str) -> int:
    """Which one a numbered step is: 0 for the first."""
    return int(step.rpartition("-")[2]) - 1
