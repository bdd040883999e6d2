"""Two at once, on SQLite and on PostgreSQL alike: one comes first, the other knows, and nothing is lost or doubled.

Each side has an engine of its own, as processes have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Connection, Table, func, insert, select, text

from domain.events import Event, Paid, Stopped
from domain.money import Money
from domain.parcel import Parcel
from domain.policy import Channel
from domain.words import DISTRIBUTION
from store.books import Books, open_books
from store.cases import INVOICE, MERCHANT, POLICY
from store.engine import hold, reading, writing
from store.inbox import HEARD, Known, Line, Mentions
from store.opt_outs import OptOut
from store.orders import Order, OrderIdTakenError
from store.registry import COMMAND, Opened, OvertakenError
from store.sends import SEND, Place
from tests.gateway.cases import opening

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
MERCHANTS = opening("1").merchant
TRIES = 40

Side = tuple[Any, ...]
"""What one side does: a function, and what it is given after the books."""


class Two:
    """Two processes' ways to the same books."""

    def __init__(self, url: str) -> None:
        self.one, self.other = open_books(url), open_books(url, migrate=False)

    def race(self, *sides: Side) -> list[Any]:
        """What each side came to, or the refusal it met; they start together, every second one in the other process."""
        start = Barrier(len(sides))

        def run(index: int, does: Callable[..., Any], *arguments: Any) -> Any:
            start.wait()
            try:
                return does(self.other if index % 2 else self.one, *arguments)
            except OrderIdTakenError as refusal:
                return refusal

        with ThreadPoolExecutor(len(sides)) as pool:
            running = [pool.submit(run, index, *side) for index, side in enumerate(sides)]
            return [one.result() for one in running]

    def count(self, table: Table) -> int:
        with reading(self.one.engine) as connection:
            return int(connection.execute(select(func.count()).select_from(table)).scalar_one())

    def close(self) -> None:
        self.one.close()
        self.other.close()


@pytest.fixture
def two(books_url: str) -> Iterator[Two]:
    two = Two(books_url)
    yield two
    two.close()


def enter(books: Books, number: str) -> Opened:
    return books.registry.open(opening(number), NOW)


def publish(books: Books, text: str, who: str = "") -> int:
    return books.registry.publish(MERCHANTS, text, NOW, who).version


def give(books: Books, invoice_id: int, order: str) -> bool:
    return books.orders.give(invoice_id, Order(order, "stop", "ops"), Stopped(at=NOW))


def keep_for(books: Books, number: str, order: str) -> bool:
    return books.orders.keep_for("nordljus", number, Order(order, "stop", "ops"), Stopped(at=NOW))


def pay(books: Books, invoice_id: int, times: int) -> None:
    for _ in range(times):
        with books.cases.locked(invoice_id) as case:
            case.add(Paid(at=NOW, amount=Money(100, "SEK"), dated=NOW.date()))


def events(books: Books, invoice_id: int) -> list[Event]:
    return books.cases.read(invoice_id).events


def place(books: Books, invoice_id: int, attempt: int, **more: Any) -> Place:
    """A send's place, taken."""
    taken = Place(f"send-{attempt}", f"token-{attempt}")
    row = {"id": taken.id, "token": taken.token, "invoice_id": invoice_id, "step": DISTRIBUTION, "rung": 0}
    row |= {"attempt": attempt, "channel": "sms", "message": "invoice", "reserved_at": NOW}
    with writing(books.engine) as connection:
        connection.execute(insert(SEND), row | more)
    return taken


def test_an_invoice_that_is_opened_by_several_is_one(two: Two):
    for number in map(str, range(TRIES)):
        opened = two.race(*[(enter, number)] * 4)
        assert len({one.id for one in opened}) == 1
        assert sum(one.created for one in opened) == 1
    assert (two.count(INVOICE), two.count(MERCHANT), two.count(POLICY)) == (TRIES, 1, 1)


def test_an_order_that_races_its_invoice_is_its_first_event_or_can_be_given(two: Two):
    """Kept for an invoice that is there by then, it would never be read."""
    for number in map(str, range(TRIES)):
        kept, opened = two.race((keep_for, number, f"order-{number}"), (enter, number))
        assert events(two.one, opened.id) == ([Stopped(at=NOW)] if kept else [])
        assert give(two.one, opened.id, f"order-{number}") is not kept
    assert two.count(COMMAND) == TRIES


def test_an_order_waits_while_its_invoice_is_being_entered(two: Two):
    """Not a matter of luck: the order comes while the invoice is half entered, and hears of it."""
    with ThreadPoolExecutor(1) as pool:
        with writing(two.one.engine) as connection:
            hold(connection, "invoice", "nordljus", "1")
            keeping = pool.submit(keep_for, two.other, "1", "order-1")
            until_it_waits(connection, keeping)
            enter_slowly(connection, "1")
        assert keeping.result() is False


def until_it_waits(connection: Connection, other: Future[Any]) -> None:
    """SQLite's writers wait before they look; PostgreSQL's may have looked already."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    while connection.dialect.name == "postgresql" and not connection.execute(waiting).scalar():
        assert not other.done(), "it did not wait"


def enter_slowly(connection: Connection, number: str) -> None:
    """What the registry does, in a transaction of the test's own."""
    version = {"id": 1, "merchant": "nordljus", "version": 1, "sha256": "", "source": "", "body": ""}
    connection.execute(insert(MERCHANT), version | {"published_at": NOW})
    connection.execute(insert(POLICY), {"id": 1, "merchant_version_id": 1, "sha256": "", "body": ""})
    row = {"merchant": "nordljus", "number": number, "policy_version_id": 1, "reference": "", "invoice": ""}
    row |= {"details": "", "shift": 0, "opened_at": NOW, "balance": 1, "currency": "SEK", "due": date(2026, 4, 1)}
    row |= {"stage": "opened", "resting": False, "seen": 0, "events": 0, "wanted": 0}
    connection.execute(insert(INVOICE), row)


def test_files_that_a_merchant_publishes_at_once_are_numbered_in_a_row(two: Two):
    for n in range(10):
        two.race(*[(publish, f"text {n}-{side // 2}") for side in range(6)])
    with reading(two.one.engine) as connection:
        versions = list(connection.execute(select(MERCHANT.c.version).order_by(MERCHANT.c.version)).scalars())
    assert versions == list(range(1, len(versions) + 1))
    assert len(versions) >= 30


def test_a_draft_does_not_overtake_what_somebody_has_published(two: Two):
    """A gateway has read the file of a merchant that nobody knew; before it enters the invoice, another counts."""
    publish(two.one, "what was published", "ops")

    with pytest.raises(OvertakenError, match="nordljus has published another file than this one"):
        enter(two.other, "1")
    assert [one.source for one in two.other.registry.versions("nordljus")] == ["what was published"]


def test_a_draft_that_waits_for_a_publication_does_not_overtake_it(two: Two):
    with ThreadPoolExecutor(1) as pool:
        with writing(two.one.engine) as connection:
            hold(connection, "merchant", "nordljus")
            entering = pool.submit(enter, two.other, "1")
            until_it_waits(connection, entering)
            version = {"id": 1, "merchant": "nordljus", "version": 1, "sha256": "", "source": "", "body": ""}
            connection.execute(insert(MERCHANT), version | {"published_at": NOW, "who": "ops"})
        assert isinstance(entering.exception(), OvertakenError)
    assert (two.count(MERCHANT), two.count(INVOICE)) == (1, 0)


def test_an_invoice_of_what_was_published_is_entered_whoever_published_it(two: Two):
    source = opening("1").source
    for who in ("", "ops"):
        publish(two.one, f"{source}# {who}", who)
    publish(two.one, source, "ops")

    assert enter(two.other, "1").created
    assert two.count(MERCHANT) == 3


def test_an_order_id_that_several_invoices_want_goes_to_one(two: Two):
    ids = [enter(two.one, number).id for number in ("1", "2")]
    for order in (f"order-{n}" for n in range(TRIES)):
        sides = [*((give, of, order) for of in ids), *((keep_for, number, order) for number in ("later-1", "later-2"))]
        came = two.race(*sides)
        assert came.count(True) == 1
        assert sum(isinstance(refusal, OrderIdTakenError) for refusal in came) == 3
    assert two.count(COMMAND) == TRIES


def test_an_order_that_is_given_by_several_is_taken_once(two: Two):
    invoice_id = enter(two.one, "1").id
    for order in (f"order-{n}" for n in range(TRIES)):
        assert two.race(*[(give, invoice_id, order)] * 4).count(True) == 1
    assert len(events(two.other, invoice_id)) == two.count(COMMAND) == TRIES


def test_no_payment_is_lost_among_others(two: Two):
    invoice_id = enter(two.one, "1").id
    before = two.one.cases.read(invoice_id).facts.balance.minor

    two.race(*[(pay, invoice_id, 10)] * 4)

    assert len(events(two.one, invoice_id)) == 40
    assert two.other.cases.read(invoice_id).facts.balance.minor == before - 40 * 100


def test_a_clock_that_several_move_is_moved_by_all(two: Two):
    invoice_id = enter(two.one, "1").id

    two.race(*[(lambda books: books.cases.shift(invoice_id, timedelta(days=1)),)] * 6)

    assert two.one.cases.read(invoice_id).shift == timedelta(days=6)


def test_packing_a_parcel_and_giving_up_its_place_exclude_each_other(two: Two):
    """Else a worker that was taken for dead would send what another has closed."""
    invoice_id = enter(two.one, "1").id
    parcel = Parcel("text/plain", b"hello", "+46701740605", "")
    for attempt in range(TRIES):
        taken = place(two.one, invoice_id, attempt)
        packed = (lambda books, taken=taken: books.sends.keep(taken, parcel),)
        given_up = (lambda books, taken=taken: books.sends.give_up(taken),)
        assert sorted(two.race(packed, given_up)) == [False, True]


def test_a_silent_send_is_given_to_one_asker_only(two: Two):
    invoice_id = enter(two.one, "1").id
    for attempt in range(60):
        place(two.one, invoice_id, attempt, vendor="twilio", vendor_id=f"SM{attempt}", ask_at=NOW)

    def ask(books: Books) -> list[str]:
        asked: list[str] = []
        while found := books.sends.silent("twilio", {"delivered"}, NOW, NOW + timedelta(hours=1), 5):
            asked += [kept.id for kept in found]
        return asked

    asked = [id_ for side in two.race(*[(ask,)] * 4) for id_ in side] + ask(two.one)
    assert sorted(asked) == sorted(f"send-{attempt}" for attempt in range(60))


def test_an_address_that_opts_out_several_times_is_on_the_list_once(two: Two):
    for n in range(TRIES):
        wish = OptOut(Channel.SMS, f"+4670174{n:04}", "nordljus", NOW, "twilio")
        two.race(*[(lambda books, wish=wish: books.opt_outs.add(wish),)] * 4)
    assert len(two.one.opt_outs.all()) == TRIES


def test_two_posts_that_say_the_same_in_opposite_order_are_heard_once(two: Two):
    def hear(books: Books, post: int | None, lines: list[Line]) -> None:
        books.inbox.write("twilio", Mentions([], [], lambda *_: lines), post)

    for n in range(TRIES):
        lines = [Line(f"{n}-{key}", "delivered", NOW, "") for key in range(30)]
        one, other = (two.one.inbox.keep("twilio", f"{n}-{post}", "", b"", NOW) for post in range(2))
        two.race((hear, one, lines), (hear, other, lines[::-1]))
    assert two.count(HEARD) == TRIES * 30


def test_who_hears_of_a_send_knows_what_was_settled_a_moment_ago(two: Two):
    """What waited for the case's lock sees what was done under it: the vendor's answer is in the books."""
    invoice_id = enter(two.one, "1").id
    taken, seen = place(two.one, invoice_id, 1), []

    def understand(known: Mapping[str, Known], _: object) -> list[Line]:
        seen.extend(known.values())
        return []

    with ThreadPoolExecutor(1) as pool:
        with two.one.cases.locked(invoice_id) as case:
            hearing = pool.submit(two.other.inbox.write, "twilio", Mentions([taken.id], [], understand))
            until_it_waits(case.connection, hearing)
            two.one.sends.answered(case, taken, "twilio", "SM1", "", None)
            case.add(Stopped(at=NOW))
        hearing.result()

    assert [(known.is_answered, known.events) for known in seen] == [(True, 1)]


def test_a_reader_sees_one_moment(two: Two):
    count = select(func.count()).select_from(INVOICE)
    with reading(two.one.engine) as connection:
        assert connection.execute(count).scalar() == 0
        enter(two.other, "1")
        assert connection.execute(count).scalar() == 0
    assert two.count(INVOICE) == 1


def test_more_threads_than_connections_finish(two: Two):
    """Each opens a case of a policy that nobody has read; whoever has a connection needs no second one."""
    ids = [enter(two.one, str(n)).id for n in range(48)]
    start = Barrier(len(ids))

    def look(invoice_id: int) -> int:
        start.wait()
        with two.other.cases.locked(invoice_id) as case:
            return case.merchant_version_id

    with ThreadPoolExecutor(len(ids)) as pool:
        assert all(pool.map(look, ids))
