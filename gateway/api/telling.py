"""From the books to documents."""

from __future__ import annotations

from datetime import datetime

from domain.calendar import Calendar
from domain.charge import ChargeKind
from domain.facts import Charge, Facts
from domain.law.bank_days import calendar_of
from domain.simulation import obey
from domain.simulation import plan as plan_of
from domain.timeline import Entry, life
from domain.wire import InvoiceRef
from gateway.api.models import (
    Amounts,
    AskEntry,
    ChargeEntry,
    DocumentEntry,
    HoldEntry,
    InvoiceDocument,
    LifeEntry,
    Listed,
    OrderEntry,
    PaymentEntry,
)
from gateway.standing import standing_of
from store.books import Books
from store.cases import CaseFile
from store.looks import Standing
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
        charges=[_charge(charge) for charge in facts.charges],
        holds=_holds(facts, calendar),
        asks=[AskEntry(reason=ask.reason, at=calendar.local(ask.at)) for ask in facts.asks if not ask.resolved],
        orders=[OrderEntry(at=calendar.local(o.at), kind=o.kind, who=o.who, why=o.why) for o in orders],
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


def _charge(charge: Charge) -> ChargeEntry:
    return ChargeEntry(
        step=charge.step,
        kind=charge.kind,
        amount=str(charge.amount),
        law=charge.law,
        capped=charge.capped,
        state=charge.state,
    )


def _holds(facts: Facts, calendar: Calendar) -> list[HoldEntry]:
    return [
        HoldEntry(
            kind=hold.kind,
            since=calendar.local(hold.since),
            until=hold.until,
            ended=calendar.local(hold.ended) if hold.ended else None,
            amount=str(hold.amount) if hold.amount else None,
        )
        for hold in facts.holds
    ]


def _plan(case: CaseFile, now: datetime) -> tuple[Entry, ...]:
    """The life as it would go on, from here."""
    planned = plan_of(case.facts, case.policy, case.law, now)
    coming = [event for item in planned for event in obey(item.decision, item.at)]
    whole = life(case.invoice, case.law.calendar, [*case.events, *coming])
    return whole[len(case.life) :]


def _entry(entry: Entry) -> LifeEntry:
    return LifeEntry.model_validate(entry.as_json())
