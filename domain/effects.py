"""How facts change: what the events share. Each function answers which fields of the facts become what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypedDict

from domain.charge import ChargeKind, Period
from domain.facts import (
    IN_DOUBT,
    OUT,
    AgencyState,
    AnswerState,
    Ask,
    Charge,
    ChargeState,
    Facts,
    HoldState,
    Move,
    Rules,
    SendState,
)
from domain.money import Money
from domain.policy import Channel
from domain.postings import CHARGES, Entry, Posting
from domain.words import Outcome, Reason, SendId, Status

RANK = {
    Status.RESERVED: 0,
    Status.UNKNOWN: 1,
    Status.NOT_SENT: 2,
    Status.SENT: 3,
    Status.DELIVERED: 4,
    Status.FAILED: 5,
}
"""A late event of lower rank never undoes one of higher rank."""


def rank(send: SendState) -> int:
    """How firmly a send's status stands. What failed only because nobody knew is no firmer than what was not sent."""
    return RANK[Status.NOT_SENT] if send.why is Reason.OUTCOME_UNKNOWN else RANK.get(send.status, 0)


class Changes(TypedDict, total=False):
    """The fields of the facts that an event changes, with their new values."""

    amount: Money
    due: date
    due_set: datetime | None
    ways: frozenset[Channel]
    credited: Money
    paid: Money
    charged: Money
    written_off: Money
    postings: tuple[Posting, ...]
    sends: tuple[SendState, ...]
    charges: tuple[Charge, ...]
    holds: tuple[HoldState, ...]
    answers: tuple[AnswerState, ...]
    agency: AgencyState
    asks: tuple[Ask, ...]
    renewed: tuple[tuple[Channel, datetime], ...]
    waived: frozenset[str]
    booked_through: date | None
    stopped: bool
    withdrawal_asked: bool
    viewed: bool
    closed: Outcome | None
    rules: Rules | None
    moving: Move | None


def send(facts: Facts, send_id: SendId, change: Callable[[SendState], SendState]) -> Changes:
    """One send is another."""
    return {"sends": tuple(change(send) if send.id == send_id else send for send in facts.sends)}


def status(facts: Facts, send_id: SendId, status: Status, at: datetime, why: Reason | None = None) -> Changes:
    """A send has a new status, unless it has one of higher rank."""

    def settle(send: SendState) -> SendState:
        if RANK[status] <= rank(send):
            return send
        out_at = send.out_at or (at if status in OUT else None)
        return replace(send, status=status, since=at, why=why, out_at=out_at)

    return send(facts, send_id, settle)


def sought(facts: Facts, send_id: SendId, at: datetime) -> Changes:
    """A send was looked for in vain. One of which we know more by now stays as it is, and so does since when."""

    def settle(send: SendState) -> SendState:
        if send.status not in IN_DOUBT:
            return send
        return replace(send, sought=send.sought + 1, since=at)

    return send(facts, send_id, settle)


def recallable(facts: Facts, send_id: SendId, until: datetime) -> Changes:
    """A message that is out can be called back for a while."""
    return send(facts, send_id, lambda send: replace(send, recall_until=until))


def recalled(facts: Facts, send_id: SendId, status: Status, at: datetime) -> Changes:
    """What calling a message back came to: NOT_SENT if it will not go out, SENT if it is too late, else ask again."""

    def settle(send: SendState) -> SendState:
        if status is Status.UNKNOWN:
            return replace(send, recall_tried=at)
        if status is Status.NOT_SENT and send.status is Status.SENT:
            return replace(send, status=Status.NOT_SENT, since=at, out_at=None, recall_until=None)
        return replace(send, recall_until=None)

    changes = send(facts, send_id, settle)
    after = replace(facts, **changes)
    was_out, is_out = facts.send(send_id).is_out, after.send(send_id).is_out
    if was_out and not is_out and not any(other.is_out for other in after.of_step(send_id.step)):
        for kind in ChargeKind:  # nobody was told of them
            changes |= reverse(replace(facts, **changes), send_id.step, kind, at)
    return changes


def book(facts: Facts, send_id: SendId, at: datetime) -> Changes:
    """The charges that this send carried are owed from now on; a life that was over goes on."""
    pending = _pending(facts, send_id)
    if not pending:
        return {}
    postings = [Posting(CHARGES[c.kind][0], at, c.amount, step=c.step, law=c.law) for c in pending]
    return {
        "charges": tuple(replace(c, state=ChargeState.BOOKED) if c in pending else c for c in facts.charges),
        "charged": sum((charge.amount for charge in pending), facts.charged),
        "postings": (*facts.postings, *postings),
        "closed": None,
    }


def void(facts: Facts, send_id: SendId) -> Changes:
    """The charges were never asked for, so the step's next message may carry them."""
    pending = _pending(facts, send_id)
    return {"charges": tuple(charge for charge in facts.charges if charge not in pending)} if pending else {}


def reverse(
    facts: Facts,
    step: str,
    kind: ChargeKind,
    at: datetime,
    amount: Money | None = None,
    periods: tuple[Period, ...] = (),
    *,
    wrong: bool = False,
) -> Changes:
    """A step's charge, or a part of it, is owed no longer; ``wrong``: it should never have been asked for."""
    charge = facts.charge(step, kind)
    if charge is None or charge.state is not ChargeState.BOOKED:
        return {}
    less = amount if amount and amount < charge.amount else charge.amount
    state = ChargeState.BOOKED if less < charge.amount else ChargeState.REVERSED
    left = charge.amount - less if less < charge.amount else charge.amount
    taken_back = at if wrong else charge.taken_back
    after = replace(charge, state=state, amount=left, taken_back=taken_back, periods=periods or charge.periods)
    posting = Posting(CHARGES[kind][1], at, -less, step=step, law=charge.law)
    return {
        "charges": tuple(after if other is charge else other for other in facts.charges),
        "charged": facts.charged - less,
        "postings": (*facts.postings, posting),
    }


def post(facts: Facts, what: Entry, at: datetime, amount: Money, dated: date | None = None) -> Changes:
    """One more change of what is owed; a life that was over goes on when it is more."""
    changes: Changes = {"postings": (*facts.postings, Posting(what, at, amount, dated))}
    return changes | {"closed": None} if amount.minor > 0 else changes


def credit(facts: Facts, at: datetime, amount: Money) -> Changes:
    """The claim was too high by so much."""
    return post(facts, Entry.CREDITED, at, -amount) | {"credited": facts.credited + amount}


def renew(facts: Facts, channels: Sequence[Channel], at: datetime) -> Changes:
    """New addresses: what failed on these channels may be tried again, and a question about it is answered."""
    others = tuple(pair for pair in facts.renewed if pair[0] not in channels)
    renewed = (*others, *((channel, at) for channel in channels))
    return {"ways": facts.ways.union(channels), "renewed": renewed} | resolve(facts)


def end_holds(facts: Facts, at: datetime, chosen: Callable[[HoldState], bool]) -> Changes:
    """Some of the holds in force are over."""

    def ended(hold: HoldState) -> HoldState:
        return replace(hold, ended=at) if hold.ended is None and chosen(hold) else hold

    return {"holds": tuple(ended(hold) for hold in facts.holds)}


def end_disputes(facts: Facts, at: datetime, credited: Money) -> Changes:
    """No dispute is open any more; what was credited goes to the disputed parts, the oldest first."""
    holds, left = [], credited
    for hold in facts.holds:
        if hold.kind is not Reason.DISPUTED or hold.ended is not None:
            holds.append(hold)
            continue
        right = min(left, hold.amount) if hold.amount else None
        left = left - right if right else left
        holds.append(replace(hold, ended=at, credited=right))
    return {"holds": tuple(holds)}


def resolve(facts: Facts) -> Changes:
    """A person has acted on what was asked."""
    return {"asks": tuple(replace(ask, resolved=True) for ask in facts.asks)}


def _pending(facts: Facts, send_id: SendId) -> list[Charge]:
    return [c for c in facts.charges if c.send == send_id and c.state is ChargeState.PENDING]
