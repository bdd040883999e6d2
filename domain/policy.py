"""The merchant's wishes: which messages, when, on which channels, at what fee."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from domain.calendar import Hours, Span, Unit
from domain.money import Money
from domain.words import DebtorKind


class Channel(StrEnum):
    """A way out. ``collection`` reaches the agency, the others the debtor."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    COLLECTION = "collection"


class Signal(StrEnum):
    """What a vendor tells of a message besides its arrival.

    Neither proves a person: mail programs open pictures by themselves, and scanners follow links.
    """

    OPEN = "open"
    CLICK = "click"


class Anchor(StrEnum):
    """What a wait counts from."""

    AFTER_DUE = "after_due"
    """The due date printed last."""
    AFTER_PREVIOUS = "after_previous"
    """The first sent message of the step before; none: the due date."""


class FeeRemainder(StrEnum):
    """What happens when the principal is paid and only fees remain."""

    CHASE = "chase"
    WRITE_OFF = "write_off"


class Claim(StrEnum):
    """Whether what the law gives a creditor is claimed."""

    NONE = "none"
    LEGAL = "legal"


class Otherwise(StrEnum):
    """What happens where the rules have no answer: ask a person, or wait for an event."""

    ASK = "ask"
    WAIT = "wait"


NEXT_BANK_DAY = Span(1, Unit.BANK_DAYS)


@dataclass(frozen=True, slots=True)
class Rung:
    """One channel within a step; with ``viewed_within`` the next rung follows when nobody has viewed by then."""

    channel: Channel
    viewed_within: Span | None = None


@dataclass(frozen=True, slots=True)
class Reminder:
    """A reminder step; ``time_to_pay`` None means until the day before the next step."""

    anchor: Anchor
    wait: Span
    fee: Money
    rungs: tuple[Rung, ...]
    time_to_pay: Span | None = None
    legal_fee: bool = False
    """Whether it costs what the law allows on the day, whatever ``fee`` says."""
    demand: bool = False
    """Whether it is the creditor's own demand, the last before collection."""


@dataclass(frozen=True, slots=True)
class Collection:
    """When the claim is handed over, to whom, and from which open principal on."""

    anchor: Anchor
    wait: Span
    agency: str
    minimum: Money
    fee: Money | None = None
    """What handing over costs the debtor, where the law allows it."""
    undisputed_only: bool = False
    """Whether an invoice that was ever disputed is never handed over."""
    called: str = ""
    """What customers know the agency as."""
    acknowledged_within: Span | None = None
    """When a person is asked because the agency says nothing; None: never."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Everything a merchant decides about an invoice's way. Amounts are in ``currency``."""

    currency: str
    contact_hours: Hours
    distribution: tuple[Rung, ...]
    due_reminder: tuple[Rung, ...]
    reminders: tuple[Reminder, ...]
    collection: Collection | None
    tolerance: Money
    fee_agreed: bool = False
    spread_minutes: int = 0
    settlement_lag: Span = NEXT_BANK_DAY
    fee_remainder: FeeRemainder = FeeRemainder.WRITE_OFF
    if_unreachable: Otherwise = Otherwise.ASK
    if_exhausted: Otherwise = Otherwise.ASK
    receipt: tuple[Rung, ...] = ()
    interest: Claim = Claim.NONE
    compensation: Claim = Claim.NONE
    debtors: frozenset[DebtorKind] = frozenset(DebtorKind)
    """The kinds of debtors that it is meant for."""
    view_signals: tuple[tuple[str, tuple[Signal, ...]], ...] = ()
    """The signals that count as a view, by the debtor's country; where a country is not named, none does."""

    def signals(self, country: str) -> tuple[Signal, ...]:
        """The signals that count as a view of a debtor in this country."""
        return dict(self.view_signals).get(country, ())

    def channels(self) -> frozenset[Channel]:
        """Every channel that some step uses to reach the debtor."""
        steps = (self.distribution, self.due_reminder, self.receipt, *(reminder.rungs for reminder in self.reminders))
        return frozenset(rung.channel for rungs in steps for rung in rungs)
