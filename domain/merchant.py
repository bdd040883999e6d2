"""A merchant: who asks for the money, how it is paid, and by which rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.policy import Policy


class ReferenceKind(StrEnum):
    """Which payment reference the merchant's bank agreement expects."""

    OCR = "ocr"
    KID = "kid"
    RF = "rf"


@dataclass(frozen=True, slots=True)
class Payee:
    """Where the money goes. Which fields are filled depends on the country."""

    bankgiro: str | None = None
    plusgiro: str | None = None
    account: str | None = None
    """Norwegian account number, 11 digits."""
    iban: str | None = None
    bic: str | None = None
    organisation: str | None = None
    """Organisation number, as printed."""


@dataclass(frozen=True, slots=True)
class EmailSender:
    """Whom the customer sees in the From line."""

    address: str
    name: str
    reply_to: str | None = None
    """Where answers go, if not to the address."""
    attach_pdf: bool = False
    """Whether the letter is attached."""


@dataclass(frozen=True, slots=True)
class LetterSender:
    """The envelope's window profile (``templates/windows.py``) and where undeliverable letters return to."""

    window: str
    return_address: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Senders:
    """A sender for each channel that the policy uses."""

    email: EmailSender | None = None
    sms: str | None = None
    letter: LetterSender | None = None


@dataclass(frozen=True, slots=True)
class Merchant:
    """One version of a merchant's file, checked."""

    id: str
    name: str
    country: str
    currency: str
    languages: tuple[str, ...]
    payee: Payee
    reference: ReferenceKind
    senders: Senders
    policy: Policy
    groups: Mapping[str, Policy]
    """Complete policies of customer groups."""
