"""Payment references: one small module each, with the same functions in all of them."""

from typing import Protocol

from domain.merchant import Check, ReferenceKind, ReferenceRule
from domain.references import fik, kid, ocr, ogm, qrr, rf, viite
from domain.references.check import NumberError


class _Plain(Protocol):
    """A reference that no agreement changes."""

    def validate(self, text: str) -> str: ...
    def from_number(self, number: str) -> str: ...


_PLAIN: dict[ReferenceKind, _Plain] = {
    ReferenceKind.VIITE: viite,
    ReferenceKind.RF: rf,
    ReferenceKind.OGM: ogm,
    ReferenceKind.QRR: qrr,
}
_SHOWERS = {
    ReferenceKind.OCR: ocr.shown,
    ReferenceKind.KID: kid.shown,
    ReferenceKind.FIK: fik.shown,
    ReferenceKind.VIITE: viite.shown,
    ReferenceKind.RF: rf.shown,
    ReferenceKind.OGM: ogm.shown,
    ReferenceKind.QRR: qrr.shown,
}


def reference_for(rule: ReferenceRule, number: str) -> str:
    """The compact payment reference of an invoice number.

    Raises:
        NumberError: the number cannot become such a reference.
    """
    match rule.kind:
        case ReferenceKind.OCR:
            return ocr.from_number(number, level=rule.level, lengths=rule.lengths)
        case ReferenceKind.KID:
            return kid.from_number(number, check=rule.check or "mod10", lengths=rule.lengths)
        case ReferenceKind.FIK:
            return fik.from_number(number, slip=rule.slip)
        case plain:
            return _PLAIN[plain].from_number(number)


def reference_given(rule: ReferenceRule, text: str) -> str:
    """A reference as somebody wrote it, checked by the agreement with the bank and made compact.

    Raises:
        NumberError: it is no such reference.
    """
    match rule.kind:
        case ReferenceKind.OCR:
            return ocr.validate(text, level=rule.level, lengths=rule.lengths)
        case ReferenceKind.KID:
            return kid.validate(text, check=rule.check or _check_of(text), lengths=rule.lengths)
        case ReferenceKind.FIK:
            return fik.validate(text, slip=rule.slip)
        case plain:
            return _PLAIN[plain].validate(text)


def reference_shown(kind: ReferenceKind, text: str) -> str:
    """A reference as people read it."""
    return _SHOWERS[kind](text)


def _check_of(text: str) -> Check:
    """The check that a KID passes, where the agreement's is not known."""
    return "mod11" if kid.is_valid(text, check="mod11") else "mod10"


__all__ = ["NumberError", "reference_for", "reference_given", "reference_shown"]
