"""Check digits, and the one error that every number here raises."""

from __future__ import annotations

from collections.abc import Iterable

SEPARATORS = str.maketrans("", "", " -\u00a0\u2007\u202f")
"""What people put between digits: hyphens and spaces, those of word processors included."""


class NumberError(ValueError):
    """A number that cannot be right; the text says why."""


def is_digits(text: str) -> bool:
    """Whether the text is nothing but the digits 0 to 9; ``str.isdigit`` would take others too."""
    return text.isascii() and text.isdigit()


def grouped(text: str, size: int = 4) -> str:
    """The text in groups, as people read it aloud.

    >>> grouped("1000175")
    '1000 175'
    """
    return " ".join(text[start : start + size] for start in range(0, len(text), size))


def luhn(digits: str) -> str:
    """The mod 10 check digit (weights 2, 1 from the right) that belongs after these digits.

    >>> luhn("505010") + luhn("60224")
    '93'
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 - place % 2)
        total += doubled // 10 + doubled % 10
    return str(-total % 10)


def mod11(digits: str) -> str:
    """The mod 11 check character (weights 2 to 7 from the right, again and again); ``-`` stands for ten.

    >>> mod11("1234567")
    '4'
    """
    total = sum(int(digit) * (2 + place % 6) for place, digit in enumerate(reversed(digits)))
    return "0123456789-"[-total % 11]


def mod731(digits: str) -> str:
    """The check digit with weights 7, 3, 1 from the right, again and again.

    >>> mod731("123456")
    '1'
    """
    total = sum(int(digit) * (7, 3, 1)[place % 3] for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def agreed(lengths: Iterable[int]) -> str:
    """Lengths as people write them.

    >>> agreed([12, 10])
    '10 or 12'
    """
    return " or ".join(map(str, sorted(lengths)))


def filled(digits: str, lengths: Iterable[int]) -> str:
    """The digits behind as many zeros as the shortest agreed length with room for a check digit wants.

    >>> filled("60224", [12, 8])
    '0060224'

    Raises:
        NumberError: they are too many for each length.
    """
    known = sorted(lengths)
    room = next((length - 1 for length in known if len(digits) < length), None)
    if room is None:
        problem = f"the number has {len(digits)} digits, and with a check digit no more than {known[-1]} are agreed"
        raise NumberError(f"{problem}; use shorter invoice numbers, or agree a longer reference with your bank")
    return digits.zfill(room)


def digits_of(number: str) -> str:
    """The digits of an invoice number, in order.

    Raises:
        NumberError: there is none.
    """
    digits = "".join(letter for letter in number if is_digits(letter))
    if not digits:
        raise NumberError(f'"{number}" has no digit to make a reference of; put a digit in the invoice number')
    return digits
