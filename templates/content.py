"""What a message says, before it has a form. Amounts and dates here are the books' own; the renderer computes none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.charge import Added, ChargeKind
from domain.languages import spoken
from domain.merchant import Merchant
from domain.money import Money
from domain.parties import Customer, Line
from domain.words import DebtorKind, Message

__all__ = ["Content", "Customer", "Email", "Letter", "Line", "Rendered", "Sms", "language_of"]


@dataclass(frozen=True, slots=True)
class Content:
    """Everything that one message to a debtor needs."""

    message: Message
    language: str
    merchant: Merchant
    customer: Customer
    number: str
    reference: str
    """The payment reference in compact form."""
    issued: date
    due: date
    pay_by: date
    today: date
    lines: tuple[Line, ...]
    amount: Money
    """The invoice's amount as it stands (amendments included), VAT included."""
    credited: Money
    paid: Money
    total: Money
    """What is asked for now: the amount and its charges, less what was credited, written off, paid or is disputed."""
    link: str
    """This send's own address of the invoice page."""
    kind: DebtorKind = DebtorKind.CONSUMER
    agency: str | None = None
    """Who takes over if this is the last reminder."""
    added: tuple[Added, ...] = ()
    """What this message adds."""
    standing: tuple[tuple[ChargeKind, Money], ...] = ()
    """What earlier messages added and still stands, one sum for each kind."""
    disputed: Money | None = None
    """What the customer disputes; it is left out of what is asked for."""
    written_off: Money | None = None
    answer: str = ""
    """The merchant's own words, in an answer to a dispute."""
    taken_back: tuple[Added, ...] = ()
    """What a correction takes back; nothing of it is in the sums any more."""
    cost_if_unpaid: Money | None = None
    """What will be added if this message is not heeded, where the law wants that said beforehand."""


@dataclass(frozen=True, slots=True)
class Email:
    """A rendered e-mail."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class Sms:
    """A rendered SMS and what it costs: ``segments`` in the ``alphabet`` it needs."""

    text: str
    segments: int
    alphabet: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A rendered letter."""

    pdf: bytes
    pages: int


Rendered = Email | Sms | Letter


def language_of(content: Content) -> str:
    """Choose the customer's language if we write it, else the merchant's first one that we do, else English."""
    return spoken((content.language, *content.merchant.languages))
