from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest
from reading import lies_within, needs_poppler, reader, spaced, starts, text_of_pdf, touches, words
from template_contents import ANNA, SWEDISH, content, in_euro, in_norway, lines

from domain.charge import ChargeKind
from domain.languages import LANGUAGES
from domain.merchant import LetterSender
from domain.money import Money
from domain.words import Message
from templates.content import Content
from templates.qr import payment_code
from templates.renderer import Renderer
from templates.texts import KINDS
from templates.windows import WINDOWS, Window

LONG = ("c/o Föreningen Ängsvaktarna i Norra Västmanland", "Överste Håkanssons väg 123 B, lgh 1402", "111 22 Västerås")


def with_window(name: str, **changes: object) -> Content:
    sender = LetterSender(name, ("Nordljus Energi AB", "Box 1", "111 11 Stockholm"))
    return content(
        Message.LAST_REMINDER,
        fee="60.00",
        merchant=replace(SWEDISH, senders=replace(SWEDISH.senders, letter=sender)),
        **changes,
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", KINDS)
@pytest.mark.parametrize("make", [content, in_euro])
def test_every_letter_is_a4_tagged_and_in_its_language(renderer: Renderer, make, message, language) -> None:
    letter = renderer.letter(make(message, language))
    pdf = reader(letter.pdf)
    root = pdf.trailer["/Root"]

    assert {(round(float(page.mediabox.width)), round(float(page.mediabox.height))) for page in pdf.pages} == {
        (595, 842)
    }
    assert len(pdf.pages) == letter.pages <= 2
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith(language)
    assert pdf.metadata
    assert "10001" in str(pdf.metadata.title)


def test_only_our_own_fonts_are_used_and_all_are_embedded(renderer: Renderer) -> None:
    pdf = reader(renderer.letter(content()).pdf)
    fonts = [font.get_object() for page in pdf.pages for font in page["/Resources"]["/Font"].values()]
    descriptors = [font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object() for font in fonts]

    assert {str(font["/BaseFont"])[8:18] for font in fonts} == {"SourceSans"}
    assert all("/FontFile2" in one or "/FontFile3" in one for one in descriptors)


def test_nordic_letters_can_be_read_back(renderer: Renderer) -> None:
    made = content(customer=replace(ANNA, name="ÅÄÖ åäö ÆØ æø €"))

    assert "ÅÄÖ åäö ÆØ æø €" in text_of_pdf(renderer.letter(made).pdf)


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("address", [ANNA.address, LONG])
def test_the_address_starts_inside_the_window_and_nothing_else_does(renderer: Renderer, name, address) -> None:
    window = WINDOWS[name]
    made = with_window(name, customer=replace(ANNA, address=address))
    inside = [text for text, x, y in starts(renderer.letter(made).pdf) if holds(window, x, y)]
    returns = ["Nordljus Energi AB · Box 1 · 111 11 Stockholm"] if window.returns_inside else []

    assert inside == [*returns, ANNA.name, *address]


def holds(window: Window, x: float, y: float) -> bool:
    return any(
        box.x <= x <= box.right and box.y <= y <= box.bottom
        for box in (window.box.grown(window.play), *window.keep_out)
    )


@needs_poppler
@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("address", [ANNA.address, LONG])
def test_the_address_shows_whole_and_the_zones_around_it_are_empty(renderer: Renderer, name, address) -> None:
    window = WINDOWS[name]
    made = with_window(name, customer=replace(ANNA, address=address))
    found = words(renderer.letter(made).pdf)
    inside = [word for word in found if lies_within(word, window.box)]
    near = [word for word in found if touches(word, window.box.grown(window.play))]

    assert " ".join(word.text for word in inside).endswith(" ".join((ANNA.name, *address)))
    assert near == inside
    assert not [word for word in found for zone in window.keep_out if touches(word, zone)]


@needs_poppler
@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_longest_words_keep_to_the_margins(renderer: Renderer, name, language) -> None:
    charged = {"fee": "60.00", "interest": "12.30", "compensation": "450.00", "disputed": "100.00"}
    made = content(Message.DEMAND, language, pay_by=date(2026, 9, 30), due=date(2026, 11, 28), **charged)
    made = replace(made, merchant=with_window(name).merchant, customer=replace(ANNA, address=LONG))

    for word in words(renderer.letter(made).pdf):
        assert word.box.x > 16
        assert word.box.right < max(190.5, WINDOWS[name].box.right)
        assert 10 < word.box.y < word.box.bottom < 287


def test_a_letter_abroad_names_the_country(renderer: Renderer) -> None:
    made = content(customer=replace(ANNA, country="NO", address=("Åsveien 12", "0362 Oslo")))

    assert "0362 Oslo\nNORWAY" in text_of_pdf(renderer.letter(made).pdf)


def test_the_same_content_gives_the_same_bytes(renderer: Renderer) -> None:
    made = content(Message.REMINDER, fee="60.00")
    first = renderer.letter(made)
    renderer.letter(in_norway())

    assert first == renderer.letter(made) == Renderer().letter(made)


def test_many_threads_may_share_a_renderer(renderer: Renderer) -> None:
    made = [content(number=str(number)) for number in range(24)]
    alone = [(renderer.letter(one), renderer.email(one)) for one in made]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda one: (renderer.letter(one), renderer.email(one)), made))

    assert alone == together


def test_many_lines_run_over_pages_with_their_head_repeated(renderer: Renderer) -> None:
    letter = renderer.letter(content(lines=lines() * 25, amount="22962.50"))
    pages = [spaced(page.extract_text()) for page in reader(letter.pdf).pages]

    assert letter.pages == len(pages) == 3
    assert all("Beskrivning Antal À-pris Moms Belopp" in page for page in pages[:2])
    assert [f"Sida {number} av 3" in page for number, page in enumerate(pages, 1)] == [True] * 3
    assert sum(page.count("Överföring") for page in pages) == 25
    assert "22 962,50 kr" in pages[0]
    assert "22 962,50 kr" in pages[-1]


def test_vat_is_summed_per_rate(renderer: Renderer) -> None:
    text = spaced(text_of_pdf(renderer.letter(content()).pdf))

    assert "Summa utan moms 750,00 kr" in text
    assert "Moms 25 % på 650,00 kr 162,50 kr" in text
    assert "Moms 6 % på 100,00 kr 6,00 kr" in text


def test_lines_that_do_not_sum_to_the_amount_get_an_adjustment(renderer: Renderer) -> None:
    assert "Justering 0,50 kr" in spaced(text_of_pdf(renderer.letter(content(amount="919.00")).pdf))


def test_a_reminder_accounts_for_its_total_row_by_row(renderer: Renderer) -> None:
    made = content(
        Message.REMINDER, amount="918.50", credited="100.00", paid="50.00", earlier_fees="60.00", fee="45.00"
    )
    text = spaced(text_of_pdf(renderer.letter(made).pdf))

    assert (
        "Fakturans belopp 918,50 kr Tidigare påminnelseavgifter 60,00 kr Påminnelseavgift 45,00 kr "
        "Krediterat −100,00 kr Betalt −50,00 kr Att betala 873,50 kr"
    ) in text


def test_every_kind_of_charge_and_what_is_taken_off_have_a_row_of_their_own(renderer: Renderer) -> None:
    made = content(
        Message.DEMAND,
        fee="180.00",
        interest="12.30",
        compensation="450.00",
        earlier_fees="60.00",
        written_off="18.50",
        disputed="100.00",
    )
    standing = (*made.standing, (ChargeKind.INTEREST, Money.parse("3.00", "SEK")))
    made = replace(made, standing=standing, total=made.total + standing[-1][1])

    for text in (text_of_pdf(renderer.letter(made).pdf), renderer.email(made).text.replace(":", "")):
        rows = spaced(text)
        assert (
            "Tidigare påminnelseavgifter 60,00 kr Tidigare dröjsmålsränta 3,00 kr Avgift för kravet 180,00 kr" in rows
        )
        assert "10,5 % per år på 918,50 kr från 2 april 2026 till och med 30 juni 2026" in rows
        assert "10,25 % per år på 918,50 kr från 1 juli 2026 till och med 14 juli 2026" in rows
        assert "Förseningsersättning 450,00 kr Avskrivet −18,50 kr Bestrids av dig, begärs inte nu −100,00 kr" in rows
        assert "Att betala 1 505,30 kr" in rows


def test_a_code_asks_for_what_the_letter_asks_for(renderer: Renderer) -> None:
    made = content(Message.DEMAND, fee="180.00", interest="12.30", compensation="450.00", disputed="100.00")
    code = payment_code(made)

    assert code
    assert '"due":1460.80,' in code.payload
    assert "1 460,80 kr" in text_of_pdf(renderer.letter(made).pdf)


@pytest.mark.parametrize(
    ("made", "drawn"),
    [
        (content(), True),
        (in_euro(), True),
        (in_norway(), False),
        (content(Message.RECEIPT, paid="918.50"), False),
        (content(paid="918.50"), False),
    ],
)
def test_a_code_is_drawn_where_a_bank_app_can_pay(renderer: Renderer, made, drawn) -> None:
    text = text_of_pdf(renderer.letter(made).pdf)

    assert ("Skanna" in text) is drawn
