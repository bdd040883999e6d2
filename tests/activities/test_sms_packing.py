"""The SMS as Twilio gets it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from activities.content import Packing
from activities.sms import SmsPacker
from domain.charge import Added, ChargeKind
from domain.decisions import Send
from domain.money import Money
from domain.parcel import Parcel
from domain.policy import Channel
from domain.words import Message, Reason, SendId, reminder_step
from store.books import open_books
from templates.sms import GSM_7
from tests.channels.mails import AT, PLACE, RENDERER
from tests.gateway.cases import merchant, opening


@pytest.fixture(params=[Message.INVOICE, Message.REMINDER])
def parcel(request: pytest.FixtureRequest, tmp_path: Path) -> Parcel:
    """An SMS about more money than a thousand."""
    books = open_books(f"sqlite:///{tmp_path / 'kvitt.sqlite3'}")
    case = books.cases.read(books.registry.open(opening("10001", language="sv"), AT).id)
    fee, total = Money.parse("1234.50", "SEK"), Money.parse("1704.05", "SEK")
    place = SendId(reminder_step(0), 0, 1)
    charges = (Added(ChargeKind.FEE, fee, "a law"),)
    send = Send(place, Channel.SMS, request.param, Reason.OVERDUE, total, date(2026, 4, 1), charges)
    packing = Packing(books, case, books.cases.merchant(case.merchant_version_id), send, PLACE, AT)
    packed = SmsPacker(RENDERER, "https://pay.example")(packing)
    books.close()
    return packed


def test_an_sms_has_a_sender_a_number_and_a_country(parcel: Parcel):
    assert parcel.sender == merchant().merchant.senders.sms
    assert parcel.recipient.startswith("+46")
    assert parcel.country == "SE"


def test_an_sms_ends_with_the_link_of_its_send_alone(parcel: Parcel):
    assert parcel.body.decode().endswith(f"https://pay.example/i/{PLACE.token}")


def test_an_amount_beyond_a_thousand_stays_in_the_cheap_alphabet(parcel: Parcel):
    assert parcel.subject.endswith(GSM_7)
    assert "1 704,05 kr" in parcel.body.decode()
