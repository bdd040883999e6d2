"""``kvitt attention`` and ``kvitt views`` as people run them: nothing need run but the books."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import Result
from sqlalchemy import update
from typer.testing import CliRunner

from commands import attention, show
from commands.line import command_line
from domain.attention import CURES, Need, Urgency
from domain.words import Reason
from store.books import Books, open_books
from store.cases import INVOICE
from store.engine import writing
from tests.commands.system import System
from tests.databases import database_of
from tests.docs.reading import problem_with
from tests.store.test_attention import ARRANGED, Case, disputed, unread, unreadable
from workflows.views import VIEWS

FILLED_IN = {
    "case": "nordljus/10001",
    "post": 17,
    "batch": "batch_1",
    "merchant": "nordljus",
    "endpoint": "ep_1",
}


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KVITT_HOME", str(tmp_path))
    monkeypatch.setenv("KVITT_DATABASE_URL", database_of(tmp_path))
    return tmp_path


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    books = open_books(database_of(tmp_path))
    yield books
    books.close()


def run(*arguments: str) -> Result:
    return CliRunner().invoke(command_line(), arguments)


def test_it_tells_what_since_when_why_and_what_to_do(home: Path, books: Books):
    Case(books, "50001").waits(Reason.UNREACHABLE)

    result = System(home).run("attention")

    assert result.returncode == 0
    assert "1 waiting for a person" in result.stdout
    for words in (
        "nordljus/50001",
        "2026-03-02 09:00",
        "unreachable: every channel failed",
        "kvitt amend nordljus/50001 --email ADDRESS  # a new e-mail address",
        "kvitt stop nordljus/50001  # end it",
    ):
        assert words in result.stdout


def test_machines_get_one_object_a_line(books: Books):
    Case(books, "50001").waits(Reason.AGENCY_CLOSED)
    post = unreadable(books)[0]

    told = [json.loads(line) for line in run("attention", "--json").stdout.splitlines()]

    assert [(one["need"], one["urgency"], one["what"]) for one in told] == [
        ("agency_closed", "waits", "nordljus/50001"),
        ("unreadable_post", "waits", post),
    ]
    assert told[0]["do"][0] == {"when": "wait for the money", "command": "kvitt release nordljus/50001"}
    assert datetime.fromisoformat(told[0]["since"]) == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_nothing_to_do_is_said_kindly():
    assert run("attention").stdout == "Nothing waits for a person. There are no open invoices.\n"
    assert run("attention", "-m", "nordljus").stdout == "Nothing of nordljus waits for a person. Good.\n"
    assert run("attention", "--json").stdout == ""


def test_of_a_system_on_its_way_it_says_how_much_goes_on(books: Books):
    case = Case(books)
    case.send()
    case.change(next_at=datetime.now(UTC) + timedelta(days=3))

    assert run("attention").stdout == "Nothing waits for a person. 1 open invoice goes on by itself.\n"


@pytest.mark.parametrize("need", [Need.UNREACHABLE, Need.BOUNCED])
def test_a_script_may_ask_whether_anything_waits(need: Need, books: Books, monkeypatch: pytest.MonkeyPatch):
    """What is only told, and goes on by itself, is no reason to wake somebody."""
    assert run("attention", "--check").exit_code == 0

    ARRANGED[need][0](books)
    now = datetime.now(UTC)
    with writing(books.engine) as connection:
        moved = {"next_at": now + timedelta(days=3), "bounced_at": now if need is Need.BOUNCED else None}
        connection.execute(update(INVOICE).values(**moved))

    assert [json.loads(line)["need"] for line in run("attention", "--json").stdout.splitlines()] == [need]
    assert run("attention", "--check").exit_code == (1 if need is Need.UNREACHABLE else 0)


def test_what_is_left_out_is_counted(books: Books):
    for number in range(3):
        Case(books, f"5000{number}").waits(Reason.EXHAUSTED)

    result = run("attention", "--limit", "1", "-m", "nordljus")

    assert result.stdout.count("nordljus/5000") == len(CURES[Need.EXHAUSTED].choices) + 1
    assert "… and 2 more" in result.stdout


def test_what_is_broken_stands_above_what_waits(books: Books, capsys: pytest.CaptureFixture[str]):
    disputed(books)
    unread(books)

    attention.tell(books.attention.needs(datetime(2026, 3, 2, 10, tzinfo=UTC)))

    printed = capsys.readouterr().out
    assert "1 broken, 1 waiting for a person" in printed
    assert printed.index("inbox waits:") < printed.index("disputed:")


@pytest.mark.parametrize("need", Need)
def test_every_cure_can_be_typed(need: Need):
    """A word in capitals is for a person to fill in."""
    fill = {"ADDRESS": "a@b.example", "PHONE": "+46701740605", "AMOUNT": "1.00", "OUTCOME": "upheld"}
    for choice in CURES[need].choices:
        command = choice.of(FILLED_IN).command
        for word, value in fill.items():
            command = command.replace(word, value)

        assert re.search(r"\b[A-Z]{3,}\b|\{", command) is None
        assert problem_with(command) is None, command


def test_a_need_that_presses_comes_before_one_that_does_not():
    order = [list(Urgency).index(CURES[need].urgency) for need in Need]

    assert order == sorted(order)


def test_views_are_addresses_of_the_ui_with_the_query_of_now():
    told = [
        json.loads(line) for line in run("views", "--ui", "https://temporal.internal/", "--json").stdout.splitlines()
    ]

    assert [one["view"] for one in told] == [view.name for view in VIEWS]
    for one in told:
        address = urlsplit(one["address"])
        assert (address.netloc, address.path) == ("temporal.internal", "/namespaces/default/workflows")
        assert parse_qs(address.query)["query"] == [one["query"]]
        assert "{" not in one["query"]
    kept = {name for one in told for name in parse_qs(urlsplit(one["address"]).query).get("savedQuery", [])}
    assert kept == {"Needs attention", "Handed over", "Broken workflows"}
    [moment] = re.findall(r'BouncedAt >= "(.*)"', told[1]["query"])
    assert datetime.now().astimezone() - datetime.fromisoformat(moment) < timedelta(days=1, minutes=1)


def test_views_lead_to_the_ui_that_runs_here_and_to_the_namespace_of_the_environment(
    home: Path, monkeypatch: pytest.MonkeyPatch
):
    (home / "up.json").write_text(json.dumps({"temporal": "x", "ui": "http://127.0.0.1:9", "gateway": "y"}))

    assert "http://127.0.0.1:9/namespaces/default/workflows?query=" in run("views").stdout
    monkeypatch.setenv("TEMPORAL_NAMESPACE", "invoices.a2dd6")
    assert "/namespaces/invoices.a2dd6/workflows?query=" in run("views").stdout


def test_a_command_is_never_broken_into_two_lines(
    books: Books, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    """It is there to be copied, however narrow the screen."""
    monkeypatch.setattr(show.OUT, "width", 40)
    Case(books, "50001").waits(Reason.UNREACHABLE)

    attention.tell(books.attention.needs(datetime(2026, 3, 2, 10, tzinfo=UTC)))

    assert "    kvitt amend nordljus/50001 --email ADDRESS  # a new e-mail address\n" in capsys.readouterr().out
