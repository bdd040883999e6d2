"""Batches in the books: filled once, run once, counted, and never more at once than were confirmed (trap 5)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from domain.batches import START, BatchState, ItemState, Steering
from domain.stages import Stage
from domain.wire import InvoiceRef
from store.batch_items import BatchRunsError, Ended, NewItem
from store.batches import ITEM, Batch, UnknownBatchError
from store.books import Books, open_books
from store.cases import INVOICE
from store.engine import reading, writing
from store.selecting import Selection
from tests.databases import on_postgres
from tests.gateway.cases import merchant, opening
from tests.store.test_duties import said

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


def of(books: Books, batch_id: str = "b1", kind: str = START, **more: object) -> Batch:
    new = Batch(id=batch_id, kind=kind, who="olle", rate=50.0, created_at=NOW, **more)  # type: ignore[arg-type]
    return books.batches.create(new)


def items(*places: int) -> list[NewItem]:
    return [NewItem(place, f'{{"number": "{place}"}}', str(place), f"march.csv:{place + 1}") for place in places]


def filled(books: Books, *places: int, at_once: int | None = None) -> Batch:
    of(books)
    books.batch_items.fill("b1", items(*places))
    return books.batches.run("b1", at_once)


def sources(books: Books) -> list[str]:
    with reading(books.engine) as connection:
        return list(connection.execute(select(ITEM.c.source).where(ITEM.c.source.is_not(None))).scalars())


@pytest.fixture
def books(books_url: str):
    opened = open_books(books_url)
    yield opened
    opened.close()


def test_a_batch_of_the_same_id_is_the_same_batch(books: Books):
    of(books, name="march.csv", at_once=3)

    again = of(books, name="april.csv")

    assert (again.name, again.at_once) == ("march.csv", 3)


def test_an_invoice_whose_place_is_taken_is_there_already(books: Books):
    of(books)
    books.batch_items.fill("b1", items(1, 2))
    books.batch_items.fill("b1", items(2, 3))

    assert books.batches.run("b1", None).total == 3
    assert [item.place for item in books.batch_items.waiting("b1", 10)] == [1, 2, 3]


def test_a_batch_that_runs_takes_no_more(books: Books):
    filled(books, 1)

    with pytest.raises(BatchRunsError):
        books.batch_items.fill("b1", items(2))
    with pytest.raises(BatchRunsError):
        books.batch_items.choose("b1", Selection())


def test_what_is_settled_is_counted_and_waits_no_more_and_the_last_ends_the_batch(books: Books):
    filled(books, 1, 2, 3)
    mine = books.registry.open(opening("1"), NOW).id

    books.batch_items.settle("b1", [Ended(1, ItemState.DONE, "", mine)], NOW)
    progress = books.batches.progress("b1")
    assert (progress.state, progress.handled, progress.total) == (BatchState.RUNNING, 1, 3)
    assert [item.place for item in books.batch_items.waiting("b1", 10)] == [2, 3]

    last = [Ended(2, ItemState.UNCHANGED), Ended(3, ItemState.REFUSED, "due: is missing; add it")]
    books.batch_items.settle("b1", last, NOW)
    assert str(books.batches.progress("b1")) == "done: 3 of 3, 1 were there already, 1 refused"
    assert books.batches.get("b1").ended_at == NOW


def test_what_starts_invoices_takes_the_batch_before_them_as_a_stop_does(books: Books):
    filled(books, 1)

    with said(books) as statements:
        books.batch_items.start("b1", [(1, opening("1"))], NOW)

    first = statements[0][0]
    assert "FROM batch " in " ".join(first.split())
    assert not on_postgres() or "FOR UPDATE" in first


def test_names_and_addresses_go_as_soon_as_nobody_waits_for_them(books: Books):
    filled(books, 1, 2, 3)
    books.batch_items.settle("b1", [Ended(1, ItemState.DONE), Ended(2, ItemState.REFUSED, "why")], NOW)
    assert len(sources(books)) == 1

    books.batches.steer(Steering("b1", BatchState.STOPPED), NOW)
    assert sources(books) == []


def test_the_report_tells_what_was_refused_by_place(books: Books):
    of(books)
    books.batch_items.fill("b1", [NewItem(1, None, "1", "march.csv:2", "amount: is missing; add it"), *items(2, 3)])
    books.batches.run("b1", None)
    books.batch_items.settle("b1", [Ended(3, ItemState.REFUSED, "due: is past; write another")], NOW)

    [first] = books.batch_items.refused("b1", 1)
    [second] = books.batch_items.refused("b1", 10, after=first.place)
    assert (first.origin, first.number, first.said) == ("march.csv:2", "1", "amount: is missing; add it")
    assert (second.origin, second.said) == ("march.csv:4", "due: is past; write another")


def test_a_batch_is_paused_resumed_and_stopped_and_stays_stopped(books: Books):
    filled(books, 1)

    def steered(state: BatchState) -> BatchState:
        return books.batches.steer(Steering("b1", state), NOW).state

    wishes = [BatchState.PAUSED, BatchState.PAUSED, BatchState.RUNNING, BatchState.STOPPED, BatchState.RUNNING]
    assert [steered(wish) for wish in wishes] == [*wishes[:4], BatchState.STOPPED]
    assert books.batches.steer(Steering("b1", rate=7.0), NOW).rate == 50.0


def test_trap_5_no_more_act_at_once_than_were_confirmed_then_the_batch_pauses_and_says_so(books: Books):
    filled(books, *range(1, 7), at_once=3)

    assert books.batch_items.admit("b1", {1: 1, 2: 1}) == {1, 2}
    assert books.batch_items.admit("b1", {4: 1, 5: 1}) == {4}
    books.batches.hold_back("b1")

    batch = books.batches.get("b1")
    assert (batch.state, batch.acted) == (BatchState.PAUSED, 3)
    assert "More messages would go out at once than the 3 that were confirmed" in batch.said
    assert [item.place for item in books.batch_items.waiting("b1", 10) if item.acts] == [1, 2, 4]


def test_trap_5_what_is_counted_are_messages_and_an_invoice_goes_with_all_of_its_own(books: Books):
    filled(books, 1, 2, 3, at_once=4)

    assert books.batch_items.admit("b1", {1: 2, 2: 1, 3: 2}) == {1, 2}
    assert books.batches.get("b1").acted == 3


def test_trap_5_a_person_who_resumes_confirms_how_many_more(books: Books):
    filled(books, 1, 2, 3, at_once=1)
    books.batch_items.admit("b1", {1: 1, 2: 1, 3: 1})
    books.batches.hold_back("b1")

    batch = books.batches.steer(Steering("b1", BatchState.RUNNING, at_once=2), NOW)

    assert (batch.state, batch.said, batch.at_once) == (BatchState.RUNNING, "", 3)
    assert books.batch_items.admit("b1", {2: 1, 3: 1}) == {2, 3}


def test_a_batch_with_which_nothing_was_done_is_forgotten(books: Books):
    of(books)
    books.batch_items.fill("b1", items(1))

    books.batches.discard("b1")

    with pytest.raises(UnknownBatchError):
        books.batches.get("b1")
    assert sources(books) == []


def test_a_batch_that_nobody_has_begun_is_forgotten_after_a_while(books: Books):
    of(books)
    books.batch_items.fill("b1", items(1))
    of(books, "b2")
    books.batches.run("b2", None)

    assert books.batches.discard_stale(NOW) == 0
    assert books.batches.discard_stale(NOW + timedelta(seconds=1)) == 1
    assert sources(books) == []
    assert [batch.id for batch in books.batches.all(10)] == ["b2"]


def test_a_batch_that_runs_is_not_forgotten(books: Books):
    filled(books, 1)

    books.batches.discard("b1")

    assert books.batches.get("b1").state is BatchState.RUNNING


def test_a_merchant_sees_its_own_batches_only(books: Books):
    of(books, "b1", merchant="nordljus")
    of(books, "b2", merchant="havblik")

    assert [batch.id for batch in books.batches.all(10, "nordljus")] == ["b1"]
    with pytest.raises(UnknownBatchError):
        books.batches.get("b2", "nordljus")


def test_batches_are_listed_page_by_page(books: Books):
    for number in range(5):
        of(books, f"b{number}")

    pages, last = [], None
    while page := books.batches.all(2, after=last):
        pages += [batch.id for batch in page]
        last = page[-1]
    assert pages == ["b0", "b1", "b2", "b3", "b4"]


# --- selections ------------------------------------------------------------------------------------------------------


def standing(books: Books, number: str, of_merchant: str = "nordljus", **columns: object) -> int:
    """An invoice that a look left like this."""
    invoice_id = books.registry.open(opening(number, merchant(of_merchant)), NOW).id
    if columns:
        with writing(books.engine) as connection:
            connection.execute(update(INVOICE).where(INVOICE.c.id == invoice_id).values(**columns))
    return invoice_id


def numbers(books: Books, selection: Selection) -> list[str]:
    assert books.selecting.count(selection) == len(books.selecting.refs(selection))
    return [ref.number for ref in books.selecting.refs(selection)]


def test_a_selection_means_what_it_names(books: Books):
    standing(books, "1", due=date(2026, 2, 1), stage=Stage.ON_HOLD, next_step="wait: paused")
    standing(books, "2", due=date(2026, 3, 1), stage=Stage.REMINDING, next_step="reminder-1: email")
    standing(books, "3", due=date(2026, 4, 1), stage=Stage.CLOSED)
    standing(books, "4", "havblik", due=date(2026, 2, 1), next_step="reminder-10: sms")
    with writing(books.engine) as connection:
        first = select(INVOICE.c.policy_version_id).where(INVOICE.c.number == "1").scalar_subquery()
        moved = update(INVOICE).where(INVOICE.c.number == "2").values(policy_version_id=first)
        connection.execute(moved)

    mine = Selection("nordljus")
    assert numbers(books, Selection()) == ["1", "2", "4"]
    assert numbers(books, mine) == ["1", "2"]
    assert numbers(books, Selection("nordljus", finished=True)) == ["1", "2", "3"]
    assert numbers(books, Selection(stages=(Stage.CLOSED, Stage.ON_HOLD))) == ["1", "3"]
    assert numbers(books, Selection(due_before=date(2026, 3, 1))) == ["1", "4"]
    assert numbers(books, Selection(due_from=date(2026, 3, 1))) == ["2"]
    assert numbers(books, Selection(next_step="reminder-1")) == ["2"]
    assert numbers(books, Selection(next_step="reminder-1: email")) == ["2"]
    assert numbers(books, Selection(version=1)) == ["1", "2", "4"]
    assert numbers(books, Selection(version=2)) == []
    assert numbers(books, Selection(country="SE")) == ["1", "2"]
    assert numbers(books, Selection(country="DK")) == ["4"]


def test_an_invoice_under_another_version_is_not_meant(books: Books):
    standing(books, "1")
    loaded = merchant()
    books.registry.publish(loaded.merchant, loaded.text + "\n# anew\n", NOW)

    assert numbers(books, Selection("nordljus", version=1)) == ["1"]
    assert numbers(books, Selection("nordljus", version=2)) == []


def test_what_is_meant_is_chosen_once_and_by_itself(books: Books):
    ids = [standing(books, str(number)) for number in range(1, 4)]
    standing(books, "1", "havblik")
    of(books, kind="pause")

    assert books.batch_items.choose("b1", Selection("nordljus")) == 3
    assert books.batch_items.choose("b1", Selection("nordljus")) == 3

    chosen = [(item.place, item.ref) for item in books.batch_items.waiting("b1", 10)]
    assert chosen == [(place, InvoiceRef(ids[place - 1], "nordljus", str(place))) for place in (1, 2, 3)]


def test_a_selection_is_read_by_people():
    some = Selection("nordljus", (Stage.ON_HOLD, Stage.REMINDING), date(2026, 3, 1), version=4)
    assert str(some) == "of nordljus that are on hold or reminding, due before 2026-03-01, under version 4"
    assert str(Selection()) == "of all merchants"
