"""When Temporal, the books or a line of ours is away while a vendor speaks: it is late, and nothing is lost or doubled.

A house of its own, because its server is stopped and its books are held.
"""

from __future__ import annotations

import asyncio
import json
import smtplib
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from itertools import count
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import create_engine, event, make_url, select, text, update
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator

import worker
from activities.asking import ASKED_AGAIN_AFTER, ASKED_FOR, SLOW_READER, Asking
from activities.hearing import Hearing
from activities.sending import FIRST_ASKED_AFTER
from activities.vendors import PARSERS, bounce_address, ways
from channels.hearing import Post
from channels.printhouse.way import PrintHouseMailbox
from channels.way import Way
from config.settings import Settings
from config.vendors import SendGrid, Smtp, Twilio
from domain.events import Failed
from domain.policy import Channel
from domain.wire import InvoiceRef
from domain.words import Reason, Status
from gateway import hooks
from gateway.app import create_app
from gateway.serve import serving_gateway
from store.books import Books, open_books
from store.engine import reading, writing
from store.inbox import NEW, POST, READ
from store.sends import HEARD, SEND, KeptSend
from tests.channels.house import USER, Press, Server
from tests.channels.sendgrid_account import Signer
from tests.channels.vendor import Asked, Vendor, answering, vendor
from tests.databases import database_of, on_postgres
from tests.gateway.cases import Kept, link, live
from tests.live.house import House
from workflows.client import CaseClient
from workflows.server import connect, free_port, serving

PAYLOADS = Path(__file__).parents[1] / "channels" / "payloads"
SIGNER = Signer()
ACCOUNT, TOKEN = "AC" + "a" * 32, "the account's token"
EMAILED, TEXTED = "2026-03-02 10:00", "2026-03-05 12:00"
MOST_PATIENT = timedelta(seconds=10)
"""For about as long a vendor waits for an answer."""


@dataclass
class Phones:
    """What Twilio does: takes a text, and says how it stands when it is asked."""

    status: str = "sent"
    sent: list[dict[str, str]] = field(default_factory=list)

    def __call__(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        if asked.method == "POST":
            form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
            self.sent.append(form | {"sid": f"SM{len(self.sent):032}"})
            answering(201, self.shown(self.sent[-1], "queued"))(handler, asked)
            return
        sid = asked.path.rpartition("/")[2].removesuffix(".json")
        answering(200, self.shown(next(one for one in self.sent if one["sid"] == sid), self.status))(handler, asked)

    def shown(self, one: dict[str, str], status: str) -> dict[str, object]:
        code = 30005 if status == "undelivered" else None
        return {"sid": one["sid"], "body": one["Body"], "to": one["To"], "status": status, "error_code": code}


@dataclass
class World:
    """The house, its server, which can be stopped, and the vendors."""

    house: House
    server: AsyncExitStack
    port: int
    phones: Phones
    twilio: Vendor

    @property
    def hearing(self) -> Hearing:
        return Hearing(self.house.client, PARSERS)

    @property
    def asking(self) -> Asking:
        return Asking(self.hearing, {Channel.SMS: self.way})

    @property
    def way(self) -> Way:
        return ways(self.house.settings)[Channel.SMS]

    async def start(self) -> None:
        await self.server.enter_async_context(serving(self.house.settings.home, self.port, 0))

    @asynccontextmanager
    async def without_temporal(self) -> AsyncIterator[None]:
        await self.server.aclose()
        try:
            yield
        finally:
            await self.start()

    def sends(self, ref: InvoiceRef) -> list[KeptSend]:
        return self.house.books.sends.of_invoice(ref.id)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[World]:
    home, phones, port = tmp_path_factory.mktemp("outages"), Phones(), free_port(0)
    async with AsyncExitStack() as stack:
        twilio = stack.enter_context(vendor(phones))
        settings = Settings(
            home=home,
            database_url=database_of(home),
            sms="twilio",
            sendgrid=SendGrid(webhook_keys=(SIGNER.public,)),
            twilio=Twilio(account=ACCOUNT, tokens=(SecretStr(TOKEN),), host=twilio.url),
        )
        server = await stack.enter_async_context(AsyncExitStack())
        await server.enter_async_context(serving(home, port, 0))
        books = open_books(settings.database)
        stack.callback(books.close)
        client = CaseClient(await connect(f"127.0.0.1:{port}"), books, settings.task_queue, test_clocks=True)
        house = House(client, books, settings, AsyncExitStack())
        await house.start_worker()
        stack.push_async_callback(house.stop_worker)
        yield World(house, server, port, phones, twilio)


@pytest_asyncio.fixture(loop_scope="session")
async def web(world: World) -> AsyncIterator[httpx.AsyncClient]:
    async with gateway(world, world.house.client) as calls:
        yield calls


@asynccontextmanager
async def gateway(world: World, client: CaseClient) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway on a real port: its answers do not wait for what it does after them."""
    app = create_app(client, world.house.settings)
    async with (
        serving_gateway(app, "127.0.0.1", 0) as port,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30) as calls,
    ):
        yield calls


NUMBERS = count(60001)


@pytest.fixture
def number() -> str:
    return str(next(NUMBERS))


@contextmanager
def another(world: World, patience_ms: int = 100) -> Iterator[Books]:
    """The house's books as another process opens them, one that does not wait long."""
    books = open_books(world.house.settings.database, migrate=False)
    if not on_postgres():
        event.listen(books.engine, "connect", lambda dbapi, _: dbapi.execute(f"PRAGMA busy_timeout = {patience_ms}"))
    yield books
    books.close()


@contextmanager
def held(world: World) -> Iterator[None]:
    """Somebody holds the books: nothing can be written into the inbox."""
    url = make_url(world.house.settings.database)
    if not on_postgres():
        with sqlite3.connect(url.database or "", isolation_level=None, timeout=20) as holder:
            holder.execute("BEGIN EXCLUSIVE")
            yield
            holder.execute("ROLLBACK")
        holder.close()
        return
    engine = create_engine(url)
    with engine.begin() as holder:
        holder.execute(text("LOCK TABLE post IN ACCESS EXCLUSIVE MODE"))
        yield
    engine.dispose()


def bounce(send: KeptSend, what: str = "bounce") -> dict[str, object]:
    """What SendGrid posts."""
    told = {"event": what, "type": "bounce", "email": "anna@customer.example", "timestamp": 1_772_000_000}
    told |= {"kvitt_send": send.id, "sg_message_id": f"m{send.id}.recvd-1"}
    hook = SIGNER.hook(json.dumps([told]).encode(), datetime.now(UTC))
    return {"url": "/hooks/sendgrid", "content": hook.body, "headers": dict(hook.headers)}


def callback(world: World, send: KeptSend, status: str) -> dict[str, object]:
    """What Twilio posts."""
    form = {"MessageSid": send.vendor_id, "MessageStatus": status, "ErrorCode": "30005"}
    path = f"/hooks/twilio?send={send.id}"
    signature = RequestValidator(TOKEN).compute_signature(f"{world.house.settings.address}{path}", form)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return {"url": path, "content": urlencode(form), "headers": headers}


def posts(world: World) -> list[tuple[str, bytes]]:
    with reading(world.house.books.engine) as connection:
        return [(row.state, row.body) for row in connection.execute(select(POST).order_by(POST.c.id))]


def words(world: World, send: KeptSend) -> list[str]:
    with reading(world.house.books.engine) as connection:
        return list(connection.execute(select(HEARD.c.word).where(HEARD.c.send_id == send.id)).scalars())


def ask_at(world: World, send: KeptSend) -> datetime | None:
    with reading(world.house.books.engine) as connection:
        return connection.execute(select(SEND.c.ask_at).where(SEND.c.id == send.id)).scalar_one()


async def until(claim: Callable[[], object], within: float = 30) -> None:
    async with asyncio.timeout(within):
        while not await asyncio.to_thread(claim):
            await asyncio.sleep(0.02)


def later(by: timedelta = SLOW_READER) -> datetime:
    return datetime.now(UTC) + by + timedelta(seconds=1)


# Temporal is down


async def test_a_bounce_that_comes_while_temporal_is_down_is_taken_and_acted_upon_later(
    world: World, web: httpx.AsyncClient, number: str
):
    """Where clocks can be moved, nobody can even say when it happened; the round reads it when it can."""
    ref = await live(world.house, number, EMAILED)

    async with world.without_temporal():
        began = time.monotonic()
        answer = await web.post(**bounce(link(world.house, ref)))
        assert (answer.status_code, time.monotonic() - began < 2) == (204, True)
        assert posts(world)[-1][0] == NEW
        await world.asking.go_round(later())
        assert posts(world)[-1][0] == NEW

    await world.asking.go_round(later())

    assert posts(world)[-1][0] == READ
    await until(lambda: len(world.sends(ref)) == 2)
    facts = world.house.books.cases.read(ref.id).facts
    assert (facts.sends[0].status, facts.sends[0].why) == (Status.FAILED, Reason.BOUNCED)
    assert facts.sends[1].channel is Channel.SMS


async def test_where_time_is_real_it_is_understood_at_once_and_the_sweep_wakes_the_case(world: World, number: str):
    ref, house = await live(world.house, number, EMAILED), world.house
    real = CaseClient(house.client.plain, house.books, house.settings.task_queue)

    async with gateway(world, real) as web, world.without_temporal():
        began = time.monotonic()
        assert (await web.post(**bounce(link(house, ref)))).status_code == 204
        assert time.monotonic() - began < 2
        await until(lambda: posts(world)[-1][0] == READ)
        assert ref in house.books.cases.behind()

    async with worker.sweeping(house.client, house.settings):
        await until(lambda: ref not in house.books.cases.behind())
    assert words(world, world.sends(ref)[0]) == ["bounced"]


# the books are away


async def test_while_the_books_are_held_vendors_are_refused_in_time_and_their_next_try_is_taken(
    world: World, web: httpx.AsyncClient, number: str, monkeypatch: pytest.MonkeyPatch
):
    assert hooks.KEPT_WITHIN < MOST_PATIENT
    monkeypatch.setattr(hooks, "KEPT_WITHIN", timedelta(seconds=1))
    ref = await live(world.house, number, EMAILED)
    call = bounce(link(world.house, ref))

    with held(world), capture_logs() as lines:
        began = time.monotonic()
        refused = await asyncio.gather(*(web.post(**call) for _ in range(20)))
        took = time.monotonic() - began

    assert {(answer.status_code, answer.headers["Retry-After"]) for answer in refused} == {(503, "60")}
    assert took < 4
    assert "customer.example" not in str(lines)
    assert (await web.post(**call)).status_code == 204
    await world.asking.go_round(later())
    await until(lambda: len(world.sends(ref)) == 2)
    assert [body for _, body in posts(world)].count(call["content"]) == 1  # type: ignore[arg-type]
    assert words(world, world.sends(ref)[0]) == ["bounced"]


async def test_without_books_vendors_are_refused_at_once(world: World, tmp_path: Path):
    gone = open_books(f"sqlite:///{tmp_path / 'gone' / 'books.sqlite3'}", migrate=False)
    client = CaseClient(world.house.client.plain, gone, world.house.settings.task_queue)
    send = Kept(world.house.books, "69999", EMAILED).send(Channel.EMAIL, EMAILED)

    async with gateway(world, client) as web:
        began = time.monotonic()
        answer = await web.post(**bounce(send))

    assert (answer.status_code, answer.content) == (503, b"")
    assert time.monotonic() - began < 2


@pytest.mark.only_on("postgres")
async def test_while_postgresql_lets_nobody_in_vendors_are_refused_at_once(
    world: World, web: httpx.AsyncClient, number: str
):
    ref = await live(world.house, number, EMAILED)
    call = bounce(link(world.house, ref))

    with shut(world):
        began = time.monotonic()
        assert (await web.post(**call)).status_code == 503
        assert time.monotonic() - began < 3

    assert (await web.post(**call)).status_code == 204
    await until(lambda: len(world.sends(ref)) == 2)


@contextmanager
def shut(world: World) -> Iterator[None]:
    """PostgreSQL throws everybody out, and lets nobody in."""
    url = make_url(world.house.settings.database)
    engine = create_engine(url.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as admin:
        admin.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false'))
        admin.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :n"), {"n": url.database}
        )
        try:
            yield
        finally:
            admin.execute(text(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS true'))
    engine.dispose()


async def test_the_rounds_outlive_an_outage_of_the_books(world: World, number: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(worker, "SWEEP_EVERY", timedelta(milliseconds=50))
    ref = await live(world.house, number, EMAILED)
    call = bounce(link(world.house, ref))

    with another(world) as books:
        client = CaseClient(world.house.client.plain, books, world.house.settings.task_queue, test_clocks=True)
        async with worker.sweeping(client, world.house.settings):
            with shut(world) if on_postgres() else held(world), capture_logs() as lines:
                await until(lambda: sum("tried again" in line["event"] for line in lines) >= 2)
            kept = await world.hearing.keep(Post("sendgrid", call["content"]))  # type: ignore[arg-type]
            with writing(world.house.books.engine) as connection:
                long_ago = datetime.now(UTC) - 2 * SLOW_READER
                connection.execute(update(POST).where(POST.c.id == kept).values(received_at=long_ago))
            await until(lambda: len(world.sends(ref)) == 2)


# what a vendor that tries once would have told us


async def test_what_twilio_said_while_the_books_were_away_is_found_by_asking(
    world: World, web: httpx.AsyncClient, number: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(hooks, "KEPT_WITHIN", timedelta(milliseconds=200))
    ref = await live(world.house, number, TEXTED)
    send = world.sends(ref)[1]
    assert (send.vendor, send.channel) == ("twilio", Channel.SMS)
    with held(world):
        assert (await web.post(**callback(world, send, "undelivered"))).status_code == 503

    world.phones.status = "undelivered"
    await drop_what_came_late(world, send)
    asked = world.twilio.times("GET")
    await world.asking.go_round(later(FIRST_ASKED_AFTER[Channel.SMS]))

    assert world.twilio.times("GET") > asked
    assert world.house.books.cases.read(ref.id).facts.sends[1].status is Status.FAILED
    assert words(world, send) == ["bounced"]
    await until(lambda: len(world.sends(ref)) == 3)


async def drop_what_came_late(world: World, send: KeptSend) -> None:
    """A call that was refused may still have been kept, when the books came back; here it must not have been."""
    await asyncio.sleep(0.3)
    with writing(world.house.books.engine) as connection:
        connection.execute(POST.delete().where(POST.c.vendor == "twilio", POST.c.about.contains(send.id)))


async def test_a_silent_send_is_asked_for_once_an_interval_by_however_many_and_until_its_last_word(
    world: World, number: str
):
    ref = await live(world.house, number, TEXTED)
    send, channel = world.sends(ref)[1], Channel.SMS
    first, again = FIRST_ASKED_AFTER[channel], ASKED_AGAIN_AFTER[channel]
    world.phones.status = "sent"

    async def ask(after: timedelta) -> int:
        """Two workers ask, at the same moment; how often Twilio was asked about this text."""
        with another(world, 5000) as books:
            client = CaseClient(world.house.client.plain, books, world.house.settings.task_queue)
            other = Asking(Hearing(client, PARSERS), {channel: world.way})
            now = datetime.now(UTC) + after
            await asyncio.gather(*(each.ask(channel, world.way, now) for each in (world.asking, other) * 3))
        return sum(asked.method == "GET" and str(send.vendor_id) in asked.path for asked in world.twilio.asked)

    assert await ask(first - timedelta(minutes=1)) == 0
    assert await ask(first + timedelta(seconds=5)) == 1
    assert await ask(first + again - timedelta(minutes=1)) == 1
    assert await ask(first + again + timedelta(seconds=10)) == 2

    world.phones.status = "delivered"
    assert await ask(first + 2 * again + timedelta(seconds=15)) == 3
    assert await ask(first + 3 * again + timedelta(seconds=20)) == 3
    assert ask_at(world, send) is None
    assert world.house.books.cases.read(ref.id).facts.sends[1].status is Status.DELIVERED
    assert words(world, send) == ["accepted", "delivered"]


async def test_a_send_of_which_nothing_comes_is_given_up_in_the_end(world: World, number: str):
    ref = await live(world.house, number, TEXTED)
    send, times = world.sends(ref)[1], world.twilio.times("GET")
    world.phones.status = "sent"

    await world.asking.ask(Channel.SMS, world.way, datetime.now(UTC) + ASKED_FOR[Channel.SMS] - timedelta(minutes=1))
    assert (world.twilio.times("GET") > times, ask_at(world, send) is None) == (True, False)

    times = world.twilio.times("GET")
    await world.asking.ask(Channel.SMS, world.way, datetime.now(UTC) + ASKED_FOR[Channel.SMS] + timedelta(days=1))
    assert (world.twilio.times("GET"), ask_at(world, send)) == (times, None)


async def test_what_a_vendor_cannot_say_now_is_asked_the_next_time(world: World, number: str):
    ref = await live(world.house, number, TEXTED)
    send, channel = world.sends(ref)[1], Channel.SMS
    after = FIRST_ASKED_AFTER[channel] + timedelta(seconds=5)

    world.twilio.act = answering(503)
    await world.asking.ask(channel, world.way, datetime.now(UTC) + after)
    assert words(world, send) == []
    world.twilio.act, world.phones.status = world.phones, "delivered"
    await world.asking.ask(channel, world.way, datetime.now(UTC) + after + ASKED_AGAIN_AFTER[channel])

    assert words(world, send) == ["delivered"]


# mailboxes


@dataclass
class Reports:
    """A print house's folder, and how it is read; who reads it anew has been restarted."""

    server: Server
    press: Press

    def mailbox(self) -> PrintHouseMailbox:
        server = self.server
        where = ("127.0.0.1", server.port, USER, server.key_path, server.host_key, ".", "Europe/Stockholm", 10)
        return PrintHouseMailbox(*where)

    def report(self, sends: list[KeptSend]) -> None:
        """Letters have come back."""
        folder = self.press.root / "out" / f"{datetime.now(UTC):%Y-%m-%d}-1"
        folder.mkdir(exist_ok=True)
        rows = "".join(f"{send.id},{datetime.now(UTC):%Y-%m-%d},moved\n" for send in sends)
        (folder / "returned.csv").write_text("send_id,date,reason\n" + rows)


@pytest.fixture
def reports(tmp_path: Path) -> Iterator[Reports]:
    (tmp_path / "keys").mkdir()
    press = Press(tmp_path / "press")
    with Server(press.root, tmp_path / "keys") as server:
        yield Reports(server, press)


def letter(world: World, number: str) -> KeptSend:
    return Kept(world.house.books, number, "2026-03-06 10:00").send(Channel.LETTER, "2026-03-06 10:00")


def failures(world: World, send: KeptSend) -> int:
    return sum(type(each) is Failed for each in world.house.books.cases.read(send.invoice_id).events)


async def test_a_mailbox_is_emptied_once_wherever_its_reader_dies(world: World, reports: Reports, number: str):
    """After keeping and before putting away; after putting away and before reading; and in the middle of many."""
    send = letter(world, number)
    reports.report([send])
    before = len(posts(world))

    for post in await asyncio.to_thread(list, reports.mailbox().fetch()):
        assert await world.hearing.keep(post)
    assert failures(world, send) == 0
    restarted = reports.mailbox()
    await world.asking.empty(restarted)
    assert await asyncio.to_thread(list, restarted.fetch()) == []
    assert (len(posts(world)), failures(world, send)) == (before + 1, 0)
    await asyncio.gather(world.asking.go_round(later()), world.asking.go_round(later()))

    assert failures(world, send) == 1
    await world.asking.empty(reports.mailbox())
    await world.asking.go_round(later())
    assert (len(posts(world)), failures(world, send)) == (before + 1, 1)


async def test_a_report_that_has_grown_tells_only_what_is_new(world: World, reports: Reports, number: str):
    first, second = letter(world, number), letter(world, f"{number}-2")
    mailbox = reports.mailbox()

    reports.report([first])
    await world.asking.empty(mailbox)
    reports.report([first, second])
    await world.asking.empty(mailbox)

    assert [failures(world, send) for send in (first, second)] == [1, 1]
    assert [words(world, send) for send in (first, second)] == [["bounced"], ["bounced"]]


async def test_while_the_books_are_away_a_mailbox_stays_full(world: World, reports: Reports, number: str):
    send, mailbox = letter(world, number), reports.mailbox()
    reports.report([send])

    with another(world) as books:
        client = CaseClient(world.house.client.plain, books, world.house.settings.task_queue)
        hurried = Asking(Hearing(client, PARSERS), {}, [mailbox])
        with shut(world) if on_postgres() else held(world):
            await hurried.go_round()
        assert failures(world, send) == 0
        await hurried.go_round()

    assert failures(world, send) == 1


async def test_a_bounce_by_mail_goes_from_the_mail_server_to_the_next_rung(world: World, number: str):
    """As the worker listens: the mail is kept, its round reads it, and the case goes on."""
    ref = await live(world.house, number, EMAILED)
    [send] = world.sends(ref)
    smtp = Smtp(host="127.0.0.1", bounce_address="bounces@pay.example", bounce_port=free_port(0))
    settings = world.house.settings.model_copy(update={"email": "smtp", "smtp": smtp})
    mail = (PAYLOADS / "dsn" / "failed.eml").read_text().replace("0123456789abcdef0123456789abcdef", send.id)
    listener = bounce_address(settings, world.hearing.keep)
    assert listener

    def deliver() -> None:
        with smtplib.SMTP("127.0.0.1", listener.port, timeout=10) as client:
            client.sendmail("", [f"bounces+{send.id}@pay.example"], mail)

    async with listener:
        await asyncio.to_thread(deliver)
        await asyncio.to_thread(deliver)
    await world.asking.go_round(later())

    await until(lambda: len(world.sends(ref)) == 2)
    facts = world.house.books.cases.read(ref.id).facts
    assert (facts.sends[0].status, facts.sends[0].why) == (Status.FAILED, Reason.BOUNCED)
    assert words(world, send) == ["bounced"]
