"""Payment QR codes: UsingQR for Swedish bank apps, EPC069-12 for euro. Norwegian kroner have none."""

from __future__ import annotations

import json
from dataclasses import dataclass

import segno

from domain.merchant import ReferenceKind
from domain.money import Money
from domain.references import viite
from domain.words import Message
from templates.content import Content
from templates.payment import Account, Reference, Scheme, accounts, reference

_USINGQR_SCHEMES = {Scheme.BANKGIRO: "BG", Scheme.PLUSGIRO: "PG", Scheme.IBAN: "IBAN"}
_EPC_NAME = 70
_EPC_TEXT = 140
_EPC_LARGEST = 99_999_999_999
"""The scheme's largest amount, in cents."""
_QUIET_ZONE = 4


@dataclass(frozen=True, slots=True)
class Code:
    """A code's text and its kind, ``usingqr`` or ``epc``."""

    kind: str
    payload: str


def payment_code(content: Content) -> Code | None:
    """Make the code that pays this message's total by its day; None where no scheme fits.

    Never on a receipt or where nothing is to be paid: a bank app would offer to pay it again.
    """
    if content.message is Message.RECEIPT or content.total.minor <= 0:
        return None
    ways = {account.scheme: account for account in accounts(content)}
    match content.total.currency:
        case "SEK":
            return _usingqr(content, next(iter(ways.values())))
        case "EUR" if Scheme.IBAN in ways and content.merchant.reference.kind is not ReferenceKind.QRR:
            return _epc(content, ways[Scheme.IBAN], reference(content))
        case _:
            return None


def svg(code: Code) -> str:
    """Draw the code as one SVG: error correction M, byte mode, four modules of quiet zone.

    The mask is fixed. Readers take any of the eight; trying all of them takes five times as long as the rest.
    """
    symbol = segno.make(code.payload, error="m", mode="byte", micro=False, boost_error=False, encoding="utf-8", mask=0)
    return symbol.svg_inline(border=_QUIET_ZONE, light="#fff", omitsize=True)


def _usingqr(content: Content, account: Account) -> Code | None:
    """Compact JSON with ``uqr`` and ``tp`` first. An app refuses it without ``cid``, so then there is no code."""
    payee = content.merchant.payee
    if not payee.organisation:
        return None
    fields: dict[str, int | str | Money] = {
        "uqr": 1,
        "tp": 1,
        "nme": content.merchant.name,
        "cid": payee.organisation,
        "iref": reference(content).compact,
        "idt": f"{content.issued:%Y%m%d}",
        "ddt": f"{content.pay_by:%Y%m%d}",
        "due": content.total,
        "pt": _USINGQR_SCHEMES[account.scheme],
        "acc": account.compact,
    }
    if account.bic:
        fields["bc"] = account.bic
    return Code("usingqr", "{" + ",".join(f'"{key}":{_json(value)}' for key, value in fields.items()) + "}")


def _json(value: int | str | Money) -> str:
    """JSON with letters outside ASCII as escapes; money as an exact number, so no float comes near it."""
    return str(value) if isinstance(value, Money) else json.dumps(value)


def _epc(content: Content, account: Account, to: Reference) -> Code | None:
    """EPC069-12 version 002; the BIC may be empty within Europe."""
    if content.total.minor > _EPC_LARGEST:
        return None
    structured, text = _remittance(to)
    lines = [
        "BCD",
        "002",
        "1",
        "SCT",
        account.bic or "",
        content.merchant.name[:_EPC_NAME],
        account.compact,
        f"EUR{content.total}",
        "",
        structured,
        text[:_EPC_TEXT],
    ]
    return Code("epc", "\n".join(lines).rstrip("\n"))


def _remittance(to: Reference) -> tuple[str, str]:
    """The reference as ISO 11649, or else as text; banks know a Belgian one by its plus signs."""
    match to.kind:
        case ReferenceKind.RF:
            return to.compact, ""
        case ReferenceKind.VIITE:
            return viite.as_rf(to.compact), ""
        case ReferenceKind.OGM:
            return "", to.printed
        case _:
            return "", to.compact
