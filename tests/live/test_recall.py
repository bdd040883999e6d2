"""A letter that waits for the print house is called back when the money arrives: for real, over SFTP."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from temporalio.testing import ActivityEnvironment

from activities.hearing import Hearing
from activities.letter import LetterActivities, LetterPacker
from activities.sending import Sending
from activities.vendors import PARSERS, rounds, ways
from channels.hearing import Heard, Word
from config.settings import Settings
from config.vendors import PrintHouse
from domain.decisions import Send
from domain.events import Closed, Paid, Reserved
from domain.money import Money
from domain.policy import Channel
from domain.rules import decide
from domain.wire import InvoiceRef, ReconcileOrder
from domain.words import Outcome, Reason, Status
from store.orders import Order
from templates.renderer import Renderer
from tests.channels.house import USER, Press, Server
from tests.databases import database_of
from tests.gateway.cases import at, link, live, opening
from tests.live.house import House, open_house

WRITTEN_TO = {"email": None, "phone": None}
"""A customer whom only letters reach."""


@dataclass(frozen=True)
class Street:
    """A house of ours, and the print house that it writes to."""

    house: House
    press: Press

    def batches(self) -> list[Path]:
        return sorted(path for path in (self.press.root / "in").iterdir() if not path.name.startswith("."))

    def lies_there(self, send_id: str) -> bool:
        return any((batch / f"{send_id}.pdf").exists() for batch in self.batches())

    async def close(self) -> None:
        for task in rounds(ways(self.house.settings)):
            await asyncio.to_thread(task.tend, datetime.now(UTC) + timedelta(days=1))

    async def pay(self, ref: InvoiceRef, amount: str = "10000.00") -> None:
        now = await self.house.client.clock.now(ref, self.house.books)
        paid = Paid(at=now, amount=Money.parse(amount, "SEK"), dated=now.date())
        await self.house.client.order(ref, Order(f"paid-{ref.number}-{amount}", "pay", "bank"), paid)
        await self.house.client.rest(ref)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def street(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Street]:
    home = tmp_path_factory.mktemp("street")
    press = Press(home / "press")
    (home / "keys").mkdir()
    with Server(press.root, home / "keys") as sftp:
        group = PrintHouse(host="127.0.0.1", port=sftp.port, user=USER, key=sftp.key_path, host_key=sftp.host_key)
        settings = Settings(home=home, database_url=database_of(home), letter="printhouse", printhouse=group)
        async with open_house(home, settings=settings) as house:
            yield Street(house, press)


async def written(street: Street, number: str) -> InvoiceRef:
    return await live(street.house, number, "2026-03-02 10:00", **WRITTEN_TO)


async def test_a_letter_whose_invoice_is_paid_before_the_cut_off_never_reaches_the_press(street: Street):
    ref = await written(street, "recall-1")
    send = link(street.house, ref)
    assert street.lies_there(send.id)

    await street.pay(ref)

    assert not street.lies_there(send.id)
    facts = street.house.books.cases.read(ref.id).facts
    assert (facts.closed, facts.sends[-1].status) == (Outcome.PAID, Status.NOT_SENT)


async def test_one_in_a_closed_batch_is_asked_for_and_stays_sent_until_the_house_agrees(street: Street):
    ref = await written(street, "recall-2")
    send = link(street.house, ref)
    await street.close()

    await street.pay(ref)

    [batch] = [batch for batch in street.batches() if (batch / f"{send.id}.pdf").exists()]
    assert (batch / f"CANCEL-{send.id}").exists()
    facts = street.house.books.cases.read(ref.id).facts
    assert facts.sends[-1].status is Status.SENT
    assert street.house.books.looks.last(ref.id)[1] is not None, "it is asked again"


async def test_one_that_nobody_calls_back_is_printed(street: Street):
    ref = await written(street, "recall-3")
    send = link(street.house, ref)
    await street.close()

    [batch] = [batch for batch in street.batches() if (batch / f"{send.id}.pdf").exists()]
    manifest = json.loads((batch / "manifest.json").read_text())
    assert send.id in [letter["send_id"] for letter in manifest["letters"]]


async def test_one_that_the_house_agrees_not_to_print_after_its_payment_was_taken_back_is_written_anew(street: Street):
    """Nothing else would look at the case before its next step, weeks later, and the debtor was never written to."""
    ref = await written(street, "recall-5")
    send = link(street.house, ref)
    await street.close()
    await street.pay(ref)
    await street.pay(ref, "-10000.00")

    agreed = Heard(f"agreed-{send.id}", Word.RECALLED, send.id)
    await Hearing(street.house.client, PARSERS).tell("printhouse", [agreed])
    await street.house.client.rest(ref)
    await street.house.client.fast_forward(ref, timedelta(minutes=6))
    await street.house.client.rest(ref)

    letters = [one for one in street.house.books.sends.of_invoice(ref.id) if one.channel == Channel.LETTER]
    assert [one.send.attempt for one in letters] == [1, 2]
    assert street.lies_there(letters[-1].id)


def test_a_letter_in_doubt_whose_invoice_is_paid_is_called_back_and_not_put_there(street: Street):
    """Its worker died before it asked the print house; to look for it there could mean to put it there."""
    house, now = street.house, at("2026-03-02 10:00")
    opened = house.books.registry.open(opening("recall-4", **WRITTEN_TO), now)
    way = ways(house.settings)[Channel.LETTER]
    letter = LetterActivities(Sending(house.books, way, LetterPacker(Renderer(), "http://127.0.0.1:8080")))
    with house.books.cases.locked(opened.id) as case:
        send = _letter(case, now)
        place = house.books.sends.take_place(case, send, now)
        packed = letter.sending.pack(letter.sending._packing(case, send, place, now))
    assert house.books.sends.keep(place, packed)
    with house.books.cases.locked(opened.id) as case:
        case.add(Paid(at=now, amount=Money.parse("10000.00", "SEK"), dated=now.date()))
        case.add(Closed(at=now, outcome=Outcome.PAID, reason=Reason.PAID))
        doubt = decide(case.facts, case.policy, case.law, now)

    environment = ActivityEnvironment()
    environment.info = replace(environment.info, started_time=now)
    report = environment.run(letter.reconcile, ReconcileOrder(opened.id, doubt))  # type: ignore[arg-type]

    assert report.status is Status.NOT_SENT
    assert not street.lies_there(place.id)
    assert not any(isinstance(event, Reserved) and event.send != send.id for event in case.events)


def _letter(case, now) -> Send:  # type: ignore[no-untyped-def]
    """The decision to write, after the rungs without an address were skipped."""
    while not isinstance(decision := decide(case.facts, case.policy, case.law, now), Send):
        case.add(decision.event)  # type: ignore[union-attr]
    return decision
