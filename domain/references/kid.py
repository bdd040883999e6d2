"""KID: the Norwegian payment reference. 2–25 characters; the last is mod 10 (Luhn) or mod 11, as agreed with the bank.

An account has up to three definitions, each with its own length; shorter numbers get zeros in front
(https://www.mastercardpaymentservices.com/norway/utvikler/kid; 60224 becomes 602243 in
https://help.monitorerp.com/NO-MONITOR_G5/en-us/Content/Topics/UserGuide/Using/InvoicingAccountsReceivable/KIDNumbers.htm;
both read 2026-11-22).

Mod 10 finds every wrong digit and every swap of neighbours but that of 0 and 9; mod 11 finds all of both, and can end
with a hyphen, which stands for ten. A digit too few or too many is found where the lengths are agreed.

>>> from_number("60224"), from_number("60224", lengths=(12,))
('602243', '000000602243')
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

from domain.merchant import Check
from domain.references.check import NumberError, agreed, digits_of, filled, grouped, is_digits, luhn, mod11

SHORTEST, LONGEST = 2, 25

_CHECKS = {"mod10": luhn, "mod11": mod11}


def compact(text: str) -> str:
    """The characters alone; a hyphen stays, since a KID may end with one."""
    return "".join(text.split())


def validate(text: str, *, check: Check = "mod10", lengths: tuple[int, ...] = ()) -> str:
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
    if lengths and len(kid) not in lengths:
        raise NumberError(f'"{text}" has {len(kid)} characters; agreed are {agreed(lengths)}')
    if kid[-1] != _CHECKS[check](kid[:-1]):
        raise NumberError(f'the check digit (the last) of "{text}" is wrong; some digit was mistyped')
    return kid


def is_valid(text: str, *, check: Check = "mod10", lengths: tuple[int, ...] = ()) -> bool:
    """Whether ``validate`` would accept it."""
    try:
        return bool(validate(text, check=check, lengths=lengths))
    except NumberError:
        return False


def from_number(number: str, *, check: Check = "mod10", lengths: tuple[int, ...] = ()) -> str:
    """The reference of an invoice number: its digits and the check digit; at a fixed length zeros come first.

    Raises:
        NumberError: the number has no digit, or too many.
    """
    digits = digits_of(number)
    if len(digits) + 1 > LONGEST:
        raise NumberError(f'"{number}" has {len(digits)} digits; a KID has room for {LONGEST - 1}')
    digits = filled(digits, lengths) if lengths else digits
    return digits + _CHECKS[check](digits)


def shown(text: str) -> str:
    """The reference in groups of four; a hyphen stays with the last of them."""
    kid = compact(text)
    return grouped(kid.rstrip("-")) + "-" * kid.endswith("-")
