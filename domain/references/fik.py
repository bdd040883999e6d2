"""FIK: the number on a Danish payment slip. 15 digits on a slip of type 71, 16 on type 75; the last is a Luhn digit.

A slip of type 73 has no number: the payer writes a text, so no payment finds its invoice by it. The whole line names
the creditor too: 8 digits, the first an 8. Lengths: http://www.giro-kort.dk/fi-kort3.html, check digits (1 becomes 18,
2 becomes 26): http://www.giro-kort.dk/fi-kort5.html, creditor number: http://dantryk.dk/fi-kort-gemt/indbetalingskort/faq/
(all read 2026-11-22).

It finds every wrong digit, every dropped or added one, and every swap of neighbours but that of 0 and 9.

>>> from_number("1234567"), from_number("2", slip="75")
('000000012345674', '0000000000000026')
>>> validate("+71<000000012345674+81234567<")
'000000012345674'
>>> is_valid("12345674"), is_valid("000000012345764")
(False, False)
>>> shown("000000012345674")
'+71<000000012345674'
>>> line("000000012345674", "81234567")
'+71<000000012345674+81234567<'
"""

from __future__ import annotations

import re

from domain.merchant import Slip
from domain.references.check import SEPARATORS, NumberError, digits_of, is_digits, luhn

LENGTHS: dict[Slip, int] = {"71": 15, "75": 16}
_SLIPS = {length: slip for slip, length in LENGTHS.items()}
_LINE = re.compile(r"\+?7[15]<([0-9]+)(\+(8[0-9]{7})?<?)?")


def compact(text: str) -> str:
    """The digits alone, taken out of the line around them."""
    digits = text.strip().translate(SEPARATORS)
    line = _LINE.fullmatch(digits)
    return line[1] if line else digits


def validate(text: str, *, slip: Slip = "71") -> str:
    """The compact reference.

    Raises:
        NumberError: it is no such reference; the message says what is wrong.
    """
    digits = compact(text)
    if not is_digits(digits):
        raise NumberError(f'"{text}" is no FIK number; it has digits only')
    if len(digits) != LENGTHS[slip]:
        raise NumberError(f'"{text}" has {len(digits)} digits; on a slip of type {slip} there are {LENGTHS[slip]}')
    if digits[-1] != luhn(digits[:-1]):
        raise NumberError(f'the check digit (the last) of "{text}" is wrong; some digit was mistyped')
    return digits


def is_valid(text: str, *, slip: Slip = "71") -> bool:
    """Whether ``validate`` would accept it."""
    try:
        return bool(validate(text, slip=slip))
    except NumberError:
        return False


def from_number(number: str, *, slip: Slip = "71") -> str:
    """The reference of an invoice number: zeros, its digits, the check digit.

    Raises:
        NumberError: the number has no digit, or too many.
    """
    digits, room = digits_of(number), LENGTHS[slip] - 1
    if len(digits) > room:
        raise NumberError(f'"{number}" has {len(digits)} digits; a slip of type {slip} has room for {room}')
    digits = digits.zfill(room)
    return digits + luhn(digits)


def shown(text: str) -> str:
    """The reference with the type of its slip, which its length tells."""
    digits = compact(text)
    return f"+{_SLIPS[len(digits)]}<{digits}" if len(digits) in _SLIPS else digits


def line(text: str, creditor_number: str) -> str:
    """The whole line, as it is printed on the slip and typed into a bank's form."""
    return f"{shown(text)}+{creditor_number}<"


def creditor(text: str) -> str:
    """A creditor number, compact.

    Raises:
        NumberError: it is no such number.
    """
    digits = text.strip().translate(SEPARATORS)
    if not is_digits(digits) or len(digits) != 8 or digits[0] != "8":
        raise NumberError(f'"{text}" is no FIK creditor number; it has 8 digits, the first of them an 8')
    return digits
