"""What follows from the facts: one of six things."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from domain.charge import Added
from domain.events import Event
from domain.money import Money
from domain.policy import Channel
from domain.words import Message, Outcome, Reason, SendId


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing until the moment, or until something happens; ``step`` and ``channel`` say what it waits to do."""

    until: datetime | None
    reason: Reason
    step: str | None = None
    channel: Channel | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Send a message: to the debtor, or (hand-over, withdrawal, notice of dispute) to the agency."""

    id: SendId
    channel: Channel
    message: Message
    reason: Reason
    total: Money
    """What the message asks for: what is owed and not disputed, with the charges this send carries."""
    pay_by: date
    charges: tuple[Added, ...] = ()


@dataclass(frozen=True, slots=True)
class Reconcile:
    """Look for evidence of a send whose outcome is unknown, before anything else goes out."""

    id: SendId
    channel: Channel


@dataclass(frozen=True, slots=True)
class Recall:
    """Call a letter back that is not printed yet: nothing is owed any more."""

    id: SendId
    channel: Channel


@dataclass(frozen=True, slots=True)
class Note:
    """Write this down, then decide again. It touches nobody outside."""

    event: Event


@dataclass(frozen=True, slots=True)
class End:
    """Nothing is left to do or to wait for."""

    outcome: Outcome


Decision = Wait | Send | Reconcile | Recall | Note | End
