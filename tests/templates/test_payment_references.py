"""Each kind of reference stands on the bill as the customer's bank wants it, beside the account that goes with it."""

import pytest
from template_contents import content, merchant

from domain.merchant import Payee, ReferenceKind
from templates.payment import Scheme, accounts, reference
from templates.qr import payment_code
from templates.words import LABELS

FIK = merchant(
    "Lys A/S", country="DK", currency="DKK", payee=Payee(fik_creditor="81234567"), reference=ReferenceKind.FIK
)
FINNISH = Payee(iban="FI2112345600000785")
BELGIAN = Payee(iban="BE48320070184927")
SWISS = Payee(iban="CH4431999123000889012")


def danish(payer=FIK):
    return content(merchant=payer, reference="000000012345674")


def in_euro(kind: ReferenceKind, payee: Payee, number: str):
    payer = merchant("Valo Oy", currency="EUR", payee=payee, reference=kind)
    return content(merchant=payer, reference=number)


def test_a_danish_bill_names_the_creditor_and_the_whole_line() -> None:
    (account,) = accounts(danish())

    assert (account.scheme, account.number) == (Scheme.CREDITOR, "81234567")
    assert reference(danish()).printed == "+71<000000012345674+81234567<"


def test_a_danish_bill_abroad_names_the_iban_too() -> None:
    both = merchant(
        country="DK",
        currency="DKK",
        payee=Payee(fik_creditor="81234567", iban="DK5000400440116243"),
        reference=ReferenceKind.FIK,
    )

    made = accounts(danish(both))

    assert [account.scheme for account in made] == [Scheme.CREDITOR, Scheme.IBAN]


@pytest.mark.parametrize(
    ("kind", "payee", "number", "printed"),
    [
        (ReferenceKind.VIITE, FINNISH, "1234561", "12 34561"),
        (ReferenceKind.OGM, BELGIAN, "010806817183", "+++010/8068/17183+++"),
        (ReferenceKind.QRR, SWISS, "210000000003139471430009017", "21 00000 00003 13947 14300 09017"),
    ],
)
def test_a_reference_is_printed_as_banks_do(kind: ReferenceKind, payee: Payee, number: str, printed: str) -> None:
    assert reference(in_euro(kind, payee, number)).printed == printed


@pytest.mark.parametrize(
    ("kind", "payee", "number", "remittance"),
    [
        (ReferenceKind.RF, FINNISH, "RF332348236", ["RF332348236"]),
        (ReferenceKind.VIITE, FINNISH, "2348236", ["RF332348236"]),
        (ReferenceKind.OGM, BELGIAN, "010806817183", ["", "+++010/8068/17183+++"]),
    ],
)
def test_a_euro_code_carries_the_reference_where_banks_look(
    kind: ReferenceKind, payee: Payee, number: str, remittance: list[str]
) -> None:
    code = payment_code(in_euro(kind, payee, number))

    assert code
    assert code.payload.split("\n")[9:] == remittance


def test_a_qr_iban_takes_no_euro_code() -> None:
    """Money reaches a QR-IBAN with a QR reference only, and EPC codes carry none."""
    assert payment_code(in_euro(ReferenceKind.QRR, SWISS, "210000000003139471430009017")) is None


def test_every_kind_and_every_account_has_a_name_to_be_called_by() -> None:
    keys = {f"{where}.{name}" for where in ("payment", "short") for name in (*ReferenceKind, *Scheme)}

    assert keys - set(LABELS) == set()
