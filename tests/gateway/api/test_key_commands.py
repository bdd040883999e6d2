"""``kvitt api-key``: keys are made, shown once, listed, replaced, ended; nothing else needs to run."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from commands.line import command_line
from commands.session import CommandError
from config.problems import ConfigError
from store.books import Books, open_books
from store.keys import ApiKeys, Scope
from tests.databases import database_of

Kvitt = Callable[..., Any]

CREATE = ("api-key", "create", "nordljus", "--name", "shop", "--scopes", "invoices:read, invoices:write")


@pytest.fixture
def kvitt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kvitt:
    """The command line in a home of its own; what it refuses, it raises."""
    monkeypatch.setenv("KVITT_HOME", str(tmp_path))
    monkeypatch.setenv("KVITT_DATABASE_URL", database_of(tmp_path))
    return lambda *words: CliRunner().invoke(command_line(), words)


@pytest.fixture
def keys(tmp_path: Path, books: Books) -> ApiKeys:
    return ApiKeys(books.engine)


@pytest.fixture
def books(tmp_path: Path) -> Any:
    opened = open_books(database_of(tmp_path))
    yield opened
    opened.close()


def test_a_key_is_made_listed_replaced_and_ended(kvitt: Kvitt, keys: ApiKeys):
    made = said(kvitt, *CREATE, "--json")
    key = keys.opened_by(made["key"], now())
    assert key
    assert (key.merchant, key.name, key.scopes) == ("nordljus", "shop", {Scope.READ_INVOICES, Scope.WRITE_INVOICES})

    listed = kvitt("api-key", "list", "--merchant", "nordljus")
    assert key.id in listed.stdout
    assert made["key"] not in listed.stdout

    new = said(kvitt, "api-key", "rotate", key.id, "--grace", "2 hours", "--lives", "90 days", "--json")
    assert keys.opened_by(made["key"], now() + timedelta(hours=1))
    assert keys.opened_by(made["key"], now() + timedelta(hours=2)) is None
    assert keys.opened_by(new["key"], now() + timedelta(days=89))
    assert keys.opened_by(new["key"], now() + timedelta(days=90)) is None

    assert said(kvitt, "api-key", "revoke", new["id"], "--json") == {"id": new["id"], "revoked": True}
    assert keys.opened_by(new["key"], now()) is None
    assert "ended" in kvitt("api-key", "list").stdout


def test_a_key_is_shown_to_people_on_a_line_of_its_own(kvitt: Kvitt, keys: ApiKeys):
    shown = kvitt(*CREATE).stdout.splitlines()

    assert "never again" in shown[0]
    assert keys.opened_by(shown[1], now())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("create", "nordlus", "--name", "x", "--scopes", "invoices:read"), 'did you mean "nordljus"?'),
        (("create", "../nordljus", "--name", "x", "--scopes", "invoices:read"), "is not a short name"),
        (("create", "nordljus", "--name", "x", "--scopes", "invoices:reed"), 'did you mean "invoices:read"?'),
        (("create", "nordljus", "--name", "x", "--scopes", " "), "a key needs a scope"),
        (("create", "nordljus", "--name", "x" * 65, "--scopes", "invoices:read"), "1 to 64 letters"),
        (("create", "nordljus", "--name", "x", "--scopes", "invoices:read", "--lives", "soon"), "is not a duration"),
        (("rotate", "nobody"), "there is no key nobody"),
        (("revoke", "nobody"), "there is no key nobody"),
    ],
    ids=str,
)
def test_what_is_wrong_is_one_line_with_the_cure(kvitt: Kvitt, words: tuple[str, ...], says: str):
    result = kvitt("api-key", *words)

    assert isinstance(result.exception, CommandError | ConfigError)
    assert says in str(result.exception)


def said(kvitt: Kvitt, *words: str) -> dict[str, Any]:
    result = kvitt(*words)
    assert result.exit_code == 0, result.exception
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def now() -> datetime:
    return datetime.now(UTC)
