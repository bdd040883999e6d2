"""RF: the international creditor reference (ISO 11649). ``RF``, two check digits (mod 97), up to 21 letters and digits.

It finds every wrong digit, and every swap of neighbours but those that spell the same number: B1, M2 and X3.

>>> from_number("2348236")
'RF332348236'
>>> from_number("A-17")
'RF93A17'
>>> validate("rf33 2348 236")
'RF332348236'
>>> is_valid("RF33 2348 263")
False
>>> shown("RF332348236")
'RF33 2348 236'
"""

from __future__ import annotations

import re

from domain.references.check import SEPARATORS, NumberError, grouped

ROOM = 21
_SHAPE = re.compile(rf"RF[0-9]{{2}}[A-Z0-9]{{1,{ROOM}}}")
_PART = re.compile(r"[A-Z0-9]+")


def compact(text: str) -> str:
    """Capital letters and digits alone, without what people put between them."""
    return text.strip().translate(SEPARATORS).upper()


def validate(text: str) -> str:
    """The compact reference.

    Raises:
        NumberError: it is no such reference; the message says what is wrong.
    """
    reference = compact(text)
    if not _SHAPE.fullmatch(reference):
        raise NumberError(f'"{text}" is no RF reference; it is RF, two digits and up to {ROOM} letters A–Z and digits')
    if reference[2:4] != _check_digits(reference[4:]):
        raise NumberError(f'the check digits (the two after RF) of "{text}" are wrong; something was mistyped')
    return reference


def is_valid(text: str) -> bool:
    """Whether ``validate`` would accept it."""
    try:
        return bool(validate(text))
    except NumberError:
        return False


def from_number(number: str) -> str:
    """The reference of an invoice number: its letters and digits behind the check digits.

    Raises:
        NumberError: nothing is left of the number, or too much.
    """
    part = re.sub(r"[._-]", "", number).upper()
    if not _PART.fullmatch(part):
        raise NumberError(f'"{number}" makes no RF reference; use the letters A–Z and digits in the invoice number')
    if len(part) > ROOM:
        raise NumberError(f'"{number}" has {len(part)} letters and digits; an RF reference has room for {ROOM}')
    return f"RF{_check_digits(part)}{part}"


def shown(text: str) -> str:
    """The reference in groups of four."""
    return grouped(compact(text))


def _check_digits(part: str) -> str:
    """98 less mod 97 of the text with RF00 behind it, each letter a number: A is 10, Z is 35."""
    number = "".join(str(int(letter, 36)) for letter in f"{part}RF00")
    return f"{98 - int(number) % 97:02d}"
