"""OCR: the Swedish payment reference. 2–25 digits; the last is a Luhn digit, the one before it may tell the length.

The agreement with the bank has one of four levels (numbered from MEMORY; that there are soft and hard ones:
https://www.bankgirot.se/tjanster/inbetalningar/bankgiro-inbetalningar/ocr-referenskontroll/, read 2026-11-22):

1. soft check digit: a payer who mistypes it is warned, and may go on
2. hard check digit: what is mistyped is refused
3. hard, with a length digit
4. hard, with one or two fixed lengths

Ours are right at every level, and have the length digit wherever the length is free: banks that read one check digit
take two as well. Luhn alone finds every wrong digit and nearly every swap, but lets one in ten dropped digits pass; the
length digit finds those. What stays unseen: 0 and 9 swapped with each other, and ten digits lost or won at once.

>>> from_number("10001")
'1000173'
>>> from_number("10001", level=4, lengths=(10, 12))
'0000100016'
>>> validate("1000 173")
'1000173'
>>> is_valid("1000713"), is_valid("1000173", level=4, lengths=(10, 12))
(False, False)
>>> shown("1000173")
'1000 173'
"""

from __future__ import annotations

from domain.merchant import Level
from domain.references.check import SEPARATORS, NumberError, agreed, digits_of, filled, grouped, is_digits, luhn

SHORTEST, LONGEST = 2, 25


def compact(text: str) -> str:
    """The digits alone, without what people put between them."""
    return text.strip().translate(SEPARATORS)


def validate(text: str, *, level: Level = 3, lengths: tuple[int, ...] = ()) -> str:
    """The compact reference, if it is what the agreement wants. The check digit must be right even where it is soft.

    Raises:
        NumberError: it is no such reference; the message says what is wrong.
    """
    digits = compact(text)
    if not is_digits(digits):
        raise NumberError(f'"{text}" is no OCR reference; it has digits only')
    if not SHORTEST <= len(digits) <= LONGEST:
        raise NumberError(f'"{text}" has {len(digits)} digits; an OCR reference has {SHORTEST} to {LONGEST}')
    if level == 4 and lengths and len(digits) not in lengths:
        raise NumberError(f'"{text}" has {len(digits)} digits; agreed are {agreed(lengths)}')
    if digits[-1] != luhn(digits[:-1]):
        raise NumberError(f'the check digit (the last) of "{text}" is wrong; some digit was mistyped')
    if level == 3 and int(digits[-2]) != len(digits) % 10:
        raise NumberError(f'the length digit (the last but one) of "{text}" is wrong; a digit is missing or too many')
    return digits


def is_valid(text: str, *, level: Level = 3, lengths: tuple[int, ...] = ()) -> bool:
    """Whether ``validate`` would accept it."""
    try:
        return bool(validate(text, level=level, lengths=lengths))
    except NumberError:
        return False


def from_number(number: str, *, level: Level = 3, lengths: tuple[int, ...] = ()) -> str:
    """The reference of an invoice number: its digits, then length and check digit; at a fixed length zeros come first.

    Raises:
        NumberError: the number has no digit, or too many.
    """
    digits = digits_of(number)
    if level == 4 and lengths:
        digits = filled(digits, lengths)
        return digits + luhn(digits)
    if len(digits) + 2 > LONGEST:
        raise NumberError(f'"{number}" has {len(digits)} digits; an OCR reference has room for {LONGEST - 2}')
    digits += str((len(digits) + 2) % 10)
    return digits + luhn(digits)


def shown(text: str) -> str:
    """The reference in groups of four."""
    return grouped(compact(text))
