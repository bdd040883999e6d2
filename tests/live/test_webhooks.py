"""Merchants' systems hear everything, at least once, under one id: whatever fails in between."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from structlog.testing import capture_logs
from temporalio.worker import Worker

from activities.announcing import Announcer, announcing
from domain.announcements import announce
from domain.deliveries import DeliveryOrder, webhook_queue
from store.books import open_books
from store.deliveries import DEAD, DELIVERED
from tests.channels.receiver import Receiver
from tests.live.delivering import delivering, telling
from tests.live.histories import words_of
from tests.live.house import House, story
from tests.live.shop import QUICK, is_dead_or_delivered, listening
from workflows import options
from workflows.delivery import DeliveryWorkflow
from workflows.server import connect

OFTEN = QUICK.maximum_attempts


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """As often as ever, only sooner."""
    monkeypatch.setitem(options.DELIVERING, "retry_policy", QUICK)


async def test_a_life_is_heard_as_it_was_lived(house: House):
    async with listening(house, Receiver()) as shop:
        ref = await house.play(story("two-reminders-pays-with-fee"), "hook-life")
        async with shop.telling():
            await shop.until(is_dead_or_delivered)

    case = house.books.cases.read(ref.id)
    expected = [
        told.body for seq in range(1, len(case.events) + 1)
        for told in announce(case.invoice, case.reference, case.events, seq)
    ]  # fmt: skip
    said = [one.read(shop.endpoint.secrets[0]) for one in shop.receiver.received]
    assert sorted(one.body.decode() for one in shop.receiver.received) == sorted(expected)
    assert {one["type"] for one in said} >= {f"invoice.{word}" for word in ("sent", "reminded", "charged", "paid")}
    assert len(set(shop.receiver.ids)) == len(expected)


@pytest.mark.usefixtures("quickly")
async def test_a_receiver_that_fails_is_asked_until_it_answers(house: House):
    async with listening(house, Receiver(answers=[500, 301, 200])) as shop, shop.telling():
        shop.pay()
        (told,) = await shop.until_ended(DELIVERED)

    assert [one.status for one in shop.receiver.received] == [500, 301, 200]
    assert {one.id for one in shop.receiver.received} == {told.id}
    assert all(one.read(shop.endpoint.secrets[0]) for one in shop.receiver.received)
    assert (told.attempts, told.last_status, told.last_said) == (3, 200, "thank you")


@pytest.mark.usefixtures("quickly")
async def test_what_nobody_takes_is_dead_and_can_be_sent_anew(house: House):
    async with listening(house, Receiver(answers=[*[500] * OFTEN, 200])) as shop, shop.telling():
        shop.pay()
        (dead,) = await shop.until_ended(DEAD)
        assert (dead.attempts, dead.last_status) == (OFTEN, 500)

        shop.books.deliveries.replay(dead.id)
        (told,) = await shop.until_ended(DELIVERED)

    assert shop.receiver.ids == [dead.id]
    assert told.round == 1


async def test_an_endpoint_that_is_gone_is_closed_and_asked_no_more(house: House):
    async with listening(house, Receiver(answers=[410])) as shop, shop.telling():
        invoice_id = shop.pay()
        (dead,) = await shop.until_ended(DEAD)
        shop.pay(invoice_id)
        shop.books.deliveries.replay(dead.id)
        await shop.until(lambda told: told[0].round == 1 and told[0].state == DEAD)

    assert dead.last_status == 410
    assert not dead.is_open
    assert len(shop.receiver.received) == 1


async def test_two_who_tell_at_once_deliver_each_message_once(house: House, request: pytest.FixtureRequest):
    events = 40
    async with listening(house, Receiver()) as shop, AsyncExitStack() as workers:
        invoice_id = shop.pay()
        for _ in range(2):
            books = open_books(house.settings.database, migrate=False)
            request.addfinalizer(books.close)
            client = await connect(shop.client.service_client.config.target_host)
            await workers.enter_async_context(telling(client, books, shop.queue))
        for _ in range(events - 1):
            await asyncio.to_thread(shop.pay, invoice_id)
        told = await shop.until_ended(DELIVERED, events)

    assert sorted(shop.receiver.ids) == sorted(one.id for one in told)
    assert len(set(shop.receiver.ids)) == len(shop.receiver.received) == events


async def test_a_worker_killed_between_post_and_record_loses_nothing(house: House, monkeypatch: pytest.MonkeyPatch):
    """The message is posted again, under the same id: the receiver knows that it has it."""
    monkeypatch.setitem(options.DELIVERING, "start_to_close_timeout", timedelta(seconds=2))
    monkeypatch.setitem(options.DELIVERING, "retry_policy", QUICK)
    receiver = Receiver()
    async with listening(house, receiver) as shop, AsyncExitStack() as stack:
        address = shop.client.service_client.config.target_host
        command = [sys.executable, "-m", "tests.live.delivering", address, house.settings.database, shop.queue]
        worker = subprocess.Popen(command)
        receiver.before = worker.kill
        await stack.enter_async_context(
            Worker(shop.client, task_queue=webhook_queue(shop.queue), workflows=[DeliveryWorkflow])
        )
        await stack.enter_async_context(announcing(Announcer(shop.client, shop.books, shop.queue)))
        await asyncio.to_thread(shop.pay)
        await asyncio.to_thread(worker.wait, 60)
        assert [(one.state, one.attempts) for one in shop.deliveries] == [("pending", 0)]

        await stack.enter_async_context(delivering(shop.client, shop.books, shop.queue))
        (told,) = await shop.until_ended(DELIVERED)

    assert [one.id for one in receiver.received] == [told.id, told.id]


async def test_whoever_dies_between_writing_down_and_beginning_loses_nothing(house: House):
    """What is written down and has no workflow, and what lost its workflow, is begun by whoever comes next."""
    async with listening(house, Receiver()) as shop:
        shop.pay()
        shop.books.deliveries.write_down(datetime.now(UTC))
        shop.pay()
        announcer = Announcer(shop.client, shop.books, shop.queue)
        assert await announcer.announce() == 2
        for one in shop.deliveries:
            await shop.client.get_workflow_handle(DeliveryOrder(one.id).workflow_id).terminate()
        async with shop.telling():
            await shop.until_ended(DELIVERED, 2)

    assert sorted(shop.receiver.ids) == sorted(one.id for one in shop.deliveries)


async def test_a_message_that_is_cancelled_is_given_up_and_one_that_is_replayed_does_not_wait(house: House):
    async with listening(house, Receiver(answers=[500, 500, 200])) as shop, shop.telling():
        shop.pay()
        (told,) = await shop.until(lambda told: told and told[0].attempts == 1)
        await shop.client.get_workflow_handle(told.order.workflow_id).cancel()
        await shop.until_ended(DEAD)

        shop.books.deliveries.replay(told.id)
        (again,) = await shop.until(lambda told: told[0].attempts == 2)
        shop.books.deliveries.replay(again.id)
        await shop.until_ended(DELIVERED)

    assert (again.round, again.state) == (1, "pending")
    assert {one.id for one in shop.receiver.received} == {told.id}


async def test_a_receiver_that_holds_the_line_holds_up_no_other(house: House):
    events, hung_up = 20, Event()
    async with listening(house, Receiver(before=hung_up.wait)) as slow, listening(house, Receiver()) as shop:
        invoice_id = shop.pay()
        for _ in range(events - 1):
            shop.pay(invoice_id)
        async with shop.telling():
            try:
                await shop.until_ended(DELIVERED, events)
                held = [one.state for one in slow.deliveries]
            finally:
                hung_up.set()
            await slow.until_ended(DELIVERED, events)

    assert "delivered" not in held


class Counting(Announcer):
    """Counts how often it was called."""

    rounds = 0

    async def announce(self) -> int:
        self.rounds += 1
        return await super().announce()


async def test_who_tells_goes_on_when_the_books_are_back(house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """It says once that they are away, and asks on."""
    monkeypatch.setattr("activities.announcing.LOOK_EVERY", timedelta(milliseconds=20))
    async with listening(house, Receiver()) as shop:
        announcer = Counting(shop.client, shop.books, shop.queue)
        announcer.books = open_books(f"sqlite:///{tmp_path / 'away.sqlite3'}", migrate=False)
        with capture_logs() as logs:
            async with announcing(announcer), delivering(shop.client, shop.books, shop.queue, [DeliveryWorkflow]):
                shop.pay()
                await shop.until(lambda told: not told and announcer.rounds > 3)
                announcer.books.close()
                announcer.books = shop.books
                await shop.until_ended(DELIVERED)

    assert [line["event"] for line in logs if "merchants" in line["event"]] == [
        "merchants cannot be told now; it goes on in a while"
    ]


async def test_an_endpoint_hears_only_what_it_asked_for(house: House):
    async with listening(house, Receiver(), "invoice.closed", "invoice.charged") as shop:
        await house.play(story("two-reminders-pays-with-fee"), "hook-some")
        async with shop.telling():
            told = await shop.until(is_dead_or_delivered)

    assert {one.type for one in told} == {"invoice.closed", "invoice.charged"}


@pytest.mark.usefixtures("quickly")
async def test_temporal_knows_which_message_and_nothing_of_it(house: House):
    """No address, no amount, no invoice, and not what the receiver said."""
    async with listening(house, Receiver(answers=[500, 200], said=b"Anna Lundberg")) as shop, shop.telling():
        shop.pay()
        (told,) = await shop.until_ended(DELIVERED)
        handle = shop.client.get_workflow_handle(told.order.workflow_id)
        await handle.result()
        description, history = await handle.describe(), await words_of(handle)

    assert description.workflow_type == "webhook"
    assert told.id in handle.id
    assert told.id in history
    for word in (shop.receiver.url, "Anna", told.number, shop.endpoint.secrets[0], "1.00", "invoice.paid"):
        assert word not in history


async def test_who_wakes_the_announcer_need_not_wait(house: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("activities.announcing.LOOK_EVERY", timedelta(hours=1))
    async with (
        listening(house, Receiver()) as shop,
        delivering(shop.client, shop.books, shop.queue),
        Worker(shop.client, task_queue=webhook_queue(shop.queue), workflows=[DeliveryWorkflow]),
        announcing(Announcer(shop.client, shop.books, shop.queue)) as wake,
    ):
        await asyncio.to_thread(shop.pay)
        await asyncio.to_thread(wake)
        await shop.until_ended(DELIVERED)


def test_a_receiver_is_asked_ten_times_in_three_days():
    policy = options.DELIVERING["retry_policy"]
    pauses, pause = [], policy.initial_interval
    for _ in range(policy.maximum_attempts - 1):
        pauses.append(min(pause, policy.maximum_interval))
        pause *= policy.backoff_coefficient

    assert pauses[0] == timedelta(seconds=5)
    assert timedelta(days=3) < sum(pauses, timedelta()) < timedelta(days=4)
