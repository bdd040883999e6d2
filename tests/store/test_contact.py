"""One dunning SMS a day for a customer, whichever invoice comes first: on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest

from domain.decisions import Send
from domain.money import Money
from domain.policy import Channel
from domain.words import DUE_REMINDER, Message, Reason, SendId
from store.books import Books, open_books
from store.sends import Place
from tests.gateway.cases import PHONE, merchant, opening

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
OTHER_PHONE = "+46701740606"
DAYS = 40
LATER = NOW + timedelta(days=DAYS)


class Two:
    """Two processes' ways to the same books."""

    def __init__(self, url: str) -> None:
        self.one, self.other = open_books(url), open_books(url, migrate=False)

    def race(self, at: datetime, *invoices: int, attempt: int = 1) -> list[bool]:
        """Which of these invoices took its place; they start together, every second one in the other process."""
        start = Barrier(len(invoices))

        def run(index: int, invoice_id: int) -> bool:
            start.wait()
            return take(self.other if index % 2 else self.one, invoice_id, at, attempt) is not None

        with ThreadPoolExecutor(len(invoices)) as pool:
            return list(pool.map(run, range(len(invoices)), invoices))

    def close(self) -> None:
        self.one.close()
        self.other.close()


@pytest.fixture
def two(books_url: str) -> Iterator[Two]:
    two = Two(books_url)
    yield two
    two.close()


def enter(books: Books, number: str, of: str = "nordljus", now: datetime = LATER, **customer: Any) -> int:
    """An invoice whose own clock shows this moment."""
    opened = replace(opening(number, merchant(of), **customer), shift=now - datetime.now(UTC))
    return books.registry.open(opened, NOW).id


def take(
    books: Books,
    invoice_id: int,
    at: datetime = NOW,
    attempt: int = 1,
    channel: Channel = Channel.SMS,
    message: Message = Message.DUE_REMINDER,
) -> Place | None:
    """The place of a message, by default of a due reminder by SMS."""
    send = SendId(DUE_REMINDER, 0, attempt)
    with books.cases.locked(invoice_id) as case:
        wish = Send(send, channel, message, Reason.DUE, Money(100, case.facts.amount.currency), at.date())
        return books.sends.take_place(case, wish, at)


def last_contact(books: Books, invoice_id: int) -> datetime | None:
    return books.cases.read(invoice_id).facts.last_contact


def test_of_several_invoices_that_want_the_day_exactly_one_gets_it(two: Two):
    invoices = [enter(two.one, str(number)) for number in range(4)]
    winners = set()
    for day in range(DAYS):
        took = two.race(NOW + timedelta(days=day), *invoices, attempt=day + 1)

        assert took.count(True) == 1
        winners.add(took.index(True))

    assert len(winners) > 1, "nobody raced: one side always won"


def test_who_came_second_took_nothing_and_knows_of_the_first(two: Two):
    first, second = (enter(two.one, number) for number in "12")

    assert take(two.one, first)
    assert take(two.other, second) is None
    assert two.other.cases.read(second).events == []
    assert last_contact(two.other, second) == NOW
    assert last_contact(two.one, first) is None


def test_another_merchants_invoice_and_another_number_have_a_day_of_their_own(two: Two):
    invoices = [
        enter(two.one, "1"),
        enter(two.one, "2", phone=OTHER_PHONE),
        enter(two.one, "3", of="havblik", phone=PHONE),
    ]

    assert two.race(NOW, *invoices) == [True, True, True]
    assert {last_contact(two.one, invoice) for invoice in invoices} == {None}


@pytest.mark.parametrize("written", ["070-174 06 05", "0701740605", "+46 70 174 06 05"])
def test_the_same_number_written_otherwise_is_the_same_customer(two: Two, written: str):
    first, second = enter(two.one, "1"), enter(two.one, "2", phone=written, country="SE")

    assert [take(two.one, first) is None, take(two.one, second) is None] == [False, True]


def test_the_same_invoice_may_try_again_on_its_day(two: Two):
    first, second = (enter(two.one, number) for number in "12")

    assert take(two.one, first)
    assert take(two.one, first, NOW + timedelta(minutes=5), attempt=2)
    assert take(two.one, second, NOW + timedelta(minutes=10)) is None
    assert two.race(NOW + timedelta(minutes=15), first, second, attempt=3) == [True, False]


def test_the_next_day_is_free_for_either(two: Two):
    first, second = (enter(two.one, number) for number in "12")
    tomorrow = NOW + timedelta(days=1)

    assert take(two.one, first)
    assert take(two.one, second, tomorrow)
    assert take(two.one, first, tomorrow, attempt=2) is None
    assert last_contact(two.one, first) == tomorrow


def test_what_an_invoice_got_whose_test_clock_is_ahead_is_still_to_come(two: Two):
    """But what it got on this very day counts: else the second SMS would be tried without end."""
    ahead, here = enter(two.one, "1"), enter(two.one, "2", now=NOW)
    for day in (timedelta(0), timedelta(hours=8), timedelta(days=5), timedelta(days=20)):
        take(two.one, ahead, NOW + day, attempt=day.days + day.seconds + 1)

    assert last_contact(two.other, here) == NOW
    assert last_contact(two.other, enter(two.one, "3", now=NOW - timedelta(days=1))) is None
    assert last_contact(two.other, enter(two.one, "4", now=NOW + timedelta(days=6))) == NOW + timedelta(days=5)


def test_the_day_is_the_debtors(two: Two):
    first, second = (enter(two.one, number) for number in "12")
    evening = datetime(2026, 4, 1, 21, 59, tzinfo=UTC)  # one minute to midnight in Stockholm

    assert take(two.one, first, evening)
    assert take(two.one, second, evening - timedelta(hours=12)) is None
    assert take(two.one, second, evening + timedelta(minutes=1))


@pytest.mark.parametrize(
    ("channel", "message"),
    [
        (Channel.SMS, Message.INVOICE),
        (Channel.SMS, Message.RECEIPT),
        (Channel.EMAIL, Message.DUE_REMINDER),
        (Channel.LETTER, Message.REMINDER),
    ],
)
def test_what_is_no_dunning_sms_neither_takes_the_day_nor_waits_for_it(two: Two, channel: Channel, message: Message):
    first, second = (enter(two.one, number) for number in "12")

    assert take(two.one, first, channel=channel, message=message)
    assert take(two.one, second)
    assert take(two.one, first, attempt=2, channel=channel, message=message)


@pytest.mark.parametrize("message", [Message.DUE_REMINDER, Message.REMINDER, Message.LAST_REMINDER, Message.DEMAND])
def test_every_kind_of_dunning_takes_the_day(two: Two, message: Message):
    first, second = (enter(two.one, number) for number in "12")

    assert take(two.one, first, message=message)
    assert take(two.one, second) is None
