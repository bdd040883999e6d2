"""What payers write is read as they mean it, and no number becomes a reference by being near one."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.merchant import Payee, ReferenceRule
from domain.references import ocr, reference_for, reference_given, reference_shown
from domain.references.finding import found_in, giros_in, own_numbers
from tests.domain.references.rules import (
    FIK_71,
    FIK_75,
    KID_10,
    KID_11,
    NUMBERS,
    OCR,
    OCR_LENGTH_DIGIT,
    OGM,
    QRR,
    RF,
    RULES,
    VIITE,
    swaps,
)

NOT_SHORT = st.from_regex(r"[1-9][0-9]{4,9}", fullmatch=True)
"""Invoice numbers whose references have more digits than a group that is printed."""
PAYEE = Payee(bankgiro="5050-1055", plusgiro="176099-0", organisation="556123-4567")

WRITTEN = {
    "a word before it": (OCR, "OCR: 1000 173", ("1000173",)),
    "a word stuck to it": (OCR, "OCR1000173kr", ("1000173",)),
    "hyphens": (OCR, "ocr 1000-173.", ("1000173",)),
    "the space of a word processor": (OCR, "1000\u00a0173", ("1000173",)),
    "other words and numbers": (OCR, "Tack för i mars! Fakt 17, ref 1000173, el Storgatan 4", ("1000173",)),
    "an amount and a day": (OCR, "249,00 kr 2026-03-31 1000 173 den 31.3.2026", ("1000173",)),
    "a KID": (KID_10, "KID 602243", ("602243",)),
    "a KID with a full stop": (KID_10, "Betaling KID: 6022 43. Hilsen Kari", ("602243",)),
    "a KID that ends with a hyphen": (KID_11, "kid 6-, takk", ("6-",)),
    "a KID in front of a dash": (KID_10, "602243- takk", ("602243",)),
    "a FIK line": (FIK_71, "+71<000000012345674+81234567<", ("000000012345674",)),
    "a FIK line with spaces": (FIK_71, "FIK +71 <000000012345674 +81234567<", ("000000012345674",)),
    "a FIK line of the other type": (FIK_75, "+71<000000012345674+81234567<", ()),
    "a FIK line without a number": (FIK_71, "+73<+81234567<", ()),
    "a FIK number alone": (FIK_71, "betaling 000000012345674 til 81234567", ("000000012345674",)),
    "a Belgian line": (OGM, "+++010/8068/17183+++", ("010806817183",)),
    "a Belgian line with stars and words": (OGM, "betaling ***010/8068/17183*** dank u", ("010806817183",)),
    "a Belgian number with spaces": (OGM, "010 8068 17183", ("010806817183",)),
    "a viite": (VIITE, "viite 1234561", ("1234561",)),
    "a viite as it is printed": (VIITE, "Viitenumero: 12 34561", ("1234561",)),
    "a viite with zeros in front": (VIITE, "00000000000001234561", ("1234561",)),
    "a viite inside an RF": (VIITE, "lasku RF33 2348 236 kiitos", ("2348236",)),
    "an RF among words": (RF, "invoice RF33 2348 236 with thanks", ("RF332348236",)),
    "an RF in small letters, in brackets": (RF, "(rf332348236)", ("RF332348236",)),
    "an RF stuck to a word": (RF, "ref:RF332348236;", ("RF332348236",)),
    "an RF after its name": (RF, "RF RF33 2348 236", ("RF332348236",)),
    "a Swiss reference": (QRR, "merci 21 00000 00003 13947 14300 09017", ("210000000003139471430009017",)),
    "nothing": (OCR, "", ()),
    "words": (RF, "rufen Sie mich an", ()),
}


@pytest.mark.parametrize(("rule", "text", "found"), WRITTEN.values(), ids=WRITTEN)
def test_a_reference_is_found_as_payers_write_it(rule: ReferenceRule, text: str, found: tuple[str, ...]) -> None:
    assert found_in(text, rule) == found


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@pytest.mark.parametrize(
    "around", ["{}", "ref {}", "Ref.:{}, 249.00", "fakt 17 {} 2026-03-31", "({})", "tack!{} /Åsa", "x{}, y"]
)
@settings(max_examples=25)
@given(number=NOT_SHORT)
def test_what_we_made_is_found_with_noise_around_it(rule: ReferenceRule, around: str, number: str) -> None:
    made = reference_for(rule, number)

    assert made in found_in(around.format(made), rule)
    assert made in found_in(around.format(reference_shown(rule.kind, made)), rule)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@given(text=st.text(alphabet=st.sampled_from("0123456789 -./+<>,RFabg"), max_size=60))
def test_whatever_is_found_is_valid_each_once_the_longest_first(rule: ReferenceRule, text: str) -> None:
    found = found_in(text, rule)

    assert all(reference_given(rule, reference) == reference for reference in found)
    assert len(set(found)) == len(found)
    assert sorted(map(len, found), reverse=True) == list(map(len, found))


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
@given(number=NUMBERS, digit=st.sampled_from("123456789"))
def test_a_part_of_a_longer_run_of_digits_is_no_reference(rule: ReferenceRule, number: str, digit: str) -> None:
    made = reference_for(rule, number)

    assert made not in found_in(digit + made, rule)
    assert made not in found_in(made + digit, rule)


# Trap 19, the references' part: what payers get wrong. The amount and which invoice it is, the matching decides.


def test_an_ocr_with_one_digit_wrong_is_not_taken_for_another() -> None:
    made = "1000173"
    wrong = [made[:place] + digit + made[place + 1 :] for place in range(7) for digit in "0123456789"]

    assert [text for text in wrong if found_in(f"OCR {text}", OCR_LENGTH_DIGIT)] == [made] * 7


def test_an_ocr_with_two_digits_swapped_is_not_taken_for_another() -> None:
    for swapped in swaps("1234566123").values():
        assert found_in(f"OCR {swapped}", OCR_LENGTH_DIGIT) == ()


def test_an_ocr_with_one_digit_missing_is_not_taken_for_another() -> None:
    made = ocr.from_number("2026117")

    assert found_in(made, OCR_LENGTH_DIGIT) == (made,)
    for place in range(len(made) - 2):
        assert found_in(f"OCR {made[:place]}{made[place + 1 :]}", OCR_LENGTH_DIGIT) == ()


@pytest.mark.parametrize(
    "text", ["5050-1055", "OCR 5050-1055", "bg 50501055", "Bankgiro: 5050 1055", "BG-nr. 5050-1055"]
)
def test_a_bankgiro_number_is_a_bankgiro_number_and_no_ocr(text: str) -> None:
    assert found_in(text, OCR) == ()
    assert giros_in(text) == ("5050-1055",)


@pytest.mark.parametrize("text", ["50501055", "5050 1055", "OCR 50501055", "1760990", "5561234567", "556123-4567"])
def test_the_payees_own_numbers_are_no_references_however_they_are_written(text: str) -> None:
    assert found_in(text, OCR, PAYEE) == ()


def test_the_bankgiro_number_beside_the_ocr_is_not_joined_to_it() -> None:
    text = "Till bg 5050-1055 OCR 1000173"

    assert found_in(text, OCR) == ("1000173",)
    assert found_in("5050-1055 1000173", OCR) == ("1000173",)
    assert found_in("50501055 1000173", OCR_LENGTH_DIGIT, PAYEE) == ("1000173",)
    assert giros_in(text) == ("5050-1055",)


@pytest.mark.parametrize("text", ["pg 176099-0", "Plusgiro nr 17 60 99-0", "PG: 1760990"])
def test_a_plusgiro_number_is_known_where_it_is_called_so(text: str) -> None:
    assert giros_in(text) == ("176099-0",)
    assert found_in(text, OCR) == ()


def test_numbers_with_a_wrong_check_digit_are_no_giros() -> None:
    assert giros_in("5050-1056, pg 176099-1, 15050-1055, 5050-10555") == ()


@pytest.mark.parametrize("between", [", ", " och ", "\n", "; ", "+", " / "])
def test_three_references_in_one_text_are_three(between: str) -> None:
    three = [ocr.from_number(number) for number in ("10001", "10002", "10003")]

    assert found_in(f"Avser {between.join(three)} tack", OCR_LENGTH_DIGIT) == tuple(three)


@pytest.mark.parametrize("between", [" ", "-", " - "])
@given(numbers=st.lists(NUMBERS, min_size=3, max_size=3, unique=True))
def test_references_side_by_side_are_all_found_whatever_else_they_spell(between: str, numbers: list[str]) -> None:
    three = [ocr.from_number(number) for number in numbers]

    assert set(three) <= set(found_in(between.join(three), OCR))


def test_a_short_group_beside_others_is_a_piece_and_no_reference() -> None:
    """2634 alone is a valid OCR at level 2; as a group of a mistyped longer one it is none."""
    assert found_in("2634", OCR) == ("2634",)
    assert found_in("ocr 2634 1000 18", OCR) == ()


def test_a_viite_is_printed_in_fives_so_its_pieces_are_longer() -> None:
    assert found_in("12344", VIITE) == ("12344",)
    assert found_in("viite 98 12344", VIITE) == ()


def test_the_longest_comes_first() -> None:
    assert found_in("602243, 000000602243", KID_10) == ("000000602243", "602243")
    assert found_in("000000602243, 602243", KID_10) == ("000000602243", "602243")


def test_own_numbers_are_digits_alone() -> None:
    payee = Payee(
        bankgiro="5050-1055", account="1234.56.78903", fik_creditor="81234567", iban="SE3550000000054910000003"
    )

    assert own_numbers(payee) == {"50501055", "12345678903", "81234567"}
