"""How the customer can pay: the account, by currency and country, and the reference that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.merchant import ReferenceKind
from domain.references import NumberError, fik, reference_shown
from domain.references.check import grouped
from domain.references.giro import bankgiro, plusgiro
from templates.content import Content
from templates.errors import RenderError


class Scheme(StrEnum):
    """A kind of account. The value is the name of its label."""

    BANKGIRO = "bankgiro"
    PLUSGIRO = "plusgiro"
    ACCOUNT = "account"
    CREDITOR = "creditor"
    IBAN = "iban"


_HOME = {"SEK": (Scheme.BANKGIRO, Scheme.PLUSGIRO), "NOK": (Scheme.ACCOUNT,), "DKK": (Scheme.CREDITOR,)}
"""Which accounts take a currency inside its own country. IBAN takes any."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where to pay; ``number`` as it is printed."""

    scheme: Scheme
    number: str
    bic: str | None = None

    @property
    def compact(self) -> str:
        """The number for machines and for typing: a giro's hyphen stays, spaces go."""
        return self.number.replace(" ", "")


@dataclass(frozen=True, slots=True)
class Reference:
    """What to state; the kind's value names its label, ``compact`` is for machines and for typing."""

    kind: ReferenceKind
    printed: str
    compact: str


def accounts(content: Content) -> list[Account]:
    """List the accounts that take this invoice's currency, best first.

    Raises:
        RenderError: the merchant has none, or one that is no such number.

    """
    home = _HOME.get(content.total.currency, ())
    try:
        known = list(_known(content))
    except NumberError as error:
        raise RenderError("payment", f"{content.merchant.id}: {error}") from None
    abroad = content.customer.country != content.merchant.country
    found = [account for account in known if account.scheme in home]
    if abroad or not found:
        found += [account for account in known if account.scheme is Scheme.IBAN]
    if not found:
        raise RenderError("payment", f"{content.merchant.id} has no account that takes {content.total.currency}")
    return found


def reference(content: Content) -> Reference:
    """Give the reference the name that the customer's bank gives its field."""
    kind, payee = content.merchant.reference.kind, content.merchant.payee
    if kind is ReferenceKind.FIK and payee.fik_creditor:
        line = fik.line(content.reference, payee.fik_creditor)  # what Danish banks read, and want typed, as a whole
        return Reference(kind, line, line)
    return Reference(kind, reference_shown(kind, content.reference), content.reference)


def _known(content: Content) -> Iterator[Account]:
    payee = content.merchant.payee
    if payee.bankgiro:
        yield Account(Scheme.BANKGIRO, bankgiro(payee.bankgiro))
    if payee.plusgiro:
        yield Account(Scheme.PLUSGIRO, plusgiro(payee.plusgiro))
    if payee.account:
        yield Account(Scheme.ACCOUNT, _norwegian(payee.account))
    if payee.fik_creditor:
        yield Account(Scheme.CREDITOR, payee.fik_creditor)
    if payee.iban:
        yield Account(Scheme.IBAN, grouped(_compact(payee.iban)), payee.bic)


def _norwegian(number: str) -> str:
    digits = _compact(number)
    return f"{digits[:4]} {digits[4:6]} {digits[6:]}"


def _compact(number: str) -> str:
    return "".join(char for char in number if char.isalnum())
