"""Viite: the Finnish payment reference. 4–20 digits, zeros in front not counted; the last is a 7-3-1 check digit.

Structure, grouping and example: https://wiki.xmldation.com/support/fk/finnish_reference_number (read 2026-11-22).
Abroad it travels inside an RF reference, which is read here as well.

It finds every wrong digit, and every swap of neighbours but of two that are 5 apart (0 and 5, 1 and 6, 2 and 7, 3 and
8, 4 and 9). A digit too few or too many passes once in ten.

>>> from_number("123456")
'1234561'
>>> validate("12 34561"), validate("RF33 2348 236")
('1234561', '2348236')
>>> is_valid("1243561")
False
>>> shown("1234561")
'12 34561'
>>> as_rf("2348236")
'RF332348236'
"""

from __future__ import annotations

from domain.references import rf
from domain.references.check import SEPARATORS, NumberError, digits_of, grouped, is_digits, mod731

SHORTEST, LONGEST = 4, 20
_GROUP = 5


def compact(text: str) -> str:
    """The digits alone, without zeros in front."""
    return text.strip().translate(SEPARATORS).lstrip("0")


def validate(text: str) -> str:
    """The compact reference, taken out of the RF reference around it.

    Raises:
        NumberError: it is no such reference; the message says what is wrong.
    """
    digits = compact(rf.validate(text)[4:] if text.strip().upper().startswith("RF") else text)
    if not is_digits(digits):
        raise NumberError(f'"{text}" is no viite; it has digits only')
    if not SHORTEST <= len(digits) <= LONGEST:
        raise NumberError(f'"{text}" has {len(digits)} digits; a viite has {SHORTEST} to {LONGEST}')
    if digits[-1] != mod731(digits[:-1]):
        raise NumberError(f'the check digit (the last) of "{text}" is wrong; some digit was mistyped')
    return digits


def is_valid(text: str) -> bool:
    """Whether ``validate`` would accept it."""
    try:
        return bool(validate(text))
    except NumberError:
        return False


def from_number(number: str) -> str:
    """The reference of an invoice number: its digits and the check digit.

    Raises:
        NumberError: the number has too few digits, or too many.
    """
    digits = digits_of(number).lstrip("0")
    if not SHORTEST <= len(digits) + 1 <= LONGEST:
        problem = f'"{number}" has {len(digits)} digits, zeros in front not counted'
        raise NumberError(f"{problem}; a viite is made of {SHORTEST - 1} to {LONGEST - 1}")
    return digits + mod731(digits)


def shown(text: str) -> str:
    """The reference in groups of five from the right."""
    digits = compact(text)
    first = len(digits) % _GROUP
    return f"{digits[:first]} {grouped(digits[first:], _GROUP)}".strip()


def as_rf(text: str) -> str:
    """The international reference that carries this one."""
    return rf.from_number(validate(text))
