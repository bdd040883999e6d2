"""KID: the Norwegian payment reference. 2–25 characters; the last is mod 10 (Luhn) or mod 11, as agreed with the bank.

Mod 10 finds every wrong digit and every swap of neighbours but that of 0 and 9; it may miss a digit too few or too
many, which the bank finds where the agreement fixes the length. Mod 11 can end with a hyphen, which stands for ten.

>>> from_number("60224")
'602243'
>>> validate("6022 43")
'602243'
>>> validate("12345674", check="mod11")
'12345674'
>>> is_valid("602234")
False
>>> shown("602243")
'6022 43'
"""

from __future__ import annotations

from typing import Literal

from domain.references.check import NumberError, digits_of, grouped, is_digits, luhn, mod11

SHORTEST, LONGEST = 2, 25

Check = Literal["mod10", "mod11"]
_CHECKS = {"mod10": luhn, "mod11": mod11}


def compact(text: str) -> str:
    """The characters alone; a hyphen stays, since a KID may end with one."""
    return "".join(text.split())


def validate(text: str, *, check: Check = "mod10") -> str:
    """The compact reference.

    Raises:
        NumberError: it is no such reference; the message says what is wrong.
    """
    kid = compact(text)
    body = kid.removesuffix("-") if check == "mod11" else kid
    if not is_digits(body):
        raise NumberError(f'"{text}" is no KID; it has digits only{" and may end with -" if check == "mod11" else ""}')
    if not SHORTEST <= len(kid) <= LONGEST:
        raise NumberError(f'"{text}" has {len(kid)} characters; a KID has {SHORTEST} to {LONGEST}')
    if kid[-1] != _CHECKS[check](kid[:-1]):
        raise NumberError(f'the check digit (the last) of "{text}" is wrong; some digit was mistyped')
    return kid


def is_valid(text: str, *, check: Check = "mod10") -> bool:
    """Whether ``validate`` would accept it."""
    try:
        return bool(validate(text, check=check))
    except NumberError:
        return False


def from_number(number: str, *, check: Check = "mod10") -> str:
    """The reference of an invoice number: its digits and the check digit.

    Raises:
        NumberError: the number has no digit, or too many.
    """
    digits = digits_of(number)
    if len(digits) + 1 > LONGEST:
        raise NumberError(f'"{number}" has {len(digits)} digits; a KID has room for {LONGEST - 1}')
    return digits + _CHECKS[check](digits)


def shown(text: str) -> str:
    """The reference in groups of four."""
    return grouped(compact(text))
