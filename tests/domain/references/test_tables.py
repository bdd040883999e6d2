"""Numbers worked out by hand or printed by others, each with where it stands."""

from collections.abc import Callable

import pytest

from domain.references import fik, kid, ocr, ogm, qrr, rf, viite
from domain.references.giro import bankgiro, plusgiro

MONITOR = "https://help.monitorerp.com/NO-MONITOR_G5/en-us/Content/Topics/UserGuide/Using/InvoicingAccountsReceivable/KIDNumbers.htm"
XMLDATION = "https://wiki.xmldation.com/support/fk/finnish_reference_number"
GIRO_KORT = "http://www.giro-kort.dk/fi-kort5.html"
UNICONTA = "https://support.uniconta.com/hc/en-us/articles/27170473031965-Setting-up-FIK-code-on-company-information"
FACTS = "tried by the facts page, law-and-payments.md §2"
STDNUM = "docstring of python-stdnum 2.2"

MADE = [
    # 1 2 3 4 and length 6: 6→12→3, 4, 3→6, 2, 1→2 make 17; 3 are missing to 20
    (ocr.from_number, "1234", "123463", "by hand"),
    # 1 0 0 0 1 and length 7: 7→14→5, 1, 0, 0, 0, 1 make 7; 3 are missing to 10
    (ocr.from_number, "10001", "1000173", "by hand"),
    # ten digits with both: the length digit is 0
    (ocr.from_number, "12345678", "1234567806", "by hand: 0, 8, 14→5, 6, 10→1, 4, 6, 2, 2 make 34"),
    (kid.from_number, "60224", "602243", MONITOR),
    (viite.from_number, "123456", "1234561", XMLDATION),
    # 7·9 + 3·9 + 1·9 = 99; 1 is missing to 100
    (viite.from_number, "999", "9991", "by hand"),
    (rf.from_number, "2348236", "RF332348236", FACTS),
    (fik.from_number, "1", "000000000000018", GIRO_KORT),
    (fik.from_number, "2", "000000000000026", GIRO_KORT),
    (fik.from_number, "00404040000066", "004040400000669", UNICONTA),
    (ogm.from_number, "0108068171", "010806817183", STDNUM),
    # 97 leaves nothing over, and 00 is not used
    (ogm.from_number, "97", "000000009797", "by hand"),
    (qrr.from_number, "21000000000313947143000901", "210000000003139471430009017", STDNUM),
]


@pytest.mark.parametrize(("make", "number", "reference", "source"), MADE)
def test_a_number_becomes_this_reference(make: Callable[[str], str], number: str, reference: str, source: str) -> None:
    assert make(number) == reference, source


@pytest.mark.parametrize(
    ("number", "reference"),
    [
        # 7·2, 6·3, 5·4, 4·5, 3·6, 2·7, 1·2 make 106, which leaves 7; 4 are missing to 11
        ("1234567", "12345674"),
        # 6·2 = 12 leaves 1; ten are missing to 11, and ten is a hyphen
        ("6", "6-"),
        # 1·2, 1·3 ... 1·7, 1·2, 1·3 make 27 + 5 = 32, which leaves 10; 1 is missing
        ("11111111", "111111111"),
        # 0 leaves nothing; nothing is missing
        ("0", "00"),
    ],
)
def test_a_mod_11_kid_by_hand(number: str, reference: str) -> None:
    assert kid.from_number(number, check="mod11") == reference
    assert kid.validate(reference, check="mod11") == reference


@pytest.mark.parametrize("printed", ["991-2346", "5050-1055"])
def test_these_are_bankgiro_numbers(printed: str) -> None:
    """Tried by the facts page, §2."""
    assert bankgiro(printed.replace("-", "")) == printed


@pytest.mark.parametrize("printed", ["4567-4", "176099-0"])
def test_these_are_plusgiro_numbers(printed: str) -> None:
    """Tried by the facts page, §2."""
    assert plusgiro(printed.replace("-", "")) == printed


@pytest.mark.parametrize(
    ("show", "reference", "shown", "source"),
    [
        (viite.shown, "1234561", "12 34561", XMLDATION),
        (viite.shown, "2348236", "23 48236", XMLDATION),
        (viite.shown, "12345", "12345", XMLDATION),
        (rf.shown, "RF332348236", "RF33 2348 236", "ISO 11649: groups of four"),
        (fik.shown, "004040400000669", "+71<004040400000669", UNICONTA),
        (fik.shown, "0000000000000026", "+75<0000000000000026", GIRO_KORT),
        (ogm.shown, "010806817183", "+++010/8068/17183+++", STDNUM),
        (qrr.shown, "210000000003139471430009017", "21 00000 00003 13947 14300 09017", STDNUM),
    ],
)
def test_a_reference_is_printed_so(show: Callable[[str], str], reference: str, shown: str, source: str) -> None:
    assert show(reference) == shown, source


def test_a_viite_travels_inside_an_rf_reference() -> None:
    assert viite.as_rf("2348236") == "RF332348236"
    assert viite.validate("RF33 2348 236") == "2348236"


def test_stars_do_for_plus_signs_in_belgium() -> None:
    assert ogm.validate("***010/8068/17183***") == "010806817183"


@pytest.mark.parametrize(
    ("iban", "is_one"),
    [
        ("CH4430000000000000000", True),
        ("CH4431999000000000000", True),
        ("LI4431000000000000000", True),
        ("CH4432000000000000000", False),
        ("CH4429999000000000000", False),
        ("DE4431000000000000000", False),
        ("", False),
    ],
)
def test_a_qr_iban_is_told_by_its_bank_number(iban: str, is_one: bool) -> None:
    """Digits 5 to 9 from 30000 to 31999: https://iso-compliant.com/glossary/qr-iban."""
    assert qrr.is_qr_iban(iban) is is_one
