"""Stories: an invoice and what the world does to it. The simulator, the demo and the tests all read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.events import (
    Acknowledged,
    AgencyClosed,
    AgencyTold,
    Amended,
    Answered,
    Collected,
    Credited,
    Delivered,
    Disputed,
    Event,
    Failed,
    MoveAsked,
    Paid,
    Paused,
    Released,
    Respited,
    Stopped,
    Viewed,
    Waived,
    WithdrawalAsked,
    WithdrawalConfirmed,
    WrittenOff,
)
from domain.facts import Facts, Rules, SendState
from domain.money import Money
from domain.policy import Channel, Policy
from domain.words import AgencyOutcome, DisputeOutcome, Reason, When


class What(StrEnum):
    """What the world can do."""

    DELIVERED = "delivered"
    BOUNCED = "bounced"
    REFUSED = "refused"
    VIEWED = "viewed"
    PAID = "paid"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"
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
    ACKNOWLEDGED = "acknowledged"
    AGENCY_TOLD = "agency_told"
    AGENCY_CLOSED = "agency_closed"
    WITHDRAWAL_CONFIRMED = "withdrawal_confirmed"
    MOVED = "moved"
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
    outcome: str | None = None
    """Of a dispute's answer, or of the agency's work."""
    reply: bool = False
    """Whether ``note`` is the merchant's answer, to be sent to the debtor."""
    note: str = ""
    policy: Policy | None = None
    """The rules that the merchant publishes and moves the case to."""
    when: When = When.NOW
    rules: Rules | None = None
    """Where those rules are in the books; None: there are no books."""


def event_of(happening: Happening, facts: Facts, at: datetime) -> Event | None:
    """What a happening means to this case at an aware moment; None where it can mean nothing.

    A vendor can only speak of a message that went out: a bounce without one is nothing.
    """
    match happening.what:
        case What.DELIVERED | What.BOUNCED | What.REFUSED | What.VIEWED:
            return _heard(happening, facts, at)
        case What.PAID | What.COLLECTED | What.CREDITED | What.WRITTEN_OFF | What.AMENDED:
            return _booked(happening, at)
        case What.DISPUTED:
            return Disputed(at=at, amount=happening.amount)
        case What.ANSWERED:
            outcome = DisputeOutcome(happening.outcome or DisputeOutcome.REJECTED)
            return Answered(at=at, outcome=outcome, amount=happening.amount, reply=happening.reply)
        case What.ACKNOWLEDGED | What.AGENCY_TOLD | What.AGENCY_CLOSED:
            return _by_agency(happening, facts, at)
        case What.RESPITE:
            return Respited(at=at, until=happening.until or happening.at.date())
        case What.PAUSED:
            return Paused(at=at, until=happening.until)
        case What.WAIVED:
            return Waived(at=at, step=happening.step or "")
        case What.MOVED:
            return MoveAsked(at=at, rules=happening.rules or Rules(0, 0), when=happening.when)
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
        case What.WRITTEN_OFF:
            return WrittenOff(at=at, amount=happening.amount)
        case _:
            return Credited(at=at, amount=happening.amount)


def _by_agency(happening: Happening, facts: Facts, at: datetime) -> Event | None:
    """What the agency tells; one that never got the claim tells nothing."""
    if last_out(facts, Channel.COLLECTION) is None:
        return None
    match happening.what:
        case What.ACKNOWLEDGED:
            return Acknowledged(at=at, case=happening.note)
        case What.AGENCY_TOLD:
            return AgencyTold(at=at, status=happening.note)
        case _:
            return AgencyClosed(at=at, outcome=AgencyOutcome(happening.outcome or AgencyOutcome.RETURNED))


_PLAIN: dict[What, type[Event]] = {
    What.WITHDRAWAL_CONFIRMED: WithdrawalConfirmed,
    What.RELEASED: Released,
    What.STOPPED: Stopped,
    What.WITHDRAWN: WithdrawalAsked,
}
