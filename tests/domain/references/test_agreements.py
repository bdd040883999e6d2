"""What the agreement with the bank says decides what is made and what is taken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.merchant import ReferenceKind, ReferenceRule
from domain.references import NumberError, kid, ocr, reference_for, reference_given
from tests.domain.references.rules import (
    FIK_75,
    KID_11,
    KID_FIXED,
    NUMBERS,
    OCR,
    OCR_FIXED,
    OCR_LENGTH_DIGIT,
    accepts,
)


@given(number=NUMBERS, level=st.sampled_from([1, 2, 3]))
def test_ours_have_the_length_digit_at_every_level_that_leaves_the_length_free(number: str, level: int) -> None:
    made = reference_for(ReferenceRule(ReferenceKind.OCR, level=level), number)  # type: ignore[arg-type]

    assert accepts(OCR_LENGTH_DIGIT, made)


def test_the_length_digit_of_others_is_asked_for_from_level_3_on() -> None:
    assert reference_given(OCR, "1234566") == "1234566"
    with pytest.raises(NumberError, match="the length digit"):
        reference_given(OCR_LENGTH_DIGIT, "1234566")


def test_a_wrong_check_digit_is_refused_even_where_the_bank_would_only_warn() -> None:
    assert not accepts(ReferenceRule(ReferenceKind.OCR, level=1), "1234567")


@pytest.mark.parametrize(("number", "length"), [("7", 14), ("1234567890123", 14), ("12345678901234", 20)])
def test_a_fixed_length_is_the_shortest_with_room(number: str, length: int) -> None:
    made = reference_for(OCR_FIXED, number)

    assert len(made) == length
    assert made[:-1] == number.zfill(length - 1)


def test_a_number_without_room_in_the_agreed_lengths_is_told() -> None:
    with pytest.raises(
        NumberError, match="has 20 digits, and with a check digit no more than 20 are agreed; use shorter"
    ):
        reference_for(OCR_FIXED, "1" * 20)
    with pytest.raises(NumberError, match="agreed are 14 or 20"):
        reference_given(OCR_FIXED, ocr.from_number("1"))


@pytest.mark.parametrize(("number", "length"), [("1", 13), ("1" * 13, 16), ("1" * 16, 20)])
def test_a_kid_has_up_to_three_lengths(number: str, length: int) -> None:
    assert len(reference_for(KID_FIXED, number)) == length
    with pytest.raises(NumberError, match="agreed are 13 or 16 or 20"):
        reference_given(KID_FIXED, kid.from_number("1" * 13, check="mod11"))


def test_a_kid_is_checked_as_agreed_and_either_way_where_nothing_is_said() -> None:
    mod10, mod11 = kid.from_number("60224"), kid.from_number("60224", check="mod11")
    unsaid = ReferenceRule(ReferenceKind.KID)

    assert mod10 != mod11
    assert (accepts(unsaid, mod10), accepts(unsaid, mod11), accepts(unsaid, "602240")) == (True, True, False)
    assert (accepts(KID_11, mod10), accepts(KID_11, mod11)) == (False, True)
    assert reference_for(unsaid, "60224") == mod10


def test_a_number_of_the_other_slip_is_refused() -> None:
    with pytest.raises(NumberError, match="has 15 digits; on a slip of type 75 there are 16"):
        reference_given(FIK_75, "+71<000000012345674+81234567<")
