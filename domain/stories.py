"""Stories: an invoice and what the world does to it. The simulator, the demo and the tests all read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.events import (
    Amended,
    Answered,
    Collected,
    Credited,
    Delivered,
    Disputed,
    Event,
    Failed,
    Paid,
    Paused,
    Released,
    Respited,
    Stopped,
    Viewed,
    Waived,
    WithdrawalAsked,
)
from domain.facts import Facts, SendState
from domain.money import Money
from domain.policy import Channel
from domain.words import Reason


class What(StrEnum):
    """What the world can do."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    REFUSED = "refused"
    VIEWED = "viewed"
    PAID = "paid"
    CREDITED = "credited"
    AMENDED = "amended"
    DISPUTED = "disputed"
    ANSWERED = "answered"
    RESPITE = "respite"
    PAUSED = "paused"
    RELEASED = "released"
    WAIVED = "waived"
    STOPPED = "stopped"
    WITHDRAWN = "withdrawn"
    COLLECTED = "collected"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something the world does at a wall time of the debtor. Which fields apply depends on ``what``."""

    at: datetime
    what: What
    channel: Channel | None = None
    amount: Money | None = None
    dated: date | None = None
    due: date | None = None
    until: date | None = None
    up_at: datetime | None = None
    """When an outage ends."""
    step: str | None = None
    note: str = ""


def event_of(happening: Happening, facts: Facts, at: datetime) -> Event | None:
    """What a happening means to this case at an aware moment; None where it can mean nothing.

    A vendor can only speak of a message that went out: a bounce without one is nothing.
    """
    match happening.what:
        case What.DELIVERED | What.BOUNCED | What.REFUSED | What.VIEWED:
            return _heard(happening, facts, at)
        case What.PAID | What.COLLECTED | What.CREDITED | What.AMENDED:
            return _booked(happening, at)
        case What.RESPITE:
            return Respited(at=at, until=happening.until or happening.at.date())
        case What.PAUSED:
            return Paused(at=at, until=happening.until)
        case What.WAIVED:
            return Waived(at=at, step=happening.step or "")
        case What.DOWN:
            return None
        case _:
            return _PLAIN[happening.what](at=at)


def last_out(facts: Facts, channel: Channel) -> SendState | None:
    """The newest message that went out on a channel."""
    return next((send for send in reversed(facts.sends) if send.channel is channel and send.out_at), None)


def _heard(happening: Happening, facts: Facts, at: datetime) -> Event | None:
    if happening.channel is None:
        return None
    send = last_out(facts, happening.channel)
    if send is None:
        return None
    match happening.what:
        case What.DELIVERED:
            return Delivered(at=at, send=send.id)
        case What.VIEWED:
            return Viewed(at=at, send=send.id)
        case What.BOUNCED:
            return Failed(at=at, send=send.id, reason=Reason.BOUNCED)
        case _:
            return Failed(at=at, send=send.id, reason=Reason.REFUSED)


def _booked(happening: Happening, at: datetime) -> Event | None:
    dated = happening.dated or happening.at.date()
    if happening.what is What.AMENDED:
        return Amended(at=at, amount=happening.amount, due=happening.due)
    if happening.amount is None:
        return None
    match happening.what:
        case What.PAID:
            return Paid(at=at, amount=happening.amount, dated=dated)
        case What.COLLECTED:
            return Collected(at=at, amount=happening.amount, dated=dated)
        case _:
            return Credited(at=at, amount=happening.amount)


_PLAIN: dict[What, type[Event]] = {
    What.DISPUTED: Disputed,
    What.ANSWERED: Answered,
    What.RELEASED: Released,
    What.STOPPED: Stopped,
    What.WITHDRAWN: WithdrawalAsked,
}
