"""The ledger in words says what the ledger says."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from domain.charge import Added, ChargeKind
from domain.events import Credited, Paid, Reserved, Settled, WrittenOff, fold
from domain.explaining import WHAT, explained, line_as_json, open_as_json
from domain.facts import Facts, Invoice
from domain.law import law_of
from domain.ledger import ledger
from domain.money import Money
from domain.policy import Channel
from domain.postings import Entry
from domain.words import DebtorKind, Message, Reason, SendId, Status

LAW = law_of("SE", DebtorKind.CONSUMER)
INVOICE = Invoice(
    "nordljus",
    "1",
    "SE",
    DebtorKind.CONSUMER,
    date(2026, 3, 2),
    date(2026, 4, 1),
    Money.parse("249.00", "SEK"),
    frozenset(),
)


def sek(amount: str) -> Money:
    return Money.parse(amount, "SEK")


def at(day: int) -> datetime:
    return datetime(2026, 4, day, 10, tzinfo=UTC)


def reminded(day: int) -> list:
    send, fee = SendId("reminder-1", 0, 1), Added(ChargeKind.FEE, sek("60.00"), "a law")
    reserved = Reserved(
        at=at(day),
        send=send,
        channel=Channel.LETTER,
        message=Message.REMINDER,
        reason=Reason.OVERDUE,
        total=sek("309.00"),
        pay_by=date(2026, 4, 20),
        charges=(fee,),
    )
    return [reserved, Settled(at=at(day), send=send, status=Status.SENT)]


def told(day: date, *events) -> list[str]:
    book = ledger(fold(Facts.at_start(INVOICE), events), LAW).at(day)
    return list(explained(book, LAW, day))


def test_what_is_owed_is_told_by_its_parts_and_by_what_it_came_from():
    paid = Paid(at=at(12), amount=sek("100.00"), dated=date(2026, 4, 10))

    assert told(date(2026, 4, 15), *reminded(9), paid) == [
        "On 2026-04-15, 209.00 SEK are owed: principal 149.00, interest 0.00, costs 60.00.",
        "Added: invoiced 249.00, fee 60.00. Taken off: paid 100.00.",
        told(date(2026, 4, 15), paid)[2],
    ]


def test_money_that_was_booked_later_is_said_to_be():
    paid = Paid(at=at(12), amount=sek("249.00"), dated=date(2026, 4, 1))

    sentences = told(date(2026, 4, 1), paid)

    assert sentences[0] == "On 2026-04-01 nothing is owed."
    assert sentences[-1] == (
        "Booked after that day and counted from the day of the payer's bank: paid 249.00 (value day 2026-04-01)."
    )


def test_money_beyond_the_debt_stands_in_the_debtors_favour():
    paid = Paid(at=at(3), amount=sek("300.00"), dated=date(2026, 4, 3))

    assert told(date(2026, 4, 3), paid)[0] == "On 2026-04-03, 51.00 SEK stand in the debtor's favour."


def test_the_order_in_which_money_covers_is_told_where_there_is_money():
    credited = Credited(at=at(3), amount=sek("49.00"))

    assert len(told(date(2026, 4, 3), credited)) == 2
    paid = Paid(at=at(3), amount=sek("1.00"), dated=date(2026, 4, 3))
    assert told(date(2026, 4, 3), paid)[2].startswith("Money covers the principal first, then interest, then costs (")


def test_each_entry_has_its_words():
    assert set(WHAT) == set(Entry)


@pytest.mark.parametrize("event", [Credited(at=at(3), amount=sek("9.00")), WrittenOff(at=at(3), amount=sek("9.00"))])
def test_a_line_for_machines_leaves_out_what_does_not_apply(event):
    book = ledger(fold(Facts.at_start(INVOICE), [event]), LAW)
    line = line_as_json(book.lines[-1], LAW.calendar)

    assert (line["amount"], line["principal"], line["balance"]) == ("-9.00", "-9.00", "240.00")
    assert line["day"] == "2026-04-03"
    assert line["booked"] == "2026-04-03T12:00:00+02:00"
    assert "step" not in line
    assert open_as_json(book.open)["balance"] == "240.00"
