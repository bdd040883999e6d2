"""E-mails as the worker packs them, with nothing but a database around."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from activities.content import Packing
from activities.email import EmailPacker
from channels.way import Item
from config.merchants import load_text
from domain.decisions import Send
from domain.money import Money
from domain.parcel import Parcel
from domain.policy import Channel
from domain.words import DISTRIBUTION, Message, Reason, SendId
from store.books import open_books
from store.sends import Place
from templates.renderer import Renderer
from tests.config.writing import NORDLJUS, TODAY
from tests.gateway.cases import opening

RENDERER = Renderer()
PLACE = Place("0123456789abcdef0123456789abcdef", "a-token-that-nobody-guesses")
AT = datetime(2026, 3, 2, 8, tzinfo=UTC)
ANNA = "anna@customer.example"


def packed(text: str = NORDLJUS, message: Message = Message.INVOICE, place: Place = PLACE, **customer: Any) -> Parcel:
    """The first e-mail of a merchant's invoice 10001."""
    with tempfile.TemporaryDirectory() as home:
        books = open_books(f"sqlite:///{Path(home) / 'kvitt.sqlite3'}")
        opened = opening("10001", load_text(text, "nordljus.yaml", TODAY), **customer)
        case = books.cases.read(books.registry.open(opened, AT).id)
        send = Send(
            SendId(DISTRIBUTION, 0, 1),
            Channel.EMAIL,
            message,
            Reason.ISSUED,
            Money.parse("249.00", "SEK"),
            date(2026, 4, 1),
        )
        merchant = books.cases.merchant(case.merchant_version_id)
        parcel = EmailPacker(RENDERER, "https://pay.example")(Packing(books, case, merchant, send, place, AT))
        books.close()
    return parcel


def item(parcel: Parcel, kept_at: datetime = AT, send_id: str = PLACE.id, vendor_id: str | None = None) -> Item:
    """A parcel on its way."""
    return Item(send_id, parcel, kept_at, vendor_id)
