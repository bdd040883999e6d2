"""Rules published while cases run: pinned, moved now or at the next step, and never more at once than was confirmed."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from config.merchants import Loaded, load_text
from domain.batches import BatchState, Steering
from domain.simulation import simulate
from domain.stories import Happening, What
from domain.timeline import Did, life
from domain.wire import InvoiceRef
from domain.words import When
from store.batches import Batch
from store.registry import Opening, Published
from tests.gateway.cases import at, merchant, opening
from tests.live.house import House
from workflows.batching import BatchClient
from workflows.play import Player
from workflows.publishing import Comparing, Preview, move_all, running_cases

NOON = "2026-04-02T12:00"
"""The day after the due day: a reminder is four days away."""


def version(house: House, name: str, **changes: str) -> Loaded:
    """The example merchant under a name of its own, with some of its text replaced."""
    text = merchant().text.replace("merchant: nordljus", f"merchant: {name}")
    for old, new in changes.items():
        text = text.replace(OLD[old], new)
    return load_text(text, name)


TOLD = """    - {channel: email, viewed_within: 3 days}
    - {channel: sms, viewed_within: 2 days}
    - {channel: letter}
  due_reminder: {channels: [email, sms]}           # or: none
"""
MAIL = "    - {channel: email}\n  due_reminder: none\n"
LETTER = "    - {channel: letter}\n  due_reminder: {channels: [email]}\n"

OLD = {
    "wait": "after_due: 5 days",
    "fee": "fee: 60.00",
    "due_reminder": "due_reminder: {channels: [email, sms]}           # or: none",
    "told": TOLD,
    "groups": "groups:\n  vip: {reminders: [], collection: never}\n",
}


async def overdue(house: House, loaded: Loaded, *numbers: str, **customer: str) -> list[InvoiceRef]:
    """Cases that were told, are due, and wait for their first reminder."""
    refs = []
    for number in numbers:
        each = opening(number, loaded, email=f"{number}@customer.example", **customer)
        refs.append(await Player(house.client).play(each, (), until=at("2026-04-01T23:00")))
        await house.client.fast_forward(refs[-1], at(NOON) - await house.client.clock.now(refs[-1], house.books))
        await house.client.rest(refs[-1])
    return refs


async def preview(house: House, draft: Loaded) -> Preview:
    refs = list(running_cases(house.books, draft))
    cases = [(ref, await house.client.clock.now(ref, house.books)) for ref in refs]
    return Comparing(house.books, draft).preview(cases, lambda: None)


def publish(house: House, draft: Loaded) -> Published:
    return house.books.registry.publish(draft.merchant, draft.text, datetime.now(UTC), "ops", "cheaper")


async def moved(house: House, published: Published, name: str, when: When, at_once: int) -> Batch:
    """Move the running cases, and wait until the batch rests."""
    batch = move_all(house.books, published, name, when, at_once, rate=100)
    await BatchClient(house.client.plain, house.books, house.client.queue).begin(batch.id)
    return await rested(house, batch.id)


async def rested(house: House, batch_id: str) -> Batch:
    async with asyncio.timeout(60):
        while (batch := house.books.batches.get(batch_id)).state is BatchState.RUNNING:
            await asyncio.sleep(0.05)
    return batch


def reminders(house: House, ref: InvoiceRef) -> list[str]:
    return [f"{entry.at:%m-%d}" for entry in house.life(ref) if entry.did is Did.SENT and entry.step == "reminder-1"]


async def test_published_rules_leave_running_cases_alone_and_count_for_new_ones(house: House):
    """Trap 6."""
    first, second = version(house, "pinned"), version(house, "pinned", fee="fee: 40.00")
    [ref] = await overdue(house, first, "pin-1")

    publish(house, second)
    await house.client.fast_forward(ref, timedelta(days=10))

    fees = [str(entry.amount) for entry in house.life(ref) if entry.did is Did.CHARGED]
    assert fees == ["60.00"]
    assert house.books.cases.read(ref.id).policy.reminders[0].fee.minor == 6000


async def test_what_is_foreseen_is_what_happens_when_cases_are_moved(house: House):
    first, second = version(house, "sooner"), version(house, "sooner", wait="after_due: 1 days")
    refs = await overdue(house, first, "soon-1", "soon-2")
    seen = await preview(house, second)

    assert (seen.running, seen.unchanged) == (2, 0)
    assert seen.kinds["reminder 1 by e-mail: earlier"] == 2
    assert seen.acting[When.NOW].rows() == [("reminder by e-mail, fee 60.00 SEK", 2)]
    assert seen.acting[When.NEXT_STEP].messages == 0

    batch = await moved(house, publish(house, second), "sooner", When.NOW, at_once=2)
    for ref in refs:
        await house.client.look_again(ref)
        await house.client.rest(ref)

    assert (batch.state, batch.acted) == (BatchState.DONE, 2)
    assert [reminders(house, ref) for ref in refs] == [["04-02"], ["04-02"]]
    assert [one.version for one, cases in house.books.registry.in_use("sooner") if cases] == [2]


async def test_no_more_act_at_once_than_a_person_has_confirmed(house: House):
    """Trap 5: three would be reminded, one was confirmed."""
    first, second = version(house, "backlog"), version(house, "backlog", wait="after_due: 1 days")
    refs = await overdue(house, first, "back-1", "back-2", "back-3")

    batch = await moved(house, publish(house, second), "backlog", When.NOW, at_once=1)
    for ref in refs:
        await house.client.look_again(ref)
        await house.client.rest(ref)

    assert batch.state is BatchState.PAUSED
    assert sum(len(reminders(house, ref)) for ref in refs) == 1

    steering = Steering(batch.id, BatchState.RUNNING, at_once=2)
    batches = BatchClient(house.client.plain, house.books, house.client.queue)
    await batches.steer(steering, timedelta(seconds=20))
    assert (await rested(house, batch.id)).state is BatchState.DONE
    for ref in refs:
        await house.client.look_again(ref)
        await house.client.rest(ref)
    assert [reminders(house, ref) for ref in refs] == [["04-02"]] * 3


async def test_what_a_person_confirms_are_messages_and_a_case_goes_with_all_of_its_own(house: House):
    """Trap 5: nobody has viewed it, so that the new rules remind it by e-mail and send it by letter in one minute."""
    first, second = version(house, "both", told=MAIL), version(house, "both", told=LETTER)
    [ref] = await overdue(house, first, "both-1")
    seen = (await preview(house, second)).acting[When.NOW]
    before = len(house.books.cases.read(ref.id).facts.sends)

    batch = await moved(house, publish(house, second), "both", When.NOW, at_once=1)
    assert seen.rows() == [("due reminder by e-mail", 1), ("invoice by letter", 1)]
    assert (batch.state, batch.acted, batch.said[-30:]) == (BatchState.PAUSED, 0, "than the 1 that were confirmed")

    batches = BatchClient(house.client.plain, house.books, house.client.queue)
    await batches.steer(Steering(batch.id, BatchState.RUNNING, at_once=seen.messages), timedelta(seconds=20))
    batch = await rested(house, batch.id)
    await house.client.look_again(ref)
    await house.client.rest(ref)
    assert (batch.state, batch.acted) == (BatchState.DONE, 2)
    assert len(house.books.cases.read(ref.id).facts.sends) == before + 2


async def test_at_the_next_step_means_when_that_step_would_begin(house: House):
    first, second = version(house, "later"), version(house, "later", wait="after_due: 9 days")
    [ref] = await overdue(house, first, "late-1")

    await moved(house, publish(house, second), "later", When.NEXT_STEP, at_once=0)
    assert house.books.cases.read(ref.id).facts.rules is None
    await house.client.fast_forward(ref, timedelta(days=14))
    await house.client.rest(ref)

    assert [f"{entry.at:%m-%d}" for entry in house.life(ref) if entry.did is Did.MOVED] == ["04-07"]
    assert reminders(house, ref) == ["04-10"]


async def test_a_group_that_is_gone_keeps_its_cases_where_they_are(house: House):
    """Trap 7: what cannot be moved is told, with its cure, and stays."""
    first, second = version(house, "groups"), version(house, "groups", groups="")
    [vip] = await overdue(house, first, "group-1", group="vip")
    seen = await preview(house, second)

    assert (seen.refused, seen.compared) == (1, 0)
    assert "customer.group" in seen.examples[0] or "group" in seen.examples[0]
    batch = await moved(house, publish(house, second), "groups", When.NOW, at_once=0)
    [refused] = house.books.batch_items.refused(batch.id, 10)
    assert refused.number == "group-1"
    assert house.books.cases.read(vip.id).policy.collection is None


async def test_an_older_version_can_be_published_again(house: House):
    first, second = version(house, "back"), version(house, "back", fee="fee: 40.00")
    [ref] = await overdue(house, first, "roll-1")
    await moved(house, publish(house, second), "back", When.NOW, at_once=0)
    await house.client.look_again(ref)
    assert house.books.cases.read(ref.id).policy.reminders[0].fee.minor == 4000

    third = publish(house, first)
    await moved(house, third, "back", When.NOW, at_once=0)
    await house.client.look_again(ref)

    case = house.books.cases.read(ref.id)
    assert (third.version, case.policy.reminders[0].fee.minor) == (3, 6000)
    assert len(case.earlier_rules) == 2


async def test_a_life_under_two_rules_is_the_life_that_is_simulated(house: House):
    loaded = version(house, "two")
    each: Opening = opening("two-1", loaded, email="two@customer.example")
    free = replace(each.policy, reminders=each.policy.reminders[1:], due_reminder=())
    happens = (
        Happening(datetime(2026, 3, 20, 12), What.MOVED, policy=free, when=When.NOW),
        Happening(datetime(2026, 4, 12, 12), What.MOVED, policy=each.policy, when=When.NEXT_STEP),
    )
    ref = await Player(house.client).play(each, happens)

    law = house.books.cases.read(ref.id).law
    simulated = life(each.invoice, law.calendar, simulate(each.invoice, each.policy, law, happens))
    assert house.life(ref) == simulated
    assert sum(entry.did is Did.MOVED for entry in simulated) == 2
