"""How the customer can pay: the account, by currency and country, and the reference that belongs to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.merchant import ReferenceKind
from templates.content import Content
from templates.errors import RenderError
from templates.formats import grouped


class Scheme(StrEnum):
    """A kind of account. The value is the name of its label."""

    BANKGIRO = "bankgiro"
    PLUSGIRO = "plusgiro"
    ACCOUNT = "account"
    IBAN = "iban"


_HOME = {"SEK": (Scheme.BANKGIRO, Scheme.PLUSGIRO), "NOK": (Scheme.ACCOUNT,)}
"""Which accounts take a currency inside its own country. IBAN takes any."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where to pay; ``number`` as it is printed."""

    scheme: Scheme
    number: str
    bic: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """What to state; ``label`` names its label, ``compact`` is for machines."""

    label: str
    printed: str
    compact: str


def accounts(content: Content) -> list[Account]:
    """List the accounts that take this invoice's currency, best first.

    Raises:
        RenderError: the merchant has none.

    """
    home = _HOME.get(content.total.currency, ())
    known = list(_known(content))
    abroad = content.customer.country != content.merchant.country
    found = [account for account in known if account.scheme in home]
    if abroad or not found:
        found += [account for account in known if account.scheme is Scheme.IBAN]
    if not found:
        raise RenderError("payment", f"{content.merchant.id} has no account that takes {content.total.currency}")
    return found


def reference(content: Content) -> Reference:
    """Give the reference the name that the customer's bank gives its field."""
    compact = content.reference
    if compact.upper().startswith("RF"):
        return Reference(ReferenceKind.RF, grouped(compact), compact)
    return Reference(content.merchant.reference, compact, compact)


def _known(content: Content) -> Iterator[Account]:
    payee = content.merchant.payee
    if payee.bankgiro:
        yield Account(Scheme.BANKGIRO, _hyphenated(payee.bankgiro, 4))
    if payee.plusgiro:
        yield Account(Scheme.PLUSGIRO, _hyphenated(payee.plusgiro, 1))
    if payee.account:
        yield Account(Scheme.ACCOUNT, _norwegian(payee.account))
    if payee.iban:
        yield Account(Scheme.IBAN, grouped(_compact(payee.iban)), payee.bic)


def _hyphenated(number: str, tail: int) -> str:
    digits = _compact(number)
    return f"{digits[:-tail]}-{digits[-tail:]}"


def _norwegian(number: str) -> str:
    digits = _compact(number)
    return f"{digits[:4]} {digits[4:6]} {digits[6:]}"


def _compact(number: str) -> str:
    return "".join(char for char in number if char.isalnum())
