"""Endpoints and their messages as people manage them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from commands.line import command_line
from commands.session import CommandError
from config.problems import ConfigError
from domain.announcements import Type
from store.books import Books, open_books
from store.deliveries import Delivery
from tests.channels.receiver import Receiver, receiving
from tests.commands.system import System
from tests.commands.test_command_line import invoices
from tests.databases import database_of
from tests.live.shop import an_event


@dataclass(frozen=True)
class Kvitt:
    """``kvitt webhook`` in a home of its own, in this process: what it needs is in the books."""

    home: Path

    def run(self, *arguments: str) -> Result:
        result = CliRunner().invoke(command_line(), ["webhook", *arguments])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def lines(self, *arguments: str) -> list[dict[str, Any]]:
        """What a command prints for machines."""
        result = self.run(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def kvitt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kvitt:
    monkeypatch.setenv("KVITT_HOME", str(tmp_path))
    monkeypatch.setenv("KVITT_DATABASE_URL", database_of(tmp_path))
    return Kvitt(tmp_path)


@pytest.mark.xdist_group("system")
def test_an_invoice_that_is_started_is_heard_of(system: System, tmp_path: Path):
    """From the command line to the merchant's receiver, through everything that runs."""
    books = open_books(database_of(system.home), migrate=False)
    with receiving(Receiver()) as receiver:
        types = "invoice.paid,invoice.closed"
        added = system.run("webhook", "add", "nordljus", receiver.url, "--types", types, "--json")
        endpoint = json.loads(added.stdout)
        system.run("start", invoices(tmp_path, "w-1"))
        system.run("pay", "w-1", "249.00")
        heard = [one.read(endpoint["secret"]) for one in receiver.wait_for(2)]
        system.wait_until(lambda: {one.state for one in told(books, endpoint["id"])} == {"delivered"})
    books.endpoints.close("nordljus", endpoint["id"], datetime.now(UTC))

    assert {one["type"] for one in heard} == {"invoice.paid", "invoice.closed"}
    assert {(one["data"]["number"], one["data"]["balance"]) for one in heard} == {("w-1", "0.00")}
    assert {one.id for one in told(books, endpoint["id"])} == set(receiver.ids)
    books.close()


def told(books: Books, endpoint_id: str) -> list[Delivery]:
    return [one for one in books.deliveries.newest(100) if one.endpoint_id == endpoint_id]


def test_endpoints_are_opened_listed_rotated_and_closed(kvitt: Kvitt):
    told = kvitt.run("add", "nordljus", "http://127.0.0.1:9/kvitt").stdout
    (listed,) = kvitt.lines("list")
    (rotated,) = kvitt.lines("rotate", listed["id"])

    assert listed["id"] in told
    assert "whsec_" in told
    assert "secret" not in listed
    assert rotated["secret"] not in told
    assert listed["url"] in kvitt.run("list").stdout
    assert kvitt.lines("remove", listed["id"]) == [{"id": listed["id"], "removed": True}]
    assert kvitt.lines("list", "--merchant", "nordljus") == []


@pytest.mark.parametrize(("answer", "code", "says"), [(200, 0, "It takes messages."), (404, 1, "It answered 404.")])
def test_an_endpoint_can_be_tried(kvitt: Kvitt, answer: int, code: int, says: str):
    with receiving(Receiver(answers=[answer])) as receiver:
        (endpoint,) = kvitt.lines("add", "nordljus", receiver.url)
        result = kvitt.run("test", endpoint["id"])

    assert (result.exit_code, says in result.stdout) == (code, True)
    assert receiver.received[0].read(endpoint["secret"])["type"] == "webhook.test"


def test_dead_messages_are_seen_and_sent_anew(kvitt: Kvitt):
    (endpoint,) = kvitt.lines("add", "nordljus", "http://127.0.0.1:9/kvitt")
    message = dead_message(kvitt.home, endpoint["id"])

    (dead,) = kvitt.lines("deliveries", "--dead")
    assert (dead["id"], dead["state"], dead["last_said"]) == (message, "dead", "no [answer] in time")
    assert "no [answer] in time" in kvitt.run("deliveries").stdout
    assert kvitt.lines("replay", "--dead") == [{"replayed": 1}]
    assert kvitt.lines("replay", message) == [{"replayed": 1}]
    assert kvitt.lines("deliveries", "--dead") == []
    assert [(one["state"], one["round"]) for one in kvitt.lines("deliveries")] == [("new", 2)]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("add", "nobody", "http://127.0.0.1/"), 'there is no merchant "nobody"'),
        (("add", "nordljus", "shop.example"), "write it as in https://shop.example/kvitt"),
        (("add", "nordljus", "http://127.0.0.1/", "--types", "invoice.payed"), 'did you mean "invoice.paid"?'),
        (("remove", "ep_1"), "kvitt webhook list"),
        (("rotate", "ep_1"), "kvitt webhook list"),
        (("test", "ep_1"), "kvitt webhook list"),
        (("replay", "msg_1"), "kvitt webhook deliveries"),
        (("replay",), "--dead"),
        (("replay", "msg_1", "--dead"), "--dead"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(kvitt: Kvitt, arguments: tuple[str, ...], says: str):
    with pytest.raises((CommandError, ConfigError)) as told:
        kvitt.run(*arguments)

    assert says in str(told.value)
    assert "\n" not in str(told.value)


def test_every_type_can_be_asked_for(kvitt: Kvitt):
    (endpoint,) = kvitt.lines("add", "nordljus", "http://127.0.0.1:9/", "--types", ",".join(Type))

    assert endpoint["types"] == list(Type)


def dead_message(home: Path, endpoint_id: str) -> str:
    """A message that nobody took."""
    books = open_books(database_of(home))
    an_event(books)
    books.deliveries.write_down(datetime.now(UTC))
    (begin,) = books.deliveries.to_begin(10)
    assert begin.endpoint_id == endpoint_id
    books.deliveries.tried(begin.order, None, "no [answer] in time", "dead", datetime.now(UTC))
    books.close()
    return begin.order.delivery_id
