"""References catch the slips that people make; what a check digit cannot see is stated here too."""

import doctest
from collections.abc import Callable
from types import ModuleType

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain.merchant import ReferenceKind
from domain.references import NumberError, check, giro, kid, ocr, reference_for, reference_given, reference_shown, rf

MODULES = [ocr, kid, rf]
NUMBERS = st.from_regex(r"[0-9]{1,18}", fullmatch=True)
DIGITS = "0123456789"


@pytest.mark.parametrize("module", [check, giro, *MODULES], ids=lambda module: module.__name__)
def test_the_examples_in_the_docstrings_hold(module: ModuleType) -> None:
    result = doctest.testmod(module)

    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_each_module_has_the_same_functions(module: ModuleType) -> None:
    assert all(callable(getattr(module, name)) for name in ("compact", "validate", "is_valid", "from_number", "shown"))


@pytest.mark.parametrize("kind", ReferenceKind)
@given(number=NUMBERS)
def test_what_is_made_is_valid_and_survives_being_shown(kind: ReferenceKind, number: str) -> None:
    made = reference_for(kind, number)

    assert reference_given(kind, made) == made
    assert reference_given(kind, reference_shown(kind, made)) == made


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
@given(number=NUMBERS, place=st.integers(0, 30), digit=st.sampled_from(DIGITS))
def test_every_wrong_digit_is_caught(module: ModuleType, number: str, place: int, digit: str) -> None:
    made = module.from_number(number)
    places = [index for index, letter in enumerate(made) if letter.isdigit()]
    place = places[place % len(places)]
    assume(made[place] != digit)

    assert not module.is_valid(made[:place] + digit + made[place + 1 :])


def swapped(made: str, place: int) -> str:
    return made[:place] + made[place + 1] + made[place] + made[place + 2 :]


@pytest.mark.parametrize("module", [ocr, kid], ids=lambda module: module.__name__)
@given(number=NUMBERS, place=st.integers(0, 30))
def test_every_swap_of_neighbours_is_caught_but_that_of_0_and_9(module: ModuleType, number: str, place: int) -> None:
    made = module.from_number(number)
    place %= len(made) - 1
    pair = {made[place], made[place + 1]}
    assume(len(pair) == 2)

    assert not module.is_valid(swapped(made, place)) or pair == {"0", "9"}


def test_a_swap_of_0_and_9_is_luhns_known_gap() -> None:
    made = ocr.from_number("1093")

    assert ocr.is_valid(swapped(made, 1))


@given(number=NUMBERS, place=st.integers(2, 30))
def test_rf_catches_every_swap_of_neighbours(number: str, place: int) -> None:
    made = rf.from_number(number)
    place = 2 + place % (len(made) - 3)
    assume(made[place] != made[place + 1])

    assert not rf.is_valid(swapped(made, place))


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


def missed(length_digit: bool) -> int:
    """How many of all single drops and additions at the end, where the length digit itself moves, stay unseen."""
    count = 0
    for number in range(1000, 2000):
        made = ocr.from_number(str(number))
        slips = {made[:-1], made[:-2] + made[-1], *(made + digit for digit in DIGITS)}
        slips |= {made[:-1] + digit + made[-1] for digit in DIGITS}
        count += sum(ocr.is_valid(slip, length_digit=length_digit) for slip in slips)
    return count


def test_at_the_very_end_a_slip_may_pass_but_far_fewer_than_without_a_length_digit() -> None:
    """Where the length digit itself is dropped or pushed away another digit takes its place, and may happen to fit."""
    assert 0 < missed(length_digit=True) < missed(length_digit=False) / 5


def test_a_bankgiro_number_typed_as_reference_is_no_reference() -> None:
    assert not ocr.is_valid("5050-1055")


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
        (rf.validate, "RF33", "is no RF reference"),
        (rf.validate, "RF3323482Å6", "is no RF reference"),
        (rf.validate, "RF342348236", "the check digits (the two after RF)"),
        (rf.from_number, "---", "makes no RF reference"),
        (rf.from_number, "Å1", "makes no RF reference"),
        (rf.from_number, "1" * 22, "has room for 21"),
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


@given(number=NUMBERS)
def test_a_mod_11_kid_is_valid_and_may_end_with_a_hyphen(number: str) -> None:
    made = kid.from_number(number, check="mod11")

    assert kid.is_valid(made, check="mod11")
    assert made[-1] in "0123456789-"


def test_a_given_reference_may_be_of_either_kind_that_banks_agree_on() -> None:
    assert reference_given(ReferenceKind.OCR, "1234566") == "1234566"
    assert reference_given(ReferenceKind.KID, kid.from_number("60224", check="mod11")) == kid.from_number(
        "60224", check="mod11"
    )
    with pytest.raises(NumberError):
        reference_given(ReferenceKind.KID, "602240")


def test_letters_of_an_invoice_number_stay_in_rf_and_go_in_the_others() -> None:
    assert rf.from_number("f-2026.01") == rf.from_number("F202601")
    assert ocr.from_number("F-2026.01") == ocr.from_number("202601")


@given(text=st.text(max_size=30))
def test_any_text_is_valid_or_not_and_nothing_else(text: str) -> None:
    for module in MODULES:
        assert module.is_valid(text) in (True, False)
