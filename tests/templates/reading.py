"""Reading back what was rendered, by other means than it was written."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from html.parser import HTMLParser

import pypdf
import pytest

from templates.windows import Box

MM = 25.4 / 72
PDFTOTEXT = shutil.which("pdftotext")
needs_poppler = pytest.mark.skipif(
    PDFTOTEXT is None and os.environ.get("CI") != "true", reason="pdftotext is not installed"
)
"""In CI nothing is skipped: there the test fails without it."""


@dataclass(frozen=True)
class Word:
    text: str
    box: Box


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._skips = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skips = tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:
        self._skips = False

    def handle_data(self, data: str) -> None:
        if not self._skips:
            self.parts.append(data)


def text_of_html(html: str) -> str:
    parser = _Text()
    parser.feed(html)
    return spaced(" ".join(parser.parts))


def text_of_pdf(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in reader(pdf).pages)


def spaced(text: str) -> str:
    """All white space as single spaces."""
    return re.sub(r"\s+", " ", text)


def reader(pdf: bytes) -> pypdf.PdfReader:
    return pypdf.PdfReader(io.BytesIO(pdf))


def starts(pdf: bytes, page: int = 0) -> list[tuple[str, float, float]]:
    """Where each piece of text starts, in millimetres from the top left corner."""
    found: list[tuple[str, float, float]] = []
    sheet = reader(pdf).pages[page]
    height = float(sheet.mediabox.height)

    def visit(text: str, cm: list[float], tm: list[float], font: object, size: float) -> None:
        x = tm[4] * cm[0] + tm[5] * cm[2] + cm[4]
        y = tm[4] * cm[1] + tm[5] * cm[3] + cm[5]
        if text.strip():
            found.append((text.strip(), x * MM, (height - y) * MM))

    sheet.extract_text(visitor_text=visit)
    return found


def words(pdf: bytes, page: int = 1) -> list[Word]:
    """Every word with its box, read by poppler."""
    assert PDFTOTEXT
    command = [PDFTOTEXT, "-bbox", "-f", str(page), "-l", str(page), "-", "-"]
    out = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    pattern = r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*?)</word>'
    return [
        Word(text, Box(*(float(n) * MM for n in (x, y)), *((float(b) - float(a)) * MM for a, b in ((x, x2), (y, y2)))))
        for x, y, x2, y2, text in re.findall(pattern, out)
    ]


def touches(word: Word, box: Box) -> bool:
    a, b = word.box, box
    return a.x < b.right and b.x < a.right and a.y < b.bottom and b.y < a.bottom


def lies_within(word: Word, box: Box) -> bool:
    a = word.box
    return box.x <= a.x and a.right <= box.right and box.y <= a.y and a.bottom <= box.bottom
