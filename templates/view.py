"""A message as words: every amount and day of the content, written in the customer's language, for all channels."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.money import Money
from domain.words import Message
from templates.content import Content, Line
from templates.formats import Formats, abs_of
from templates.labels import Labels, labels, language_of
from templates.payment import accounts, reference
from templates.statement import Entry, account_entries, vat_entries


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value; ``key`` is the label's name, for whoever styles one row apart."""

    key: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class LineRow:
    """One line of the invoice, written out."""

    text: str
    quantity: str
    unit_price: str
    vat_rate: str
    net: str
    amount: str
    """``net`` with its currency."""


@dataclass(frozen=True, slots=True)
class View:
    """What the templates see. Empty text means "there is none", so that a template can ask ``if fee``."""

    language: str
    label: Labels
    merchant: str
    organisation: str
    contact: str
    customer: str
    number: str
    issued: str
    due: str
    pay_by: str
    pay_by_short: str
    amount: str
    total: str
    paid: str
    fee: str
    fees: str
    rest: str
    in_favour: str
    agency: str
    link: str
    currency: str
    pay_to: str
    facts: tuple[Row, ...]
    payment: tuple[Row, ...]
    lines: tuple[LineRow, ...]
    vat: tuple[Row, ...]
    account: tuple[Row, ...]

    @property
    def is_payable(self) -> bool:
        """Whether the customer is asked for money."""
        return bool(self.payment)

    @property
    def sum_row(self) -> Row:
        """The last row: what it all comes to."""
        return self.account[-1]


def view_of(content: Content) -> View:
    """Write the content out."""
    language = language_of(content)
    label, formats = labels(language), Formats(language)
    payable = content.message is not Message.RECEIPT and content.total.minor > 0
    receipt = content.message is Message.RECEIPT
    payment = _payment(content, label) if payable else ()
    return View(
        language=language,
        label=label,
        merchant=one_line(content.merchant.name),
        organisation=content.merchant.payee.organisation or "",
        contact=contact_of(content),
        customer=one_line(content.customer.name),
        number=one_line(content.number),
        issued=formats.day(content.issued),
        due=formats.day(content.due),
        pay_by=formats.day(content.pay_by),
        pay_by_short=formats.short_day(content.pay_by),
        amount=formats.amount(content.amount),
        total=formats.amount(content.total),
        paid=_some(content.paid, formats),
        fee=_some(content.fee, formats),
        fees=_some(content.fee + content.earlier_fees, formats),
        rest=_some(content.total, formats) if receipt and content.total.minor > 0 else "",
        in_favour=_some(abs_of(content.total), formats) if content.total.minor < 0 else "",
        agency=one_line(content.agency or ""),
        link=content.link,
        currency=formats.currency(content.total.currency),
        pay_to=_pay_to(content, label) if payable else "",
        facts=_facts(content, label, formats, payable=payable),
        payment=payment,
        lines=tuple(_line(line, formats) for line in content.lines),
        vat=tuple(_entry(entry, label, formats) for entry in vat_entries(content)),
        account=tuple(_entry(entry, label, formats) for entry in account_entries(content)),
    )


def one_line(text: str) -> str:
    """Names without line breaks and other control characters: they reach subjects and headers."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()


def contact_of(content: Content) -> str:
    """Where the customer writes: the e-mail sender, else the postal address, else only the merchant's name."""
    senders = content.merchant.senders
    if senders.email:
        return senders.email.address
    return ", ".join(senders.letter.return_address) if senders.letter else content.merchant.name


def _some(money: Money, formats: Formats) -> str:
    return formats.amount(money) if money else ""


def _facts(content: Content, label: Labels, formats: Formats, *, payable: bool) -> tuple[Row, ...]:
    values = {"number": one_line(content.number), "issued": formats.day(content.issued)}
    if not payable:
        values["due"] = formats.day(content.due)
    else:
        if content.pay_by != content.due:
            values["original_due"] = formats.day(content.due)
        values["pay_by"] = formats.day(content.pay_by)
    return tuple(Row(key, label[f"facts.{key}"], value) for key, value in values.items())


def _payment(content: Content, label: Labels) -> tuple[Row, ...]:
    values = {}
    for account in accounts(content):
        values[str(account.scheme)] = account.number
        if account.bic:
            values["bic"] = account.bic
    to = reference(content)
    values[str(to.kind)] = to.printed
    values["payee"] = one_line(content.merchant.name)
    return tuple(Row(key, label[f"payment.{key}"], value) for key, value in values.items())


def _pay_to(content: Content, label: Labels) -> str:
    """Account and reference in one breath, for an SMS."""
    account, to = accounts(content)[0], reference(content)
    return f"{label[f'short.{account.scheme}']} {account.compact}, {label[f'short.{to.kind}']} {to.compact}"


def _line(line: Line, formats: Formats) -> LineRow:
    return LineRow(
        text=one_line(line.text),
        quantity=f"{formats.quantity(line.quantity)} {one_line(line.unit)}".strip(),
        unit_price=formats.number(line.unit_price),
        vat_rate=formats.percent(line.vat_rate),
        net=formats.number(line.net),
        amount=formats.amount(line.net),
    )


def _entry(entry: Entry, label: Labels, formats: Formats) -> Row:
    text = label[f"entries.{entry.label}"]
    if entry.rate is not None and entry.base is not None:
        text = text.format(rate=formats.percent(entry.rate), base=formats.amount(entry.base))
    return Row(entry.label, text, formats.amount(entry.amount))
