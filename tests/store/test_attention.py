"""What needs a person is found in the books, each by its index, and nothing that does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import event, insert, update

from activities.looking import Looking
from domain.attention import CURES, Need, Urgency
from domain.decisions import Wait
from domain.events import Disputed, Event, Failed, Paid, Paused, Released, Settled, Sought
from domain.money import Money
from domain.simulation import reserve
from domain.waiting import Waiting
from domain.wire import Glance, LookOrder, Next
from domain.words import DISTRIBUTION, Reason, SendId, Status
from store.attention import ASKED, Attention, Needs
from store.books import Books, open_books
from store.cases import CHANGE_INVOICE, INVOICE, OF
from store.deliveries import DEAD, DELIVERY
from store.engine import reading, writing
from store.looks import Looked
from store.tables import BatchRow
from tests.databases import on_postgres
from tests.gateway.cases import opening

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
"""Ten in the morning where the debtor is, on the day of issue."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FIRST = SendId(DISTRIBUTION, 0, 1)

Arranged = tuple[str, datetime]
"""What needs a person, and since when."""


class Case:
    """An invoice in the books, carried by the worker's own look."""

    def __init__(self, books: Books, number: str = "50001") -> None:
        self.books, self.looks = books, 0
        self.id = books.registry.open(opening(number), NOW).id
        self.what = f"nordljus/{number}"

    def look(self, at: datetime = NOW) -> Glance:
        self.looks += 1
        return Looking(self.books).look(LookOrder(self.id, at, "run", self.looks))

    def hear(self, *events: Event, at: datetime = NOW) -> Glance:
        with self.books.cases.locked(self.id) as case:
            for one in events:
                case.add(one)
        return self.look(at)

    def send(self, status: Status | None = Status.SENT, why: Reason | None = None) -> Glance:
        """Obey the look's first decision; with no status the worker dies before it knows."""
        glance = self.look()
        assert glance.send
        told = Settled(at=NOW, send=glance.send.id, status=status, why=why) if status else None
        return self.hear(reserve(glance.send, NOW), *([told] if told else []))

    def waits(self, reason: Reason) -> None:
        """A look that came to this."""
        with self.books.cases.locked(self.id) as case:
            wait = Wait(None, Reason.ASKED)
            seen = Looked("run", 99, NOW, wait, "needs_attention", f"asked: {reason}", None, Waiting(reason, NOW))
            self.books.looks.record(case, seen)

    def change(self, **values: Any) -> None:
        with writing(self.books.engine) as connection:
            connection.execute(CHANGE_INVOICE, {OF: self.id, **values})


def fails(books: Books) -> Arranged:
    case = Case(books)
    case.change(invoice="{}")
    for _ in range(2):
        with pytest.raises(ValidationError):
            case.look()
    with reading(books.engine) as connection:
        return case.what, connection.execute(INVOICE.select()).one().failed_since


def never_looked_at(books: Books) -> Arranged:
    return Case(books).what, NOW


def overdue(books: Books) -> Arranged:
    case = Case(books)
    glance = case.send()
    assert glance.next is Next.WAIT
    assert glance.next_at
    return case.what, glance.next_at


def past_its_hold(books: Books) -> Arranged:
    case = Case(books)
    case.hear(Paused(at=NOW, until=date(2026, 3, 6)))
    at = books.looks.one(case.id).next_at
    assert at
    return case.what, at


def not_acted(books: Books) -> Arranged:
    case = Case(books)
    assert case.look().send
    return case.what, NOW


def unread(books: Books) -> Arranged:
    books.inbox.keep("sendgrid", "1", "", b"[]", NOW)
    books.inbox.keep("sendgrid", "2", "", b"[]", NOW)
    return "2 posts", NOW


def unreadable(books: Books) -> Arranged:
    post = books.inbox.keep("sendgrid", "1", "", b"?", NOW)
    assert post
    books.inbox.unreadable(post)
    return f"post {post}", NOW


def paused_batch(books: Books) -> Arranged:
    said = {"id": "batch_1", "kind": "hold", "who": "ops", "rate": 1.0, "state": "paused", "said": "too many refused"}
    with writing(books.engine) as connection:
        connection.execute(insert(BatchRow.__table__), BatchRow(created_at=NOW, **said).model_dump())
    return "batch batch_1", NOW


def dead(books: Books) -> Arranged:
    case, endpoint = Case(books), books.endpoints.add("nordljus", "https://shop.example", (), NOW)
    case.look()
    case.hear(Paused(at=NOW))
    row = {"endpoint_id": endpoint.id, "invoice_id": case.id, "seq": 1, "type": "invoice.paid", "body": "{}"}
    row |= {"state": DEAD, "round": 0, "attempts": 10, "last_said": "", "created_at": NOW, "ended_at": NOW}
    with writing(books.engine) as connection:
        connection.execute(insert(DELIVERY), [{"id": f"msg_{n}", **row, "seq": n} for n in (1, 2)])
    return f"2 messages to {endpoint.id}", NOW


def disputed(books: Books) -> Arranged:
    case = Case(books)
    case.hear(Disputed(at=NOW, amount=Money.parse("10.00", "SEK")))
    case.send()
    return case.what, NOW


def paused(books: Books) -> Arranged:
    case = Case(books)
    case.hear(Paused(at=NOW))
    return case.what, NOW


def in_doubt(books: Books) -> Arranged:
    case = Case(books)
    case.send(None)
    case.hear(Sought(at=NOW, send=FIRST))
    case.change(next_at=NOW + 9 * DAY)
    return case.what, NOW


def bounced(books: Books) -> Arranged:
    case = Case(books)
    case.send()
    glance = case.hear(Failed(at=NOW + MINUTE, send=FIRST, reason=Reason.BOUNCED), at=NOW + MINUTE)
    assert glance.send
    case.change(resting=True, next_at=NOW + 9 * DAY)
    return case.what, NOW + MINUTE


def asks(reason: Reason) -> Callable[[Books], Arranged]:
    def arrange(books: Books) -> Arranged:
        case = Case(books)
        case.waits(reason)
        return case.what, NOW

    return arrange


ARRANGED: dict[Need, tuple[Callable[[Books], Arranged], timedelta | None]] = {
    Need.LOOK_FAILS: (fails, None),
    Need.NOT_LOOKED_AT: (never_looked_at, 10 * MINUTE),
    Need.OVERDUE: (overdue, HOUR),
    Need.HOLD_PAST_END: (past_its_hold, HOUR),
    Need.NOT_ACTED: (not_acted, HOUR),
    Need.INBOX_WAITS: (unread, 10 * MINUTE),
    Need.UNREADABLE_POST: (unreadable, None),
    Need.PAUSED_BATCH: (paused_batch, None),
    Need.DEAD_WEBHOOK: (dead, None),
    Need.PAUSED_FOR_LONG: (paused, 14 * DAY),
    Need.IN_DOUBT: (in_doubt, HOUR),
    Need.BOUNCED: (bounced, None),
    Need.DISPUTED: (disputed, None),
} | {need: (asks(Reason(need.value)), None) for need in ASKED if need is not Need.DISPUTED}
"""How each comes about in the books, and how long it may last before anybody is told."""


@pytest.fixture
def books(books_url: str) -> Iterator[Books]:
    books = open_books(books_url)
    yield books
    books.close()


def needs(books: Books, now: datetime, **which: Any) -> Needs:
    return Attention(books.engine).needs(now, **which)


@pytest.mark.parametrize("need", Need)
def test_every_need_is_found_with_what_it_is_about_and_since_when(need: Need, books: Books):
    arrange, patience = ARRANGED[need]
    what, since = arrange(books)

    found = needs(books, since + (patience or MINUTE) + MINUTE)

    assert [(one.need, one.what, one.since) for one in found.found] == [(need, what, since)]
    assert found.counts == {need: 1}
    assert found.waits is (CURES[need].urgency is not Urgency.NOTE)
    for choice in CURES[need].choices:
        assert "{" not in choice.of(found.found[0].names).command


@pytest.mark.parametrize(
    ("need", "patience"), [(need, patience) for need, (_, patience) in ARRANGED.items() if patience]
)
def test_what_may_still_come_right_by_itself_is_not_told(need: Need, patience: timedelta, books: Books):
    _, since = ARRANGED[need][0](books)

    assert needs(books, since + patience - MINUTE).found == ()


def test_news_that_nobody_has_looked_at_are_told_with_when_they_came(books: Books):
    case = Case(books)
    case.send()
    with books.cases.locked(case.id) as file:
        file.add(Paid(at=NOW + HOUR, amount=Money.parse("1.00", "SEK"), dated=date(2026, 3, 2)))

    [found] = needs(books, NOW + 2 * HOUR).found

    assert (found.need, found.since) == (Need.NOT_LOOKED_AT, NOW + HOUR)
    assert needs(books, NOW + HOUR + 9 * MINUTE).found == ()


def test_a_look_that_breaks_down_is_told_by_its_kind_and_place_until_one_does_not(books: Books):
    case = Case(books)
    with reading(books.engine) as connection:
        readable = connection.execute(INVOICE.select()).one().invoice
    case.change(invoice=readable.replace('"country"', '"land"'))
    for _ in range(3):
        with pytest.raises(ValidationError):
            case.look()

    [found] = needs(books, NOW).found
    case.change(invoice=readable)
    case.send()

    assert found.said.startswith("3 times, ValidationError at store/codec.py:")
    assert "nordljus" not in found.said
    assert needs(books, NOW).found == ()


def test_a_case_that_cannot_be_looked_at_is_told_of_once(books: Books):
    case = Case(books)
    case.hear(Paused(at=NOW))
    case.change(failed_since=NOW, failed_looks=1, failed_with="KeyError")

    assert [one.need for one in needs(books, NOW + 30 * DAY).found] == [Need.LOOK_FAILS]


def test_the_most_urgent_comes_first_and_the_oldest_of_each(books: Books):
    for number, reason in {"50001": Reason.EXHAUSTED, "50002": Reason.UNREACHABLE, "50003": Reason.EXHAUSTED}.items():
        Case(books, number).waits(reason)
    unread(books)
    with writing(books.engine) as connection:
        connection.execute(update(INVOICE).where(INVOICE.c.number == "50003").values(since=NOW - DAY))

    found = needs(books, NOW + HOUR).found

    assert [(one.need, one.what) for one in found] == [
        (Need.INBOX_WAITS, "2 posts"),
        (Need.UNREACHABLE, "nordljus/50002"),
        (Need.EXHAUSTED, "nordljus/50003"),
        (Need.EXHAUSTED, "nordljus/50001"),
    ]


def test_no_more_of_each_are_told_than_was_asked_for_but_all_are_counted(books: Books):
    for number in range(5):
        Case(books, f"5000{number}").waits(Reason.UNREACHABLE)

    found = needs(books, NOW, limit=2)

    assert [one.what for one in found.found] == ["nordljus/50000", "nordljus/50001"]
    assert found.counts == {Need.UNREACHABLE: 5}


def test_a_merchant_sees_its_own_only(books: Books):
    dead(books)
    unreadable(books)
    Case(books, "50009").waits(Reason.UNREACHABLE)

    assert {one.need for one in needs(books, NOW, merchant="nordljus").found} == {Need.UNREACHABLE, Need.DEAD_WEBHOOK}
    assert needs(books, NOW, merchant="havblik").found == ()


def test_what_bounced_yesterday_where_the_debtor_is_is_no_news(books: Books):
    """At 23:30 UTC it is tomorrow in Stockholm."""
    bounced(books)

    assert needs(books, datetime(2026, 3, 2, 22, 30, tzinfo=UTC)).found
    assert not needs(books, datetime(2026, 3, 2, 23, 30, tzinfo=UTC)).found


def test_what_was_given_up_long_ago_or_at_an_endpoint_that_is_closed_is_told_no_more(books: Books):
    dead(books)
    [endpoint] = books.endpoints.of_merchant("nordljus")

    assert not needs(books, NOW + 31 * DAY, merchant="nordljus").counts.get(Need.DEAD_WEBHOOK)
    books.endpoints.close("nordljus", endpoint.id, NOW)
    assert not needs(books, NOW).counts.get(Need.DEAD_WEBHOOK)


def test_a_case_on_its_way_needs_nobody(books: Books):
    case = Case(books)
    case.hear(Paused(at=NOW))
    case.hear(Released(at=NOW))
    case.send()

    assert needs(books, NOW + 2 * DAY) == Needs((), {})


def test_a_case_whose_clock_is_not_the_machines_is_never_late(books: Books):
    _, since = overdue(books)
    with writing(books.engine) as connection:
        connection.execute(update(INVOICE).values(shift=-1.0))

    assert needs(books, since + DAY).found == ()


def test_no_question_reads_all_invoices(books: Books):
    """However many there are. PostgreSQL is told to take an index wherever one serves: here are few rows."""
    asked: list[tuple[str, Any]] = []
    listen = lambda _c, _cursor, statement, parameters, *_: asked.append((statement, parameters))  # noqa: E731
    event.listen(books.engine, "before_cursor_execute", listen)
    needs(books, NOW, limit=0)
    needs(books, NOW, merchant="nordljus", limit=0)
    event.remove(books.engine, "before_cursor_execute", listen)

    plans = [plan(books, *one) for one in asked if "FROM invoice" in one[0]]

    assert len(plans) > 2 * len(ASKED)
    for text in plans:
        assert not reads_all(text), text


def test_a_question_that_no_index_serves_would_be_noticed(books: Books):
    parameters: Any = {} if on_postgres() else ()

    for where in ("shift = 1 AND resting", "merchant = 'nordljus' AND looked_at IS NOT NULL"):
        assert reads_all(plan(books, f"SELECT id FROM invoice WHERE {where}", parameters))


def plan(books: Books, statement: str, parameters: Any) -> str:
    """How the database goes about it."""
    explain = "EXPLAIN " if on_postgres() else "EXPLAIN QUERY PLAN "
    with books.engine.connect() as connection:
        if on_postgres():
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        rows = connection.exec_driver_sql(explain + statement, parameters).all()
        return f"{statement}\n" + "\n".join(str(row[-1]) for row in rows)


def reads_all(text: str) -> bool:
    """All invoices, or all of a merchant's."""
    scans = r"Seq Scan on invoice|^SCAN invoice$|\(merchant=\?\)|invoice_merchant_number_key"
    return re.search(scans, text, re.MULTILINE) is not None


def test_the_table_has_a_cure_for_every_need():
    assert set(CURES) == set(Need) == set(ARRANGED)
