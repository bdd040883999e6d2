"""``kvitt batch``: a file is one batch however often it is read, orders go by a query, counts are confirmed."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest
import typer

from commands.beginning import rate_of
from commands.filling import id_of
from tests.commands.system import System
from tests.commands.test_command_line import INVOICE, invoices

pytestmark = pytest.mark.xdist_group("system")

LATER = {"issued": "2031-03-03", "due": "2031-04-02"}


def batch(system: System, *arguments: str) -> dict[str, Any]:
    told = system.run("batch", *arguments, "--json")
    assert told.stdout, told.stderr
    return dict(json.loads(told.stdout.splitlines()[-1]))


def test_the_same_file_is_the_same_batch_and_bad_rows_are_told_by_line(system: System, tmp_path: Path):
    path = tmp_path / "march.jsonl"
    rows = [{**INVOICE, **LATER, "number": f"b-{number}"} for number in range(1, 5)]
    rows[2] |= {"customer": {**INVOICE["customer"], "email": "anna at home"}}  # type: ignore[dict-item]
    path.write_text("\n".join(map(json.dumps, rows)))

    first, again = batch(system, "start", str(path)), batch(system, "start", str(path))

    assert (first["state"], first["done"], first["refused"], first["merchant"]) == ("done", 3, 1, "nordljus")
    assert again == first
    shown = system.run("batch", "show", first["id"])
    assert "march.jsonl:3" in shown.stdout
    assert "customer.email: … is not an e-mail address; write it as name@example.com" in shown.stdout
    assert "anna at home" not in shown.stdout
    anew = batch(system, "start", str(path), "--anew")
    assert (anew["done"], anew["unchanged"], anew["id"] == first["id"]) == (0, 3, False)
    assert first["id"] in system.run("batch", "list").stdout


def test_trap_5_overdue_invoices_are_counted_and_nothing_is_done_until_that_count_is_confirmed(
    system: System, tmp_path: Path
):
    path = invoices(tmp_path, "t5-1", "t5-2")

    dry = batch(system, "start", path, "--dry-run")
    unconfirmed, wrong = system.run("batch", "start", path), system.run("batch", "start", path, "--confirm", "1")

    assert (dry["invoices"], dry["at_once"], dry["confirm"]) == (2, [{"what": "invoice by e-mail", "count": 2}], 2)
    assert [one.returncode for one in (unconfirmed, wrong)] == [1, 1]
    assert "nothing was done: 2 must be confirmed" in unconfirmed.stderr
    assert system.run("status", "t5-1").returncode == 1
    assert batch(system, "start", path, "--confirm", "2")["done"] == 2
    assert batch(system, "start", path, "--anew", "--dry-run")["confirm"] == 0  # they are there already


def test_an_order_by_a_query_is_given_once_its_count_is_confirmed(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "q-1", "q-2", issued="2038-03-03", due="2038-04-04"))
    meant = ["--merchant", "nordljus", "--due-from", "2038-04-04", "--due-before", "2038-04-05"]

    dry = batch(system, "order", "pause", *meant, "--dry-run")
    unconfirmed = system.run("batch", "order", "pause", *meant)
    given = batch(system, "order", "pause", *meant, "--confirm", "2", "--why", "a fault in our letters")

    assert (dry["invoices"], dry["at_once"], dry["confirm"]) == (2, [], 2)
    assert unconfirmed.returncode == 1
    assert (given["state"], given["done"]) == ("done", 2)
    assert given["does"] == "pause of nordljus, due before 2038-04-05, due from 2038-04-04 on"
    assert "a fault in our letters" in system.run("status", "q-1").stdout


def test_an_order_says_which_invoices(system: System):
    nobody = system.run("batch", "order", "stop", "--dry-run")
    none = system.run("batch", "order", "stop", "--merchant", "nobody", "--dry-run")
    past = system.run("batch", "order", "respite", "2020-01-01", "--merchant", "nordljus", "--dry-run")

    assert "say which invoices" in nobody.stderr
    assert "0 invoices" in none.stdout
    assert past.returncode == 1
    assert "is past" in past.stderr


def test_ctrl_c_ends_the_watching_and_not_the_batch(system: System, tmp_path: Path):
    path = invoices(tmp_path, *(f"w-{number}" for number in range(30)), **LATER)
    mine = id_of([Path(path)])
    watching = system.start("batch", "start", path, "--rate", "2/second")
    log = system.home / "output.log"
    system.wait_until(lambda: f"Watching batch {mine}" in log.read_text())

    watching.send_signal(signal.SIGINT)

    assert watching.wait(20) == 130
    assert f"Batch {mine} goes on" in log.read_text()
    assert batch(system, "pause", mine)["state"] == "paused"
    assert batch(system, "resume", mine)["state"] == "running"
    assert batch(system, "stop", mine)["state"] == "stopped"
    assert "--anew" in system.run("batch", "start", path).stdout


def test_a_batch_that_is_none_is_told(system: System):
    for command in ("show", "pause"):
        told = system.run("batch", command, "0123456789ab")
        assert told.returncode == 1
        assert "there is no batch 0123456789ab" in told.stderr


@pytest.mark.parametrize(
    ("text", "rate"), [("50/second", 50), ("50", 50), ("600/minute", 10), ("7200/h", 2), ("0.5/s", 0.5)]
)
def test_a_rate_is_read(text: str, rate: float):
    assert rate_of(text) == rate


@pytest.mark.parametrize("text", ["fast", "0/second", "-1", "5/fortnight", "1000000/second", "nan"])
def test_what_is_no_rate_is_refused(text: str):
    with pytest.raises(typer.BadParameter, match="is no rate"):
        rate_of(text)


def test_files_are_told_by_what_they_hold(tmp_path: Path):
    one, same, other = (tmp_path / name for name in ("one.csv", "same.csv", "other.csv"))
    one.write_text("a")
    same.write_text("a")
    other.write_text("b")

    assert id_of([one]) == id_of([same]) != id_of([other])
    assert id_of([one, other]) != id_of([other, one])
    assert id_of([one], "2026-11-22") != id_of([one])
