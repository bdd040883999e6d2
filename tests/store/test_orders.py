"""Orders as the books tell them: each answer to a dispute with the words that were written for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from domain.events import Answered, Disputed
from store.books import Books, open_books
from store.orders import Order
from tests.gateway.cases import merchant, opening

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def answer(books: Books, invoice_id: int, order_id: str, reply: str, at: datetime = NOW) -> None:
    books.orders.give(invoice_id, Order(order_id, "answer", "olle", reply=reply), Answered(at=at, reply=True))


def test_replies_are_told_in_the_journals_order(books_url: str):
    """Also of one moment, whatever their ids, and where a clock went back; another merchant's number is another's."""
    books = open_books(books_url)
    books.orders.keep_for("nordljus", "1", Order("z", "answer", "olle", reply="one"), Answered(at=NOW, reply=True))
    mine, others = (books.registry.open(opening("1", merchant(of)), NOW).id for of in ("nordljus", "havblik"))

    answer(books, mine, "c", "two")
    answer(books, others, "o", "not mine")
    books.orders.give(mine, Order("d", "dispute", "olle"), Disputed(at=NOW))
    answer(books, mine, "b", "three")
    answer(books, mine, "a", "four", NOW - timedelta(hours=1))

    assert books.orders.replies("nordljus", "1") == ["one", "two", "three", "four"]
    assert [bool(told.reply) for told in books.cases.read(mine).facts.answers] == [True] * 4
    books.close()
