"""The last look at a letter before it goes to print: nobody can mend it afterwards.

What is checked is the PDF itself, read by another library than the one that wrote it: A4, not too many pages, fonts
embedded, nothing where the envelope or the post wants paper, and in the window the address that was meant.
"""

from __future__ import annotations

import ctypes
import threading
import unicodedata
from collections.abc import Iterable, Iterator, Sequence

import pypdfium2 as pdfium  # type: ignore[import-untyped]
from pypdfium2 import raw

from templates.errors import RenderError
from templates.windows import Box, Window

_A4 = (210.0, 297.0)
_MM = 72 / 25.4
_TOLERANCE = 0.5
_DPI = 50
"""Enough to see a hairline: it lies half a pixel wide, and grey counts as ink."""
_PAPER = bytes(range(250, 256))
"""The brightest greys count as paper."""
_HYPHENS = {0x02: "-\n", 0xFFFE: "-\n", 0x2010: "-", 0x2011: "-", 0xAD: None}
"""PDFium takes a hyphen at a line's end for a broken word, and puts one of the first two for both."""
_CHECK = "letter check"
_lock = threading.Lock()
"""PDFium knows no threads."""


def inspect(pdf: bytes, window: Window, meant: Sequence[str]) -> None:
    """Look at a letter whose window should show the lines of ``meant``, top to bottom.

    Raises:
        RenderError: it must not be printed; the message says why, and quotes nobody's name or address.

    """
    with _lock:
        try:
            document = pdfium.PdfDocument(pdf)
        except pdfium.PdfiumError:
            raise RenderError(_CHECK, "it cannot be read as a PDF") from None
        try:
            _inspect(document, window, meant)
        finally:
            document.close()


def text_in(pdf: bytes) -> str:
    """All that can be read in a PDF, page by page."""
    with _lock:
        document = pdfium.PdfDocument(pdf)
        try:
            return "\n".join(page.get_textpage().get_text_bounded() for page in document)
        finally:
            document.close()


def _inspect(document: pdfium.PdfDocument, window: Window, meant: Sequence[str]) -> None:
    if not 1 <= len(document) <= window.pages:
        raise RenderError(_CHECK, f"it has {len(document)} pages, and {window.pages} are the most")
    for index in range(len(document)):
        page = document[index]
        _has_size(page, index)
        _has_fonts(page, index)
        _is_empty(page, _edges(window.border), index)
        if index == 0:
            _is_empty(page, window.keep_out, index)
            _shows(page, window, meant)


def _has_size(page: pdfium.PdfPage, index: int) -> None:
    for left, bottom, right, top in (page.get_mediabox(), page.get_cropbox()):
        size = ((right - left) / _MM, (top - bottom) / _MM)
        if page.get_rotation() or any(abs(a - b) > _TOLERANCE for a, b in zip(size, _A4, strict=True)):
            raise RenderError(_CHECK, f"page {index + 1} is {size[0]:.0f} × {size[1]:.0f} mm, not A4 upright")


def _has_fonts(page: pdfium.PdfPage, index: int) -> None:
    """Each font that a text uses is in the file; a print house has others of the same name."""
    seen = set()
    for text in page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]):
        font = raw.FPDFTextObj_GetFont(text.raw)
        address = ctypes.cast(font, ctypes.c_void_p).value
        if address not in seen and raw.FPDFFont_GetIsEmbedded(font) != 1:
            raise RenderError(_CHECK, f"page {index + 1} uses a font that is not embedded")
        seen.add(address)


def _is_empty(page: pdfium.PdfPage, zones: Iterable[Box], index: int) -> None:
    for zone in zones:
        if _has_ink(page, zone):
            place = f"{zone.w:g} × {zone.h:g} mm at {zone.x:g}, {zone.y:g}"
            raise RenderError(_CHECK, f"page {index + 1} has something printed where nothing may be: {place}")


def _shows(page: pdfium.PdfPage, window: Window, meant: Sequence[str]) -> None:
    """The text seen through the window, wherever the sheet has slid to, is the address and nothing else."""
    around = window.box.grown(window.play)
    found = page.get_textpage().get_text_bounded(*_corners(page, around))
    if [*_lines(found)] != [*_lines("\n".join(meant))]:
        raise RenderError(_CHECK, "the window does not show the address that was meant, or not only that")
    if not _has_ink(page, window.box):
        raise RenderError(_CHECK, "the address in the window cannot be seen")
    _is_empty(page, _around(window.box, around), 0)


def _lines(text: str) -> Iterator[str]:
    """Lines as far as they matter to a postman: how wide a gap is does not, nor how a hyphen is coded."""
    plain = unicodedata.normalize("NFKC", text).translate(_HYPHENS)
    for line in plain.splitlines():
        if joined := "".join(line.split()):
            yield joined


def _edges(width: float) -> Iterator[Box]:
    return _around(Box(width, width, _A4[0] - 2 * width, _A4[1] - 2 * width), Box(0, 0, *_A4)) if width else iter(())


def _around(inner: Box, outer: Box) -> Iterator[Box]:
    """The frame between two boxes, in four pieces."""
    if inner == outer:
        return
    yield Box(outer.x, outer.y, outer.w, inner.y - outer.y)
    yield Box(outer.x, inner.bottom, outer.w, outer.bottom - inner.bottom)
    yield Box(outer.x, inner.y, inner.x - outer.x, inner.h)
    yield Box(inner.right, inner.y, outer.right - inner.right, inner.h)


def _has_ink(page: pdfium.PdfPage, zone: Box) -> bool:
    left, bottom, right, top = _corners(page, zone)
    width, height = page.get_size()
    crop = (max(left, 0), max(bottom, 0), max(width - right, 0), max(height - top, 0))
    bitmap = page.render(scale=_DPI / 72, crop=crop, grayscale=True, may_draw_forms=False)
    grey = bytes(bitmap.buffer)
    rows = (grey[at : at + bitmap.width] for at in range(0, len(grey), bitmap.stride))
    return bool(b"".join(rows).translate(None, _PAPER))


def _corners(page: pdfium.PdfPage, box: Box) -> tuple[float, float, float, float]:
    """Where a box lies in the PDF's own points: left, bottom, right, top, from the bottom left corner."""
    height = page.get_height()
    return box.x * _MM, height - box.bottom * _MM, box.right * _MM, height - box.y * _MM
