"""The invoice page as values: everything that it shows, read from the books at this moment. Nothing here is kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from activities.content import content_of
from domain.languages import LANGUAGES
from domain.merchant import LetterSender, Merchant
from domain.parties import Customer
from domain.policy import Channel
from domain.words import Message
from gateway.account import Sum
from gateway.account import account as account_of
from gateway.history import Chapter, chapters
from gateway.notes import notes
from gateway.parcels import is_out
from gateway.standing import PAYABLE, SETTLED, Standing, pay_by, standing_of
from gateway.wording import others
from store.cases import CaseFile
from store.sends import KeptSend
from templates.content import Content, language_of
from templates.formats import abs_of
from templates.payment import accounts, reference
from templates.qr import payment_code, svg
from templates.view import View, view_of
from templates.words import Words

_NOTHING = dict.fromkeys(SETTLED, "standing.nothing") | {Standing.DISPUTED: "standing.nothing_now"}
"""What is said big where nothing is asked for."""


@dataclass(frozen=True, slots=True)
class PayRow:
    """One thing to fill in at the bank: as people read it, and as they paste it."""

    label: str
    shown: str
    pasted: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A message in the list."""

    id: str
    title: str
    by: str
    day: str


@dataclass(frozen=True, slots=True)
class InvoicePage:
    """All that the page shows."""

    words: Words
    others: list[tuple[str, str]]
    """The other languages that the page can be read in: tag and name."""
    standing: Standing
    headline: str
    """What is said big: the amount, or that nothing is owed."""
    line: str
    """What follows the headline: by when, or what was paid."""
    notes: tuple[str, ...]
    """Why it stands so, since when, until when."""
    view: View
    pay: tuple[PayRow, ...]
    qr: str
    account: tuple[Sum, ...]
    total: Sum
    messages: tuple[Sent, ...]
    history: tuple[Chapter, ...]

    @property
    def is_payable(self) -> bool:
        """Whether the customer is asked for money."""
        return self.standing in PAYABLE


def content_as_it_stands(case: CaseFile, merchant: Merchant, now: datetime, language: str | None, link: str) -> Content:
    """What is to be said of the case now; as a receipt where nothing is owed."""
    message = Message.RECEIPT if standing_of(case, now) in SETTLED else Message.INVOICE
    today = case.law.calendar.wall(now).date()
    content = content_of(case, merchant, message, pay_by(case), (), today, link)
    return replace(content, language=language) if language in LANGUAGES else content


def printable(content: Content) -> Content:
    """The same for a PDF that is downloaded: it goes into no envelope, so it needs no address and no sender."""
    letter = content.merchant.senders.letter or LetterSender("se-left", (content.merchant.name,))
    senders = replace(content.merchant.senders, letter=letter)
    customer: Customer = content.customer
    if not customer.address:
        customer = replace(customer, address=(customer.email or "",))
    return replace(content, merchant=replace(content.merchant, senders=senders), customer=customer)


def invoice_page(case: CaseFile, content: Content, sends: Sequence[KeptSend], now: datetime) -> InvoicePage:
    """Put the page together."""
    words, standing = Words(language_of(content)), standing_of(case, now)
    if standing is Standing.DISPUTED:  # nothing of it is asked for, and all of it can be paid
        content = replace(content, total=case.facts.balance, disputed=None)
    view, formats = view_of(content), words.formats
    code = payment_code(content) if standing in PAYABLE else None
    total = content.total
    nothing = words(_NOTHING[standing]) if standing in _NOTHING else ""
    values = {
        "day": formats.day(content.pay_by),
        "due": formats.day(content.due),
        "paid": formats.amount(content.paid),
        "favour": formats.amount(-total) if total.minor < 0 else "",
        "merchant": view.merchant,
    }
    return InvoicePage(
        words=words,
        others=others(words),
        standing=standing,
        headline=nothing or formats.amount(total),
        line=words(f"line.{_line(standing, content)}", **values),
        notes=tuple(notes(case, standing, words, values)),
        view=view,
        pay=tuple(_pay(content, view, words)) if view.is_payable else (),
        qr=svg(code) if code else "",
        account=tuple(account_of(case, standing, words)),
        total=Sum(words("account.favour" if total.minor < 0 else _total(standing)), formats.amount(abs_of(total))),
        messages=tuple(_messages(case, sends, words)),
        history=tuple(chapters(case, words)),
    )


def _total(standing: Standing) -> str:
    if standing is Standing.DISPUTED:
        return "account.held"
    return "account.rest" if standing in SETTLED else "account.total"


def _line(standing: Standing, content: Content) -> str:
    """Which line follows the headline."""
    if standing is Standing.OVERDUE:
        return "overdue" if content.today <= content.pay_by else "long_overdue"
    if standing is Standing.PAID and content.total.minor < 0:
        return "overpaid"
    return standing


def _pay(content: Content, view: View, words: Words) -> Iterator[PayRow]:
    to = reference(content)
    for account in accounts(content):
        yield PayRow(words(f"payment.{account.scheme}"), account.number, account.compact)
        if account.bic:
            yield PayRow(words("payment.bic"), account.bic, account.bic)
    yield PayRow(words(f"payment.{to.kind}"), to.printed, to.compact)
    pasted = str(content.total).replace(".", words.formats.decimal_point)
    yield PayRow(words("pay.amount"), words.formats.amount(content.total), pasted)
    yield PayRow(words("payment.payee"), view.merchant, view.merchant)


def _messages(case: CaseFile, sends: Sequence[KeptSend], words: Words) -> Iterator[Sent]:
    """The messages that went out to the customer, newest first."""
    for send in reversed(sends):
        out_at = case.facts.send(send.send).out_at
        if is_out(case, send) and out_at:
            day = words.formats.day(case.law.calendar.local(out_at).date())
            yield Sent(send.id, words(f"message.{send.message}"), words(f"channel.{Channel(send.channel)}"), day)
