"""The last look at a letter: each promise of ``templates/inspection.py`` is broken once, on purpose."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
import typst
from pypdf.generic import DictionaryObject
from template_contents import ANNA, content, in_norway, lines

import templates
from domain.merchant import LetterSender
from domain.words import Message
from templates.content import Content
from templates.errors import RenderError
from templates.inspection import inspect
from templates.letter import window_lines
from templates.renderer import Renderer
from templates.texts import KINDS
from templates.windows import WINDOWS

FONTS = typst.Fonts(
    include_system_fonts=False,
    include_embedded_fonts=False,
    font_paths=[str(Path(str(templates.__file__)).parent / "fonts")],
)
SEEN = ["Nordljus Energi AB · Box 1 · 111 11 Stockholm", "Åsa Öberg", "Ängsgatan 1", "111 22 Västerås"]
WINDOW = WINDOWS["se-left"]
PINGEN = WINDOWS["pingen-left"]


def sheet(
    more: str = "",
    *,
    seen: list[str] = SEEN,
    page: str = 'paper: "a4"',
    at: tuple[float, float] = (22, 47),
    ink: str = "black",
) -> bytes:
    """A letter with an address, and whatever else is written in typst."""
    address = " \\ ".join(f"#{_string(line)}" for line in seen)
    source = f"""
        #set page({page}, margin: 0mm)
        #set text(font: "Source Sans 3", size: 9pt)
        #place(top + left, dx: {at[0]}mm, dy: {at[1]}mm, text(fill: {ink})[{address}])
        {more}
    """
    pdf = typst.compile(source.encode(), format="pdf", font_paths=FONTS)
    assert isinstance(pdf, bytes)
    return pdf


def _string(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"'


def pingen(more: str = "") -> bytes:
    return sheet(more, seen=SEEN[1:], at=(24, 62))


def with_window(made: Content, name: str) -> Content:
    sender = LetterSender(name, ("Nordljus Energi AB", "Box 1", "111 11 Stockholm"))
    return replace(made, merchant=replace(made.merchant, senders=replace(made.merchant.senders, letter=sender)))


@pytest.mark.parametrize("name", WINDOWS)
@pytest.mark.parametrize("language", ["sv", "de"])
@pytest.mark.parametrize("message", KINDS)
@pytest.mark.parametrize("make", [content, in_norway])
def test_our_own_letters_pass(renderer: Renderer, make, message, language, name) -> None:
    made = with_window(make(message, language), name)

    inspect(renderer.letter(made).pdf, WINDOWS[name], window_lines(made))


@pytest.mark.parametrize(
    "customer",
    [
        replace(ANNA, name="fjärran flöjt & Co – Office 'ffi' AB", address=("Sankt Eriks-gatan 1-3 A", "111 22 Ö-vik")),
        replace(ANNA, name="Ø" * 30, address=("c/o Föreningen Ängsvaktarna i Norra Västmanland", "111 22  Västerås")),
        replace(ANNA, country="NO", address=("Karl Johans gate 1", "0154 Oslo")),
        replace(ANNA, name="A\u00a0B \t C", address=("Slutar med streck-", "111 22 X")),
    ],
)
def test_unusual_addresses_pass_too(renderer: Renderer, customer) -> None:
    made = content(customer=customer)

    inspect(renderer.letter(made).pdf, WINDOW, window_lines(made))


def test_a_letter_of_several_pages_passes(renderer: Renderer) -> None:
    made = replace(content(Message.INVOICE), lines=lines() * 30)
    letter = renderer.letter(made)

    assert letter.pages > 2
    inspect(letter.pdf, WINDOW, window_lines(made))


def test_the_sheets_of_these_tests_pass_when_nothing_is_wrong_with_them() -> None:
    inspect(sheet(), WINDOW, SEEN)
    inspect(pingen(), PINGEN, SEEN[1:])


@pytest.mark.parametrize(
    "meant",
    [
        [*SEEN[:1], "Åsa Öberg", "Ängsgatan 2", "111 22 Västerås"],
        [*SEEN[:1], "Asa Oberg", "Ängsgatan 1", "111 22 Västerås"],
        [*SEEN[:1], "Åsa Öberg", "Ängsgatan 1"],
        [*SEEN, "NORWAY"],
        [*SEEN[:1], "Ängsgatan 1", "Åsa Öberg", "111 22 Västerås"],
        [*SEEN[:1], "Åsa Öberg", "Ängsgatan 11", "1122 Västerås"],
    ],
)
def test_another_address_than_was_meant_is_found(meant) -> None:
    with pytest.raises(RenderError, match="does not show the address that was meant"):
        inspect(sheet(), WINDOW, meant)


def test_an_address_beside_the_window_is_found() -> None:
    with pytest.raises(RenderError, match="does not show the address"):
        inspect(sheet(at=(22, 90)), WINDOW, SEEN)


def test_more_than_the_address_in_the_window_is_found() -> None:
    foreign = "#place(top + left, dx: 80mm, dy: 66mm)[To pay: 309.00]"

    with pytest.raises(RenderError, match="or not only that"):
        inspect(sheet(foreign), WINDOW, SEEN)


def test_what_would_slide_into_the_window_is_found() -> None:
    line = "#place(top + left, dx: 20mm, dy: 77mm, line(length: 80mm, stroke: 0.5pt + luma(150)))"

    with pytest.raises(RenderError, match="printed where nothing may be"):
        inspect(sheet(line), WINDOW, SEEN)


def test_an_address_in_white_on_white_is_found() -> None:
    with pytest.raises(RenderError, match="cannot be seen"):
        inspect(sheet(ink="white"), WINDOW, SEEN)


@pytest.mark.parametrize(
    "mark",
    [
        "#place(top + left, dx: 60mm, dy: 45mm)[Priority]",
        "#place(top + left, dx: 21mm, dy: 41mm, circle(radius: 0.5mm, fill: black))",
        "#place(top + left, dx: 10mm, dy: 50mm, line(length: 60mm, stroke: 0.25pt + luma(180)))",
        '#place(top + left, dx: 90mm, dy: 50mm, image(bytes("<svg xmlns=\\"http://www.w3.org/2000/svg\\" width=\\"9\\" '
        'height=\\"9\\"><rect width=\\"9\\" height=\\"9\\"/></svg>"), format: "svg"))',
        "#place(top + left, dx: 2mm, dy: 150mm)[1]",
        "#place(bottom + right, dx: -1mm, dy: -1mm)[1/1]",
        "#pagebreak() #place(top + left, dx: 100mm, dy: 1mm)[second page, at its edge]",
    ],
)
def test_ink_where_the_post_wants_paper_is_found(mark) -> None:
    with pytest.raises(RenderError, match="printed where nothing may be"):
        inspect(pingen(mark), PINGEN, SEEN[1:])


def test_the_postage_box_is_only_on_the_first_page() -> None:
    inspect(pingen("#pagebreak() #place(top + left, dx: 60mm, dy: 45mm)[more]"), PINGEN, SEEN[1:])


@pytest.mark.parametrize("page", ['paper: "us-letter"', "width: 297mm, height: 210mm", 'paper: "a5"'])
def test_another_size_than_a4_is_found(page) -> None:
    with pytest.raises(RenderError, match="not A4 upright"):
        inspect(sheet(page=page), WINDOW, SEEN)


def test_a_second_page_of_another_size_is_found() -> None:
    with pytest.raises(RenderError, match="page 2 is 216 × 279 mm"):
        inspect(sheet('#set page(paper: "us-letter")\n x'), WINDOW, SEEN)


def test_a_turned_page_is_found() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(sheet()))
    writer.pages[0].rotate(90)

    with pytest.raises(RenderError, match="not A4 upright"):
        inspect(written(writer), WINDOW, SEEN)


def test_a_font_that_is_not_in_the_file_is_found() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(sheet()))
    for font in writer.pages[0]["/Resources"]["/Font"].values():
        descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for name in ("/FontFile2", "/FontFile3"):
            descriptor.pop(name, None)

    with pytest.raises(RenderError, match="font that is not embedded"):
        inspect(written(writer), WINDOW, SEEN)


def test_one_of_the_fonts_that_every_reader_has_is_found_too() -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(sheet()))
    page = writer.pages[0]
    helvetica = {"/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica"}
    page["/Resources"]["/Font"][pypdf.generic.NameObject("/H")] = DictionaryObject(
        {pypdf.generic.NameObject(key): pypdf.generic.NameObject(value) for key, value in helvetica.items()}
    )
    stream = page.get_contents()
    assert stream is not None
    stream.set_data(stream.get_data() + b"\nBT /H 12 Tf 300 100 Td (hello) Tj ET")
    page.replace_contents(stream)

    with pytest.raises(RenderError, match="font that is not embedded"):
        inspect(written(writer), WINDOW, SEEN)


def test_more_pages_than_an_envelope_takes_are_found() -> None:
    with pytest.raises(RenderError, match="13 pages, and 12 are the most"):
        inspect(sheet("#pagebreak() x " * 12), WINDOW, SEEN)


@pytest.mark.parametrize("damage", [b"", b"not a PDF", sheet()[:200]])
def test_what_is_no_pdf_is_found(damage) -> None:
    with pytest.raises(RenderError):
        inspect(damage, WINDOW, SEEN)


def test_what_is_wrong_is_said_without_a_name_or_an_address() -> None:
    with pytest.raises(RenderError) as found:
        inspect(sheet(), WINDOW, [*SEEN[:1], "Bo Ek", "Hemliga gatan 7", "111 22 Västerås"])

    assert not [word for word in ("Bo", "Ek", "Hemliga", "Öberg", "Ängsgatan", "Västerås") if word in str(found.value)]


def test_many_threads_may_look_at_once() -> None:
    good, bad = sheet(), sheet(at=(22, 90))

    def look(index: int) -> bool:
        try:
            inspect(good if index % 2 else bad, WINDOW, SEEN)
        except RenderError:
            return False
        return True

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(look, range(80))) == [bool(index % 2) for index in range(80)]


def written(writer: pypdf.PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
