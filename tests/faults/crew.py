"""The processes that get killed: workers and a gateway, put together from the same parts as in production.

Around the parts lie thin skins that kill their own process where the plan says so; the parts know nothing of them.
Hours are minutes here: what waits by the machine's clock waits less, all in proportion (``hurry``).
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache, partial
from multiprocessing import parent_process
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import event
from temporalio import activity
from temporalio.worker import Worker

import activities.asking
import activities.hearing
import activities.sending
import activities.vendors
import gateway.app
import worker
from activities.hearing import Hearing
from activities.looking import Looking
from activities.sending import Sending, started
from channels.answer import Answer
from channels.hearing import Heard, Post
from channels.way import Item, Way
from config.settings import Settings
from config.vendors import Pingen, PrintHouse, SendGrid, Smtp, Twilio
from domain.policy import Channel
from domain.wire import LOOK, Glance, LookOrder, RecallOrder, ReconcileOrder, Report, SendOrder
from gateway.serve import serving_gateway
from store.books import Books, open_books
from tests.channels import pingen_house
from tests.channels.house import USER
from tests.faults.plan import Break, Fuses, Kill, Life, Plan, Seat
from tests.faults.vendors import ACCOUNT, TIMEOUT_S, TOKEN
from workflows import options
from workflows.client import CaseClient
from workflows.server import connect

IN_HASTE = timedelta(seconds=5)
"""What an activity may take here; a worker that was killed is missed that much later."""
BUSY_MS = 1500
"""How long SQLite waits for somebody else's lock here."""
PRINT_TIMEOUT_S = 2.0


@dataclass(frozen=True)
class Station:
    """All that a process must know to take part in a run."""

    home: Path
    database: str
    temporal: str
    gateway_port: int
    sendgrid: str
    sendgrid_key: str
    twilio: str
    smtp_port: int
    print_port: int
    print_key: Path
    print_host_key: str
    pingen: str
    dead_port: int
    """Nobody listens there, and nobody ever will."""
    plan: Plan

    @property
    def settings(self) -> Settings:
        return Settings(
            home=self.home,
            database_url=self.database,
            gateway_port=self.gateway_port,
            public_url=f"http://127.0.0.1:{self.gateway_port}",
            email="sendgrid",
            sms="twilio",
            letter="printhouse",
            sendgrid=SendGrid(
                key=SecretStr("key"), host=self.sendgrid, webhook_keys=(self.sendgrid_key,), timeout=TIMEOUT_S
            ),
            smtp=Smtp(host="127.0.0.1", port=self.smtp_port, security="none", timeout=TIMEOUT_S),
            twilio=Twilio(account=ACCOUNT, tokens=(SecretStr(TOKEN),), host=self.twilio, timeout=TIMEOUT_S),
            printhouse=PrintHouse(
                host="127.0.0.1",
                port=self.print_port,
                user=USER,
                key=self.print_key,
                host_key=self.print_host_key,
                timeout=PRINT_TIMEOUT_S,
            ),
            pingen=Pingen(
                client=pingen_house.CLIENT,
                secret=SecretStr(pingen_house.SECRET),
                organisation=pingen_house.ORGANISATION,
                host=self.pingen,
                identity=self.pingen,
                webhook_secrets=(SecretStr(pingen_house.SIGNING_KEY),),
                timeout=TIMEOUT_S,
            ),
        )

    @property
    def ways(self) -> dict[Seat, Way]:
        """Everybody who sends: some e-mails and letters go by one vendor and some by the other."""
        settings = self.settings
        others = settings.model_copy(update={"email": "smtp", "letter": "pingen"})
        out, other = activities.vendors.ways(settings), activities.vendors.ways(others)
        return {
            Seat.SENDGRID: out[Channel.EMAIL],
            Seat.SMTP: other[Channel.EMAIL],
            Seat.TWILIO: out[Channel.SMS],
            Seat.PRINT_HOUSE: out[Channel.LETTER],
            Seat.PINGEN: other[Channel.LETTER],
            Seat.OUTBOX: out[Channel.COLLECTION],
        }

    @property
    def ways_to_nowhere(self) -> dict[Seat, Way]:
        """The same, but nobody listens there."""
        nobody = f"http://127.0.0.1:{self.dead_port}"
        station = replace(self, sendgrid=nobody, twilio=nobody, pingen=nobody)
        return replace(station, smtp_port=self.dead_port, print_port=self.dead_port).ways

    @property
    def fuses(self) -> Fuses:
        return Fuses(self.home / "fuses")

    @property
    def asking(self) -> Path:
        """Which process asks about which send: a file each."""
        return self.home / "asking"

    def open_books(self) -> Books:
        """The books, with less patience for a locked SQLite."""
        books = open_books(self.settings.database, migrate=False)
        if books.engine.dialect.name == "sqlite":
            event.listen(books.engine, "connect", lambda dbapi, _: dbapi.execute(f"PRAGMA busy_timeout={BUSY_MS}"))
        return books


@dataclass
class Fate:
    """What the plan has for this process."""

    station: Station
    books: Books

    def __post_init__(self) -> None:
        self.number = lru_cache(maxsize=None)(self._number)

    @cached_property
    def ways(self) -> dict[Seat, Way]:
        return self.station.ways

    @cached_property
    def ways_to_nowhere(self) -> dict[Seat, Way]:
        return self.station.ways_to_nowhere

    def hand(self, invoice_id: int, channel: Channel, step: str) -> Hand:
        """Who carries a life's message, and what the plan has for it."""
        life = self.station.plan.lives[self.number(invoice_id)]
        return Hand(self, life, life.seat(channel), step)

    def _number(self, invoice_id: int) -> str:
        return self.books.cases.read(invoice_id).invoice.number


@dataclass(frozen=True)
class Hand:
    """One message's way, and what is to happen on it."""

    fate: Fate
    life: Life
    seat: Seat
    step: str

    @property
    def way(self) -> Way:
        return self.fate.ways[self.seat]

    def strike(self, point: Kill) -> None:
        """Die here, if the plan says so and it has not happened yet."""
        for fault in self.life.fault(self.seat, self.step, Kill):
            if fault.kind is point and self.fate.station.fuses.blow(fault):
                os.kill(os.getpid(), signal.SIGKILL)

    def is_cut_off(self) -> bool:
        """Whether nobody is to be reached this time."""
        faults = self.life.fault(self.seat, self.step, Break)
        return any(f.kind is Break.REFUSED and self.fate.station.fuses.blow(f) for f in faults)


@dataclass(frozen=True)
class MortalWay:
    """A vendor's way, in a process that may die."""

    inner: Way
    hand: Hand
    invoice_id: int

    @property
    def name(self) -> str:
        return self.inner.name

    @property
    def tells(self) -> bool:
        return self.inner.tells

    def send(self, item: Item) -> Answer:
        self.hand.strike(Kill.KEPT)
        station = self.hand.fate.station
        (station.asking / item.id).write_text(str(os.getpid()))
        way = self.hand.fate.ways_to_nowhere[self.hand.seat] if self.hand.is_cut_off() else self.inner
        answer = way.send(item)
        self.hand.strike(Kill.ANSWERED)
        return answer

    def evidence(self, item: Item, now: datetime) -> Answer:
        """What a vendor's books prove depends on how old a send is; that is told by the case's clock here."""
        answer = self.inner.evidence(item, item.kept_at + self._age(item))
        self.hand.strike(Kill.SOUGHT)
        return answer

    def status(self, item: Item) -> Any:
        return self.inner.status(item)

    def recall(self, item: Item) -> Answer:
        return self.inner.recall(item)

    def _age(self, item: Item) -> timedelta:
        books = self.hand.fate.books
        kept = books.sends.by_id(item.id)
        assert kept
        return started() + books.cases.read(self.invoice_id).shift - kept.reserved_at


@dataclass(frozen=True)
class MortalSending(Sending):
    """The protocol, in a process that may die."""

    fate: Fate

    def send(self, order: SendOrder) -> Report:
        hand = self.fate.hand(order.invoice_id, order.send.channel, order.send.id.step)

        def pack(packing: Any) -> Any:
            hand.strike(Kill.PLACED)
            parcel = self.pack(packing)
            hand.strike(Kill.RENDERED)
            return parcel

        report = Sending(self.books, MortalWay(hand.way, hand, order.invoice_id), pack).send(order)
        hand.strike(Kill.SETTLED)
        return report

    def reconcile(self, order: ReconcileOrder) -> Report:
        hand = self.fate.hand(order.invoice_id, order.reconcile.channel, order.reconcile.id.step)
        report = Sending(self.books, MortalWay(hand.way, hand, order.invoice_id), self.pack).reconcile(order)
        hand.strike(Kill.SETTLED)
        return report

    def recall(self, order: RecallOrder) -> Report:
        hand = self.fate.hand(order.invoice_id, order.recall.channel, order.recall.id.step)
        return Sending(self.books, hand.way, self.pack).recall(order)


@dataclass(frozen=True)
class MortalLooking:
    """The look, in a process that may die."""

    inner: Looking
    fate: Fate

    @activity.defn(name=LOOK)
    def look(self, order: LookOrder) -> Glance:
        glance = self.inner.look(order)
        if glance.send:
            self.fate.hand(order.invoice_id, glance.send.channel, glance.send.id.step).strike(Kill.LOOKED)
        return glance


@dataclass(frozen=True)
class MortalHearing(Hearing):
    """Hearing, in a gateway that may die after it has answered."""

    fate: Fate

    async def read(self, post_id: int, post: Post) -> None:
        for said in self.parsers[post.vendor](post):
            await asyncio.to_thread(self._strike, said)
        await Hearing.read(self, post_id, post)

    def _strike(self, said: Heard) -> None:
        kept = self.fate.books.sends.by_id(said.send_id or "")
        if kept:
            self.fate.hand(kept.invoice_id, Channel(kept.channel), kept.send.step).strike(Kill.POSTED)


def work(station: Station, nth: int) -> None:
    """A worker's whole life."""
    _begin(station.home / f"worker-{nth}.log")
    asyncio.run(_work(station))


def serve(station: Station, nth: int) -> None:
    """A gateway's whole life."""
    _begin(station.home / f"gateway-{nth}.log")
    asyncio.run(_serve(station))


async def _work(station: Station) -> None:
    books, settings = station.open_books(), station.settings
    fate = Fate(station, books)
    hurry()
    worker.Sending = partial(MortalSending, fate=fate)  # type: ignore[attr-defined,assignment]
    worker.Looking = lambda *given: MortalLooking(Looking(*given), fate)  # type: ignore[attr-defined,assignment]
    client = await _connected(station.temporal)
    cases = CaseClient(client, books, settings.task_queue, test_clocks=True)
    async with worker.running(client, books, settings), worker.sweeping(cases, settings):
        await worker.until_stopped()


async def _serve(station: Station) -> None:
    books, settings = station.open_books(), station.settings
    fate = Fate(station, books)
    hurry()
    gateway.app.Hearing = partial(MortalHearing, fate=fate)  # type: ignore[attr-defined,assignment]
    cases = CaseClient(await _connected(station.temporal), books, settings.task_queue, test_clocks=True)
    app = gateway.app.create_app(cases, settings)
    async with serving_gateway(app, settings.gateway_host, settings.gateway_port):
        await asyncio.Event().wait()


def hurry() -> None:
    """Shorten what waits by the machine's clock."""
    for how in (options.SENDING, options.RECONCILING):
        how["start_to_close_timeout"] = IN_HASTE
    activities.sending.PATIENCE_S = 2
    for channel in activities.sending.FIRST_ASKED_AFTER:
        activities.sending.FIRST_ASKED_AFTER[channel] = timedelta(seconds=3)
        activities.asking.ASKED_AGAIN_AFTER[channel] = timedelta(seconds=3)
    activities.asking.SLOW_READER = timedelta(seconds=2)
    worker.SWEEP_EVERY = timedelta(seconds=1)
    hasty = partial(Worker, sticky_queue_schedule_to_start_timeout=timedelta(seconds=1))
    worker.Worker = hasty  # type: ignore[attr-defined,assignment]


async def _connected(address: str) -> Any:
    """A client, as soon as there is a server."""
    while True:
        try:
            return await connect(address)
        except RuntimeError:
            await asyncio.sleep(0.2)


def _begin(log: Path) -> None:
    """Speak into a file, and end with whoever started us."""
    with log.open("ab") as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    parent = parent_process()
    assert parent

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


Task = Callable[[Station, int], None]
