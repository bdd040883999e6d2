"""A case as tables for staff: what is asked, what holds it, what was charged, what the agency says, what was ordered.

The command line and the staff's pages show the same ones. English, and without a name but that of who gave an order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.briefing import question
from domain.calendar import Calendar
from domain.events import (
    Amended,
    Answered,
    BookedThrough,
    Collected,
    Credited,
    Disputed,
    Event,
    MoveAsked,
    Paid,
    Paused,
    Respited,
    Waived,
    WrittenOff,
)
from domain.facts import Charge, Facts, HoldState
from domain.money import Money
from domain.telling import moment, step_name
from domain.words import DisputeOutcome, Message, Reason
from store.cases import CaseFile
from store.orders import GivenOrder

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Some rows under their headings."""

    title: str
    headings: Row
    rows: Sequence[Row]


def tables(case: CaseFile, orders: Sequence[GivenOrder]) -> list[Table]:
    """What there is to tell; a table without rows is left out."""
    facts, calendar = case.facts, case.law.calendar
    ref = f"{case.invoice.merchant}/{case.invoice.number}"
    asked = [
        (_words(ask.reason), moment(ask.at, calendar), question(ask.reason, ref))
        for ask in facts.asks
        if not ask.resolved
    ]
    charges = [_charge(facts, charge) for charge in facts.charges]
    ordered = [(moment(o.at, calendar), _words(o.kind), said(o.event), o.who, o.why) for o in orders]
    found = (
        Table("Asked", ("What", "Since", "What to do"), asked),
        Table("Holds", _HOLD_HEADINGS, [_hold(facts, hold, orders, calendar) for hold in facts.holds]),
        Table("Charges", ("Step", "What", "Amount", "State", "Limit", "For", "By law"), charges),
        Table("Agency", ("What", "Said"), list(_agency(case))),
        Table("Orders", ("When", "Order", "What", "By", "Why"), ordered),
    )
    return [table for table in found if table.rows]


def said(event: Event) -> str:
    """What an order said besides its name."""
    match event:
        case Paid(amount=amount, dated=dated) | Collected(amount=amount, dated=dated):
            return f"{_money(amount)} dated {dated}"
        case Credited(amount=amount) | WrittenOff(amount=amount):
            return _money(amount)
        case Disputed(amount=part):
            return _money(part) if part else "all"
        case Answered(outcome=outcome, amount=part, reply=reply):
            credited = f" {_money(part)}" if part else ""
            return f"{outcome}{credited}, {'we write it' if reply else 'written already'}"
        case Amended(amount=new, due=due, renewed=renewed):
            return ", ".join([*([_money(new)] if new else []), *([f"due {due}"] if due else []), *renewed])
        case Respited(until=until) | Paused(until=until):
            return f"through {until}" if until else "until released"
        case Waived(step=step):
            return step_name(step)
        case BookedThrough(day=day):
            return str(day)
        case MoveAsked(rules=rules, when=when):
            return f"to version {rules.version}, {_words(when)}"
        case _:
            return ""


# --- holds and charges -----------------------------------------------------------------------------------------------

_HOLD_HEADINGS = ("Hold", "Amount", "Since", "Through", "Ended", "By", "Why")
_BEGINS = {Reason.DISPUTED: Disputed, Reason.RESPITE: Respited, Reason.PAUSED: Paused}


def order_of(hold: HoldState, orders: Sequence[GivenOrder]) -> GivenOrder | None:
    """The order that began a hold; what a vendor or an agency told was none."""
    began = (order for order in orders if order.at == hold.since and isinstance(order.event, _BEGINS[hold.kind]))
    return next(began, None)


def outcome_of(facts: Facts, hold: HoldState) -> DisputeOutcome | None:
    """How a dispute was answered, if it was."""
    ends = (answer.outcome for answer in facts.answers if answer.at == hold.ended and hold.kind is Reason.DISPUTED)
    return next(ends, None)


def _hold(facts: Facts, hold: HoldState, orders: Sequence[GivenOrder], calendar: Calendar) -> Row:
    order = order_of(hold, orders)
    amount = _money(hold.amount) if hold.amount else "all" if hold.kind is Reason.DISPUTED else ""
    ended = f"{moment(hold.ended, calendar)} {outcome_of(facts, hold) or ''}".strip() if hold.ended else ""
    through = str(hold.until or "")
    who, why = (order.who, order.why) if order else ("", "")
    return _words(hold.kind), amount, moment(hold.since, calendar), through, ended, who, why


def limit_of(facts: Facts, charge: Charge) -> Money | None:
    """The law's limit that was in force when a charge was made."""
    added = (a for send in facts.sends if send.id == charge.send for a in send.charges if a.kind is charge.kind)
    return next((one.cap for one in added), None)


def _charge(facts: Facts, charge: Charge) -> Row:
    limit = limit_of(facts, charge)
    cut = f"{limit}, which cut the wish" if charge.capped and limit else str(limit or "")
    periods = ", ".join(f"{p.since} to {p.through}: {p.rate} % on {p.base}" for p in charge.periods)
    return step_name(charge.step), charge.kind, _money(charge.amount), charge.state, cut, periods, charge.law


# --- the agency ------------------------------------------------------------------------------------------------------


def _agency(case: CaseFile) -> Iterator[Row]:
    """How far the exchange with the agency has come, once it has begun."""
    facts, calendar, collection = case.facts, case.law.calendar, case.policy.collection
    agency, handed_over = facts.agency, told_at(facts, Message.CLAIM)
    if handed_over is None:
        return
    if collection:
        yield "agency", f"{collection.agency} {collection.called}".strip()
    yield "handed over", moment(handed_over, calendar)
    known = f"{moment(agency.acknowledged, calendar)}, as {agency.case}" if agency.acknowledged else "not yet"
    yield "acknowledged", known
    if agency.status:
        yield "status", agency.status
    if agency.closed and agency.closed_at:
        yield "closed", f"{_words(agency.closed)}, {moment(agency.closed_at, calendar)}"
    withdrawn = told_at(facts, Message.WITHDRAWAL)
    if withdrawn:
        yield "withdrawn", moment(withdrawn, calendar)
        yield "confirmed", moment(agency.withdrawn, calendar) if agency.withdrawn else "not yet"


def told_at(facts: Facts, message: Message) -> datetime | None:
    """When the agency was last told this."""
    return max((send.out_at for send in facts.sends if send.message is message and send.out_at), default=None)


def _words(code: str) -> str:
    return code.replace("_", " ")


def _money(amount: Money) -> str:
    return f"{amount} {amount.currency}"
