"""References in a payer's own words: in a free text, with other words and numbers around them.

People put words before a number, group its digits, and write several beside each other. Where groups can be read in
more than one way every valid reading is given: only the books know which one was meant.

>>> from domain.merchant import ReferenceKind, ReferenceRule
>>> found_in("OCR: 1000 173, tack", ReferenceRule(ReferenceKind.OCR))
('1000173',)
>>> found_in("till bg 5050-1055", ReferenceRule(ReferenceKind.OCR)), giros_in("till bg 5050-1055")
((), ('5050-1055',))
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.merchant import Payee, ReferenceKind, ReferenceRule
from domain.references import NumberError, reference_given
from domain.references.giro import bankgiro, plusgiro

_SPACE = r"[ \-\u00a0\u2007\u202f]{1,3}"
_JOINTS = {ReferenceKind.OGM: r"[ /\-\u00a0\u2007\u202f]{1,3}"}
"""What may stand between the groups of one number, where it is more than spaces and hyphens."""
_PIECES = {ReferenceKind.VIITE: 5}
"""How many digits are printed in a group, where it is not four."""
_LONGEST = 27

_AMOUNT_OR_DAY = re.compile(
    r"(?<![0-9])([0-9]+[.,][0-9]{2}|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}([./])[0-9]{1,2}\2[0-9]{2,4})(?![0-9])"
)
_CALLED = r"[a-z]*(?:\W*nr)?[\W_]{0,3}"
_GIROS = (
    (re.compile(rf"\b(?:bg|bankgiro){_CALLED}([0-9]{{3,4}}[ -]?[0-9]{{4}})(?![0-9])", re.I), bankgiro),
    (re.compile(r"(?<![0-9])([0-9]{3,4}-[0-9]{4})(?![0-9]|-[0-9])"), bankgiro),
    (re.compile(rf"\b(?:pg|plusgiro){_CALLED}([0-9 ]{{1,9}}-[0-9]|[0-9]{{2,8}})(?![0-9])", re.I), plusgiro),
)
_RF = re.compile(r"(?<![0-9])RF ?[0-9]{2}", re.I)
_RF_RUN = re.compile(rf"RF ?[0-9]{{2}}[A-Z0-9]*(?:{_SPACE}[A-Z0-9]+)*", re.I | re.A)


def found_in(text: str, rule: ReferenceRule, payee: Payee | None = None) -> tuple[str, ...]:
    """Every reference in a text that the agreement with the bank allows, compact, the longest first.

    A part of a longer run of digits is none, nor is what is written as a giro number, an amount or a day, nor a number
    of the payee's own.
    """
    own = own_numbers(payee) if payee else frozenset()
    found = dict.fromkeys(reference for reference in _valid(text, rule) if reference not in own)
    return tuple(sorted(found, key=len, reverse=True))


def giros_in(text: str) -> tuple[str, ...]:
    """Every giro number in a text, as printed: those with a bankgiro's hyphen, and those that are called so."""
    return tuple(dict.fromkeys(number for _, number in _giros(text)))


def own_numbers(payee: Payee) -> frozenset[str]:
    """The digits of a payee's accounts and of its organisation number, which payers mistake for references."""
    numbers = (payee.bankgiro, payee.plusgiro, payee.account, payee.fik_creditor, payee.organisation)
    return frozenset(re.sub("[^0-9]", "", number) for number in numbers if number)


def _valid(text: str, rule: ReferenceRule) -> Iterator[str]:
    for reading in _rf_readings(text) if rule.kind is ReferenceKind.RF else _readings(text, rule.kind):
        try:
            yield reference_given(rule, reading)
        except NumberError:
            continue


def _rf_readings(text: str) -> Iterator[str]:
    """All ways to end what begins with RF and two digits: other words may follow."""
    for start in _RF.finditer(text):
        run = _RF_RUN.match(text, start.start())
        groups = re.findall("[A-Z0-9]+", run[0], re.I | re.A) if run else []
        yield from ("".join(groups[:end]) for end in range(1, len(groups) + 1))


def _readings(text: str, kind: ReferenceKind) -> Iterator[str]:
    if kind is ReferenceKind.OCR:
        text = _without_giros(text)
    if kind is ReferenceKind.VIITE:
        text = _RF.sub(";", text)  # the viite in it has a check digit of its own
    joint = _JOINTS.get(kind, _SPACE)
    for run in re.findall(rf"[0-9]+(?:{joint}[0-9]+)*-?", _AMOUNT_OR_DAY.sub(";", text)):
        yield from _joined(re.findall("[0-9]+(?:-(?![0-9]))?", run), _PIECES.get(kind, 4))


def _joined(groups: Sequence[str], piece: int) -> Iterator[str]:
    """All whole groups beside each other; a short one alone only where it stands alone, for else it is a piece."""
    for start in range(len(groups)):
        digits = ""
        for end in range(start, len(groups)):
            digits += groups[end].rstrip("-")
            if len(digits) > _LONGEST:
                break
            if start < end or len(groups) == 1 or len(digits) > piece:
                yield digits
                yield digits + groups[end][len(groups[end].rstrip("-")) :]  # a KID may end with a hyphen


def _without_giros(text: str) -> str:
    for (start, end), _ in _giros(text):
        text = text[:start] + ";" * (end - start) + text[end:]
    return text


def _giros(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    for pattern, read in _GIROS:
        for match in pattern.finditer(text):
            try:
                yield match.span(1), read(match[1])
            except NumberError:
                continue
