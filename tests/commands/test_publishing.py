"""Publishing at the command line: seen first, counted, confirmed; and versions told and taken back."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.commands.system import KVITT, System

TEXT = Path("examples/merchants/nordljus.yaml").read_text()
CUSTOMER = {"name": "Anna Lundberg", "kind": "consumer", "email": "anna@customer.example"}


class Merchant:
    """A merchant of its own, whose file is written anew for each version."""

    def __init__(self, system: System, folder: Path, name: str) -> None:
        self.system, self.name, self.file = system, name, folder / f"{name}.yaml"
        self.write()

    def write(self, fee: str = "60.00") -> str:
        text = TEXT.replace("merchant: nordljus", f"merchant: {self.name}")
        self.file.write_text(text.replace("fee: 60.00", f"fee: {fee}"))
        return str(self.file)

    def start(self, number: str) -> None:
        today = datetime.now(UTC).date().isoformat()
        invoice = {"merchant": self.name, "number": number, "issued": today, "due": "2027-04-01", "amount": "249.00"}
        path = self.file.with_suffix(".json")
        path.write_text(json.dumps(invoice | {"customer": CUSTOMER}))
        assert self.system.run("start", str(path), "--merchants", str(self.file.parent)).returncode == 0

    def versions(self) -> list[dict[str, object]]:
        told = self.system.run("policy", "versions", self.name, "--json").stdout
        return [json.loads(line) for line in told.splitlines()]


def test_a_dry_run_shows_what_would_change_and_publishes_nothing(system: System, tmp_path: Path):
    shop = Merchant(system, tmp_path, "dry")
    shop.start("dry-1")

    told = system.run("policy", "publish", shop.write("40.00"), "--dry-run")

    assert told.returncode == 0
    assert "+    - {after_due: 5 days, fee: 40.00" in told.stdout
    assert "1 running cases of dry" in told.stdout
    assert "reminder 1 by e-mail: less fee" in told.stdout
    assert "Nothing was published." in told.stdout
    assert [one["version"] for one in shop.versions()] == [1]


def test_without_an_answer_running_cases_are_pinned_and_versions_tell_who_and_why(system: System, tmp_path: Path):
    shop = Merchant(system, tmp_path, "pins")
    shop.start("pins-1")

    told = system.run("policy", "publish", shop.write("40.00"), "--why", "a new year")

    assert "Version 2 of pins counts for new invoices." in told.stdout
    assert "keep the rules that they have" in told.stdout
    newest, oldest = shop.versions()
    assert (newest["version"], newest["why"], newest["running"]) == (2, "a new year", 0)
    assert newest["who"]
    assert (oldest["version"], oldest["who"], oldest["running"]) == (1, "", 1)


@pytest.mark.parametrize("given", [("--confirm", "7"), ("--json", "--confirm", "7")])
def test_a_count_that_is_not_what_was_counted_publishes_nothing(system: System, tmp_path: Path, given: tuple[str, ...]):
    shop = Merchant(system, tmp_path, f"count{len(given)}")
    shop.start(f"count-{len(given)}")

    told = system.run("policy", "publish", shop.write("40.00"), "--running", "now", *given)

    assert told.returncode == 1
    assert "nothing was done: 0 must be confirmed" in told.stderr
    assert len(shop.versions()) == 1


def test_running_cases_are_moved_by_a_batch_that_is_told(system: System, tmp_path: Path):
    shop = Merchant(system, tmp_path, "moves")
    shop.start("moves-1")

    told = system.run("policy", "publish", shop.write("40.00"), "--running", "next-step", "--json")

    found = json.loads(told.stdout)
    assert found["published"] == 2
    assert found["at_once"] == {"now": {}, "next_step": {}}
    assert found["batch"] in system.run("batch", "list").stdout


def test_an_older_version_is_published_anew_and_one_that_never_was_is_told(system: System, tmp_path: Path):
    shop = Merchant(system, tmp_path, "back")
    system.run("policy", "publish", shop.write())
    system.run("policy", "publish", shop.write("40.00"))

    never = system.run("policy", "rollback", "back", "9")
    back = system.run("policy", "rollback", "back", "1")

    assert never.returncode == 1
    assert "back has published no version 9; see: kvitt policy versions back" in never.stderr
    assert "Version 3 of back counts for new invoices." in back.stdout
    assert shop.versions()[0]["why"] == "back to version 1"


def test_an_unlawful_file_is_not_published(system: System, tmp_path: Path):
    shop = Merchant(system, tmp_path, "greedier")

    told = system.run("policy", "publish", shop.write("95.00"))

    assert told.returncode == 1
    assert "lag (1981:739)" in told.stderr
    assert system.run("policy", "versions", "greedier").returncode == 1


def test_ctrl_c_at_the_question_publishes_nothing_whatever_is_typed_then(system: System, tmp_path: Path):
    shop = Merchant(system, tmp_path, "asked")
    shop.start("asked-1")
    terminal, its_end = os.openpty()
    publishing = subprocess.Popen(
        [KVITT, "policy", "publish", shop.write("40.00")],
        env=system.environment,
        stdin=its_end,
        stdout=its_end,
        stderr=its_end,
        preexec_fn=lambda: os.login_tty(its_end),  # noqa: PLW1509  (no other thread of ours is there)
    )
    os.close(its_end)
    _read_until(terminal, b"[pin]: ")

    os.write(terminal, b"\x03\n")

    _read_until(terminal, b"interrupted")
    assert publishing.wait(20) == 130
    assert [one["version"] for one in shop.versions()] == [1]


def _read_until(terminal: int, words: bytes) -> None:
    seen = b""
    while words not in seen:
        seen += os.read(terminal, 4096)
