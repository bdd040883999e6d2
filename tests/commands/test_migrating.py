"""The books are migrated by themselves, and a worker answers whoever asks how it is."""

from __future__ import annotations

import signal
import socket
from pathlib import Path

import httpx
import pytest

from store.condition import condition
from store.schema import upgrade
from tests.commands.system import System
from tests.databases import empty_database
from workflows.server import free_port

pytestmark = pytest.mark.books


def system(home: Path, **settings: str) -> System:
    """A home whose books nobody has brought to any schema."""
    return System(home, {"KVITT_DATABASE_URL": empty_database(home), **settings})


def test_books_are_brought_to_the_newest_schema_and_say_so(tmp_path: Path):
    here = system(tmp_path)

    before, made, after = here.run("migrate", "--check"), here.run("migrate"), here.run("migrate", "--check")

    assert (before.returncode, before.stdout) == (1, "The books are empty.\n")
    assert made.returncode == after.returncode == 0
    assert made.stdout == after.stdout
    assert made.stdout.endswith("; the newest.\n")


def test_looking_changes_nothing(tmp_path: Path):
    upgrade(empty_database(tmp_path), "0003")
    here = system(tmp_path)

    look = here.run("migrate", "--check")

    assert look.returncode == 1
    assert look.stdout.startswith("The books are at schema 0003; the newest is ")
    assert (stands := condition(empty_database(tmp_path))) is not None
    assert stands.schema.revision == "0003"


@pytest.mark.only_on("sqlite")
def test_a_database_that_is_away_is_told(tmp_path: Path):
    away = System(tmp_path, {"KVITT_DATABASE_URL": "postgresql://kvitt@127.0.0.1:1/books"})

    for arguments in (["migrate"], ["migrate", "--check"]):
        ran = away.run(*arguments)
        assert ran.returncode == 1
        assert ran.stderr == "the database did not answer; is KVITT_DATABASE_URL right, or KVITT_HOME, and is it up?\n"


@pytest.mark.only_on("sqlite")
def test_a_worker_answers_probes_until_it_has_stopped(tmp_path: Path):
    port = free_port(0)
    here = System(tmp_path, {"KVITT_HEALTH_PORT": str(port)})
    with here.up():
        worker = here.start("worker")
        here.wait_until_said("the worker runs", worker)
        answers = [httpx.get(f"http://127.0.0.1:{port}{path}").status_code for path in ("/live", "/ready", "/health")]
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(40) == 0

    assert answers == [200, 200, 404]


@pytest.mark.only_on("sqlite")
def test_a_port_of_probes_that_somebody_has_is_told(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        here = System(tmp_path, {"KVITT_HEALTH_PORT": str(port)})
        with here.up():
            ran = here.run("worker")

    assert ran.returncode == 1
    assert f"the worker cannot listen on 127.0.0.1, port {port}: " in ran.stderr
