"""An invoice from outside, and what it is to the domain, the templates and the store.

What it leaves open (country, language, currency, reference) its merchant answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal

import phonenumbers

from config.invoice_file import InvoiceRow, ItemRow
from config.problems import ConfigError, Fault, Problem, Where, nearest, shown_key
from config.values import Reading
from domain.facts import Invoice
from domain.law import UnknownLawError, law_of
from domain.merchant import Merchant
from domain.money import MINOR_DIGITS, Money
from domain.parties import Customer, Line
from domain.policy import Channel
from domain.references import NumberError, reference_for, reference_given
from domain.words import DebtorKind

MOBILE = (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE)


class InvoiceInput(InvoiceRow):
    """An invoice whose form is right. Whether its merchant accepts it, ``faults`` tells."""

    @classmethod
    def from_json(cls, text: str) -> InvoiceInput:
        """Read back what ``to_json`` wrote."""
        return cls.model_validate_json(text, context=Reading("", stored=True))

    def to_json(self) -> str:
        """Write it down for the store."""
        return self.model_dump_json(by_alias=True, exclude_defaults=True)

    def ways(self) -> frozenset[Channel]:
        """Tell how the customer can be reached."""
        debtor = self.debtor
        ways = {Channel.EMAIL: debtor.email, Channel.LETTER: debtor.address, Channel.SMS: _is_mobile(debtor.phone)}
        return frozenset(channel for channel, way in ways.items() if way)

    def customer(self, merchant: Merchant) -> Customer:
        """Return the customer, with the merchant's country and first language where none is named."""
        debtor = self.debtor
        return Customer(
            name=debtor.name,
            country=debtor.country or merchant.country,
            language=debtor.language if debtor.language in merchant.languages else merchant.languages[0],
            email=debtor.email,
            phone=debtor.phone,
            address=debtor.address,
        )

    def lines(self, merchant: Merchant) -> tuple[Line, ...]:
        """Return the lines, each with its sum and its VAT, rounded half up."""
        return tuple(_line(item, merchant.currency) for item in self.items)

    def total(self, merchant: Merchant) -> Money:
        """Return what is to be paid, VAT included."""
        if self.amount is not None:
            return Money.parse(str(self.amount), merchant.currency)
        lines = self.lines(merchant)
        return sum((line.net + line.vat for line in lines), Money.zero(merchant.currency))

    def payment_reference(self, merchant: Merchant) -> str:
        """Return the payment reference in compact form: the one given, or one made of the number.

        Raises:
            NumberError: there can be none.
        """
        if self.reference:
            return reference_given(merchant.reference, self.reference)
        return reference_for(merchant.reference, self.number)

    def to_domain(self, merchant: Merchant) -> Invoice:
        """Return what the rules know of the invoice.

        Raises:
            ConfigError: the merchant does not accept it.
        """
        faults = self.faults(merchant)
        if faults:
            raise ConfigError(Problem("", None, shown_key(where), problem, cure) for where, problem, cure in faults)
        return Invoice(
            merchant=merchant.id,
            number=self.number,
            country=self.debtor.country or merchant.country,
            kind=DebtorKind(self.debtor.kind),
            issued=self.issued,
            due=self.due,
            amount=self.total(merchant),
            ways=self.ways(),
        )

    def faults(self, merchant: Merchant) -> tuple[Fault, ...]:
        """Tell what is wrong with it, seen from its merchant."""
        return (*sound(self), *(fault for check in _CHECKS for fault in check(self, merchant)))


def sound(invoice: InvoiceInput) -> list[Fault]:
    """What is wrong whoever the merchant is."""
    faults: list[Fault] = []
    if invoice.due < invoice.issued:
        problem = f"{invoice.due} is before the day of issue, {invoice.issued}"
        faults.append((("due",), problem, "write that day or a later one"))
    if invoice.amount is None and not invoice.items:
        faults.append((("amount",), "is missing, and there are no lines", 'add "amount", or "lines"'))
    return faults


def _belongs(invoice: InvoiceInput, merchant: Merchant) -> Iterator[Fault]:
    if invoice.merchant != merchant.id:
        yield ("merchant",), f'"{invoice.merchant}" is not {merchant.id}', f'write "{merchant.id}"'
    if invoice.currency and invoice.currency != merchant.currency:
        problem = f"{invoice.currency} is not the currency of {merchant.id}"
        yield ("currency",), problem, f"write {merchant.currency}, or leave it out"
    group = invoice.debtor.group
    if group and group not in merchant.groups:
        cure = nearest(group, merchant.groups) if merchant.groups else f"{merchant.id} has no groups; leave it out"
        yield ("customer", "group"), f'there is no group "{group}"', cure


def _amounts(invoice: InvoiceInput, merchant: Merchant) -> Iterator[Fault]:
    digits = MINOR_DIGITS[merchant.currency]
    fine = True
    places: list[tuple[Where, Decimal | None]] = [(("amount",), invoice.amount)]
    places += [(("lines", index, "unit_price"), item.unit_price) for index, item in enumerate(invoice.items)]
    for where, amount in places:
        if amount is not None and amount != round(amount, digits):
            fine = False
            yield where, f"{amount} is not an amount in {merchant.currency}", f"write at most {digits} decimals"
    if not fine or sound(invoice):
        return
    total = invoice.total(merchant)
    if total.minor <= 0:
        yield ("amount",), f"{total} is not above zero", "there is nothing to pay; leave the invoice out"
    added = sum((line.net + line.vat for line in invoice.lines(merchant)), Money.zero(merchant.currency))
    if invoice.items and added != total:
        yield ("amount",), f"is {total}, and the lines with VAT make {added}", "correct one, or leave the amount out"


def _reference(invoice: InvoiceInput, merchant: Merchant) -> Iterator[Fault]:
    try:
        invoice.payment_reference(merchant)
    except NumberError as error:
        problem, _, cure = str(error).partition("; ")
        yield ("reference" if invoice.reference else "number",), problem, cure


def _law(invoice: InvoiceInput, merchant: Merchant) -> Iterator[Fault]:
    kind = DebtorKind(invoice.debtor.kind)
    try:
        law_of(invoice.debtor.country or merchant.country, kind)
    except UnknownLawError as error:
        problem, _, cure = str(error).partition("; ")
        yield ("customer", "country"), problem, cure


_CHECKS: tuple[Callable[[InvoiceInput, Merchant], Iterator[Fault]], ...] = (
    _belongs,
    _law,
    _amounts,
    _reference,
)


def _line(item: ItemRow, currency: str) -> Line:
    net = _rounded(item.quantity * item.unit_price, currency)
    return Line(
        text=item.text,
        quantity=item.quantity,
        unit=item.unit or "",
        unit_price=_rounded(item.unit_price, currency),
        net=net,
        vat_rate=item.vat,
        vat=Money(_half_up(net.minor * item.vat / 100), currency),
    )


def _rounded(amount: Decimal, currency: str) -> Money:
    return Money(_half_up(amount.scaleb(MINOR_DIGITS[currency])), currency)


def _half_up(minor: Decimal) -> int:
    return int(minor.to_integral_value(ROUND_HALF_UP))


def _is_mobile(phone: str | None) -> bool:
    return phone is not None and phonenumbers.number_type(phonenumbers.parse(phone)) in MOBILE
