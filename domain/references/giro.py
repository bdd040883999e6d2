"""Swedish giro numbers: bankgiro (7 or 8 digits) and plusgiro (2 to 8), both with a Luhn digit at the end.

>>> bankgiro("5050 1055"), bankgiro("991-2346")
('5050-1055', '991-2346')
>>> plusgiro("1760990"), plusgiro("4567-4")
('176099-0', '4567-4')
"""

from __future__ import annotations

from domain.references.check import SEPARATORS, NumberError, is_digits, luhn


def bankgiro(text: str) -> str:
    """The bankgiro number as it is printed: a hyphen before the last four.

    Raises:
        NumberError: it is no such number; the message says what is wrong.
    """
    digits = _validated(text, "bankgiro", 7, 8)
    return f"{digits[:-4]}-{digits[-4:]}"


def plusgiro(text: str) -> str:
    """The plusgiro number as it is printed: a hyphen before the last digit.

    Raises:
        NumberError: it is no such number; the message says what is wrong.
    """
    digits = _validated(text, "plusgiro", 2, 8)
    return f"{digits[:-1]}-{digits[-1]}"


def _validated(text: str, name: str, shortest: int, longest: int) -> str:
    digits = text.strip().translate(SEPARATORS)
    if not is_digits(digits) or not shortest <= len(digits) <= longest:
        raise NumberError(f'"{text}" is no {name} number; it has {shortest} to {longest} digits')
    if digits[-1] != luhn(digits[:-1]):
        raise NumberError(f'the check digit (the last) of {name} "{text}" is wrong; some digit was mistyped')
    return digits
