"""What a message says, before it has a form. Amounts and dates here are the books' own; the renderer computes none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from domain.merchant import Merchant
from domain.money import Money
from domain.parties import Customer, Line
from domain.words import Message

__all__ = ["Content", "Customer", "Email", "Letter", "Line", "Rendered", "Sms"]


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
    earlier_fees: Money
    """Fees of earlier reminders that stand."""
    fee: Money
    """The fee that this message adds; zero for none."""
    total: Money
    """What is to be paid now: amount − credited − paid + earlier_fees + fee."""
    link: str
    """This send's own address of the invoice page."""
    agency: str | None = None
    """Who takes over if this is the last reminder."""


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
