"""The payment reference in a merchant's file: a wrong wish is told with its place and the nearest right one."""

import pytest

from config.merchant_source import read_source
from domain.merchant import ReferenceKind, ReferenceRule
from tests.config.writing import BOLGEN, NORDLJUS, changed, line_of, problems

OCR, KID = ReferenceKind.OCR, ReferenceKind.KID
SWEDISH, NORWEGIAN = "payee: {bankgiro: 5050-1055, organisation: 556123-4567}", "payee: {account: 1234.56.78903}"
FINNISH, BELGIAN, SWISS = "FI21 1234 5600 0007 85", "BE48 3200 7018 4927", "CH44 3199 9123 0008 8901 2"
ORDINARY_SWISS = "CH93 0076 2011 6238 5295 7"


def rule_of(reference: str, payee: str | None = None, text: str = NORDLJUS) -> ReferenceRule:
    return read_source(written(reference, payee, text), "x.yaml").merchant.reference


def written(reference: str, payee: str | None = None, text: str = NORDLJUS) -> str:
    was, account = ("{kind: ocr}", SWEDISH) if text == NORDLJUS else ("{kind: kid}", NORWEGIAN)
    return changed(
        account, f"payee: {payee}" if payee else account, changed(f"reference: {was}", f"reference: {reference}", text)
    )


@pytest.mark.parametrize(
    ("reference", "payee", "rule"),
    [
        ("{kind: ocr}", None, ReferenceRule(OCR)),
        ("{kind: ocr, level: 1}", None, ReferenceRule(OCR, level=1)),
        ("{kind: ocr, level: 3}", None, ReferenceRule(OCR, level=3)),
        ("{kind: ocr, level: 4, lengths: [12, 10]}", None, ReferenceRule(OCR, level=4, lengths=(10, 12))),
        ("{kind: viite}", f"{{iban: {FINNISH}}}", ReferenceRule(ReferenceKind.VIITE)),
        ("{kind: rf}", f"{{iban: {BELGIAN}}}", ReferenceRule(ReferenceKind.RF)),
        ("{kind: rf}", f"{{iban: {ORDINARY_SWISS}}}", ReferenceRule(ReferenceKind.RF)),
        ("{kind: fik}", "{fik_creditor: 81234567}", ReferenceRule(ReferenceKind.FIK)),
        ('{kind: fik, type: "71"}', '{fik_creditor: "8123 4567"}', ReferenceRule(ReferenceKind.FIK, slip="71")),
        ("{kind: fik, type: +75}", "{fik_creditor: 81234567}", ReferenceRule(ReferenceKind.FIK, slip="75")),
        ("{kind: ogm}", f"{{iban: {BELGIAN}}}", ReferenceRule(ReferenceKind.OGM)),
        ("{kind: qrr}", f"{{iban: {SWISS}}}", ReferenceRule(ReferenceKind.QRR)),
    ],
)
def test_a_reference_is_read_as_it_is_agreed(reference: str, payee: str | None, rule: ReferenceRule) -> None:
    assert rule_of(reference, payee) == rule


@pytest.mark.parametrize(
    ("reference", "rule"),
    [
        ("{kind: kid}", ReferenceRule(KID)),
        ("{kind: kid, check: mod11, lengths: [12]}", ReferenceRule(KID, check="mod11", lengths=(12,))),
        ("{kind: kid, check: mod10, lengths: [16, 7, 12]}", ReferenceRule(KID, check="mod10", lengths=(7, 12, 16))),
    ],
)
def test_a_kid_is_read_as_it_is_agreed(reference: str, rule: ReferenceRule) -> None:
    assert rule_of(reference, text=BOLGEN) == rule


SLIPS = 'write "71" (15 digits) or "75" (16 digits)'
WRONG = {
    "a kind that there is not": (
        "{kind: orc}",
        ("reference.kind", '"orc" is not known here', 'did you mean "ocr"?'),
    ),
    "a level above the highest": (
        "{kind: ocr, level: 5}",
        ("reference.level", '"5" is no level; there are 1 (soft) to 4 (fixed lengths)', "write 4"),
    ),
    "a level below the lowest": (
        "{kind: ocr, level: 0}",
        ("reference.level", '"0" is no level; there are 1 (soft) to 4 (fixed lengths)', "write 1"),
    ),
    "a level in words": (
        "{kind: ocr, level: hard}",
        ("reference.level", '"hard" is no level; there are 1 (soft) to 4 (fixed lengths)', "write 1, 2, 3 or 4"),
    ),
    "level 4 without lengths": (
        "{kind: ocr, level: 4}",
        (
            "reference.lengths",
            "is missing; level 4 has one or two fixed lengths",
            'add the length that is agreed with the bank, or both, as in "lengths: [10, 12]"',
        ),
    ),
    "lengths at a level without": (
        "{kind: ocr, level: 3, lengths: [10]}",
        ("reference.lengths", "are for level 4 only", 'write "level: 4", or leave the lengths out'),
    ),
    "three lengths of an OCR": (
        "{kind: ocr, level: 4, lengths: [10, 12, 14]}",
        ("reference.lengths", "are 3; an agreement has 2 at most", "keep [10, 12]"),
    ),
    "a length twice": (
        "{kind: ocr, level: 4, lengths: [10, 10]}",
        ("reference.lengths", "has a length twice", "write [10]"),
    ),
    "a length that is too long": (
        "{kind: ocr, level: 4, lengths: [30]}",
        ("reference.lengths[0]", "30 is no length; references have 2 to 25 digits", "write 25"),
    ),
    "a length that is too short": (
        "{kind: ocr, level: 4, lengths: [12, 1]}",
        ("reference.lengths[1]", "1 is no length; references have 2 to 25 digits", "write 2"),
    ),
    "a length in words": (
        "{kind: ocr, level: 4, lengths: [ten]}",
        ("reference.lengths[0]", '"ten" is no length', "write a whole number of digits, as in 12"),
    ),
    "a length outside a list": (
        "{kind: ocr, level: 4, lengths: 12}",
        ("reference.lengths", 'is "12"; it must be a list', "write [a, b], or lines that begin with a hyphen"),
    ),
    "a check digit of another kind": (
        "{kind: ocr, check: mod11}",
        ("reference.check", "is for kid only, and the kind is ocr", "leave it out"),
    ),
    "a slip of another kind": (
        "{kind: ocr, type: 71}",
        ("reference.type", "is for fik only, and the kind is ocr", "leave it out"),
    ),
    "a slip without a number": (
        "{kind: fik, type: 73}",
        ("reference.type", "a slip of type 73 has no number, so no payment would find its invoice", SLIPS),
    ),
    "a slip that there is not": (
        "{kind: fik, type: 17}",
        ("reference.type", '"17" is no type of slip with a number', SLIPS),
    ),
    "a FIK without its creditor number": (
        "{kind: fik}",
        (
            "reference.kind",
            "fik needs a Danish creditor number as payee",
            'add "fik_creditor:" under payee, or write another kind',
        ),
    ),
    "a viite without IBAN": (
        "{kind: viite}",
        ("reference.kind", "viite needs a Finnish IBAN as payee", 'add "iban:" under payee, or write another kind'),
    ),
}


@pytest.mark.parametrize(("reference", "told"), WRONG.values(), ids=WRONG)
def test_a_wrong_wish_is_told_with_its_place_and_the_nearest_right_one(
    reference: str, told: tuple[str, str, str]
) -> None:
    text = written(reference)

    (problem,) = problems(text)

    assert (problem.key, problem.problem, problem.cure) == told
    assert problem.line == line_of("reference:", text)


def test_a_misspelt_check_of_a_kid_is_told() -> None:
    (problem,) = problems(written("{kind: kid, check: mod12}", text=BOLGEN))

    assert (problem.key, problem.cure) == ("reference.check", 'did you mean "mod11"?')


def test_four_lengths_of_a_kid_are_one_too_many() -> None:
    (problem,) = problems(written("{kind: kid, lengths: [7, 8, 9, 10]}", text=BOLGEN))

    assert problem.cure == "keep [7, 8, 9]"


@pytest.mark.parametrize(
    ("reference", "payee", "told"),
    [
        ("{kind: viite}", f"{{iban: {BELGIAN}}}", "viite needs a Finnish IBAN as payee; correct"),
        ("{kind: ogm}", f"{{iban: {FINNISH}}}", "ogm needs a Belgian IBAN as payee; correct"),
        ("{kind: qrr}", f"{{iban: {ORDINARY_SWISS}}}", "from 30000 to 31999, as payee; correct"),
        ("{kind: rf}", f"{{iban: {SWISS}}}", "payee.iban: is a QR-IBAN, which takes no other reference than qrr"),
        ("{kind: ocr}", "{organisation: 556123-4567}", 'payee: has no account to pay to; add "bankgiro:"'),
        ("{kind: viite, lengths: [7]}", f"{{iban: {FINNISH}}}", "are for ocr and kid only, and the kind is viite"),
    ],
)
def test_a_reference_and_an_account_that_do_not_go_together_are_told(reference: str, payee: str, told: str) -> None:
    (problem,) = problems(written(reference, payee))

    assert told in str(problem)


@pytest.mark.parametrize("number", ["71234567", "812345678", "8123456A"])
def test_a_wrong_creditor_number_is_told(number: str) -> None:
    (problem,) = problems(written("{kind: fik}", f"{{fik_creditor: {number}}}"))

    assert problem.key == "payee.fik_creditor"
    assert problem.problem == f'"{number}" is no FIK creditor number; it has 8 digits, the first of them an 8'
    assert problem.cure == "compare it with your bank's papers"


def test_the_example_merchants_pay_as_before() -> None:
    assert read_source(NORDLJUS, "").merchant.reference == ReferenceRule(OCR)
    assert read_source(BOLGEN, "").merchant.reference == ReferenceRule(KID)
