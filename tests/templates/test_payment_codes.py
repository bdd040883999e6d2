from __future__ import annotations

import json
from dataclasses import replace

import pytest
import segno
from template_contents import SWEDISH, content, in_euro, in_norway, merchant

from domain.merchant import Payee
from domain.words import Message
from templates.qr import payment_code, svg


def usingqr(made) -> str:
    code = payment_code(made)
    assert code
    assert code.kind == "usingqr"
    return code.payload


def test_a_swedish_code_holds_what_bank_apps_demand_in_their_order() -> None:
    payload = usingqr(content())

    assert payload == (
        '{"uqr":1,"tp":1,"nme":"Nordljus Energi AB","cid":"556677-8899","iref":"1000173",'
        '"idt":"20260302","ddt":"20260401","due":918.50,"pt":"BG","acc":"5050-1055"}'
    )


def test_a_reminders_code_has_the_fee_and_the_new_day() -> None:
    fields = json.loads(usingqr(content(Message.REMINDER, fee="60.00")), parse_float=str)

    assert fields["due"] == "978.50"
    assert fields["ddt"] == "20260422"


def test_letters_outside_ascii_are_escaped() -> None:
    payload = usingqr(content(merchant=merchant('Åkeri "Öst" AB')))

    assert payload.isascii()
    assert json.loads(payload)["nme"] == 'Åkeri "Öst" AB'


@pytest.mark.parametrize(
    ("payee", "scheme", "number"),
    [
        (Payee(bankgiro="50501055", organisation="1"), "BG", "5050-1055"),
        (Payee(plusgiro="45674", organisation="1"), "PG", "4567-4"),
        (
            Payee(iban="SE45 5000 0000 0583 9825 7466", bic="ESSESESS", organisation="1"),
            "IBAN",
            "SE4550000000058398257466",
        ),
    ],
)
def test_the_account_is_written_as_apps_accept_it(payee, scheme, number) -> None:
    fields = json.loads(usingqr(content(merchant=merchant(payee=payee))))

    assert (fields["pt"], fields["acc"]) == (scheme, number)


def test_without_an_organisation_number_no_app_would_take_the_code() -> None:
    assert payment_code(content(merchant=replace(SWEDISH, payee=Payee(bankgiro="5050-1055")))) is None


def test_a_euro_code_follows_epc() -> None:
    code = payment_code(in_euro())

    assert code
    assert code.payload == (
        "BCD\n002\n1\nSCT\nESSESESS\nBygg & Trä Export AB\nSE4550000000058398257466\nEUR918.50\n\nRF332348236"
    )


def test_a_reference_without_structure_goes_as_text() -> None:
    ocr = merchant("Trä AB", currency="EUR", payee=Payee(iban="SE4550000000058398257466"))
    code = payment_code(in_euro(merchant=ocr, reference="1000173"))

    assert code
    assert code.payload.split("\n")[4:] == ["", "Trä AB", "SE4550000000058398257466", "EUR918.50", "", "", "1000173"]


@pytest.mark.parametrize(
    "made",
    [
        in_norway(),
        content(Message.RECEIPT, paid="918.50"),
        content(Message.RECEIPT, paid="918.00"),
        content(paid="918.50"),
        content(credited="918.50"),
        content(paid="1000.00"),
    ],
)
def test_no_code_where_nothing_is_to_be_paid_or_no_scheme_fits(made) -> None:
    assert payment_code(made) is None


def test_the_drawn_code_has_medium_correction_and_a_quiet_zone() -> None:
    code = payment_code(in_euro(merchant=merchant("Å" * 80, currency="EUR", payee=Payee(iban="SE45" + "0" * 20))))
    assert code
    symbol = segno.make(code.payload, error="m", mode="byte", micro=False, boost_error=False, encoding="utf-8")

    assert symbol.version <= 13
    assert f'viewBox="0 0 {symbol.symbol_size(border=4)[0]} ' in svg(code)
