"""Lives in virtual time, whatever is being killed around them: each step is tried until it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from config.invoices import read_invoice
from config.merchants import Loaded, find_merchant, load_merchant, read_merchant
from domain.events import Collected, Event, Paid
from domain.facts import IN_DOUBT
from domain.law.bank_days import calendar_of
from domain.policy import Channel
from domain.stories import Happening, What, event_of
from domain.wire import InvoiceRef
from domain.words import Status
from store.cases import INVOICE
from store.engine import reading
from tests.faults.field import Field
from tests.faults.plan import Life, Seat, moment
from tests.live.house import EXAMPLES
from workflows import options
from workflows.opening import opening_of

T = TypeVar("T")

PATIENCE_S = 60.0
"""How long a life may take to come to rest before it counts as stuck."""
IDLE_S = 0.5
"""After how long without rest the loop may be waiting out a breakdown."""
AFTER_A_BREAKDOWN = options.AFTER_A_BREAKDOWN + timedelta(seconds=1)
CALENDAR = calendar_of("SE")
JUST_BEFORE = timedelta(seconds=20)
_LOADED = load_merchant(find_merchant("nordljus", EXAMPLES / "merchants"))
_BY_PINGEN = _LOADED.text.replace("window: se-left", "window: pingen-left").replace(
    "nordljus\n", "nordljus-pingen\n", 1
)
MERCHANTS = {Seat.PRINT_HOUSE: _LOADED, Seat.PINGEN: Loaded(read_merchant(_BY_PINGEN, "pingen"), _BY_PINGEN, ())}
"""One whose letters go to the print house, and one of Pingen's."""


class StuckError(Exception):
    """A life that came to no rest."""


@dataclass
class Living:
    """One life on the field."""

    field: Field
    life: Life
    ref: InvoiceRef | None = None

    async def begin(self) -> None:
        """Enter the invoice on the morning of its day."""
        life, merchant = self.life, MERCHANTS[self.life.letters]
        data = {
            "merchant": merchant.merchant.id,
            "number": life.number,
            "issued": "2026-03-02",
            "due": "2026-04-01",
            "amount": "249.00",
            "customer": {
                "name": f"Kim Berg {life.index}",
                "kind": "consumer",
                "email": life.email,
                "phone": life.phone,
                "address": [f"Storgatan {life.index}", "111 22 Stockholm"],
            },
        }
        opening = opening_of(read_invoice(data, lambda _: merchant), merchant)
        begins = CALENDAR.moment(datetime.combine(opening.invoice.issued, time.min))
        opening = replace(opening, shift=begins - datetime.now(UTC))
        self.ref = (await surely(lambda: self.field.client.start(opening))).ref
        await self.rest()

    async def run(self) -> None:
        """Live on to the end."""
        world = [(CALENDAR.moment(moment(at)), what) for at, what in self.life.story.happens]
        while True:
            timer = await self._timer()
            if world and (timer is None or world[0][0] - JUST_BEFORE <= timer):
                at, what = world.pop(0)
                await self._move_to(at)
                await self._hear(what)
                continue
            if timer is None:
                if not self.field.caller.release_late(self.life.number):
                    return
                await self.rest()
                continue
            await self._move_to(timer)

    async def to_first(self) -> None:
        """Live until the first message is out."""
        if timer := await self._timer():
            await self._move_to(timer)

    async def rest(self) -> None:
        """Until there is nothing to do but wait, and all that vendors said is known."""
        ref = self._ref
        now = await surely(lambda: self.field.client.clock.now(ref, self.field.books))
        loop = asyncio.get_running_loop()
        deadline, idle_at = loop.time() + PATIENCE_S, loop.time() + IDLE_S
        while not await surely(partial(asyncio.to_thread, self._rests, now)):
            if loop.time() > deadline:
                raise StuckError(await surely(partial(self._standing, now)))
            if loop.time() > idle_at:
                if await surely(self._is_idle):
                    await surely(partial(self._hop, now))
                    now = await surely(lambda: self.field.client.clock.now(ref, self.field.books))
                idle_at = loop.time() + IDLE_S
            await asyncio.sleep(0.03)

    async def _hop(self, now: datetime) -> None:
        """Move the clock past a breakdown that is waited out, or on to the next search for evidence."""
        case, ahead = await asyncio.to_thread(self.field.books.cases.read, self._ref.id), AFTER_A_BREAKDOWN
        in_doubt = any(send.status in IN_DOUBT for send in case.facts.sends)
        if in_doubt and case.next_at and not self.field.caller.pending[self.life.number]:
            ahead = max(ahead, case.next_at - now)
        await self.field.client.fast_forward(self._ref, ahead)

    async def _move_to(self, at: datetime) -> None:
        async def move() -> None:
            ahead = at - await self.field.client.clock.now(self._ref, self.field.books)
            if ahead > timedelta(0):
                await self.field.client.fast_forward(self._ref, ahead)

        await surely(move)
        await self.rest()
        if self.field.caller.release_late(self.life.number):
            await self.rest()

    async def _hear(self, what: str) -> None:
        """What the world does; the debtor pays whatever is owed."""
        now = await surely(lambda: self.field.client.clock.now(self._ref, self.field.books))
        await surely(lambda: asyncio.to_thread(self._write, what, now))
        await surely(lambda: self.field.client.wake(self._ref))
        await self.rest()

    def _write(self, what: str, now: datetime) -> None:
        with self.field.books.cases.locked(self._ref.id) as case:
            balance, day = case.facts.balance, CALENDAR.wall(now).date()
            event: Event | None = None
            if what == "viewed":
                event = event_of(Happening(now.replace(tzinfo=None), What.VIEWED, Channel.EMAIL), case.facts, now)
            elif balance.minor > 0:
                event = (Collected if what == "collected" else Paid)(at=now, amount=balance, dated=day)
            if event:
                case.add(event, f"story:{what}")

    async def _timer(self) -> datetime | None:
        return (await surely(lambda: asyncio.to_thread(self.field.books.looks.last, self._ref.id)))[1]

    def _rests(self, now: datetime) -> bool:
        number = self.life.number
        if self.field.caller.pending[number]:
            return False
        columns = (INVOICE.c.resting, INVOICE.c.next_at, INVOICE.c.wanted, INVOICE.c.seen)
        with reading(self.field.books.engine) as connection:
            row = connection.execute(select(*columns).where(INVOICE.c.id == self._ref.id)).one()
        if not row.resting or row.wanted > row.seen or (row.next_at and row.next_at <= now):
            return False
        return self._has_heard(self.field.caller.finals.get(number, set()))

    def _has_heard(self, ended: set[str]) -> bool:
        """Whether the books know how each of these sends ended."""
        facts = self.field.books.cases.read(self._ref.id).facts
        for send_id in tuple(ended):
            kept = self.field.books.sends.by_id(send_id)
            if kept and facts.send(kept.send).status in (Status.SENT, Status.RESERVED):
                return False
        return True

    async def _standing(self, now: datetime) -> str:
        """Why it does not rest, for whoever must find out."""
        case = self.field.books.cases.read(self._ref.id)
        states = ", ".join(f"{send.id} {send.status}" for send in case.facts.sends)
        calls, idle = self.field.caller.pending[self.life.number], await self._is_idle()
        return (
            f"{self.life.number}: at {now:%m-%d %H:%M}, waits for {case.next_at}; {calls} calls, idle: {idle}; {states}"
        )

    async def _is_idle(self) -> bool:
        """Whether nothing is being done for it: a timer runs, or nothing."""
        raw = (await self.field.client.handle(self._ref).describe()).raw_description
        return not raw.pending_activities and not raw.HasField("pending_workflow_task")

    @property
    def _ref(self) -> InvoiceRef:
        assert self.ref
        return self.ref


async def surely(do: Callable[[], Awaitable[T]]) -> T:
    """Do it, however often it takes while servers and books are down; what is done here may be done twice."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE_S
    while True:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return await do()
        except (RPCError, SQLAlchemyError, RuntimeError, TimeoutError):
            if loop.time() > deadline:
                raise
            await asyncio.sleep(0.2)
