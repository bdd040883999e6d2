"""A message as words: every amount and day of the content, written in the customer's language, for all channels."""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.charge import Added, ChargeKind
from domain.money import Money
from domain.words import DebtorKind, Message
from templates.content import Content, Line, language_of
from templates.formats import Formats, abs_of
from templates.payment import accounts, reference
from templates.statement import Entry, account_entries, vat_entries
from templates.words import Words


@dataclass(frozen=True, slots=True)
class Row:
    """A label and its value; ``key`` is the label's name, for whoever styles one row apart."""

    key: str
    label: str
    value: str
    notes: tuple[str, ...] = ()
    """How the value comes about, where a label does not say it."""


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
    words: Words
    message: str
    is_consumer: bool
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
    demand_fee: str
    interest: str
    compensation: str
    fee_law: str
    taken_back: tuple[Row, ...]
    disputed: str
    rest: str
    in_favour: str
    cost_if_unpaid: str
    answer: str
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
    words = Words(language_of(content))
    formats = words.formats
    receipt = content.message is Message.RECEIPT
    payable = not receipt and content.total.minor > 0
    payment = _payment(content, words) if payable else ()
    added = {kind: _some(_sum(content, kind), formats) for kind in ChargeKind}
    is_demand = content.message is Message.DEMAND
    return View(
        language=words.language,
        words=words,
        message=content.message,
        is_consumer=content.kind is DebtorKind.CONSUMER,
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
        fee="" if is_demand else added[ChargeKind.FEE],
        demand_fee=added[ChargeKind.FEE] if is_demand else "",
        interest=added[ChargeKind.INTEREST],
        compensation=added[ChargeKind.COMPENSATION],
        fee_law=_fee_law(content),
        taken_back=tuple(_taken_back(one, words) for one in content.taken_back),
        disputed=_some(content.disputed, formats),
        rest=_some(content.total, formats) if receipt and content.total.minor > 0 else "",
        in_favour=_some(abs_of(content.total), formats) if content.total.minor < 0 else "",
        cost_if_unpaid=_some(content.cost_if_unpaid, formats),
        answer=re.sub(r"[\x00-\x09\x0b-\x1f\x7f]+", " ", content.answer),
        agency=one_line(content.agency or ""),
        link=content.link,
        currency=formats.currency(content.total.currency),
        pay_to=_pay_to(content, words) if payable else "",
        facts=_facts(content, words, payable=payable),
        payment=payment,
        lines=tuple(_line(line, formats) for line in content.lines),
        vat=tuple(_entry(entry, words) for entry in vat_entries(content)),
        account=tuple(_entry(entry, words) for entry in account_entries(content)),
    )


def one_line(text: str) -> str:
    """Names without line breaks and other control characters: they reach subjects and headers."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", text).strip()


def contact_of(content: Content) -> str:
    """Where the customer writes: where e-mails are answered, else the postal address, else only the merchant's name."""
    senders = content.merchant.senders
    if senders.email:
        return senders.email.reply_to or senders.email.address
    return ", ".join(senders.letter.return_address) if senders.letter else content.merchant.name


def _some(money: Money | None, formats: Formats) -> str:
    return formats.amount(money) if money else ""


def _sum(content: Content, kind: ChargeKind) -> Money:
    return sum((one.amount for one in content.added if one.kind is kind), Money.zero(content.amount.currency))


def _fee_law(content: Content) -> str:
    """The statute behind this message's fee, without the country that a pack puts before it."""
    refs = (one.law for one in content.added if one.kind is ChargeKind.FEE)
    return ", ".join(re.sub(r"^[A-Z]{2}: ", "", ref) for ref in refs)


def _taken_back(added: Added, words: Words) -> Row:
    return Row(added.kind, words(f"entries.{added.kind}"), words.formats.amount(added.amount))


def _facts(content: Content, words: Words, *, payable: bool) -> tuple[Row, ...]:
    formats = words.formats
    values = {"number": one_line(content.number), "issued": formats.day(content.issued)}
    if not payable:
        values["due"] = formats.day(content.due)
    else:
        if content.pay_by != content.due:
            values["original_due"] = formats.day(content.due)
        values["pay_by"] = formats.day(content.pay_by)
    return tuple(Row(key, words(f"facts.{key}"), value) for key, value in values.items())


def _payment(content: Content, words: Words) -> tuple[Row, ...]:
    values = {}
    for account in accounts(content):
        values[str(account.scheme)] = account.number
        if account.bic:
            values["bic"] = account.bic
    to = reference(content)
    values[str(to.kind)] = to.printed
    values["payee"] = one_line(content.merchant.name)
    return tuple(Row(key, words(f"payment.{key}"), value) for key, value in values.items())


def _pay_to(content: Content, words: Words) -> str:
    """Account and reference in one breath, for an SMS."""
    account, to = accounts(content)[0], reference(content)
    return f"{words(f'short.{account.scheme}')} {account.compact}, {words(f'short.{to.kind}')} {to.compact}"


def _line(line: Line, formats: Formats) -> LineRow:
    return LineRow(
        text=one_line(line.text),
        quantity=f"{formats.quantity(line.quantity)} {one_line(line.unit)}".strip(),
        unit_price=formats.number(line.unit_price),
        vat_rate=formats.percent(line.vat_rate),
        net=formats.number(line.net),
        amount=formats.amount(line.net),
    )


def _entry(entry: Entry, words: Words) -> Row:
    formats = words.formats
    values = {}
    if entry.rate is not None and entry.base is not None:
        values = {"rate": formats.percent(entry.rate), "base": formats.amount(entry.base)}
    notes = tuple(
        words(
            "entries.period",
            rate=formats.percent(period.rate),
            base=formats.amount(period.base),
            since=formats.day(period.since),
            through=formats.day(period.through),
        )
        for period in entry.periods
    )
    return Row(entry.label, words(f"entries.{entry.label}", **values), formats.amount(entry.amount), notes)
