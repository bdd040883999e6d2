"""Each question of ops, asked of a real server: it finds the case that it is about, and not the one beside it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.worker import Worker

from domain.decisions import Send
from domain.events import Disputed, MoveAsked, Paused, Sought
from domain.law.bank_days import calendar_of
from domain.money import Money
from domain.rules import decide
from domain.simulation import reserve
from domain.wire import InvoiceRef
from domain.words import When
from store.orders import Order
from store.registry import Opening
from tests.live.house import House, numbered, story
from workflows.client import CaseClient
from workflows.clock import SERVER_SETTINGS
from workflows.invoice import InvoiceWorkflow
from workflows.opening import opening_of
from workflows.server import connect, serving
from workflows.views import VIEWS, View

CALENDAR = calendar_of("SE")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
BY_NAME: Mapping[str, View] = {view.name: view for view in VIEWS}


@dataclass(frozen=True, slots=True)
class Scene:
    """A case that a view must show at one moment, and what it must not show: a case, at a moment."""

    shown: InvoiceRef
    at: datetime
    others: tuple[tuple[InvoiceRef, datetime], ...]


def local(wall: str) -> datetime:
    return CALENDAR.moment(datetime.fromisoformat(wall)).astimezone(CALENDAR.zone)


def opening(number: str, name: str = "pays-on-time") -> Opening:
    told = story(name)
    begins = CALENDAR.moment(datetime.combine(told.invoice.issued, time(10)))
    return replace(numbered(opening_of(told.invoice, told.loaded), number), shift=begins - datetime.now(UTC))


async def started(house: House, number: str) -> InvoiceRef:
    ref = (await house.client.start(opening(number))).ref
    await house.client.rest(ref)
    return ref


async def paused(house: House, number: str, until: date | None = None) -> InvoiceRef:
    ref = await started(house, number)
    event = Paused(at=await house.client.clock.now(ref, house.books), until=until)
    await house.client.order(ref, Order(f"{number}-p", "pause", "ops"), event)
    return ref


async def attention(house: House) -> Scene:
    asks, goes_on = await house.play(story("nothing-reaches"), "view-1"), await started(house, "view-2")
    return Scene(asks, local("2026-04-01"), ((goes_on, local("2026-04-01")),))


async def bounced(house: House) -> Scene:
    ref, other = await house.play(story("bounce-then-sms-at-once"), "view-3"), await started(house, "view-4")
    return Scene(ref, local("2026-03-02 23:00"), ((ref, local("2026-03-03 01:00")), (other, local("2026-03-02 23:00"))))


async def handed_over(house: House) -> Scene:
    ref, other = await started(house, "view-5"), await started(house, "view-6")
    while house.books.looks.one(ref.id).stage != "in_collection":
        await house.client.fast_forward(ref, 20 * DAY)
        await house.client.rest(ref)
    claim = next(s for s in house.books.cases.read(ref.id).facts.sends if s.message == "claim")
    assert claim.out_at
    soon, late = claim.out_at + 6 * DAY, claim.out_at + 9 * DAY
    return Scene(ref, soon, ((ref, late), (other, soon)))


async def stuck(house: House) -> Scene:
    """A worker died before it knew, and whoever was asked has no evidence."""
    ref = InvoiceRef(house.books.registry.open(opening("view-7"), datetime.now(UTC)).id, "nordljus", "view-7")
    with house.books.cases.locked(ref.id) as case:
        now = datetime.now(UTC) + case.shift
        decision = decide(case.facts, case.policy, case.law, now)
        assert isinstance(decision, Send)
        case.add(reserve(decision, now))
        case.add(Sought(at=now, send=decision.id))
    await house.client.wake(ref)
    await house.client.rest(ref)
    fine = await started(house, "view-8")
    return Scene(ref, now + 2 * HOUR, ((ref, now + HOUR / 2), (fine, now + 2 * HOUR)))


async def past_its_hold(house: House) -> Scene:
    ref = await paused(house, "view-9", date(2026, 3, 20))
    waits = await started(house, "view-10")
    return Scene(ref, local("2026-03-21 01:00"), ((ref, local("2026-03-20 23:00")), (waits, local("2026-03-21 01:00"))))


async def long_held(house: House) -> Scene:
    ref, ends = await paused(house, "view-11"), await paused(house, "view-12", date(2026, 6, 20))
    return Scene(ref, local("2026-03-18"), ((ref, local("2026-03-15")), (ends, local("2026-03-18"))))


async def overdue(house: House) -> Scene:
    ref = await started(house, "view-13")
    at = house.books.looks.one(ref.id).next_at
    over = await house.play(story("pays-on-time"), "view-14")
    assert at
    return Scene(ref, at + 2 * HOUR, ((ref, at + HOUR / 2), (over, at + 900 * DAY)))


async def not_looked_at(house: House) -> Scene:
    nobody = CaseClient(house.client.plain, house.books, "nobody")
    ref = InvoiceRef(house.books.registry.open(opening("view-15"), datetime.now(UTC)).id, "nordljus", "view-15")
    await nobody.wake(ref)
    looked_at, now = await started(house, "view-16"), datetime.now(UTC)
    return Scene(ref, now + HOUR, ((ref, now), (looked_at, now + HOUR)))


SCENES: dict[str, Callable[[House], Awaitable[Scene]]] = {
    "Needs attention": attention,
    "Bounced today": bounced,
    "Handed over this week": handed_over,
    "Stuck sends": stuck,
    "On hold past their end": past_its_hold,
    "On hold for long": long_held,
    "Overdue": overdue,
    "Not looked at": not_looked_at,
}


@pytest.mark.parametrize("name", SCENES)
async def test_a_view_shows_what_it_asks_for_and_nothing_else(name: str, house: House):
    scene, view, client = await SCENES[name](house), BY_NAME[name], house.client.client

    await until_shown(client, view.at(scene.at), scene.shown.workflow_id)

    for ref, at in scene.others:
        await until_shown(client, 'WorkflowType = "invoice"', ref.workflow_id)
        await until_gone(client, view.at(at), ref.workflow_id)


async def test_what_is_handed_over_is_shown_for_as_long_as_the_agency_has_it(house: House):
    ref = await started(house, "view-17")
    view = BY_NAME["Handed over"].at(datetime.now(UTC))
    await until_shown(house.client.client, 'WorkflowType = "invoice"', ref.workflow_id)
    await until_gone(house.client.client, view, ref.workflow_id)
    while house.books.looks.one(ref.id).stage != "in_collection":
        await house.client.fast_forward(ref, 20 * DAY)
        await house.client.rest(ref)

    await until_shown(house.client.client, view, ref.workflow_id)


async def test_a_case_is_found_by_the_version_that_it_goes_by_also_when_only_that_changes(house: House):
    ref, told, registry = await started(house, "view-18"), story("pays-on-time").loaded, house.books.registry
    now = await house.client.clock.now(ref, house.books)
    newer = registry.publish(told.merchant, f"{told.text}\n# {now}\n", now)
    rules = registry.rules(newer.id, newer.version, house.books.cases.read(ref.id).policy)
    older = f'Merchant = "nordljus" AND Version < {newer.version}'
    await until_shown(house.client.client, older, ref.workflow_id)
    before = columns(await house.client.handle(ref).describe())

    move = MoveAsked(at=now, rules=rules, when=When.NOW)
    await house.client.order(ref, Order("view-18-m", "move", "ops"), move)

    await until_shown(house.client.client, f"Version = {newer.version}", ref.workflow_id)
    await until_gone(house.client.client, older, ref.workflow_id)
    after = columns(await house.client.handle(ref).describe())
    assert to_the_second(after) == to_the_second(before) | {"Version": newer.version}


async def test_a_disputed_part_is_dated_too_though_the_case_goes_on(house: House):
    ref = await started(house, "view-19")
    now = await house.client.clock.now(ref, house.books)
    part = Disputed(at=now, amount=Money.parse("49.00", "SEK"))
    await house.client.order(ref, Order("view-19-d", "dispute", "ops"), part)

    shown = columns(await house.client.handle(ref).describe())

    assert shown["Stage"] == "distributing"
    assert shown["Since"] == now


async def test_a_workflow_that_breaks_down_itself_is_shown_by_the_server(tmp_path: Path):
    """It takes five breakdowns in a row; here one, so that nobody waits a minute."""
    at_once = {"system.numConsecutiveWorkflowTaskProblemsToTriggerSearchAttribute": "1"}
    view = BY_NAME["Broken workflows"].at(datetime.now(UTC))
    async with serving(tmp_path, 0, 0, SERVER_SETTINGS | at_once) as server:
        client = await connect(server.address)
        async with Worker(client, task_queue="broken", workflows=[InvoiceWorkflow]):
            for queue in ("broken", "fine"):
                await client.start_workflow("invoice", "no invoice", id=queue, task_queue=queue)

            await until_shown(client, view, "broken")

            assert not await is_shown(client, view, "fine")


def test_every_view_has_been_asked():
    asked = {*SCENES, "Handed over", "Broken workflows"}

    assert asked == set(BY_NAME)


def columns(description: object) -> dict[str, object]:
    pairs = description.typed_search_attributes  # type: ignore[attr-defined]
    return {pair.key.name: pair.value for pair in pairs}


def to_the_second(shown: dict[str, object]) -> dict[str, object]:
    return {name: one.replace(microsecond=0) if isinstance(one, datetime) else one for name, one in shown.items()}


async def is_shown(client: Client, query: str, workflow_id: str) -> bool:
    return [found.id async for found in client.list_workflows(f'({query}) AND WorkflowId = "{workflow_id}"')] != []


async def until_gone(client: Client, query: str, workflow_id: str) -> None:
    """The server's index is a moment behind: a case that was just looked at may still be there as it was before."""
    async with asyncio.timeout(20):
        while await is_shown(client, query, workflow_id):
            await asyncio.sleep(0.05)


async def until_shown(client: Client, query: str, workflow_id: str) -> None:
    """The server's list lags behind by a moment."""
    async with asyncio.timeout(30):
        while not await is_shown(client, query, workflow_id):
            await asyncio.sleep(0.05)
