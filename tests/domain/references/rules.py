"""All the agreements with banks that the tests go through, and what each kind of check digit cannot see."""

from itertools import pairwise

from hypothesis import strategies as st

from domain.merchant import ReferenceKind, ReferenceRule
from domain.references import NumberError, reference_given

OCR = ReferenceRule(ReferenceKind.OCR)
OCR_LENGTH_DIGIT = ReferenceRule(ReferenceKind.OCR, level=3)
OCR_FIXED = ReferenceRule(ReferenceKind.OCR, level=4, lengths=(14, 20))
KID_10 = ReferenceRule(ReferenceKind.KID, check="mod10")
KID_11 = ReferenceRule(ReferenceKind.KID, check="mod11")
KID_FIXED = ReferenceRule(ReferenceKind.KID, check="mod11", lengths=(13, 16, 20))
FIK_71 = ReferenceRule(ReferenceKind.FIK)
FIK_75 = ReferenceRule(ReferenceKind.FIK, slip="75")
VIITE = ReferenceRule(ReferenceKind.VIITE)
RF = ReferenceRule(ReferenceKind.RF)
OGM = ReferenceRule(ReferenceKind.OGM)
QRR = ReferenceRule(ReferenceKind.QRR)

RULES = {
    "ocr, soft": ReferenceRule(ReferenceKind.OCR, level=1),
    "ocr": OCR,
    "ocr, length digit": OCR_LENGTH_DIGIT,
    "ocr, fixed lengths": OCR_FIXED,
    "kid, mod 10": KID_10,
    "kid, mod 11": KID_11,
    "kid, fixed lengths": KID_FIXED,
    "fik 71": FIK_71,
    "fik 75": FIK_75,
    "viite": VIITE,
    "rf": RF,
    "ogm": OGM,
    "qrr": QRR,
}
OF_FIXED_LENGTH = {name: RULES[name] for name in RULES if "fixed" in name or name[:3] in ("fik", "ogm", "qrr")}

NUMBERS = st.from_regex(r"[1-9][0-9]{2,9}", fullmatch=True)
"""Invoice numbers that every kind has room for."""
DIGITS = "0123456789"

LUHN = {"09"}
SEVEN_THREE_ONE = {"05", "16", "27", "38", "49"}
RECURSIVE = {"03", "14", "25", "36", "47", "58", "69", "07", "18", "29"}


def unseen_swaps(rule: ReferenceRule) -> set[str]:
    """The pairs of digits whose swap the kind's check digit may miss."""
    match rule.kind:
        case ReferenceKind.OCR | ReferenceKind.FIK:
            return LUHN
        case ReferenceKind.KID:
            return LUHN if rule.check == "mod10" else set()
        case ReferenceKind.VIITE:
            return SEVEN_THREE_ONE
        case ReferenceKind.QRR:
            return RECURSIVE
        case _:
            return set()


def accepts(rule: ReferenceRule, text: str) -> bool:
    """Whether the agreement allows it."""
    try:
        return bool(reference_given(rule, text))
    except NumberError:
        return False


def swaps(made: str) -> dict[str, str]:
    """The reference with each two neighbours swapped that differ, by the place and the pair."""
    return {
        f"{place}:{''.join(sorted((left, right)))}": made[:place] + right + left + made[place + 2 :]
        for place, (left, right) in enumerate(pairwise(made))
        if left != right
    }
