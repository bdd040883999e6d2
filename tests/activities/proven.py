"""Cases with evidence: one with a message on every channel, and the life of any story, in the books."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from activities.collection import pack_for_agency
from activities.content import Packing
from domain.decisions import Send
from domain.events import Delivered, Paid, Reserved, Viewed
from domain.parcel import Parcel
from domain.policy import Channel
from domain.simulation import simulate
from domain.stories import Happening
from domain.words import COLLECTION, Message, reminder_step
from store.books import Books
from store.cases import CaseFile
from store.inbox import Line, Mentions
from store.orders import Order
from store.sends import KeptSend, Place
from tests.gateway.cases import Kept, at, sek
from tests.live.house import story
from workflows.opening import opening_of


def lived(books: Books) -> Kept:
    """A case with messages on every channel, words of vendors, a view, money, an order and a claim."""
    case = Kept(books, "50001", "2026-05-02T12:00")
    mail = case.send(Channel.EMAIL, "2026-03-02T09:00")
    sms = case.send(Channel.SMS, "2026-03-05T09:00", rung=1)
    case.send(Channel.LETTER, "2026-03-09T09:00", rung=2)
    hear(books, mail, "delivered", "2026-03-02T09:01", Delivered(at=at("2026-03-02T09:01"), send=mail.send))
    case.hear(Viewed(at=at("2026-03-05T18:20"), send=sms.send))
    order = Order("bank-7", "pay", "clerk", "by hand")
    books.orders.give(case.id, order, Paid(at=at("2026-04-09T10:00"), amount=sek("100.00"), dated=date(2026, 4, 8)))
    case.send(
        Channel.LETTER,
        "2026-04-15T09:00",
        Message.LAST_REMINDER,
        reminder_step(0),
        fee=sek("60.00"),
        pay_by="2026-04-27",
    )
    case.send(Channel.COLLECTION, "2026-05-01T09:00", Message.CLAIM, COLLECTION)
    return case


def hear(books: Books, send: KeptSend, word: str, wall: str, event: Any) -> None:
    """Let a vendor say something of a send."""

    def understand(known: Any, _: object) -> list[Line]:
        return [Line(f"key-{send.id}", word, at(wall), "250 2.0.0 OK", known[send.id], event)]

    books.inbox.write("sendgrid", Mentions([send.id], [], understand))


def files_in(pack: bytes) -> dict[str, bytes]:
    """A pack's files, as any program reads them."""
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        return {path: archive.read(path) for path in archive.namelist()}


def rows_in(body: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in body.splitlines()]


def claim_in(books: Books, case: Kept) -> bytes:
    parcel = books.sends.of_invoice(case.id)[-1].parcel
    assert parcel
    assert parcel.media_type == "application/zip"
    return parcel.body


def told(books: Books, name: str, **wishes: Any) -> tuple[CaseFile, list[tuple[Parcel, Reserved]]]:
    """A story's life in the books, by rules with these wishes, and each claim as it was packed at its moment."""
    tale = story(name)
    opening = opening_of(tale.invoice, tale.loaded)
    opened = books.registry.open(replace(opening, policy=replace(opening.policy, **wishes)), datetime.now(UTC))
    case, claims = books.cases.read(opened.id), []
    happens = [_published(books, case, happening) for happening in tale.happens]
    events = simulate(case.invoice, case.policy, case.law, happens)
    for event in events:
        with books.cases.locked(case.id) as file:
            file.add(event)
        if isinstance(event, Reserved) and event.message is Message.CLAIM:
            claims.append((pack_for_agency(packing(books, case.id, event)), event))
    return books.cases.read(case.id), claims


def _published(books: Books, case: CaseFile, happening: Happening) -> Happening:
    """The rules that a story has its case moved to are in the books."""
    if happening.policy is None:
        return happening
    return replace(happening, rules=books.registry.rules(case.merchant_version_id, 1, happening.policy))


def packing(books: Books, invoice_id: int, event: Reserved) -> Packing:
    case = books.cases.read(invoice_id)
    send = Send(event.send, event.channel, event.message, event.reason, event.total, event.pay_by, event.charges)
    merchant = books.cases.merchant(case.merchant_version_id)
    return Packing(books, case, merchant, send, Place("0" * 32, "token"), event.at)
