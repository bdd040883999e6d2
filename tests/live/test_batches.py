"""Batches on a real server: every invoice once, whatever dies; paused, resumed, stopped; never more than confirmed."""

from __future__ import annotations

import asyncio
import multiprocessing
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import text, update
from temporalio.client import WorkflowExecutionStatus

from config.invoices import read_invoice
from config.merchants import Loaded, load_merchant
from config.settings import Settings
from domain.batches import START, BatchOrder, BatchProgress, BatchState, Steering
from domain.events import Paused
from domain.wire import InvoiceRef
from store.batch_items import NewItem
from store.batches import Batch
from store.books import open_books
from store.cases import INVOICE
from store.engine import among, writing
from store.orders import Order
from store.registry import enter
from store.selecting import Selection
from tests.live.house import House
from worker import running, sweeping
from workflows import options
from workflows.batching import BatchClient
from workflows.clock import is_running
from workflows.opening import opening_of
from workflows.server import connect

SOON = timedelta(seconds=20)
LATER = date(2031, 3, 3)
"""A day of issue on which nothing is to be done yet."""


@cache
def nordljus() -> Loaded:
    return load_merchant(Path("examples/merchants/nordljus.yaml"))


def invoice(number: str, issued: date = LATER, due: date | None = None):
    data = {
        "merchant": "nordljus",
        "number": number,
        "issued": str(issued),
        "due": str(due or issued + timedelta(days=30)),
        "amount": "249.00",
        "customer": {"name": "Anna Lundberg", "kind": "consumer", "email": f"{number}@customer.example"},
    }
    return read_invoice(data, lambda _: nordljus())


def rows(*numbers: str, issued: date = LATER) -> list[NewItem]:
    return [
        NewItem(place, invoice(number, issued).to_json(), number, f"march.csv:{place + 1}")
        for place, number in enumerate(numbers, start=1)
    ]


def named(prefix: str, count: int) -> list[str]:
    return [f"{prefix}-{number}" for number in range(count)]


def entered(house: House, numbers: Iterable[str], issued: date = LATER, due: date | None = None) -> list[InvoiceRef]:
    """Invoices in the books that nobody has woken."""
    with writing(house.books.engine) as connection:
        return [
            InvoiceRef(
                enter(connection, opening_of(invoice(number, issued, due), nordljus()), datetime.now(UTC)).id,
                "nordljus",
                number,
            )
            for number in numbers
        ]


def looked_at(house: House, refs: list[InvoiceRef]) -> None:
    """As if somebody had: so that no sweep begins their loops."""
    with writing(house.books.engine) as connection:
        mine = among(INVOICE.c.id, [ref.id for ref in refs], connection)
        connection.execute(update(INVOICE).where(mine).values(looked_at=datetime.now(UTC)))


class Many:
    """A batch under way."""

    def __init__(self, house: House, batch_id: str) -> None:
        self.house, self.id, self.books = house, batch_id, house.books
        self.client = BatchClient(house.client.plain, house.books, house.settings.task_queue)
        self.handle = house.client.plain.get_workflow_handle(BatchOrder(batch_id).workflow_id)

    @classmethod
    async def starting(cls, house: House, batch_id: str, items: list[NewItem], rate: float = 1000.0, at_once: int = 0):
        many = cls(house, batch_id)
        house.books.batches.create(
            Batch(id=batch_id, kind=START, who="olle", rate=rate, created_at=datetime.now(UTC), merchant="nordljus")
        )
        house.books.batch_items.fill(batch_id, items)
        house.books.batches.run(batch_id, at_once)
        await many.client.begin(batch_id)
        return many

    @classmethod
    async def ordering(cls, house: House, batch_id: str, kind: str, selection: Selection, at_once: int = 0, **fields):
        many = cls(house, batch_id)
        new = Batch(id=batch_id, kind=kind, who="olle", rate=1000.0, created_at=datetime.now(UTC), fields=fields)
        house.books.batches.create(new)
        house.books.batch_items.choose(batch_id, selection)
        house.books.batches.run(batch_id, at_once)
        await many.client.begin(batch_id)
        return many

    @property
    def progress(self) -> BatchProgress:
        return self.books.batches.progress(self.id)

    async def until(self, claim: Callable[[BatchProgress], bool]) -> BatchProgress:
        async with asyncio.timeout(60):
            while not claim(await asyncio.to_thread(lambda: self.progress)):
                await asyncio.sleep(0.02)
        return self.progress

    async def until_it_is(self, state: BatchState) -> BatchProgress:
        return await self.until(lambda progress: progress.state is state)

    async def steer(self, state: BatchState, at_once: int | None = None) -> BatchProgress:
        return await self.client.steer(Steering(self.id, state, at_once=at_once), SOON)


async def test_a_batch_starts_every_invoice_once_and_tells_which_were_there_and_which_could_not_be_used(house: House):
    [known] = entered(house, ["many-1"])
    items = rows(*named("many", 40))
    items[5] = NewItem(6, items[5].source.replace('"consumer"', '"martian"'), "many-5", "march.csv:7")  # type: ignore[union-attr]

    many = await Many.starting(house, "many", items)
    assert await many.handle.result() == "done: 40 of 40, 1 were there already, 1 refused"

    [refused] = many.books.batch_items.refused("many", 10)
    assert (refused.place, refused.number, refused.origin) == (6, "many-5", "march.csv:7")
    assert refused.said.startswith("customer.kind: … is not known here")
    refs = [house.client.find("nordljus", number) for number in named("many", 40) if number != "many-5"]
    for ref in refs:
        if ref != known:
            await house.client.rest(ref)
            assert await is_running(house.client.handle(ref))


async def test_a_batch_names_nobody_in_its_history(house: House):
    many = await Many.starting(house, "nameless", rows(*named("nameless", 3)))
    await many.handle.result()

    history = (await many.handle.fetch_history()).to_json()
    assert "nameless" in history
    assert "Anna" not in history
    assert "customer.example" not in history
    assert "march.csv" not in history


async def test_a_rate_holds(house: House):
    """Also where there is next to nothing to do: of these nearly all were there already."""
    numbers = named("rate", 2_000)
    looked_at(house, entered(house, numbers[20:]))
    items, begun = rows(*numbers), time.monotonic()

    many = await Many.starting(house, "rate", items, rate=500.0)
    said = await many.handle.result()

    assert said == "done: 2,000 of 2,000, 1,980 were there already"
    assert time.monotonic() - begun >= (2_000 - 100) / 500.0


async def test_a_batch_whose_worker_is_killed_goes_on_where_it_was(house: House):
    numbers = named("killed", 120)
    async with house.outage():
        async with worker_process(house) as process:
            many = await Many.starting(house, "killed", rows(*numbers), rate=40.0)
            await many.until(lambda progress: 0 < progress.handled < 120)
            process.kill()
            process.join()
        before = many.progress.handled
        assert before < 120
    await house.client.plain.get_workflow_handle("batch/killed").signal("change rate", 1000.0)

    progress = await many.until_it_is(BatchState.DONE)

    assert (progress.done, progress.unchanged, progress.refused) == (120, 0, 0)
    assert house.books.selecting.count(Selection("nordljus")) >= 120
    for number in numbers:
        assert house.books.cases.find("nordljus", number)


async def test_a_batch_is_paused_and_goes_on_and_is_stopped(house: House):
    many = await Many.starting(house, "paused", rows(*named("paused", 100)), rate=10.0)
    await many.until(lambda progress: progress.handled > 0)

    paused = await many.steer(BatchState.PAUSED)
    assert (paused.state, many.progress.handled) == (BatchState.PAUSED, paused.handled)
    await many.steer(BatchState.RUNNING)
    await many.until(lambda progress: progress.handled > paused.handled)
    stopped = await many.steer(BatchState.STOPPED)

    assert stopped.state is BatchState.STOPPED
    assert stopped.handled < 100
    assert (await many.handle.result()).startswith("stopped: ")
    assert many.progress.handled == stopped.handled


async def test_a_wish_that_no_worker_hears_is_kept_for_the_next(house: House):
    async with house.outage():
        many = await Many.starting(house, "kept", rows(*named("kept", 5)))
        told = await many.client.steer(Steering("kept", BatchState.STOPPED), timedelta(milliseconds=300))
        assert told.state is BatchState.RUNNING

    assert (await many.until_it_is(BatchState.STOPPED)).handled == 0


@pytest.mark.only_on("sqlite")  # where a table that is away is told as books that are
async def test_a_batch_whose_step_fails_again_and_again_is_stopped_all_the_same(house: House):
    due = date(2036, 5, 5)
    [ref] = entered(house, named("fails", 1), due=due)
    await house.client.wake(ref)
    await house.client.rest(ref)
    with away(house, "command"):
        many = await Many.ordering(house, "fails", "pause", Selection("nordljus", due_from=due))
        async with asyncio.timeout(30):
            while not await tries(many):
                await asyncio.sleep(0.05)

        stopped = await many.steer(BatchState.STOPPED)

    assert stopped.state is BatchState.STOPPED
    assert house.books.orders.given(ref.merchant, ref.number) == []


@contextmanager
def away(house: House, table: str) -> Iterator[None]:
    """A table that nobody finds for a while."""
    renamed(house, table, f"{table}_away")
    try:
        yield
    finally:
        renamed(house, f"{table}_away", table)


def renamed(house: House, old: str, new: str) -> None:
    with writing(house.books.engine) as connection:
        connection.execute(text(f"ALTER TABLE {old} RENAME TO {new}"))


async def tries(many: Many) -> int:
    """How often the step that is under way has failed."""
    description = await many.handle.describe()
    return max((pending.attempt - 1 for pending in description.raw_description.pending_activities), default=0)


async def test_a_batch_whose_starter_died_before_it_began_is_begun_by_the_sweep(house: House):
    new = Batch(id="orphan", kind=START, who="olle", rate=1000.0, created_at=datetime.now(UTC))
    house.books.batches.create(new)
    house.books.batch_items.fill("orphan", rows(*named("orphan", 2)))
    house.books.batches.run("orphan", 0)

    async with sweeping(house.client, house.settings):
        await Many(house, "orphan").until_it_is(BatchState.DONE)


async def test_an_order_reaches_every_invoice_that_is_meant_and_no_other(house: House):
    due = date(2033, 5, 5)
    refs = entered(house, named("ordered", 25), due=due)
    [other] = entered(house, ["ordered-not-1"], due=due + timedelta(days=1))
    for ref in (*refs, other):
        await house.client.wake(ref)
        await house.client.rest(ref)

    meant = Selection("nordljus", due_from=due, due_before=due + timedelta(days=1))
    many = await Many.ordering(house, "ordered", "pause", meant, until="2032-01-01")
    assert await many.handle.result() == "done: 25 of 25"

    for ref in refs:
        [order] = house.books.orders.given(ref.merchant, ref.number)
        assert (order.who, order.event.until) == ("olle", date(2032, 1, 1))  # type: ignore[attr-defined]
        assert (await house.client.look_again(ref)).stage == "on_hold"
    assert house.books.orders.given("nordljus", "ordered-not-1") == []


async def test_an_order_that_cannot_be_given_is_told_and_stops_no_other(house: House):
    due = date(2034, 5, 5)
    first, second = entered(house, named("unfit", 2), due=due)
    for ref in (first, second):
        await house.client.wake(ref)
        await house.client.rest(ref)
    house.books.orders.give(second.id, Order("unfit-paid", "pause", "olle"), Paused(at=datetime.now(UTC)))

    meant = Selection("nordljus", due_from=due, due_before=due + timedelta(days=1))
    many = await Many.ordering(house, "unfit", "answer", meant, outcome="rejected")
    assert await many.handle.result() == "done: 2 of 2, 2 refused"

    [refused, _] = many.books.batch_items.refused("unfit", 10)
    assert refused.number == "unfit-0"
    assert refused.said == "answer: nothing is disputed; see what was ordered with: kvitt status NUMBER"


async def test_trap_5_old_invoices_act_only_as_many_as_were_confirmed(house: House):
    """A merchant hands over 10 overdue invoices and somebody has confirmed 4: nothing goes out for the others."""
    old = datetime.now(UTC).date() - timedelta(days=90)
    many = await Many.starting(house, "old", rows(*named("old", 10), issued=old), at_once=4)

    paused = await many.until_it_is(BatchState.PAUSED)
    assert paused.handled == 4
    assert "More messages would go out at once than the 4 that were confirmed" in paused.said
    assert sum(house.books.cases.has("nordljus", number) for number in named("old", 10)) == 4

    await many.steer(BatchState.RUNNING, at_once=5)
    assert (await many.until_it_is(BatchState.PAUSED)).handled == 9
    await many.steer(BatchState.RUNNING, at_once=1)
    assert await many.handle.result() == "done: 10 of 10"


async def test_trap_5_a_release_sets_no_more_going_than_were_confirmed(house: House):
    """All six would send their invoice at once, or as soon as the contact window opens."""
    issued, due = datetime.now(UTC).date() - timedelta(days=3), date(2035, 5, 5)
    refs = entered(house, named("released", 6), issued, due)
    for ref in refs:
        house.books.orders.give(ref.id, Order(f"hold-{ref.number}", "pause", "olle"), Paused(at=datetime.now(UTC)))
        await house.client.wake(ref)
        await house.client.rest(ref)

    meant = Selection("nordljus", due_from=due, due_before=due + timedelta(days=1))
    many = await Many.ordering(house, "released", "release", meant, at_once=4)
    paused = await many.until_it_is(BatchState.PAUSED)

    assert (paused.handled, many.books.batches.get("released").acted) == (4, 4)
    held = [ref for ref in refs if house.books.cases.read(ref.id).facts.hold]
    assert len(held) == 2
    await many.steer(BatchState.RUNNING, at_once=2)
    assert await many.handle.result() == "done: 6 of 6"


async def test_a_batch_that_has_ended_is_steered_no_more(house: House):
    many = await Many.starting(house, "ended", rows("ended-1"))
    await many.handle.result()

    assert (await many.steer(BatchState.PAUSED)).state is BatchState.DONE
    described = await many.handle.describe()
    assert described.status is WorkflowExecutionStatus.COMPLETED


@asynccontextmanager
async def worker_process(house: House) -> AsyncIterator[multiprocessing.process.BaseProcess]:
    """A worker that can be killed."""
    address = house.client.plain.service_client.config.target_host
    context = multiprocessing.get_context("spawn")
    process = context.Process(target=work, args=(address, house.settings.database, str(house.settings.home)))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()


def work(address: str, database: str, home: str) -> None:
    """The process: a worker whose silence is noticed quickly."""
    options.BATCHING["heartbeat_timeout"] = timedelta(seconds=2)

    async def run() -> None:
        books = open_books(database)
        async with running(await connect(address), books, Settings(home=Path(home), database_url=database)):
            await asyncio.Event().wait()

    asyncio.run(run())
