"""Disputes, answers, write-offs and holds from the command line: what they need, and what is left of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands.system import System
from tests.commands.test_command_line import invoices

pytestmark = pytest.mark.xdist_group("system")


def table(system: System, number: str, title: str) -> list[str]:
    """The lines of one table of ``kvitt status``, spaces made one."""
    told = system.run("status", number).stdout.split("\n\n")
    part = next(part for part in told if part.strip().startswith(f"{title}\n"))
    return [" ".join(line.split()) for line in part.strip().splitlines()[2:]]


def life(system: System, number: str) -> list[dict[str, str]]:
    told = system.run("status", number, "--json")
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


def test_a_part_is_disputed_answered_in_writing_and_kept_with_who_and_why(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "d-1"))

    disputed = system.run("dispute", "d-1", "--amount", "49.00", "--why", "one was broken [/]")
    holds = table(system, "d-1", "Holds")
    answered = system.run(
        "answer", "d-1", "credited", "--amount", "20.00", "--reply", "Half of it.\n\nThe rest stands."
    )

    assert disputed.returncode == answered.returncode == 0
    assert holds[0].startswith("disputed 49.00 SEK ")
    assert holds[0].endswith(" one was broken [/]")
    assert [entry["did"] for entry in life(system, "d-1") if entry["did"] != "sent"] == ["held", "released"]
    orders = table(system, "d-1", "Orders")
    assert "answered credited 20.00 SEK, we write it" in orders[1]
    assert "credited" in table(system, "d-1", "Holds")[0]
    assert "Half of it" not in system.run("status", "d-1").stdout


def test_an_answer_with_an_id_is_one_answer(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "d-2"))
    system.run("dispute", "d-2")

    answers = [system.run("answer", "d-2", "rejected", "--id", "answer-d-2") for _ in range(2)]
    late = system.run("answer", "d-2", "rejected")

    assert [answer.returncode for answer in answers] == [0, 0]
    assert late.returncode == 1
    assert "nothing is disputed" in late.stderr
    assert [entry["did"] for entry in life(system, "d-2")].count("released") == 1


def test_what_is_written_off_closes_the_case(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "d-3"))

    first = system.run("write-off", "d-3", "200.00")
    closed = system.run("write-off", "d-3", "49.00", "--json")

    assert first.returncode == 0, first.stderr
    assert json.loads(closed.stdout)["stage"] == "closed", closed.stderr
    assert life(system, "d-3")[-1]["reason"] == "written_off"


def test_a_respite_is_told_with_its_last_day(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "d-4"))

    system.run("respite", "d-4", "2099-05-01", "--why", "lost his job")

    assert "2099-05-01" in table(system, "d-4", "Holds")[0]
    assert "through 2099-05-01" in table(system, "d-4", "Orders")[0]
    assert "In respite until" in system.run("status", "d-4").stdout


WRONG = {
    ("answer", "d-5", "rejected"): "nothing is disputed",
    ("answer", "d-5", "maybe"): "write one of rejected, upheld, credited",
    ("answer", "d-5", "credited"): "amount: is missing; say how much is credited",
    ("answer", "d-5", "rejected", "--reply", "x" * 5001): "has 5001 letters; write at most 5000",
    ("answer", "d-5", "rejected", "--reply", "\x1b[31mred"): "has a control character in it",
    ("dispute", "d-5", "--amount", "250.00"): "write at most 249.00, or no amount: then all is disputed",
    ("write-off", "d-5", "250.00"): "250.00 is more than the 249.00 that is owed",
    ("waive", "d-5", "distribution"): "write one of reminder-1, reminder-2, collection",
}
UNREADABLE = (("answer", "d-5"), ("pause", "d-5", "--why", "a\x07b"), ("pause", "d-5", "--why", "x" * 1001))


def test_an_order_that_can_mean_nothing_is_said_in_one_line_and_does_nothing(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "d-5"))

    for arguments, says in WRONG.items():
        result = system.run(*arguments)
        assert (result.returncode, says in result.stderr, "Traceback" in result.stderr) == (1, True, False), result
    assert [system.run(*arguments).returncode for arguments in UNREADABLE] == [2, 2, 2]
    assert "Orders" not in system.run("status", "d-5").stdout


def test_a_closed_invoice_is_not_held(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "d-7"))
    system.run("pay", "d-7", "249.00")

    for order in (("dispute", "d-7"), ("pause", "d-7"), ("respite", "d-7", "2099-05-01")):
        result = system.run(*order)
        assert result.returncode == 1
        assert "it is closed as paid: nothing is left to hold" in result.stderr
