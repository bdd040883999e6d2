"""One life of a soak: it goes by turns, so that very many are somewhere in theirs at the same time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from random import Random

from benchmarks.random_stories import RandomStory
from config.invoices import read_invoice
from config.merchants import Loaded
from domain.law.bank_days import calendar_of
from domain.stories import Happening, What, event_of
from domain.words import DebtorKind
from store.orders import Order
from store.registry import Opening
from tests.faults.living import Living, surely
from tests.faults.plan import Life
from tests.live.equivalence import COMPANIES, MERCHANTS, WAYS
from workflows.opening import opening_of

OWN_RULES = 0.5
"""How many lives have rules of their own at first, as if agreed upon; the others what their merchant published last."""
SWALLOWED = 0.15
"""How often nobody is woken by what happens: only the sweep finds it."""
TWICE = 0.2
"""How often the same thing is delivered twice."""

MerchantOf = Callable[[str], Loaded]


@dataclass
class SoakLife(Living):
    """A random story on the field, as long as it may last."""

    told: RandomStory = field(kw_only=True)
    chance: Random = field(kw_only=True)
    days: int = field(kw_only=True)
    merchant_of: MerchantOf = field(kw_only=True)
    struck: Counter[str] = field(kw_only=True)
    """What went wrong on the way of what happened."""
    over: bool = False
    opening: Opening | None = None
    """What is entered, if need be again and again."""

    def __post_init__(self) -> None:
        calendar = calendar_of(self.told.law.country)
        self.begins = calendar.moment(datetime.combine(self.told.invoice.issued, time.min))
        self.ends = self.begins + timedelta(days=self.days)
        world = [(max(calendar.moment(one.at), self.begins), one) for one in self.told.happens]
        self.world = [(nth, at, one) for nth, (at, one) in enumerate(world) if one.what is not What.DOWN]

    @property
    def name(self) -> str:
        """Whose invoice it is."""
        return f"{MERCHANTS[self.told.law.country]}/{self.life.number}"

    async def begin(self) -> None:
        """Enter the invoice as its day begins, under the newest rules of its merchant or under some of its own."""
        if self.opening is None:
            self.opening = await surely(partial(asyncio.to_thread, self._opening))
        opening = replace(self.opening, shift=self.begins - datetime.now(UTC))
        self.ref = (await surely(lambda: self.field.client.start(opening))).ref
        await self.rest()

    async def turn(self) -> None:
        """Live on to the next thing that happens, or the next timer; or to the last day."""
        timer = await self._timer()
        happens = self.world[0][1] if self.world else self.ends
        at = min(happens, self.ends, timer or self.ends)
        await self._move_to(at)
        if self.world and at == happens and at < self.ends:
            nth, _, happening = self.world.pop(0)
            await self._meet(nth, happening)
        self.over = at == self.ends and not self.field.caller.release_late(self.life.number)

    async def _meet(self, nth: int, happening: Happening) -> None:
        """Something happens. Sometimes it is delivered twice, and sometimes nobody is woken by it."""
        now = await surely(lambda: self.field.client.clock.now(self._ref, self.field.books))
        happening = await surely(lambda: asyncio.to_thread(self._published, happening))
        write = partial(asyncio.to_thread, self._hear_of, nth, happening, now)
        wakes = await surely(write)
        if wakes is None:
            return
        if self.chance.random() < TWICE:
            self.struck["the same event delivered twice"] += 1
            await surely(write)
        if wakes and self.chance.random() < SWALLOWED:
            self.struck["a wake-up lost"] += 1
        elif wakes:
            await surely(lambda: self.field.client.wake(self._ref))
        await self.rest()

    def _hear_of(self, nth: int, happening: Happening, at: datetime) -> bool | None:
        """Write it down; whether it must wake the loop, or None where it means nothing."""
        with self.field.books.cases.locked(self._ref.id) as case:
            event = event_of(happening, case.facts, at)
            order = Order(f"soak:{self._ref.id}:{nth}", happening.what, "story", reply=happening.note)
            if event is None:
                return None
            if case.add(event, f"command:{order.id}") and happening.reply:
                self.field.books.orders.note(case, order, event)
            return case.wants_look(event)

    def _published(self, happening: Happening) -> Happening:
        """The rules that a story moves its case to are in the books first."""
        books = self.field.books
        if happening.policy is None:
            return happening
        rules = books.registry.rules(books.cases.read(self._ref.id).merchant_version_id, 0, happening.policy)
        return replace(happening, rules=rules)

    def _opening(self) -> Opening:
        told, merchant = self.told, self.merchant_of(MERCHANTS[self.told.law.country])
        data = {
            "merchant": merchant.merchant.id,
            "number": self.life.number,
            "issued": told.invoice.issued.isoformat(),
            "due": told.invoice.due.isoformat(),
            "amount": str(told.invoice.amount),
            "customer": _customer(told, self.life),
        }
        opening = opening_of(read_invoice(data, lambda _: merchant), merchant)
        own = self.chance.random() < OWN_RULES
        return replace(opening, policy=told.policy) if own else opening


def _customer(told: RandomStory, life: Life) -> dict[str, object]:
    """Each life has a customer of its own: one gets at most one dunning SMS a day, about whatever invoice."""
    customer: dict[str, object] = {"name": f"Kim Berg {life.index}", "kind": told.invoice.kind.value}
    known = {key for way in told.invoice.ways for key in WAYS[way]}
    mine = {"email": life.email, "phone": life.phone, "address": [f"Storgatan {life.index}", "111 22 Stockholm"]}
    customer |= {key: value for key, value in mine.items() if key in known}
    if told.invoice.kind is DebtorKind.COMPANY and told.law.country in COMPANIES:
        customer["group"] = COMPANIES[told.law.country]
    return customer
