"""Processes end as they should: Ctrl-C leaves nothing behind, SIGTERM loses nothing."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from store.books import open_books
from tests.commands.system import System
from tests.commands.test_command_line import invoices
from tests.databases import database_of

pytestmark = pytest.mark.xdist_group("processes")


def test_ctrl_c_leaves_no_process_behind_and_the_next_up_finds_the_invoices(tmp_path: Path):
    home = System(tmp_path)
    for round_ in range(2):
        with home.up() as process:
            if round_ == 0:
                assert home.run("start", invoices(tmp_path, "p-1")).returncode == 0
            listed = [json.loads(line) for line in home.run("status", "--json").stdout.splitlines()]
            assert [one["number"] for one in listed] == ["p-1"]
            process.send_signal(signal.SIGINT)
            assert process.wait(40) == 0
        assert home.processes() == []


def test_a_home_has_room_for_one(tmp_path: Path):
    """Two servers on one database would each fire its timers."""
    home = System(tmp_path)
    with home.up():
        second = home.run("up")
        assert second.returncode == 1
        assert "something runs in" in second.stderr
        assert home.run("status").returncode == 0


def test_a_killed_system_leaves_no_process_behind_and_the_next_finds_the_invoices(tmp_path: Path):
    home = System(tmp_path)
    with home.up() as process:
        assert home.run("start", invoices(tmp_path, "p-3")).returncode == 0
        process.kill()
        process.wait()
        home.wait_until(lambda: home.processes() == [])
    assert "start it with: kvitt up" in home.run("status").stderr
    (tmp_path / "up.json").unlink()
    with home.up():
        listed = [json.loads(line) for line in home.run("status", "--json").stdout.splitlines()]
    assert [one["number"] for one in listed] == ["p-3"]


@pytest.mark.parametrize("command", ["up", "demo"])
def test_a_system_that_is_stopped_while_it_starts_leaves_no_process_behind(tmp_path: Path, command: str):
    """Also where it runs in a script's background, which ignores Ctrl-C."""
    home = System(tmp_path)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    process = home.start(command)
    signal.signal(signal.SIGINT, before)
    home.wait_until(lambda: any("start-dev" in (one.info["cmdline"] or ()) for one in home.processes()), process)
    process.send_signal(signal.SIGTERM)

    assert process.wait(40) == 130
    assert home.processes() == []


def test_a_start_that_is_interrupted_ends_and_goes_on_the_next_time(tmp_path: Path):
    """It ends although calls to Temporal are on their way, and what it has begun is known when it is run again."""
    home = System(tmp_path)
    numbers = [f"p-4-{n}" for n in range(300)]
    with home.up():
        path = invoices(tmp_path, *numbers)
        process, books = home.start("start", path), open_books(database_of(tmp_path), migrate=False)
        home.wait_until(lambda: sum(books.looks.stages().values()) > 20, process)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert "interrupted" in (tmp_path / "output.log").read_text()
        again = json.loads(home.run("start", path, "--json", timeout=180).stdout)
        books.close()
    assert again["known"] > 20
    assert again["started"] + again["known"] == len(numbers)


def test_another_worker_goes_on_where_one_was_terminated(tmp_path: Path):
    """SIGTERM in mid-life: the invoice waits for a view; a new worker carries it to its end."""
    home = System(tmp_path)
    with home.up():
        path = invoices(tmp_path, "p-2", issued="2030-03-01", due="2030-04-01")
        assert home.run("start", path).returncode == 0
    with home.up():
        assert home.run("fast-forward", "p-2", "3", "days").returncode == 0
        worker = home.start("worker")
        home.wait_until_said("the worker runs", worker)
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(40) == 0
        assert home.run("fast-forward", "p-2", "2000", "days").returncode == 0
        life = [json.loads(line) for line in home.run("status", "p-2", "--json").stdout.splitlines()]
    sent = [(entry["step"], entry.get("channel")) for entry in life if entry["did"] == "sent"]
    assert len(sent) == len(set(sent))
    assert sent[0] == ("distribution", "email")
    assert life[-1]["did"] in ("handed_over", "asked")


def test_a_process_that_cannot_stop_by_itself_ends_when_its_time_is_over():
    """A look that fails is tried for ever, and a worker waits for it."""
    waits = "from datetime import timedelta; from threading import Event; import worker\n"
    waits += "worker.end_within(timedelta(seconds=0.1)); Event().wait()"

    ended = subprocess.run([sys.executable, "-c", waits], capture_output=True, text=True, timeout=60, check=False)

    assert ended.returncode == 0
    assert "could not stop by itself" in ended.stdout + ended.stderr
