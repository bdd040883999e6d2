"""Who wants nothing more, as people keep the list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from commands.line import command_line
from commands.session import CommandError
from domain.policy import Channel
from store.books import open_books
from tests.databases import database_of

ENVELOPE = "Anna Lundberg | Storgatan 1 | 111 22 Stockholm"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KVITT_HOME", str(tmp_path))
    monkeypatch.setenv("KVITT_DATABASE_URL", database_of(tmp_path))
    monkeypatch.setenv("COLUMNS", "200")  # whatever an earlier test has made of the console
    return tmp_path


def run(*arguments: str) -> str:
    result = CliRunner().invoke(command_line(), ["opt-out", *arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    ("channel", "written", "on_the_send"),
    [
        ("email", "Anna@Customer.example", "anna@customer.example"),
        ("sms", "+46 70-174 06 05", "+46701740605"),
        ("letter", ENVELOPE, "Anna Lundberg\nStorgatan 1\n111 22 Stockholm"),
    ],
)
def test_an_address_is_taken_down_as_it_stands_on_a_send(home: Path, channel: str, written: str, on_the_send: str):
    run("add", channel, written, "--who", "phone call", "--merchant", "nordljus")

    books = open_books(database_of(home))
    assert books.opt_outs.has(Channel(channel), "nordljus", on_the_send)
    assert not books.opt_outs.has(Channel(channel), "bolgen", on_the_send)
    books.close()
    run("lift", channel, written)
    assert run("list", "--json") == ""


@pytest.mark.usefixtures("home")
def test_the_list_says_whom_it_holds_for():
    run("add", "sms", "+46701740605", "--who", "phone call")
    run("add", "letter", ENVELOPE, "--who", "a letter", "--merchant", "nordljus")

    told = run("list")
    letter, sms = (json.loads(line) for line in run("list", "--json").splitlines())

    assert "2 addresses want nothing more" in told
    assert ENVELOPE.casefold() in told
    assert (sms["merchant"], letter["merchant"]) == ("*", "nordljus")
    assert "all" in next(line for line in told.splitlines() if line.startswith("sms")).split()


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(
    ("channel", "written", "cure"),
    [
        ("email", "anna", "write it as name@example.com"),
        ("email", "a b@", "write it as name@example.com"),
        ("sms", "0701740605", "with its country code, as in +46701740605"),
        ("sms", "+4670", "with its country code, as in +46701740605"),
        ("letter", "Storgatan 1", "as on the envelope"),
    ],
)
def test_an_address_that_no_send_can_have_is_refused(channel: str, written: str, cure: str):
    with pytest.raises(CommandError, match=cure.replace("+", r"\+")):
        run("add", channel, written, "--who", "phone call")
    assert run("list", "--json") == ""


@pytest.mark.usefixtures("home")
def test_nobody_can_opt_out_of_collection():
    result = CliRunner().invoke(
        command_line(), ["opt-out", "add", "collection", "anna@customer.example", "--who", "phone call"]
    )

    assert result.exit_code == 2
    assert run("list", "--json") == ""
