"""A journal written when a message could add a fee and nothing else still tells what is owed."""

from __future__ import annotations

from domain.charge import Added, ChargeKind
from domain.events import Reserved, Settled, fold
from domain.facts import Facts
from domain.words import Status
from store.codec import load_event
from tests.domain.build import an_invoice, sek

OLD = (
    '{"at":"2026-04-07T07:00:00Z","send":["reminder-1",0,1],"channel":"email","message":"reminder","reason":"overdue",'
    '"total":{"minor":30900,"currency":"SEK"},"pay_by":"2026-04-16",'
    '"fee":{"minor":6000,"currency":"SEK"},"capped":true,"law":"SE: lag (1981:739)"}'
)


def test_a_fee_of_an_older_journal_is_a_charge():
    event = load_event("reserved", OLD)

    assert isinstance(event, Reserved)
    assert event.charges == (Added(ChargeKind.FEE, sek("60.00"), "SE: lag (1981:739)", capped=True),)

    booked = fold(Facts.at_start(an_invoice()), [event, Settled(at=event.at, send=event.send, status=Status.SENT)])
    assert booked.balance == sek("309.00")


def test_a_message_of_an_older_journal_that_cost_nothing_adds_nothing():
    event = load_event("reserved", OLD.replace('"fee":{"minor":6000,"currency":"SEK"}', '"fee":null'))

    assert isinstance(event, Reserved)
    assert event.charges == ()
