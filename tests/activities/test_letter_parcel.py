"""A letter as it is handed over: with its window and country, and looked at once more."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, time
from pathlib import Path
from types import SimpleNamespace

import pytest

import templates
from activities.letter import LetterPacker
from domain.calendar import Hours
from domain.merchant import EmailSender, LetterSender, Merchant, Payee, ReferenceKind, ReferenceRule, Senders
from domain.money import Money
from domain.policy import Policy
from domain.words import Message
from templates.content import Content, Customer
from templates.errors import RenderError
from templates.renderer import Renderer

ANNA = Customer(
    name="Åsa\nÖberg",
    country="NO",
    language="sv",
    email=None,
    phone=None,
    address=("Ängsgatan 1", "0154 Oslo"),
)
ZERO = Money.zero("SEK")
MERCHANT = Merchant(
    id="nordljus",
    name="Nordljus Energi AB",
    country="SE",
    currency="SEK",
    languages=("sv", "en"),
    payee=Payee(bankgiro="5050-1055", organisation="556677-8899"),
    reference=ReferenceRule(ReferenceKind.OCR),
    senders=Senders(
        EmailSender("faktura@merchant.example", "Nordljus"), "Nordljus", LetterSender("se-left", ("Nordljus", "Box 1"))
    ),
    policy=Policy("SEK", Hours(time(9), time(19)), (), (), (), None, ZERO),
    groups={},
)
DAY = date(2026, 3, 2)
CONTENT = Content(
    message=Message.INVOICE,
    language="sv",
    merchant=MERCHANT,
    customer=ANNA,
    number="10001",
    reference="1000116",
    issued=DAY,
    due=date(2026, 4, 1),
    pay_by=date(2026, 4, 1),
    today=DAY,
    lines=(),
    amount=Money(24900, "SEK"),
    credited=ZERO,
    paid=ZERO,
    total=Money(24900, "SEK"),
    link="https://pay.example/i/abc",
)


def packed(content: Content, renderer: Renderer):
    packing = SimpleNamespace(content=lambda _url: content)
    return LetterPacker(renderer, "https://pay.example")(packing)  # type: ignore[arg-type]


def test_a_letters_parcel_says_its_window_its_country_its_address_and_its_pages() -> None:
    parcel = packed(CONTENT, Renderer())

    assert (parcel.sender, parcel.country, parcel.subject) == ("se-left", "NO", "1 page")
    assert parcel.recipient == "Åsa Öberg\nÄngsgatan 1\n0154 Oslo"
    assert parcel.body.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("written", "instead", "problem"),
    [
        ("#at(window.x, window.y, addressed())", "", "does not show the address"),
        ("d.address.map(line => box(line))", "d.address.slice(1).map(line => box(line))", "does not show the address"),
        ('paper: "a4"', 'paper: "us-letter"', "not A4"),
        ("// The message.", "#at(30, 77, [over the window's edge])", "or not only that"),
    ],
)
def test_a_template_that_makes_wrong_letters_stops_the_case(tmp_path, written, instead, problem) -> None:
    folder = tmp_path / "templates"
    shutil.copytree(Path(str(templates.__file__)).parent, folder)
    source = (folder / "letter.typ").read_text()
    assert written in source
    (folder / "letter.typ").write_text(source.replace(written, instead))

    with pytest.raises(RenderError, match=problem):
        packed(CONTENT, Renderer(folder))


def test_a_merchant_without_a_letter_sender_has_no_letters() -> None:
    mute = replace(MERCHANT, senders=replace(MERCHANT.senders, letter=None))

    with pytest.raises(RenderError, match="no letter sender"):
        packed(replace(CONTENT, merchant=mute), Renderer())
