"""From the books to what a message says. The amounts are the case's own; nothing is computed twice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from config.invoice_input import InvoiceInput
from domain.decisions import Send
from domain.merchant import Merchant
from domain.money import Money
from domain.words import Message
from store.cases import CaseFile
from store.sends import Place
from templates.content import Content


@dataclass(frozen=True, slots=True)
class Packing:
    """All that is needed to make a send's parcel."""

    case: CaseFile
    merchant: Merchant
    send: Send
    place: Place
    now: datetime

    @property
    def today(self) -> date:
        """The debtor's local day."""
        return self.case.law.calendar.wall(self.now).date()

    def content(self, public_url: str) -> Content:
        """What the message says."""
        link = f"{public_url}/i/{self.place.token}"
        return content_of(
            self.case, self.merchant, self.send.message, self.send.pay_by, self.send.fee, self.today, link
        )


def content_of(
    case: CaseFile, merchant: Merchant, message: Message, pay_by: date, fee: Money | None, today: date, link: str
) -> Content:
    """What is to be said about a case as it stands."""
    facts, details = case.facts, InvoiceInput.from_json(case.details)
    customer = details.customer(merchant)
    added = fee or Money.zero(facts.amount.currency)
    return Content(
        message=message,
        language=customer.language,
        merchant=merchant,
        customer=customer,
        number=case.invoice.number,
        reference=case.reference,
        issued=case.invoice.issued,
        due=facts.due,
        pay_by=pay_by,
        today=today,
        lines=details.lines(merchant) if facts.amount == case.invoice.amount else (),
        amount=facts.amount,
        credited=facts.credited,
        paid=facts.paid,
        earlier_fees=facts.fees,
        fee=added,
        total=facts.balance + added,
        link=link,
    )
