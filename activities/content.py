"""From the books to what a message says. The amounts are the case's own; nothing is computed twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from config.invoice_input import InvoiceInput
from domain.charge import Added, ChargeKind
from domain.charges import next_fee, taken_back
from domain.decisions import Send
from domain.merchant import Merchant
from domain.words import REMINDERS, Message, step_index
from store.books import Books
from store.cases import CaseFile
from store.sends import Place
from templates.content import Content
from templates.errors import RenderError


@dataclass(frozen=True, slots=True)
class Packing:
    """All that is needed to make a send's parcel."""

    books: Books
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
        link, send, case = f"{public_url}/i/{self.place.token}", self.send, self.case
        said = content_of(case, self.merchant, send.message, send.pay_by, send.charges, self.today, link)
        match send.message:
            case Message.CORRECTION:
                return replace(said, taken_back=taken_back(case.facts, send.id.step))
            case Message.ANSWER:
                return replace(said, answer=self._reply())
            case _:
                return said

    def _reply(self) -> str:
        """The merchant's own words: the answer that this step sends."""
        told = self.books.orders.replies(self.case.invoice.merchant, self.case.invoice.number)
        index = step_index(self.send.id.step)
        if index >= len(told):
            raise RenderError("answer", "the merchant's words are not in the books")
        return told[index]


def content_of(
    case: CaseFile,
    merchant: Merchant,
    message: Message,
    pay_by: date,
    charges: tuple[Added, ...],
    today: date,
    link: str,
) -> Content:
    """What is to be said about a case as it stands."""
    facts, details = case.facts, InvoiceInput.from_json(case.details)
    customer = details.customer(merchant)
    standing = ((kind, facts.standing(kind)) for kind in ChargeKind)
    return Content(
        message=message,
        language=customer.language,
        merchant=merchant,
        customer=customer,
        kind=case.invoice.kind,
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
        written_off=facts.written_off or None,
        disputed=facts.disputed or None,
        standing=tuple((kind, amount) for kind, amount in standing if amount),
        added=charges,
        total=sum((added.amount for added in charges), facts.balance - facts.disputed),
        agency=case.policy.collection.called if case.policy.collection else None,
        cost_if_unpaid=next_fee(case.facts, case.policy, case.law, today) if message in REMINDERS else None,
        link=link,
    )
