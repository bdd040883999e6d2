"""QRR: the reference on a Swiss QR-bill. 27 digits; the last is mod 10, recursive. It goes with a QR-IBAN, and only so.

Check digit and form are those of ``stdnum.ch.esr``. What a QR-IBAN is: https://iso-compliant.com/glossary/qr-iban (read
2026-11-22).

It finds every wrong digit and every dropped or added one. Of swapped neighbours it misses, for each digit carried from
the left, one pair of two that are 3 or 7 apart: 0-3, 1-4, 2-5, 3-6, 4-7, 5-8, 6-9, 0-7, 1-8, 2-9.

>>> from_number("313947143000901")
'000000000003139471430009018'
>>> validate("21 00000 00003 13947 14300 09017")
'210000000003139471430009017'
>>> is_valid("21 00000 00003 13947 14300 09016")
False
>>> shown("210000000003139471430009017")
'21 00000 00003 13947 14300 09017'
>>> is_qr_iban("CH4431999123000889012"), is_qr_iban("CH9300762011623852957")
(True, False)
"""

from __future__ import annotations

from stdnum.ch import esr

from domain.references.check import SEPARATORS, NumberError, digits_of, is_digits

LENGTH = 27
_ROOM = LENGTH - 1
_QR_BANKS = range(30000, 32000)
"""The bank numbers, digits 5 to 9 of a Swiss or Liechtenstein IBAN, that are kept for QR-IBANs."""


def compact(text: str) -> str:
    """The digits alone, without what people put between them."""
    return text.strip().translate(SEPARATORS)


def validate(text: str) -> str:
    """The compact reference.

    Raises:
        NumberError: it is no such reference; the message says what is wrong.
    """
    digits = compact(text)
    if not is_digits(digits) or not digits.strip("0"):
        raise NumberError(f'"{text}" is no QR reference; it has digits only, and not all of them zeros')
    if len(digits) != LENGTH:
        raise NumberError(f'"{text}" has {len(digits)} digits; a QR reference has {LENGTH}')
    if digits[-1] != esr.calc_check_digit(digits[:-1]):
        raise NumberError(f'the check digit (the last) of "{text}" is wrong; some digit was mistyped')
    return digits


def is_valid(text: str) -> bool:
    """Whether ``validate`` would accept it."""
    try:
        return bool(validate(text))
    except NumberError:
        return False


def from_number(number: str) -> str:
    """The reference of an invoice number: zeros, its digits, the check digit.

    Raises:
        NumberError: the number has no digit above zero, or too many.
    """
    digits = digits_of(number).zfill(_ROOM)
    if len(digits) > _ROOM:
        raise NumberError(f'"{number}" has {len(digits)} digits; a QR reference has room for {_ROOM}')
    if not digits.strip("0"):
        raise NumberError(f'"{number}" makes a QR reference of zeros; count from 1')
    return digits + esr.calc_check_digit(digits)


def shown(text: str) -> str:
    """The reference in groups of five, two digits before them."""
    return esr.format(compact(text))


def is_qr_iban(iban: str) -> bool:
    """Whether a compact IBAN is one of the Swiss kind that goes with this reference."""
    return iban[:2] in ("CH", "LI") and is_digits(iban[4:9]) and int(iban[4:9]) in _QR_BANKS
