"""OCR: the Swedish payment reference. 2–25 digits; the last is a Luhn digit, the one before it tells the length.

Luhn alone finds every wrong digit and nearly every swap, but lets one in ten dropped digits pass; the length digit
finds those. What stays unseen: 0 and 9 swapped with each other, and ten digits lost or won at once.

>>> from_number("10001")
'1000173'
>>> validate("1000 173")
'1000173'
>>> is_valid("1000713")
False
>>> shown("1000173")
'1000 173'
"""

from __future__ import annotations

from domain.references.check import SEPARATORS, NumberError, digits_of, grouped, is_digits, luhn

SHORTEST, LONGEST = 2, 25


def compact(text: str) -> str:
    """The digits alone, without what people put between them."""
    return text.strip().translate(SEPARATORS)


def validate(text: str, *, length_digit: bool = True) -> str:
    """The compact reference.

    Args:
        text: as somebody wrote it.
        length_digit: some bank agreements know the check digit only; then False.

    Raises:
        NumberError: it is no such reference; the message says what is wrong.
    """
    digits = compact(text)
    if not is_digits(digits):
        raise NumberError(f'"{text}" is no OCR reference; it has digits only')
    if not SHORTEST <= len(digits) <= LONGEST:
        raise NumberError(f'"{text}" has {len(digits)} digits; an OCR reference has {SHORTEST} to {LONGEST}')
    if digits[-1] != luhn(digits[:-1]):
        raise NumberError(f'the check digit (the last) of "{text}" is wrong; some digit was mistyped')
    if length_digit and int(digits[-2]) != len(digits) % 10:
        raise NumberError(f'the length digit (the last but one) of "{text}" is wrong; a digit is missing or too many')
    return digits


def is_valid(text: str, *, length_digit: bool = True) -> bool:
    """Whether ``validate`` would accept it."""
    try:
        return bool(validate(text, length_digit=length_digit))
    except NumberError:
        return False


def from_number(number: str) -> str:
    """The reference of an invoice number: its digits, the length digit, the check digit.

    Raises:
        NumberError: the number has no digit, or too many.
    """
    digits = digits_of(number)
    if len(digits) + 2 > LONGEST:
        raise NumberError(f'"{number}" has {len(digits)} digits; an OCR reference has room for {LONGEST - 2}')
    digits += str((len(digits) + 2) % 10)
    return digits + luhn(digits)


def shown(text: str) -> str:
    """The reference in groups of four."""
    return grouped(compact(text))
