"""A worker and a gateway as processes of their own, watched by everybody who may: some lives, and what was seen."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import httpx
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from sqlalchemy import text
from twilio.request_validator import RequestValidator

from config.settings import Settings
from domain.law.bank_days import calendar_of
from domain.wire import InvoiceRef
from gateway.seal import Seal, read_key
from store.books import Books, open_books
from store.engine import writing
from store.keys import ApiKeys, Scope
from tests.channels.receiver import Receiver, receiving
from tests.channels.vendor import Vendor, answering, vendor
from tests.databases import database_of
from tests.gateway.cases import link, opening
from tests.live.house import House
from tests.telemetry.metrics import Sample, samples
from tests.telemetry.peculiar import CUSTOMER, PHONE, WHY
from tests.telemetry.watching import Watcher, watching
from workflows.client import CaseClient
from workflows.server import connect, free_port, serving

KVITT = str(Path(sys.executable).parent / "kvitt")
OWN = {"Sec-Fetch-Site": "same-origin"}
ACCOUNT, TOKEN = f"AC{'a' * 32}", "a-token-of-theirs"


@dataclass(frozen=True)
class Step:
    """A step of a trace, as the collector got it."""

    name: str
    process: str
    trace: bytes
    id: bytes
    parent: bytes
    told: Mapping[str, Any]


@dataclass
class Seen:
    """What everybody saw of these lives."""

    pages: Mapping[str, str]
    """What Prometheus reads, by process."""
    logs: Mapping[str, str]
    steps: Sequence[Step]
    sent: bytes
    """All that the collector got, as it came."""
    ref: InvoiceRef
    """The peculiar customer's invoice, started by the API."""
    send: str
    tokens: Sequence[str]
    """The secrets that links, keys and seals hold."""
    watcher: Watcher | None

    @property
    def samples(self) -> list[Sample]:
        return [sample for page in self.pages.values() for sample in samples(page)]

    def lines(self, process: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.logs[process].splitlines()]


class Crew:
    """The processes, and the hand that tests have in them."""

    def __init__(self, home: Path, house: House, environment: Mapping[str, str]) -> None:
        self.home, self.house, self.environment = home, house, environment
        self.ports = {"worker": free_port(0), "gateway": free_port(0)}
        self.web = f"http://127.0.0.1:{environment['KVITT_GATEWAY_PORT']}"

    @contextmanager
    def running(self, process: str) -> Iterator[None]:
        """One process, until the block ends; it must end well."""
        environment = {**self.environment, "KVITT_METRICS_PORT": str(self.ports[process])}
        with (self.home / f"{process}.log").open("wb") as log, (self.home / f"{process}.out").open("wb") as out:
            started = subprocess.Popen([KVITT, process], env=environment, stdout=out, stderr=log)
        try:
            yield
        finally:
            started.terminate()
            try:
                code = started.wait(60)
            finally:
                started.kill()
        assert code == 0, self.log(process)

    def log(self, process: str) -> str:
        return "".join((self.home / f"{process}.{kind}").read_text() for kind in ("out", "log"))

    async def until_up(self, process: str) -> None:
        async with asyncio.timeout(90):
            while f"the {process} runs" not in self.log(process):
                await asyncio.sleep(0.05)

    async def until_shown(self, process: str, figure: str) -> None:
        async with asyncio.timeout(60):
            while figure not in await self.page(process):
                await asyncio.sleep(0.05)

    async def page(self, process: str) -> str:
        async with httpx.AsyncClient() as web:
            return (await web.get(f"http://127.0.0.1:{self.ports[process]}/metrics")).text


@asynccontextmanager
async def crew(home: Path, collector: str, twilio: str) -> AsyncIterator[Crew]:
    """Books, a server, and what processes are told of them; nothing of ours runs yet."""
    settings = Settings(home=home, database_url=database_of(home))
    async with serving(home / "temporal", 0, 0) as server:
        books = open_books(settings.database)
        client = CaseClient(await connect(server.address), books, settings.task_queue, test_clocks=True)
        environment = {
            **os.environ,
            "TEMPORAL_ADDRESS": server.address,
            "KVITT_HOME": str(home),
            "KVITT_DATABASE_URL": settings.database,
            "KVITT_GATEWAY_PORT": str(free_port(0)),
            "KVITT_LOG_FORMAT": "json",
            "KVITT_LOG_LEVEL": "debug",
            "KVITT_TRACES": collector,
            "KVITT_SMS": "twilio",
            "KVITT_TWILIO_ACCOUNT": ACCOUNT,
            "KVITT_TWILIO_TOKENS": TOKEN,
            "KVITT_TWILIO_HOST": twilio,
        }
        try:
            yield Crew(home, House(client, books, settings, AsyncExitStack()), environment)
        finally:
            books.close()


async def live_and_watch(home: Path) -> Seen:
    """Live some lives, well and badly, and keep what was seen of them."""
    with vendor(answering(200)) as collector, vendor(answering(500)) as twilio, receiving(Receiver((500, 410))) as shop:
        async with crew(home, collector.url, twilio.url) as here:
            here.house.books.endpoints.add("nordljus", shop.url, (), datetime.now(UTC))
            with here.running("worker"):
                await here.until_up("worker")
                await _go_wrong(here)
                with here.running("gateway"), watching(home, here.ports) as watcher:
                    await here.until_up("gateway")
                    ref, tokens = await _be_peculiar(here)
                    await _break_the_books(here)
                    await asyncio.to_thread(shop.wait_for, 2)
                    if watcher:
                        await watcher.settle()
                    pages = {process: await here.page(process) for process in here.ports}
            send = link(here.house, ref).id
        logs = {process: here.log(process) for process in here.ports}
        sent = b"".join(asked.body for asked in collector.asked)
        return Seen(pages, logs, steps(collector), sent, ref, send, tokens, watcher)


async def _go_wrong(here: Crew) -> None:
    """One that nobody can reach, one whose SMS is in doubt, one that cannot be looked at, one that makes no sense."""
    nobody = {"name": "N. N.", "email": None, "phone": None, "address": ()}
    for number, who in {"watched-1": nobody, "watched-2": nobody | {"phone": PHONE}}.items():
        ref = await _start(here, number, **who)
        await here.house.client.rest(ref)
    await here.house.client.fast_forward(ref, timedelta(minutes=2))  # evidence is searched for
    await here.house.client.rest(ref)
    with away(here.house.books, "look"):
        ref = await _start(here, "watched-3")
        await here.until_shown("worker", "temporal_local_activity_execution_failed_total")
    await here.house.client.rest(ref)
    client, queue = here.house.client.plain, here.house.settings.task_queue
    here.house.books.registry.open(opening("watched-6"), datetime.now(UTC))
    await client.start_workflow("invoice", "nonsense", id="invoice/nordljus/watched-4", task_queue=queue)


async def _start(here: Crew, number: str, **customer: Any) -> InvoiceRef:
    """An invoice, at ten in the morning of its day of issue."""
    opened = opening(number, **customer)
    begins = calendar_of("SE").moment(datetime.combine(opened.invoice.issued, time(10)))
    return (await here.house.client.start(replace(opened, shift=begins - datetime.now(UTC)))).ref


async def _be_peculiar(here: Crew) -> tuple[InvoiceRef, list[str]]:
    """A customer's invoice over the API, sent, seen, disputed; and a stranger who calls in a vendor's name."""
    books, issued = here.house.books, datetime.now(UTC).date()
    key = ApiKeys(books.engine).create("nordljus", "shop", Scope, datetime.now(UTC)).text
    invoice = {"number": "watched-5", "amount": "249.00", "customer": CUSTOMER}
    invoice |= {"issued": issued.isoformat(), "due": (issued + timedelta(days=30)).isoformat()}
    async with httpx.AsyncClient(base_url=here.web, headers={"Authorization": f"Bearer {key}"}) as api:
        answer = await api.post("/api/v1/invoices", json=invoice)
        assert answer.status_code == 201, answer.text
        ref = here.house.client.find("nordljus", "watched-5")
        await here.house.client.rest(ref)
        await here.house.client.fast_forward(ref, timedelta(days=3))
        await here.house.client.rest(ref)
        order = {"command": "dispute", "why": WHY}
        assert (await api.post("/api/v1/invoices/watched-5/commands", json=order)).status_code == 201
        assert (await api.get("/api/v1/invoices/watched-6")).status_code == 200
    token = link(here.house, ref).token
    seal = Seal(read_key(here.house.settings)).issue(token, datetime.now(UTC) - timedelta(seconds=5))
    async with httpx.AsyncClient(base_url=here.web) as web:
        await web.get(f"/i/{token}?from={PHONE}")
        await web.request("ZEPPELIN", f"/i/{token}/zeppelin")
        seen = await web.post(
            f"/i/{token}/viewed", data={"seal": seal, "by": "page"}, headers=OWN | {"Origin": here.web}
        )
        assert seen.status_code == 204
        assert (await web.post(f"/hooks/twilio?to={PHONE}", content=b"zeppelin")).status_code == 403
        assert (await web.post(**_heard(here))).status_code == 204
        await here.until_shown("gateway", "kvitt_heard_total")
    return ref, [key, token, seal, *(send.token for send in books.sends.of_invoice(ref.id))]


def _heard(here: Crew) -> dict[str, Any]:
    """What Twilio tells of the SMS whose answer was lost."""
    send = link(here.house, here.house.client.find("nordljus", "watched-2"))
    form = {"MessageSid": f"SM{send.id}", "MessageStatus": "sent", "AccountSid": ACCOUNT, "To": PHONE}
    url = f"{here.web}/hooks/twilio?send={send.id}"
    headers = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, form)}
    return {"url": url, "data": form, "headers": headers}


async def _break_the_books(here: Crew) -> None:
    """The database refuses what is asked of it, for a moment: the page of a link that is looked for says so."""
    with away(here.house.books, "send"):
        async with httpx.AsyncClient(base_url=here.web) as web:
            assert (await web.get("/i/zeppelin")).status_code == 500


@contextmanager
def away(books: Books, table: str) -> Iterator[None]:
    """A table is not where it should be."""
    with writing(books.engine) as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {table}_away"))
    try:
        yield
    finally:
        with writing(books.engine) as connection:
            connection.execute(text(f"ALTER TABLE {table}_away RENAME TO {table}"))


def steps(collector: Vendor) -> list[Step]:
    """What the collector got, read."""
    found = []
    for asked in collector.asked:
        for resource in ExportTraceServiceRequest.FromString(asked.body).resource_spans:
            [process] = [one.value.string_value for one in resource.resource.attributes if one.key == "service.name"]
            for span in (span for scope in resource.scope_spans for span in scope.spans):
                told = {one.key: one.value.string_value or one.value.int_value for one in span.attributes}
                found.append(Step(span.name, process, span.trace_id, span.span_id, span.parent_span_id, told))
    return found
