"""The letter: everything is written out here as words and millimetres, and typst lays it out as a tagged PDF."""

from __future__ import annotations

import json
import re
import threading
from dataclasses import asdict
from pathlib import Path
from typing import Any

import typst
from babel import Locale

from domain.words import Message
from templates.content import Content, Letter
from templates.errors import RenderError
from templates.legal import Legal
from templates.qr import payment_code, svg
from templates.texts import HERE, Texts
from templates.view import View, one_line
from templates.windows import WINDOWS, Window

_TEMPLATE = "letter.typ"
_WORDS = (
    *("view", "invoice", "questions", "organisation", "page", "of", "how", "about", "scan"),
    *("facts.number", "facts.pay_by"),
    *(f"lines.{column}" for column in ("text", "quantity", "unit_price", "vat_rate", "net")),
)
"""The words that the template itself puts somewhere."""


class Typesetter:
    """Compiles ``letter.typ``. A compiler keeps its caches and belongs to one thread; the fonts are shared."""

    def __init__(self, folder: Path = HERE) -> None:
        self._folder = folder
        self._fonts = typst.Fonts(
            include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(HERE / "fonts")]
        )
        self._of_thread = threading.local()

    def letter(self, content: Content, view: View, texts: Texts, legal: Legal) -> Letter:
        """Set the letter.

        Raises:
            RenderError: no window or address, or the address does not fit the window.

        """
        values = _values(content, view, texts, legal)
        try:
            pdf = self._compiler().compile(format="pdf", sys_inputs={"data": json.dumps(values)})
        except typst.TypstError as error:
            raise RenderError(_TEMPLATE, _sentence(error)) from None
        if not isinstance(pdf, bytes):
            raise RenderError(_TEMPLATE, "typst gave no PDF")
        return Letter(pdf, _pages(pdf))

    def _compiler(self) -> typst.Compiler:
        compiler: typst.Compiler | None = getattr(self._of_thread, "compiler", None)
        if compiler is None:
            compiler = typst.Compiler(
                str(self._folder / _TEMPLATE), root=str(self._folder), font_paths=self._fonts, ignore_system_fonts=True
            )
            self._of_thread.compiler = compiler
        return compiler


def address_lines(content: Content) -> list[str]:
    """Write the customer as an envelope does; abroad with the country in words, in capitals and in English."""
    customer = content.customer
    if not customer.address:
        raise RenderError(_TEMPLATE, "the customer has no postal address")
    lines = [one_line(line) for line in (customer.name, *customer.address)]
    if customer.country != content.merchant.country:
        lines.append(Locale("en").territories.get(customer.country, customer.country).upper())
    return lines


def window_lines(content: Content) -> list[str]:
    """All that is to be seen through the window, top to bottom."""
    sender, window = _sender(content)
    returns = [" · ".join(one_line(line) for line in sender)] if window.returns_inside else []
    return [*returns, *address_lines(content)]


def _values(content: Content, view: View, texts: Texts, legal: Legal) -> dict[str, Any]:
    """All that the template may show: text is data there and never markup."""
    sender, window = _sender(content)
    code = payment_code(content)
    return {
        **asdict(view),
        "label": {name: view.words(name) for name in _WORDS},
        "texts": asdict(texts),
        "legal": legal.paragraphs,
        "day": [content.today.year, content.today.month, content.today.day],
        "window": {**asdict(window.box), "play": window.play, "returns_inside": window.returns_inside},
        "sender": [one_line(line) for line in sender],
        "address": address_lines(content),
        "lines_first": content.message is Message.INVOICE and bool(view.lines),
        "qr": svg(code) if code else None,
        "lines_in": view.words("lines.currency", currency=view.currency),
    }


def _sender(content: Content) -> tuple[tuple[str, ...], Window]:
    sender = content.merchant.senders.letter
    if sender is None:
        raise RenderError(_TEMPLATE, f"{content.merchant.id} has no letter sender")
    if sender.window not in WINDOWS:
        raise RenderError("windows", f"no window {sender.window}; known: {', '.join(WINDOWS)}")
    return sender.return_address, WINDOWS[sender.window]


def _pages(pdf: bytes) -> int:
    """Read the page tree's own count; typst writes its objects in the open."""
    found = re.search(rb"/Type\s*/Pages\b.*?/Count\s+(\d+)|/Count\s+(\d+)[^>]*?/Type\s*/Pages\b", pdf, re.DOTALL)
    if found is None:
        raise RenderError(_TEMPLATE, "the PDF has no page tree")
    return int(found[1] or found[2])


def _sentence(error: typst.TypstError) -> str:
    return " ".join([error.message, *error.hints]).strip()
