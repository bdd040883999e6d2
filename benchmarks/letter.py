"""How long one letter takes: an invoice with its QR code, typeset to a PDF."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from activities.content import content_of
from benchmarks.figures import Figure, at_most, figure
from benchmarks.lives import ISSUED, Openings
from domain.words import Message
from store.books import open_books
from templates.content import Content
from templates.qr import payment_code
from templates.renderer import Renderer

LETTERS = 100
WARM_UP = 10


def measure() -> list[Figure]:
    """Milliseconds of one letter, the links different as they are in life."""
    renderer, content = Renderer(), content_of_one()
    if payment_code(content) is None:
        raise AssertionError("the merchant's letters carry no QR code")
    times = [_time(renderer, content, number) for number in range(WARM_UP + LETTERS)][WARM_UP:]
    return [figure("Letter with QR code", times, "ms", digits=1, target=at_most(25))]


def content_of_one() -> Content:
    """What an invoice says, from the books as an activity takes it."""
    with TemporaryDirectory() as home:
        books = open_books(f"sqlite:///{Path(home) / 'kvitt.sqlite3'}")
        try:
            opened = books.registry.open(Openings().numbered("letter"), datetime.now(UTC))
            case = books.cases.read(opened.id)
            merchant = books.cases.merchant(case.merchant_version_id)
        finally:
            books.close()
    link = "https://pay.example/i/0"
    return content_of(case, merchant, Message.INVOICE, case.facts.due, (), ISSUED.date(), link)


def _time(renderer: Renderer, content: Content, number: int) -> float:
    link = f"https://pay.example/i/{number:022}"
    letter = replace(content, link=link)
    begun = perf_counter()
    renderer.letter(letter)
    return (perf_counter() - begun) * 1000
