"""How fast SendGrid's batches are heard: verified, kept, and translated into the journals, on both databases.

Beside it, on the same machine in the same minute: the bare insert of the same rows, and django-anymail's view.
"""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, insert, select, text
from temporalio.client import Client

from activities.hearing import Hearing
from benchmarks.anymail_view import Anymail, set_up
from benchmarks.figures import Figure, at_least, figure
from benchmarks.letter import content_of_one
from benchmarks.lives import Openings
from benchmarks.sendgrid import EVENTS, TOLD, WAKING, Vendor, vendor_id
from channels.hearing import Hook, Post
from channels.sendgrid import events as sendgrid_events
from domain.wire import InvoiceRef
from store.books import Books, open_books
from store.cases import EVENT, INVOICE
from store.engine import reading, writing
from store.inbox import POST, READ
from store.sends import HEARD, SEND
from templates.renderer import Renderer
from tests.databases import EMPTY, Postgres
from workflows.client import CaseClient

ROUNDS = 15
WARM_UP = 3
SEED = 1


class Unheard(CaseClient):
    """Counts whose loop is to be woken. To wake them is not measured here, but in ``awake``."""

    woken = 0

    async def wake(self, ref: InvoiceRef) -> None:
        """One more."""
        self.woken += 1


@dataclass(frozen=True, slots=True)
class Round:
    """Events per second, each of the ways."""

    ours: float
    bare: float
    storing: float
    counting: float


def measure() -> list[Figure]:
    """The rates, and ours by each of the others'."""
    vendor = Vendor()
    with _databases() as databases:
        django = {name: addresses["django"] for name, addresses in databases.items()}
        anymail = set_up(vendor.public_key, django)
        return [
            line
            for name, addresses in databases.items()
            for line in _figures(name, _measure(name, addresses, vendor, anymail))
        ]


@contextmanager
def _databases() -> Iterator[dict[str, dict[str, str]]]:
    """Three databases of each kind, as they are installed: what is committed is on the disk."""
    sides = ("ours", "bare", "django")
    with TemporaryDirectory(prefix="kvitt-bench-") as home, closing(Postgres({})) as server:
        yield {
            "SQLite": {side: f"sqlite:///{Path(home) / side}.sqlite3" for side in sides},
            "PostgreSQL": {side: server.create(side, EMPTY) for side in sides},
        }


def _measure(name: str, addresses: dict[str, str], vendor: Vendor, anymail: Anymail) -> list[Round]:
    random = Random(SEED)
    with ExitStack() as stack:
        ours, bare = (stack.enter_context(closing(open_books(addresses[side]))) for side in ("ours", "bare"))
        runner = stack.enter_context(asyncio.Runner())
        sends = [[UUID(int=random.getrandbits(128)).hex for _ in range(EVENTS)] for _ in range(WARM_UP + ROUNDS)]
        for books in (ours, bare):
            _fill(books, sends)
        calls = [vendor.batch(some, random) for some in sends]
        client = runner.run(_unheard(ours))
        hearing = Hearing(client, {sendgrid_events.NAME: sendgrid_events.parse})
        gc.collect()
        gc.freeze()  # what only this program holds, no gateway would have to walk through
        rounds = []
        for call in calls:
            took = runner.run(_hear(hearing, call, vendor.public_key))
            rows = _written(ours)
            rounds.append(
                Round(
                    EVENTS / took,
                    EVENTS / _insert(bare, rows),
                    EVENTS / anymail.storing(call, name),
                    EVENTS / anymail.counting(call),
                )
            )
        stored = anymail.stored(name)
        if stored != EVENTS * len(calls) or client.woken != WAKING * len(calls):
            raise AssertionError(f"{stored} events were stored, {client.woken} loops were to be woken")
        gc.unfreeze()
        return rounds[WARM_UP:]


async def _unheard(books: Books) -> Unheard:
    return Unheard(await Client.connect("127.0.0.1:1", lazy=True), books, "nobody")


# --- ours ------------------------------------------------------------------------------------------------------------


async def _hear(hearing: Hearing, call: Hook, key: str) -> float:
    """What the gateway does with a call, from its bytes on; seconds."""
    begun = perf_counter()
    if not sendgrid_events.verify(call, [key], datetime.now(UTC)):
        raise AssertionError("the call is not believed")
    post = Post(sendgrid_events.NAME, call.body)
    post_id = await hearing.keep(post)
    if post_id is None:
        raise AssertionError("the call was there already")
    await hearing.read(post_id, post)
    return perf_counter() - begun


# --- the bare insert of the same rows --------------------------------------------------------------------------------

Rows = tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]


def _written(books: Books) -> Rows:
    """The rows of the last call, as ours wrote them.

    Raises:
        AssertionError: it wrote something else than it should.
    """
    with reading(books.engine) as connection:
        post = _rows(connection, select(POST).order_by(POST.c.id.desc()).limit(1))[0]
        heard = _rows(connection, select(HEARD).where(HEARD.c.post_id == post["id"]).order_by(HEARD.c.id))
        keys = [f"heard:{row.pop('key')}" for row in [dict(row) for row in heard]]
        events = _rows(connection, select(EVENT).where(EVENT.c.key.in_(keys)))
    for row in heard:
        del row["id"]
    if post["state"] != READ or len(heard) != EVENTS or len(events) != TOLD:
        raise AssertionError(f"a post is {post['state']}, with {len(heard)} lines and {len(events)} events")
    return post, heard, events


def _rows(connection: Connection, query: Any) -> list[dict[str, Any]]:
    return [dict(row) for row in connection.execute(query).mappings()]


def _insert(books: Books, rows: Rows) -> float:
    """Insert them, in one transaction that is on the disk when it ends; seconds."""
    post, heard, events = rows
    begun = perf_counter()
    with writing(books.engine) as connection:
        connection.execute(insert(POST), post)
        connection.execute(insert(HEARD), heard)
        connection.execute(insert(EVENT), events)
    return perf_counter() - begun


# --- the books before anything is heard ------------------------------------------------------------------------------


def _fill(books: Books, sends: Sequence[Sequence[str]]) -> None:
    """An invoice for each send, open, waiting for its timer; its e-mail is out and answered."""
    now, message = datetime.now(UTC), Renderer().email(content_of_one())
    first = books.registry.open(Openings().numbered("first"), now)
    sent = {"subject": message.subject, "body": f"{message.text}{message.html}".encode(), "sha256": "0" * 64}
    with reading(books.engine) as connection:
        row = _rows(connection, select(INVOICE).where(INVOICE.c.id == first.id))[0]
    row |= {"next_at": now + timedelta(days=3), "resting": True}
    del row["id"]
    for some in sends:
        with writing(books.engine) as connection:
            opened = insert(INVOICE).returning(INVOICE.c.id, sort_by_parameter_order=True)
            ids = connection.execute(opened, [row | {"number": send} for send in some]).scalars().all()
            connection.execute(insert(SEND), [sent | _sent(send, of, now) for send, of in zip(some, ids, strict=True)])
    if books.engine.dialect.name == "postgresql":
        with writing(books.engine) as connection:
            connection.execute(text("ANALYZE"))  # as its autovacuum would after a minute


def _sent(send: str, invoice_id: int, now: datetime) -> dict[str, Any]:
    place = {"id": send, "invoice_id": invoice_id, "step": "distribution", "rung": 0, "attempt": 1, "token": send}
    said = {"reserved_at": now, "kept_at": now, "vendor": sendgrid_events.NAME, "vendor_id": vendor_id(send)}
    return place | said | {"channel": "email", "message": "invoice", "recipient": f"{send[:8]}@customer.example"}


# --- the figures -----------------------------------------------------------------------------------------------------


def _figures(name: str, rounds: Sequence[Round]) -> list[Figure]:
    return [
        figure(
            f"SendGrid's events heard ÷ bare inserts, {name}",
            [one.ours / one.bare for one in rounds],
            digits=2,
            target=at_least(0.4),
        ),
        figure(
            f"… ÷ anymail's view that stores each, {name}",
            [one.ours / one.storing for one in rounds],
            digits=1,
            target=at_least(3),
        ),
        figure(f"… ÷ anymail's view that only counts, {name}", [one.ours / one.counting for one in rounds], digits=2),
        figure("… ours", [one.ours for one in rounds], "events/s"),
        figure("… bare inserts", [one.bare for one in rounds], "events/s"),
        figure("… anymail's view, storing each", [one.storing for one in rounds], "events/s"),
        figure("… anymail's view, only counting", [one.counting for one in rounds], "events/s"),
    ]
