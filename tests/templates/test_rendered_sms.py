from __future__ import annotations

from dataclasses import replace

import pytest
from template_contents import ANNA, SWEDISH, content, in_euro, in_norway

from domain.languages import LANGUAGES
from domain.words import Message
from templates.renderer import Renderer
from templates.sms import sms
from templates.texts import KINDS


@pytest.mark.parametrize(
    ("text", "segments", "alphabet"),
    [
        ("", 1, "GSM-7"),
        ("å" * 160, 1, "GSM-7"),
        ("å" * 161, 2, "GSM-7"),
        ("a" * 306, 2, "GSM-7"),
        ("a" * 307, 3, "GSM-7"),
        ("€" * 80, 1, "GSM-7"),
        ("€" * 81, 2, "GSM-7"),
        ("a" * 152 + "€" + "a" * 152, 3, "GSM-7"),
        ("a" * 152 + "€" + "a" * 151, 2, "GSM-7"),
        ("š" + "a" * 69, 1, "UCS-2"),
        ("š" + "a" * 70, 2, "UCS-2"),
        ("š" + "a" * 134, 3, "UCS-2"),
        ("😀" * 35, 1, "UCS-2"),
        ("😀" * 36, 2, "UCS-2"),
        ("a" * 66 + "😀" + "a" * 66, 3, "UCS-2"),
    ],
)
def test_segments_are_counted_as_the_networks_do(text: str, segments: int, alphabet: str) -> None:
    assert (segments, alphabet) == (sms(text).segments, sms(text).alphabet)


def test_punctuation_that_costs_an_alphabet_becomes_plain() -> None:
    dear = "“Bygg\u00a0&\u202fTrä” – Åsas… ’94 −5"

    assert sms(dear).text == '"Bygg & Trä" - Åsas... \'94 -5'
    assert sms(dear).alphabet == "GSM-7"


def test_letters_of_a_name_are_never_changed() -> None:
    assert sms("Dvořák").text == "Dvořák"
    assert sms("Dvořák").alphabet == "UCS-2"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", KINDS)
@pytest.mark.parametrize("make", [content, in_norway, in_euro])
def test_our_own_texts_are_cheap(renderer: Renderer, make, message, language: str) -> None:
    text = renderer.sms(make(message, language, amount="1234567.50", lines=()))

    assert text.alphabet == "GSM-7"
    assert text.segments <= 2
    assert "\u00a0" not in text.text


@pytest.mark.parametrize("message", KINDS)
def test_an_sms_is_one_line_and_ends_with_the_link(renderer: Renderer, message) -> None:
    made = content(message)
    text = renderer.sms(made).text

    assert "\n" not in text
    assert text.endswith(" " + made.link)


def test_an_sms_says_how_to_pay_in_short(renderer: Renderer) -> None:
    assert "Bankgiro 5050-1055, OCR 1000173." in renderer.sms(content()).text
    assert "Konto 12345678903, KID 100016." in renderer.sms(in_norway()).text
    assert "IBAN SE4550000000058398257466, reference RF332348236." in renderer.sms(in_euro(language="en")).text


def test_an_sms_tells_a_third_party_little(renderer: Renderer) -> None:
    made = content(Message.LAST_REMINDER, earlier_fees="60.00", fee="60.00")
    text = renderer.sms(made).text

    assert ANNA.name not in text
    assert "60,00" not in text
    assert "inkasso" not in text.lower()


def test_a_merchant_with_a_dear_name_is_told_the_cost(renderer: Renderer) -> None:
    made = content(merchant=replace(SWEDISH, name="Dvořák El"))

    assert renderer.sms(made).alphabet == "UCS-2"
