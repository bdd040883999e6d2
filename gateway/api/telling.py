"""From the books to documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from domain.calendar import Calendar
from domain.charge import ChargeKind
from domain.facts import Charge, Facts, HoldState
from domain.law.bank_days import calendar_of
from domain.simulation import obey
from domain.timeline import Entry, life
from domain.wire import InvoiceRef
from domain.words import Message
from gateway.api.invoice_models import (
    AgencyEntry,
    Amounts,
    AskEntry,
    ChargeEntry,
    HoldEntry,
    InvoiceDocument,
    LifeEntry,
    OrderEntry,
    PaymentEntry,
    PeriodEntry,
)
from gateway.api.models import DocumentEntry, Listed
from gateway.standing import standing_of
from gateway.tables import limit_of, order_of, outcome_of, said, told_at
from store.books import Books
from store.cases import CaseFile
from store.looks import Standing
from store.orders import GivenOrder
from store.sends import KeptSend


def listed(row: Standing) -> Listed:
    """An invoice in the list."""
    return Listed(
        number=row.number,
        stage=row.stage,
        balance=str(row.balance),
        currency=row.balance.currency,
        due=row.due,
        reference=row.reference,
        next_step=row.next_step,
        next_at=calendar_of(row.country).local(row.next_at) if row.next_at else None,
    )


def told(books: Books, ref: InvoiceRef, now: datetime) -> InvoiceDocument:
    """All that there is to tell of an invoice, at a moment of its own clock."""
    case = books.cases.read(ref.id)
    facts, calendar = case.facts, case.law.calendar
    orders = books.orders.given(ref.merchant, ref.number)
    return InvoiceDocument(
        merchant=ref.merchant,
        number=ref.number,
        reference=case.reference,
        country=case.invoice.country,
        kind=case.invoice.kind,
        issued=case.invoice.issued,
        due=facts.due,
        as_of=calendar.local(now),
        standing=standing_of(case, now),
        stage=books.looks.one(ref.id).stage,
        outcome=facts.closed,
        viewed=facts.viewed,
        amounts=_amounts(facts),
        payments=[PaymentEntry(amount=str(p.amount), dated=p.dated, by_agency=p.by_agency) for p in facts.payments],
        charges=[_charge(facts, charge) for charge in facts.charges],
        holds=[_hold(facts, hold, orders, calendar) for hold in facts.holds],
        agency=_agency(facts, calendar),
        asks=[AskEntry(reason=ask.reason, at=calendar.local(ask.at)) for ask in facts.asks if not ask.resolved],
        orders=[_order(order, calendar) for order in orders],
        history=[_entry(entry) for entry in case.life],
        plan=[_entry(entry) for entry in _plan(case, now)],
    )


def document(case: CaseFile, send: KeptSend) -> DocumentEntry | None:
    """A message; None while it has not been made."""
    state = next((state for state in case.facts.sends if state.id == send.send), None)
    if send.parcel is None or state is None:
        return None
    return DocumentEntry(
        id=send.id,
        message=state.message,
        channel=state.channel,
        step=send.send.step,
        status=state.status,
        at=case.law.calendar.local(send.reserved_at),
        media_type=send.parcel.media_type,
        size=len(send.parcel.body),
        sha256=send.parcel.sha256,
    )


def _amounts(facts: Facts) -> Amounts:
    return Amounts(
        currency=facts.amount.currency,
        invoiced=str(facts.amount),
        credited=str(facts.credited),
        written_off=str(facts.written_off),
        fees=str(facts.standing(ChargeKind.FEE)),
        interest=str(facts.standing(ChargeKind.INTEREST)),
        compensation=str(facts.standing(ChargeKind.COMPENSATION)),
        paid=str(facts.paid),
        disputed=str(facts.disputed),
        balance=str(facts.balance),
    )


def _charge(facts: Facts, charge: Charge) -> ChargeEntry:
    limit = limit_of(facts, charge)
    periods = [
        PeriodEntry(since=period.since, through=period.through, base=str(period.base), rate=str(period.rate))
        for period in charge.periods
    ]
    return ChargeEntry(
        step=charge.step,
        kind=charge.kind,
        amount=str(charge.amount),
        law=charge.law,
        capped=charge.capped,
        state=charge.state,
        limit=str(limit) if limit else None,
        periods=periods or None,
    )


def _hold(facts: Facts, hold: HoldState, orders: Sequence[GivenOrder], calendar: Calendar) -> HoldEntry:
    order = order_of(hold, orders)
    return HoldEntry(
        kind=hold.kind,
        since=calendar.local(hold.since),
        until=hold.until,
        ended=_local(hold.ended, calendar),
        amount=str(hold.amount) if hold.amount else None,
        who=order.who if order else None,
        why=(order.why or None) if order else None,
        outcome=outcome_of(facts, hold),
    )


def _agency(facts: Facts, calendar: Calendar) -> AgencyEntry | None:
    agency, handed_over = facts.agency, told_at(facts, Message.CLAIM)
    if handed_over is None:
        return None
    return AgencyEntry(
        handed_over=calendar.local(handed_over),
        case=agency.case,
        acknowledged=_local(agency.acknowledged, calendar),
        status=agency.status or None,
        closed=agency.closed,
        closed_at=_local(agency.closed_at, calendar),
        withdrawn=_local(told_at(facts, Message.WITHDRAWAL), calendar),
        confirmed=_local(agency.withdrawn, calendar),
    )


def _order(order: GivenOrder, calendar: Calendar) -> OrderEntry:
    at, what = calendar.local(order.at), said(order.event)
    return OrderEntry(at=at, kind=order.kind, said=what or None, who=order.who, why=order.why)


def _local(at: datetime | None, calendar: Calendar) -> datetime | None:
    return calendar.local(at) if at else None


def _plan(case: CaseFile, now: datetime) -> tuple[Entry, ...]:
    """The life as it would go on, from here."""
    planned = case.plan(now)
    coming = [event for item in planned for event in obey(item.decision, item.at)]
    whole = life(case.invoice, case.law.calendar, [*case.events, *coming])
    return whole[len(case.life) :]


def _entry(entry: Entry) -> LifeEntry:
    return LifeEntry.model_validate(entry.as_json())
