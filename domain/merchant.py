"""A merchant: who asks for the money, how it is paid, and by which rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from domain.policy import Policy


class ReferenceKind(StrEnum):
    """The kinds of payment reference, a module each in ``domain/references``."""

    OCR = "ocr"
    KID = "kid"
    FIK = "fik"
    VIITE = "viite"
    RF = "rf"
    OGM = "ogm"
    QRR = "qrr"


Level = Literal[1, 2, 3, 4]
"""How a Swedish bank checks OCR references (``domain/references/ocr.py``)."""
Check = Literal["mod10", "mod11"]
"""How the check digit of a Norwegian KID is made."""
Slip = Literal["71", "75"]
"""The Danish payment slips that carry a number."""


@dataclass(frozen=True, slots=True)
class ReferenceRule:
    """Which payment reference the agreement with the bank expects; what a kind does not know stays as it is."""

    kind: ReferenceKind
    level: Level = 2
    """OCR. Ours have the length digit at level 2 too; those of the merchant's own system need it from level 3 on."""
    check: Check | None = None
    """KID. Where nothing is said ours are mod 10, and those of the merchant's own system may be either."""
    lengths: tuple[int, ...] = ()
    """OCR at level 4, KID: the lengths that are agreed, check digit included; none: any."""
    slip: Slip = "71"
    """FIK."""


@dataclass(frozen=True, slots=True)
class Payee:
    """Where the money goes. Which fields are filled depends on the country."""

    bankgiro: str | None = None
    plusgiro: str | None = None
    account: str | None = None
    """Norwegian account number, 11 digits."""
    fik_creditor: str | None = None
    """Danish creditor number, 8 digits."""
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
    reference: ReferenceRule
    senders: Senders
    policy: Policy
    groups: Mapping[str, Policy]
    """Complete policies of customer groups."""
