"""What did not go out is seen by who looks: on the command line with the vendor's words, in the log without them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from commands.looking import _trouble
from domain.events import Settled
from domain.policy import Channel
from domain.words import Reason, SendId, Status
from store.books import Books, open_books
from store.sends import Place
from tests.databases import database_of
from tests.gateway.cases import Kept


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = open_books(database_of(tmp_path))
    yield books
    books.close()


def test_a_send_that_its_vendor_turned_down_is_shown_with_its_words(books: Books):
    kept = Kept(books, "40001", "2026-03-02 10:00")
    send = kept.send(Channel.EMAIL, "2026-03-02 10:00")
    assert _trouble(kept.file, books.sends.of_invoice(kept.id)) == []

    with books.cases.locked(kept.id) as case:
        case.add(
            Settled(at=datetime(2026, 3, 2, 9, 1, tzinfo=UTC), send=send.send, status=Status.FAILED, why=Reason.REFUSED)
        )
        books.sends.answered(case, Place(send.id, send.token), "smtp", None, "550 [no] such user", None)

    [row] = _trouble(kept.file, books.sends.of_invoice(kept.id))
    assert row == ("distribution", "e-mail", "1", "failed, refused", "smtp", "550 \\[no] such user")
    assert send.send == SendId("distribution", 0, 1)
