"""Invoices for the gateway to show: written into the books by the worker's own calls, or lived for real."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from activities.collection import pack_for_agency
from activities.content import Packing
from activities.email import EmailPacker
from activities.letter import LetterPacker
from activities.sms import SmsPacker
from config.invoices import read_invoice
from config.merchants import Loaded, load_merchant
from domain.charge import Added, ChargeKind
from domain.decisions import Send
from domain.events import Event, Settled
from domain.law.bank_days import calendar_of
from domain.money import Money
from domain.policy import Channel
from domain.wire import InvoiceRef
from domain.words import DISTRIBUTION, Message, Reason, SendId, Status
from store.books import Books
from store.cases import CaseFile
from store.registry import Opening
from store.sends import KeptSend
from templates.renderer import Renderer
from tests.live.house import House
from workflows.opening import opening_of

NAME, EMAIL, PHONE, STREET = "Anna Lundberg", "anna@customer.example", "+46701740605", "Storgatan 1"
LINES = (
    {"text": "Electricity, February", "quantity": "412", "unit": "kWh", "unit_price": "0.85", "vat": "25"},
    {"text": "Magazine", "unit_price": "30.00", "vat": "6"},
)
CALENDAR = calendar_of("SE")
RENDERER = Renderer()
URL = "http://127.0.0.1:8080"


def merchant(name: str = "nordljus") -> Loaded:
    """An example merchant."""
    return load_merchant(Path(f"examples/merchants/{name}.yaml"))


def opening(number: str, loaded: Loaded | None = None, **customer: Any) -> Opening:
    loaded = loaded or merchant()
    who = {"name": NAME, "kind": "consumer", "language": "en", "email": EMAIL, "phone": PHONE}
    data = {
        "merchant": loaded.merchant.id,
        "number": number,
        "issued": "2026-03-02",
        "due": "2026-04-01",
        "lines": list(LINES),
        "customer": who | {"address": [STREET, "111 22 Stockholm"]} | customer,
    }
    return opening_of(read_invoice(data), loaded)


def sek(amount: str) -> Money:
    return Money.parse(amount, "SEK")


def at(wall: str) -> datetime:
    """A moment from the debtor's wall clock."""
    return CALENDAR.moment(datetime.fromisoformat(wall))


class Kept:
    """A case in the books, to which a test adds what happened."""

    def __init__(self, books: Books, number: str, now: str, loaded: Loaded | None = None, **customer: Any) -> None:
        self.books = books
        opened = replace(opening(number, loaded, **customer), shift=at(now) - datetime.now(UTC))
        self.id = books.registry.open(opened, datetime.now(UTC)).id

    @property
    def file(self) -> CaseFile:
        return self.books.cases.read(self.id)

    def hear(self, *events: Event) -> None:
        with self.books.cases.locked(self.id) as case:
            for event in events:
                case.add(event)

    def send(
        self,
        channel: Channel,
        wall: str,
        message: Message = Message.INVOICE,
        step: str = DISTRIBUTION,
        rung: int = 0,
        fee: Money | None = None,
        pay_by: str = "2026-04-01",
        charges: tuple[Added, ...] = (),
    ) -> KeptSend:
        """Send a real message, in three steps as the worker does, into nowhere."""
        packers = {
            Channel.EMAIL: EmailPacker(RENDERER, URL),
            Channel.SMS: SmsPacker(RENDERER, URL),
            Channel.LETTER: LetterPacker(RENDERER, URL),
            Channel.COLLECTION: pack_for_agency,
        }
        now, day = at(wall), datetime.fromisoformat(pay_by).date()
        with self.books.cases.locked(self.id) as case:
            charges = (Added(ChargeKind.FEE, fee, "a law"),) if fee else charges
            total = sum((added.amount for added in charges), case.facts.balance - case.facts.disputed)
            send = Send(SendId(step, rung, 1), channel, message, Reason.ISSUED, total, day, charges)
            place = self.books.sends.take_place(case, send, now)
            assert place
            who = self.books.cases.merchant(case.merchant_version_id)
            parcel = packers[channel](Packing(self.books, case, who, send, place, now))
        self.books.sends.keep(place, parcel)
        self.hear(Settled(at=now, send=send.id, status=Status.SENT))
        kept = self.books.sends.by_id(place.id)
        assert kept
        return kept


async def live(house: House, number: str, until: str, **customer: Any) -> InvoiceRef:
    """Start an invoice for real and let its time pass until a wall time."""
    opened = opening(number, **customer)
    midnight = CALENDAR.moment(datetime.combine(opened.invoice.issued, time.min))
    ref = (await house.client.start(replace(opened, shift=midnight - datetime.now(UTC)))).ref
    await house.client.rest(ref)
    await move_to(house, ref, until)
    return ref


async def move_to(house: House, ref: InvoiceRef, until: str) -> None:
    ahead = at(until) - await house.client.clock.now(ref, house.books)
    if ahead > timedelta(0):
        await house.client.fast_forward(ref, ahead)
        await house.client.rest(ref)


def link(house: House, ref: InvoiceRef, index: int = 0) -> KeptSend:
    """The link of one of an invoice's sends."""
    return house.books.sends.of_invoice(ref.id)[index]


def views(house: House, ref: InvoiceRef) -> int:
    """How often the journal says that somebody looked."""
    return sum(type(event).__name__ == "Viewed" for event in house.books.cases.read(ref.id).events)


def kronor(text: str) -> Decimal:
    """An amount as the English page writes it, as a number."""
    return Decimal(text.replace("SEK", "").replace("\u00a0", "").replace(",", "").replace("\u2212", "-").strip())
