"""What merchants are told is written down once, for each endpoint that wants it, whoever does it and how often."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from sqlalchemy import delete, func, insert, select

from domain.deliveries import DeliveryOrder
from domain.events import Disputed, Event, Paid
from domain.money import Money
from store.books import Books, open_books
from store.cases import CaseFile
from store.deliveries import ANNOUNCEMENT, DEAD, DELIVERED, DELIVERY, NEW, PENDING, Begin, UnknownDeliveryError
from store.endpoints import Endpoint, UnknownEndpointError
from store.engine import reading, writing
from tests.live.house import numbered, story
from workflows.opening import opening_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
URL = "https://shop.example/kvitt"


@pytest.fixture
def books(books_url: str) -> Iterator[Books]:
    books = open_books(books_url)
    yield books
    books.close()


def enter(books: Books, number: str) -> int:
    told = story("pays-on-time")
    return books.registry.open(numbered(opening_of(told.invoice, told.loaded), number), NOW).id


def happen(books: Books, invoice_id: int, *events: Event) -> None:
    with books.cases.locked(invoice_id) as case:
        for event in events:
            case.add(event)


def paid(amount: int = 100) -> Paid:
    return Paid(at=NOW, amount=Money(amount, "SEK"), dated=date(2026, 3, 2))


def listen(books: Books, *types: str, merchant: str = "nordljus") -> Endpoint:
    return books.endpoints.add(merchant, URL, types, NOW)


def one_message(books: Books) -> DeliveryOrder:
    """A message that is under way."""
    listen(books)
    happen(books, enter(books, "one"), paid())
    books.deliveries.write_down(NOW)
    begun = books.deliveries.to_begin(10)
    books.deliveries.begun(begun)
    return begun[0].order


def state(books: Books, order: DeliveryOrder) -> str:
    return books.deliveries.get(order.delivery_id).state


def test_an_event_is_told_to_each_endpoint_that_wants_it(books: Books):
    everything, holds = listen(books), listen(books, "invoice.held")
    listen(books, merchant="bolgen")
    happen(books, enter(books, "told"), paid(), Disputed(at=NOW))

    assert books.deliveries.write_down(NOW) == 2

    told = {(one.endpoint_id, one.type) for one in books.deliveries.newest(10)}
    assert told == {(everything.id, "invoice.paid"), (everything.id, "invoice.held"), (holds.id, "invoice.held")}
    assert json.loads(books.deliveries.newest(10)[0].body)["data"]["number"] == "told"


def test_a_merchant_who_does_not_listen_leaves_nothing_to_do(books: Books):
    closed = listen(books)
    books.endpoints.close("nordljus", closed.id, NOW)
    happen(books, enter(books, "deaf"), paid())

    assert books.deliveries.write_down(NOW) == 0


def test_an_endpoint_that_was_closed_meanwhile_is_told_nothing(books: Books):
    closed = listen(books)
    happen(books, enter(books, "meanwhile"), paid())
    books.endpoints.close("nordljus", closed.id, NOW)

    assert books.deliveries.write_down(NOW) == 1
    assert books.deliveries.newest(10) == []


def test_two_who_write_down_at_once_write_each_message_once(books: Books, books_url: str):
    """Also where each has but a part of it in hand."""
    invoices, payments = 20, 3
    listen(books)
    listen(books, "invoice.paid")
    for number in range(invoices):
        happen(books, enter(books, f"race-{number}"), *(paid() for _ in range(payments)))
    others, start = [open_books(books_url, migrate=False) for _ in range(3)], Barrier(3)

    def write(mine: Books) -> None:
        start.wait()
        while mine.deliveries.write_down(NOW, limit=7):
            pass

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(write, others))
    for mine in others:
        mine.close()

    with reading(books.engine) as connection:
        count = connection.execute(select(func.count()).select_from(DELIVERY)).scalar()
        left = connection.execute(select(func.count()).select_from(ANNOUNCEMENT)).scalar()
    assert (count, left) == (invoices * payments * 2, 0)


def test_what_happens_between_two_who_write_down_is_told(books: Books, books_url: str, monkeypatch: pytest.MonkeyPatch):
    """SQLite gives the id of an announcement that is gone to the next, which one of the two has not read."""
    other = open_books(books_url, migrate=False)
    listen(books)
    invoice_id = enter(books, "between")
    happen(books, invoice_id, paid())
    read = books.deliveries.cases.read

    def while_the_other_is_faster(invoice_id: int) -> CaseFile:
        case = read(invoice_id)
        if not other.deliveries.newest(1):
            other.deliveries.write_down(NOW)
            happen(other, invoice_id, paid(200))
        return case

    monkeypatch.setattr(books.deliveries.cases, "read", while_the_other_is_faster)
    while books.deliveries.write_down(NOW):
        pass
    told = other.deliveries.newest(10)
    other.close()

    assert len({one.id for one in told}) == 2


def test_a_message_has_the_same_id_when_the_books_were_set_back(books: Books):
    """The receiver may have seen it: it must know it again."""
    before = one_message(books)
    with writing(books.engine) as connection:
        told = connection.execute(select(DELIVERY.c.invoice_id, DELIVERY.c.seq)).one()
        connection.execute(delete(DELIVERY))
        connection.execute(insert(ANNOUNCEMENT), {"invoice_id": told.invoice_id, "seq": told.seq})

    books.deliveries.write_down(NOW + timedelta(days=1))

    assert [begin.order for begin in books.deliveries.to_begin(10)] == [before]


def test_what_the_receiver_has_stays_delivered(books: Books):
    """Whoever comes late, with a failure, a beginning or a death, undoes nothing."""
    order = one_message(books)
    books.deliveries.tried(order, 200, "ok", DELIVERED, NOW)

    books.deliveries.tried(order, 500, "late", DEAD, NOW)
    books.deliveries.give_up(order, NOW)
    books.deliveries.begin_anew()
    books.deliveries.begun([Begin(order, "")])

    delivery = books.deliveries.get(order.delivery_id)
    assert (delivery.state, delivery.attempts, delivery.last_said) == (DELIVERED, 1, "ok")


def test_an_attempt_that_was_overtaken_by_a_replay_changes_nothing(books: Books):
    order = one_message(books)
    books.deliveries.replay(order.delivery_id)

    books.deliveries.tried(order, 500, "", DEAD, NOW)
    books.deliveries.give_up(order, NOW)
    books.deliveries.begun([Begin(order, "")])

    assert state(books, order) == NEW
    assert [begin.order for begin in books.deliveries.to_begin(10)] == [DeliveryOrder(order.delivery_id, 1)]


def test_the_dead_are_sent_anew_where_somebody_listens(books: Books):
    order = one_message(books)
    books.deliveries.give_up(order, NOW)
    assert state(books, order) == DEAD

    assert books.deliveries.replay_dead("bolgen") == 0
    assert books.deliveries.replay_dead("nordljus") == 1
    books.deliveries.give_up(DeliveryOrder(order.delivery_id, 1), NOW)
    books.endpoints.close("nordljus", books.deliveries.get(order.delivery_id).endpoint_id, NOW)
    assert books.deliveries.replay_dead() == 0


def test_a_message_under_way_whose_workflow_may_be_lost_is_begun_again(books: Books):
    order = one_message(books)
    assert state(books, order) == PENDING
    assert books.deliveries.to_begin(10) == []

    books.deliveries.begin_anew()

    assert [begin.order for begin in books.deliveries.to_begin(10)] == [order]


def test_what_a_receiver_says_is_cut_and_kept_whatever_it_is(books: Books):
    order = one_message(books)

    books.deliveries.tried(order, 500, "\0" + "å" * 10_000, None, NOW)

    assert books.deliveries.get(order.delivery_id).last_said == "å" * 500


def test_one_merchant_never_sees_or_touches_anothers(books: Books):
    order = one_message(books)
    endpoint = books.endpoints.of_merchant("nordljus")[0]

    for touch in (
        lambda: books.deliveries.get(order.delivery_id, "bolgen"),
        lambda: books.deliveries.replay(order.delivery_id, "bolgen"),
    ):
        with pytest.raises(UnknownDeliveryError):
            touch()
    for reach in (
        lambda: books.endpoints.get(endpoint.id, "bolgen"),
        lambda: books.endpoints.rotate("bolgen", endpoint.id),
        lambda: books.endpoints.close("bolgen", endpoint.id, NOW),
    ):
        with pytest.raises(UnknownEndpointError):
            reach()
    assert books.deliveries.newest(10, "bolgen") == []
    assert books.endpoints.of_merchant("bolgen") == []
    assert books.endpoints.get(endpoint.id) == endpoint


def test_messages_are_listed_a_page_at_a_time_the_newest_first(books: Books):
    listen(books)
    for hour in range(3):
        happen(books, enter(books, f"page-{hour}"), paid(), paid())
        books.deliveries.write_down(NOW + timedelta(hours=hour))

    pages, after = [], None
    while page := books.deliveries.newest(4, after=after):
        pages.append([one.number for one in page])
        after = page[-1].id

    assert pages == [["page-2", "page-2", "page-1", "page-1"], ["page-0", "page-0"]]


def test_a_rotated_secret_signs_until_the_next_and_one_that_leaked_no_more(books: Books):
    endpoint = listen(books)
    (first,) = endpoint.secrets

    second = books.endpoints.rotate("nordljus", endpoint.id)
    assert books.endpoints.get(endpoint.id).secrets == (second, first)
    third = books.endpoints.rotate("nordljus", endpoint.id)
    assert books.endpoints.get(endpoint.id).secrets == (third, second)
    fourth = books.endpoints.rotate("nordljus", endpoint.id, at_once=True)
    assert books.endpoints.get(endpoint.id).secrets == (fourth,)


def test_a_closed_endpoint_is_no_endpoint(books: Books):
    endpoint = listen(books)
    books.endpoints.close("nordljus", endpoint.id, NOW)

    assert books.endpoints.of_merchant() == []
    with pytest.raises(UnknownEndpointError):
        books.endpoints.rotate("nordljus", endpoint.id)
