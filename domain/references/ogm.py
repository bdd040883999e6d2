"""OGM (in French VCS): the Belgian structured communication. 12 digits; the last two are the others mod 97, 97 for 0.

Check digits and form are those of ``stdnum.be.ogm_vcs``; stars in place of the plus signs are allowed too:
https://invoicedataextraction.com/blog/belgium-structured-communication-ogm-vcs (read 2026-11-22).

It finds every wrong digit, every dropped or added one, and every swap of neighbours.

>>> from_number("108068171")
'010806817183'
>>> validate("+++010/8068/17183+++")
'010806817183'
>>> is_valid("010/8068/17138")
False
>>> shown("010806817183")
'+++010/8068/17183+++'
"""

from __future__ import annotations

from stdnum.be import ogm_vcs

from domain.references.check import SEPARATORS, NumberError, digits_of, is_digits

LENGTH = 12
_ROOM = LENGTH - 2
_SIGNS = SEPARATORS | str.maketrans("", "", "+*/")


def compact(text: str) -> str:
    """The digits alone, without the signs around and between them."""
    return text.strip().translate(_SIGNS)


def validate(text: str) -> str:
    """The compact reference.

    Raises:
        NumberError: it is no such reference; the message says what is wrong.
    """
    digits = compact(text)
    if not is_digits(digits):
        raise NumberError(f'"{text}" is no structured communication; it has digits only')
    if len(digits) != LENGTH:
        raise NumberError(f'"{text}" has {len(digits)} digits; a structured communication has {LENGTH}')
    if digits[_ROOM:] != ogm_vcs.calc_check_digits(digits[:_ROOM]):
        raise NumberError(f'the check digits (the last two) of "{text}" are wrong; some digit was mistyped')
    return digits


def is_valid(text: str) -> bool:
    """Whether ``validate`` would accept it."""
    try:
        return bool(validate(text))
    except NumberError:
        return False


def from_number(number: str) -> str:
    """The reference of an invoice number: zeros, its digits, the check digits.

    Raises:
        NumberError: the number has no digit, or too many.
    """
    digits = digits_of(number)
    if len(digits) > _ROOM:
        raise NumberError(f'"{number}" has {len(digits)} digits; a structured communication has room for {_ROOM}')
    digits = digits.zfill(_ROOM)
    return digits + ogm_vcs.calc_check_digits(digits)


def shown(text: str) -> str:
    """The reference as banks print it."""
    return f"+++{ogm_vcs.format(compact(text))}+++"
