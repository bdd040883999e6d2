"""Payment references: one small module each, with the same functions in all of them."""

from domain.merchant import ReferenceKind
from domain.references import kid, ocr, rf
from domain.references.check import NumberError

_MAKERS = {ReferenceKind.OCR: ocr.from_number, ReferenceKind.KID: kid.from_number, ReferenceKind.RF: rf.from_number}
_SHOWERS = {ReferenceKind.OCR: ocr.shown, ReferenceKind.KID: kid.shown, ReferenceKind.RF: rf.shown}


def reference_for(kind: ReferenceKind, number: str) -> str:
    """The compact payment reference of an invoice number.

    Raises:
        NumberError: the number cannot become such a reference.
    """
    return _MAKERS[kind](number)


def reference_given(kind: ReferenceKind, text: str) -> str:
    """A reference that the merchant's own system made, checked and compact.

    Bank agreements differ: an OCR need not have the length digit, a KID may be mod 10 or mod 11.

    Raises:
        NumberError: it is no such reference.
    """
    match kind:
        case ReferenceKind.OCR:
            return ocr.validate(text, length_digit=False)
        case ReferenceKind.KID:
            return kid.validate(text, check="mod11") if kid.is_valid(text, check="mod11") else kid.validate(text)
        case ReferenceKind.RF:
            return rf.validate(text)


def reference_shown(kind: ReferenceKind, text: str) -> str:
    """A reference as people read it."""
    return _SHOWERS[kind](text)


__all__ = ["NumberError", "reference_for", "reference_given", "reference_shown"]
