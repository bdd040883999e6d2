"""One message and one fee per step: under duplicates, crashes, and broken templates."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy

import pytest
from temporalio.testing import ActivityEnvironment

from activities.email import EmailActivities
from activities.letter import LetterActivities
from activities.sending import Sending
from channels.outbox import Outbox
from channels.way import Item
from config.merchants import Loaded, read_merchant
from config.stories import Story
from domain.decisions import Recall, Reconcile, Send
from domain.events import Released, Reserved, Settled, Stopped
from domain.law.bank_days import calendar_of
from domain.parcel import Parcel
from domain.policy import Channel
from domain.rules import decide
from domain.timeline import Did
from domain.wire import InvoiceRef, RecallOrder, ReconcileOrder, SendOrder
from domain.words import Reason, Status
from store.orders import Order, OrderIdTakenError
from templates.errors import RenderError
from tests.live.house import House, numbered, simulated, story
from workflows.opening import opening_of


async def begin(house: House, told: Story, number: str, hour: int = 0) -> InvoiceRef:
    """Start a story's invoice at an hour of its day of issue, and let it come to rest."""
    opening = numbered(opening_of(told.invoice, told.loaded), number)
    begins = calendar_of("SE").moment(datetime.combine(told.invoice.issued, time(hour)))
    started = await house.client.start(replace(opening, shift=begins - datetime.now(UTC)))
    await house.client.rest(started.ref)
    return started.ref


async def test_starting_twice_is_starting_once(house: House):
    told = story("pays-on-time")
    opening = numbered(opening_of(told.invoice, told.loaded), "once-1")

    both = await asyncio.gather(house.client.start(opening), house.client.start(opening))

    assert sorted(started.created for started in both) == [False, True]
    assert both[0].ref == both[1].ref


async def test_the_same_order_twice_is_one_order(house: House):
    ref = await begin(house, story("pays-on-time"), "once-2", hour=10)
    order = Order("order-once-2", "stop", "ops")

    first = await house.client.order(ref, order, Stopped(at=datetime.now(UTC)))
    second = await house.client.order(ref, order, Stopped(at=datetime.now(UTC)))

    assert first.outcome == second.outcome == "stopped"
    assert [entry.did for entry in house.life(ref)].count(Did.CLOSED) == 1


async def test_an_order_that_nobody_takes_yet_stands(house: House):
    """Whoever gives it is told so, and need not give it again: a payment given twice would be booked twice."""
    ref = await begin(house, story("pays-on-time"), "once-no-worker", hour=10)

    async with house.outage():
        order = Order("order-no-worker", "stop", "ops")
        glance = await house.client.order(
            ref, order, Stopped(at=datetime.now(UTC)), patience=timedelta(milliseconds=500)
        )
        assert glance is None
    await house.client.look_again(ref)

    assert [entry.did for entry in house.life(ref)].count(Did.CLOSED) == 1


def test_an_order_id_names_one_order(house: House):
    """Given for another invoice it is refused, not taken for the same order: that would lose a payment."""
    told, now = story("pays-on-time"), datetime.now(UTC)
    opening = opening_of(told.invoice, told.loaded)
    one, other = (house.books.registry.open(numbered(opening, f"once-id-{n}"), now).id for n in (1, 2))
    order = Order("order-once-id", "stop", "ops")
    house.books.orders.give(one, order, Stopped(at=now))

    with pytest.raises(OrderIdTakenError, match="nordljus/once-id-1"):
        house.books.orders.give(other, order, Stopped(at=now))
    with pytest.raises(OrderIdTakenError, match="nordljus/once-id-1"):
        house.books.orders.keep_for("nordljus", "once-id-3", order, Stopped(at=now))

    assert house.books.cases.read(other).events == []


def test_a_stop_is_not_kept_for_an_invoice_that_has_come_meanwhile(house: House):
    """It would wait for ever: only an invoice that is entered takes what was kept for it."""
    told, now = story("pays-on-time"), datetime.now(UTC)
    opening = opening_of(told.invoice, told.loaded)
    house.books.registry.open(numbered(opening, "once-came"), now)

    kept = house.books.orders.keep_for("nordljus", "once-came", Order("once-came", "stop", "ops"), Stopped(at=now))

    assert not kept


async def test_a_closed_case_that_is_woken_keeps_its_time(house: House):
    """Its new workflow shows the machine's clock; what the old one had skipped moves into the shift."""
    ref = await house.play(story("pays-on-time"), "once-woken")
    closed_at = house.life(ref)[-1].at

    await asyncio.gather(*(house.client.look_again(ref) for _ in range(3)))

    now = await house.client.clock.now(ref, house.books)
    assert timedelta(0) <= now - closed_at < timedelta(minutes=5)
    assert house.books.cases.read(ref.id).looked_at >= closed_at  # type: ignore[operator]
    await house.client.fast_forward(ref, timedelta(days=2))
    assert await house.client.clock.now(ref, house.books) - now >= timedelta(days=2)


async def test_many_who_ask_at_once_are_all_answered(house: House):
    """Also while the life ends: an update that comes during the last look gets a look of its own."""
    ref = await begin(house, story("pays-on-time"), "once-many", hour=10)
    stop = Order("order-once-many", "stop", "ops")

    glances = await asyncio.gather(
        *(house.client.look_again(ref) for _ in range(5)),
        house.client.order(ref, stop, Stopped(at=datetime.now(UTC))),
        *(house.client.look_again(ref) for _ in range(10)),
    )

    assert glances[5].outcome == "stopped"
    assert len(glances) == 16


async def test_a_stop_that_overtakes_its_invoice_stops_it(house: House):
    """Trap 20: the order is kept until the invoice comes, and nothing is ever sent."""
    order = Order("order-once-3", "stop", "ops")
    house.books.orders.keep_for("nordljus", "once-3", order, Stopped(at=datetime.now(UTC)))

    ref = await begin(house, story("pays-on-time"), "once-3", hour=10)

    assert [entry.did for entry in house.life(ref)] == [Did.CLOSED]
    assert house.books.sends.of_invoice(ref.id) == []


@asynccontextmanager
async def standing_still(house: House) -> AsyncIterator[None]:
    async with house.outage():
        yield


def email_sending(house: House, pack: Callable[..., object]) -> Sending:
    return Sending(house.books, Outbox(house.settings.home / "outbox", Channel.EMAIL), pack)  # type: ignore[arg-type]


@pytest.mark.parametrize("reached_the_vendor", [True, False])
async def test_a_worker_that_died_between_vendor_and_record_sends_once(house: House, reached_the_vendor: bool):
    """Trap 2: the place is reserved and nobody settled it. Evidence decides, and no second message goes out."""
    number = f"once-died-{reached_the_vendor}"
    told = story("pays-on-time")
    opening = numbered(opening_of(told.invoice, told.loaded), number)
    begins = calendar_of("SE").moment(datetime.combine(told.invoice.issued, time(10)))
    opened = house.books.registry.open(replace(opening, shift=begins - datetime.now(UTC)), datetime.now(UTC))
    with house.books.cases.locked(opened.id) as case:
        send = decide(case.facts, case.policy, case.law, begins)
        assert isinstance(send, Send)
        place = house.books.sends.take_place(case, send, begins)
    if reached_the_vendor:
        parcel = Parcel("text/plain", b"the message", "somebody")
        assert house.books.sends.keep(place, parcel)
        Outbox(house.settings.home / "outbox", Channel.EMAIL).send(Item(place.id, parcel, begins))

    ref = InvoiceRef(opened.id, "nordljus", number)
    await house.client.look_again(ref)
    await house.client.rest(ref)
    if not reached_the_vendor:
        await house.client.fast_forward(ref, timedelta(minutes=10))
        await house.client.rest(ref)

    sent = [entry for entry in house.life(ref) if entry.did is Did.SENT]
    files = [kept for kept in house.books.sends.of_invoice(ref.id) if _is_out(house, kept.id)]
    assert len(sent) == len(files) == 1
    assert files[0].send.attempt == (1 if reached_the_vendor else 2)


@pytest.mark.parametrize("answered", [True, False])
def test_a_vendor_is_not_asked_for_what_another_was_given(house: House, answered: bool):
    """The settings name another one since. It has not got the message, and that proves nothing: it may be out."""
    told, number = story("pays-on-time"), f"once-switched-{answered}"
    now = calendar_of("SE").moment(datetime.combine(told.invoice.issued, time(10)))
    opened = house.books.registry.open(numbered(opening_of(told.invoice, told.loaded), number), now)
    with house.books.cases.locked(opened.id) as case:
        send = decide(case.facts, case.policy, case.law, now)
        assert isinstance(send, Send)
        place = house.books.sends.take_place(case, send, now)
    assert house.books.sends.keep(place, Parcel("text/plain", b"the message", "somebody"), "sendgrid")
    if answered:
        with house.books.cases.locked(opened.id) as case:
            house.books.sends.answered(case, place, "sendgrid", None, "TimeoutError()", None)
    activities, environment = EmailActivities(email_sending(house, lambda _: None)), ActivityEnvironment()
    environment.info = replace(environment.info, started_time=now)

    sought = environment.run(activities.reconcile, ReconcileOrder(opened.id, Reconcile(send.id, send.channel)))
    called_back = environment.run(
        LetterActivities(activities.sending).recall, RecallOrder(opened.id, Recall(send.id, send.channel))
    )

    assert sought.status is called_back.status is Status.UNKNOWN
    assert not _is_out(house, place.id)
    assert house.books.sends.by_id(place.id).vendor == "sendgrid"


def _is_out(house: House, send_id: str) -> bool:
    return (house.settings.home / "outbox" / "email" / f"{send_id}.eml").exists()


def test_an_activity_that_runs_twice_sends_once(house: House):
    """The second run finds that its decision no longer stands."""
    told = story("pays-on-time")
    opening = numbered(opening_of(told.invoice, told.loaded), "once-4")
    now = calendar_of("SE").moment(datetime.combine(told.invoice.issued, time(10)))
    opened = house.books.registry.open(opening, now)
    case = house.books.cases.read(opened.id)
    send = decide(case.facts, case.policy, case.law, now)
    assert isinstance(send, Send)
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=now)
    packed: list[object] = []

    def pack(packing: object) -> object:
        packed.append(packing)
        return Parcel("text/plain", b"hello", "somebody")

    sending = email_sending(house, pack)
    reports = [environment.run(sending.send, SendOrder(opened.id, send)) for _ in range(2)]

    assert [report.status for report in reports] == [Status.SENT, None]
    assert len(packed) == 1


def test_a_worker_that_was_taken_for_dead_sends_nothing(house: House):
    """Its activity timed out, a search found nothing, and a new attempt is on its way: the old one must not go too."""
    told = story("pays-on-time")
    opening = numbered(opening_of(told.invoice, told.loaded), "once-slow")
    now = calendar_of("SE").moment(datetime.combine(told.invoice.issued, time(10)))
    opened = house.books.registry.open(opening, now)
    case = house.books.cases.read(opened.id)
    send = decide(case.facts, case.policy, case.law, now)
    assert isinstance(send, Send)
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=now)

    def slow(packing: object) -> object:
        searched = environment.run(sending.reconcile, ReconcileOrder(opened.id, Reconcile(send.id, send.channel)))
        assert searched.status is Status.NOT_SENT
        return Parcel("text/plain", b"hello", "somebody")

    sending = email_sending(house, slow)
    report = environment.run(sending.send, SendOrder(opened.id, send))

    assert report.status is None
    assert not any(_is_out(house, kept.id) for kept in house.books.sends.of_invoice(opened.id))


def test_a_message_that_cannot_be_made_stops_the_case_visibly(house: House):
    """Trap 8: nothing is half sent, no fee stays, a person is asked; after the release it goes out."""
    told = story("pays-on-time")
    opening = numbered(opening_of(told.invoice, told.loaded), "once-5")
    now = calendar_of("SE").moment(datetime.combine(told.invoice.issued, time(10)))
    opened = house.books.registry.open(opening, now)
    case = house.books.cases.read(opened.id)
    send = decide(case.facts, case.policy, case.law, now)
    assert isinstance(send, Send)
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=now)

    def broken(packing: object) -> object:
        raise RenderError("invoice/sv", "payee is missing")

    report = environment.run(email_sending(house, broken).send, SendOrder(opened.id, send))

    assert (report.status, report.why) == (Status.NOT_SENT, Reason.CANNOT_RENDER)
    assert house.books.sends.of_invoice(opened.id)[0].parcel is None
    with house.books.cases.locked(opened.id) as case:
        asked = decide(case.facts, case.policy, case.law, now)
        assert asked.event.reason is Reason.CANNOT_RENDER  # type: ignore[union-attr]
        case.add(asked.event)  # type: ignore[union-attr]
        assert decide(case.facts, case.policy, case.law, now).reason is Reason.ASKED  # type: ignore[union-attr]
        case.add(Released(at=now))
        later = now + timedelta(minutes=5)
        again = decide(case.facts, case.policy, case.law, later)
    assert isinstance(again, Send)
    assert again.id.attempt == 2


async def test_every_fee_in_the_books_is_in_its_message(house: House):
    """Trap 24: the message that carries the fee says so, in the amounts of the books."""
    told = story("two-reminders-pays-with-fee")

    ref = await house.play(told, "once-6")

    case = house.books.cases.read(ref.id)
    reserved = [event for event in case.events if isinstance(event, Reserved) and event.charges]
    settled = {event.send for event in case.events if isinstance(event, Settled) and event.status is Status.SENT}
    assert reserved
    assert {event.send for event in reserved} <= settled
    for event in reserved:
        kept = house.books.sends.of_place(ref.id, event.send)
        assert kept
        assert kept.parcel
        text = _words(kept.parcel.body)
        for added in event.charges:
            assert _amount(added.amount.minor) in text
        assert _amount(event.total.minor) in text


def _words(eml: bytes) -> str:
    body = message_from_bytes(eml, policy=policy.default).get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\u00a0", " ")


def _amount(minor: int) -> str:
    return f"{minor // 100},{minor % 100:02d}"


async def test_paying_one_invoice_leaves_the_other_its_own_way(house: House):
    """Trap 3: the customer pays the older of two invoices; the younger keeps its own step and count."""
    paid = await house.play(story("pays-on-time"), "once-7")
    reminded = story("two-reminders-pays-with-fee")
    other = await house.play(reminded, "once-8")

    assert [entry.did for entry in house.life(paid)][-1] is Did.CLOSED
    assert house.life(other) == simulated(reminded)


async def test_a_case_keeps_the_policy_it_began_with(house: House):
    """Trap 6: a merchant's file edited while cases run changes nothing for them."""
    told = story("two-reminders-pays-with-fee")
    ref = await begin(house, told, "once-9", hour=10)
    before = house.books.cases.read(ref.id)
    edited = told.merchant_text.replace("fee: 60.00", "fee: 10.00")
    assert edited != told.merchant_text
    house.books.registry.publish(read_merchant(edited, "edited"), edited, datetime.now(UTC))

    await house.client.look_again(ref)

    after = house.books.cases.read(ref.id)
    assert after.policy == before.policy
    assert after.merchant_version_id == before.merchant_version_id
    fresh = opening_of(told.invoice, Loaded(read_merchant(edited, "edited"), edited, ()))
    newer = house.books.registry.open(numbered(fresh, "once-10"), datetime.now(UTC))
    assert house.books.cases.read(newer.id).policy.reminders[0].fee.minor == 1000
