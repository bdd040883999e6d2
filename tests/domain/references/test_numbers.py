"""References catch the slips that people make; what a check digit cannot see is stated here too."""

import doctest
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.merchant import ReferenceKind, ReferenceRule
from domain.references import (
    NumberError,
    check,
    fik,
    finding,
    giro,
    kid,
    ocr,
    ogm,
    qrr,
    reference_for,
    reference_given,
    reference_shown,
    rf,
    viite,
)
from tests.domain.references.rules import (
    DIGITS,
    NUMBERS,
    OF_FIXED_LENGTH,
    RULES,
    SEVEN_THREE_ONE,
    accepts,
    swaps,
    unseen_swaps,
)

MODULES = [ocr, kid, fik, viite, rf, ogm, qrr]
each_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


@pytest.mark.parametrize("module", [check, giro, finding, *MODULES], ids=lambda module: module.__name__)
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)

    assert result.attempted
    assert not result.failed


def test_each_kind_has_a_module_with_the_same_functions() -> None:
    assert [module.__name__.rpartition(".")[2] for module in MODULES] == list(ReferenceKind)
    for module in MODULES:
        assert all(
            callable(getattr(module, name)) for name in ("compact", "validate", "is_valid", "from_number", "shown")
        )


@each_rule
@given(number=NUMBERS)
def test_what_is_made_is_valid_and_survives_being_shown(rule: ReferenceRule, number: str) -> None:
    made = reference_for(rule, number)

    assert reference_given(rule, made) == made
    assert reference_given(rule, reference_shown(rule.kind, made)) == made


@each_rule
@given(number=NUMBERS, place=st.integers(0, 30), digit=st.sampled_from(DIGITS))
def test_every_wrong_digit_is_caught(rule: ReferenceRule, number: str, place: int, digit: str) -> None:
    made = reference_for(rule, number)
    places = [index for index, letter in enumerate(made) if letter.isdigit()]
    place = places[place % len(places)]
    assume(made[place] != digit)

    assert not accepts(rule, made[:place] + digit + made[place + 1 :])


@each_rule
@given(number=NUMBERS)
def test_every_swap_of_neighbours_is_caught_but_the_known_ones(rule: ReferenceRule, number: str) -> None:
    made = reference_for(rule, number)

    unseen = {pair.partition(":")[2] for pair, swapped in swaps(made).items() if accepts(rule, swapped)}

    assert unseen <= unseen_swaps(rule)


@each_rule
def test_the_known_gaps_are_real(rule: ReferenceRule) -> None:
    """An excuse that is not needed would hide a fault."""
    unseen = set()
    for number in range(1000, 9999, 3):
        made = reference_for(rule, str(number))
        unseen |= {pair.partition(":")[2] for pair, swapped in swaps(made).items() if accepts(rule, swapped)}

    assert unseen == unseen_swaps(rule)


@given(part=st.from_regex(r"[A-Z0-9]{1,20}", fullmatch=True))
def test_rf_misses_swaps_of_a_letter_and_a_digit_only_where_both_spell_the_same_number(part: str) -> None:
    made = rf.from_number(part)

    unseen = {pair.partition(":")[2] for pair, swapped in swaps(made).items() if rf.is_valid(swapped)}

    assert unseen <= {"1B", "2M", "3X"}
    assert rf.from_number("B1")[:4] == rf.from_number("1B")[:4]


@given(number=NUMBERS, place=st.integers(0, 30))
def test_a_dropped_digit_is_caught_while_the_length_digit_stays(number: str, place: int) -> None:
    made = ocr.from_number(number)
    place %= len(made) - 2

    assert not ocr.is_valid(made[:place] + made[place + 1 :])


@given(number=NUMBERS, place=st.integers(0, 30), digit=st.sampled_from(DIGITS))
def test_an_added_digit_is_caught_while_the_length_digit_stays(number: str, place: int, digit: str) -> None:
    made = ocr.from_number(number)
    place %= len(made) - 1

    assert not ocr.is_valid(made[:place] + digit + made[place:])


@pytest.mark.parametrize("rule", OF_FIXED_LENGTH.values(), ids=OF_FIXED_LENGTH)
@given(number=NUMBERS, place=st.integers(0, 30), digit=st.sampled_from(DIGITS))
def test_each_dropped_and_each_added_digit_is_caught_at_a_fixed_length(
    rule: ReferenceRule, number: str, place: int, digit: str
) -> None:
    made = reference_for(rule, number)
    place %= len(made)

    assert not accepts(rule, made[:place] + made[place + 1 :])
    assert not accepts(rule, made[:place] + digit + made[place:])


def missed(level: int) -> int:
    """How many of all single drops and additions at the end, where the length digit itself moves, stay unseen."""
    count = 0
    for number in range(1000, 2000):
        made = ocr.from_number(str(number))
        slips = {made[:-1], made[:-2] + made[-1], *(made + digit for digit in DIGITS)}
        slips |= {made[:-1] + digit + made[-1] for digit in DIGITS}
        count += sum(ocr.is_valid(slip, level=level) for slip in slips)  # type: ignore[arg-type]
    return count


def test_at_the_very_end_a_slip_may_pass_but_far_fewer_than_without_a_length_digit() -> None:
    """Where the length digit itself is dropped or pushed away another digit takes its place, and may happen to fit."""
    assert 0 < missed(level=3) < missed(level=2) / 5


def test_two_that_are_five_apart_are_the_gap_of_a_viite() -> None:
    assert viite.is_valid("1234561")
    assert viite.is_valid("1234516")
    assert "16" in SEVEN_THREE_ONE


@pytest.mark.parametrize(
    ("validate", "text", "told"),
    [
        (ocr.validate, "", "has digits only"),
        (ocr.validate, "12A", "has digits only"),
        (ocr.validate, "١٢٣", "has digits only"),
        (ocr.validate, "1", "has 1 digits; an OCR reference has 2 to 25"),
        (ocr.validate, "1" * 26, "has 26 digits"),
        (ocr.validate, "1000174", "the check digit (the last)"),
        (ocr.validate, "1234566", "the length digit (the last but one)"),
        (ocr.from_number, "ABC", "has no digit to make a reference of"),
        (ocr.from_number, "1" * 24, "has room for 23"),
        (kid.validate, "", "is no KID"),
        (kid.validate, "-", "is no KID"),
        (kid.validate, "123-", "is no KID; it has digits only"),
        (kid.validate, "3", "has 1 characters"),
        (kid.validate, "602244", "the check digit (the last)"),
        (kid.from_number, "1" * 25, "has room for 24"),
        (fik.validate, "12A", "is no FIK number; it has digits only"),
        (fik.validate, "12345674", "has 8 digits; on a slip of type 71 there are 15"),
        (fik.validate, "000000012345675", "the check digit (the last)"),
        (fik.validate, "+73<+81234567<", "is no FIK number"),
        (fik.from_number, "1" * 15, "a slip of type 71 has room for 14"),
        (fik.creditor, "71234567", "is no FIK creditor number; it has 8 digits, the first of them an 8"),
        (fik.creditor, "8123456", "is no FIK creditor number"),
        (viite.validate, "0000", "is no viite"),
        (viite.validate, "018", "a viite has 4 to 20"),
        (viite.validate, "1234562", "the check digit (the last)"),
        (viite.validate, "RF342348236", "the check digits (the two after RF)"),
        (viite.from_number, "0099", '"0099" has 2 digits, zeros in front not counted; a viite is made of 3 to 19'),
        (viite.from_number, "1" * 20, "a viite is made of 3 to 19"),
        (rf.validate, "RF33", "is no RF reference"),
        (rf.validate, "RF3323482Å6", "is no RF reference"),
        (rf.validate, "RF342348236", "the check digits (the two after RF)"),
        (rf.from_number, "---", "makes no RF reference"),
        (rf.from_number, "Å1", "makes no RF reference"),
        (rf.from_number, "1" * 22, "has room for 21"),
        (ogm.validate, "+++010/8068/1718A+++", "is no structured communication; it has digits only"),
        (ogm.validate, "+++010/8068/1718+++", "has 11 digits; a structured communication has 12"),
        (ogm.validate, "+++010/8068/17184+++", "the check digits (the last two)"),
        (ogm.validate, "000000000000", "the check digits (the last two)"),
        (ogm.from_number, "1" * 11, "has room for 10"),
        (qrr.validate, "0" * 27, "not all of them zeros"),
        (qrr.validate, "3139471430009017", "has 16 digits; a QR reference has 27"),
        (qrr.validate, "210000000003139471430009016", "the check digit (the last)"),
        (qrr.from_number, "000", "makes a QR reference of zeros; count from 1"),
        (qrr.from_number, "1" * 27, "has room for 26"),
        (giro.bankgiro, "123-456", "is no bankgiro number; it has 7 to 8 digits"),
        (giro.bankgiro, "5050-1056", "the check digit (the last) of bankgiro"),
        (giro.plusgiro, "1", "is no plusgiro number; it has 2 to 8 digits"),
        (giro.plusgiro, "4567-5", "the check digit (the last) of plusgiro"),
    ],
)
def test_what_is_wrong_is_told(validate: Callable[[str], str], text: str, told: str) -> None:
    with pytest.raises(NumberError) as caught:
        validate(text)

    assert told in str(caught.value)


def test_letters_of_an_invoice_number_stay_in_rf_and_go_in_the_others() -> None:
    assert rf.from_number("f-2026.01") == rf.from_number("F202601")
    assert ocr.from_number("F-2026.01") == ocr.from_number("202601")


@pytest.mark.parametrize("check_digits", ["00", "01", "99"])
def test_rf_has_no_check_digits_that_nobody_makes(check_digits: str) -> None:
    """They are the same as 97, 98 and 02 to mod 97, and come of a program that counts otherwise."""
    parts = (f"{number}" for number in range(1, 2000))
    twin = {"00": "97", "01": "98", "99": "02"}[check_digits]
    part = next(part for part in parts if rf.from_number(part)[2:4] == twin)

    assert rf.is_valid(f"RF{twin}{part}")
    assert not rf.is_valid(f"RF{check_digits}{part}")


@each_rule
@given(text=st.text(max_size=30))
def test_any_text_is_valid_or_not_and_nothing_else(rule: ReferenceRule, text: str) -> None:
    assert accepts(rule, text) in (True, False)
