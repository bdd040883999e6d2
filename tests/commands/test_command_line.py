"""The command line as its users meet it: what it prints, what it exits with, and how it says what is wrong."""

from __future__ import annotations

import json
import signal
import subprocess
import threading
import time
import zipfile
from asyncio.selector_events import BaseSelectorEventLoop
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psutil
import pytest

from starter import start_invoice
from tests.commands.system import KVITT, System
from tests.live.house import simulated, story

pytestmark = pytest.mark.xdist_group("system")

INVOICE = {
    "merchant": "nordljus",
    "issued": "2026-03-02",
    "due": "2026-04-01",
    "amount": "249.00",
    "customer": {"name": "Anna Lundberg", "kind": "consumer", "email": "anna@customer.example"},
}


def invoices(tmp_path: Path, *numbers: str, **changes: object) -> str:
    path = tmp_path / "invoices.json"
    path.write_text(json.dumps([{**INVOICE, "number": number, **changes} for number in numbers]))
    return str(path)


def test_simulate_prints_the_life_entry_by_entry(system: System):
    result = system.run("simulate", "examples/stories/pays-on-time.yaml", "--json")

    assert result.returncode == 0
    printed = [json.loads(line) for line in result.stdout.splitlines()]
    assert printed == [entry.as_json() for entry in simulated(story("pays-on-time"))]


def test_simulate_needs_nothing_that_runs(tmp_path: Path):
    result = System(tmp_path).run("simulate", "examples/stories/pays-on-time.yaml")

    assert result.returncode == 0
    assert "closed" in result.stdout
    assert list(tmp_path.iterdir()) == []


def test_starting_a_file_twice_starts_it_once(system: System, tmp_path: Path):
    path = invoices(tmp_path, "c-1", "c-2", "c-3")

    first, second = system.run("start", path, "--json"), system.run("start", path, "--json")

    assert json.loads(first.stdout) == {"started": 3, "known": 0, "bad": 0, "problems": []}
    assert json.loads(second.stdout) == {"started": 0, "known": 3, "bad": 0, "problems": []}
    assert first.returncode == second.returncode == 0


def test_a_bad_row_is_told_with_its_line_and_does_not_stop_the_rest(system: System, tmp_path: Path):
    path = tmp_path / "rows.csv"
    path.write_text(
        "merchant,number,issued,due,amount,customer_kind,customer_name,customer_email\n"
        "nordljus,c-10,2026-03-02,2026-04-01,100.00,consumer,Anna Lundberg,anna@customer.example\n"
        "nordljus,c-11,2026-03-02,2026-13-01,100.00,consumer,Bo Ek,bo@customer.example\n"
        "nordljus,c-12,2026-03-02,2026-04-01,100.00,consumer,Cia Alm,cia@customer.example\n"
    )

    result = system.run("start", str(path))

    assert result.returncode == 1
    assert "2 started, 1 could not be used." in result.stdout
    assert "rows.csv:3: due:" in result.stderr
    assert "Traceback" not in result.stderr


def test_orders_steer_a_case(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "c-20"))

    paused = system.run("pause", "c-20", "--why", "moved house")
    released = system.run("release", "c-20", "--json")
    credited = system.run("credit", "c-20", "49.00", "--json")
    paid = system.run("pay", "c-20", "200.00", "--dated", "2026-03-20", "--json")

    assert "on hold" in paused.stdout
    assert json.loads(released.stdout)["stage"] != "on_hold"
    assert json.loads(credited.stdout)["stage"] != "closed"
    assert json.loads(paid.stdout)["stage"] == "closed"
    life = [json.loads(line) for line in system.run("status", "c-20", "--json").stdout.splitlines()]
    assert [entry["did"] for entry in life if entry["did"] != "sent"] == ["held", "released", "closed"]
    assert life[-1]["balance"] == "0.00"


def test_the_same_order_id_is_one_order(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "c-21"))

    for _ in range(2):
        assert system.run("pay", "c-21", "100.00", "--id", "bank-77").returncode == 0

    listed = [json.loads(line) for line in system.run("status", "--json").stdout.splitlines()]
    assert next(one for one in listed if one["number"] == "c-21")["balance"] == "149.00"


def test_a_stop_may_come_before_its_invoice(system: System, tmp_path: Path):
    early = system.run("stop", "nordljus/c-22")
    system.run("start", invoices(tmp_path, "c-22"))
    life = [json.loads(line) for line in system.run("status", "c-22", "--json").stdout.splitlines()]

    assert "as soon as it comes" in early.stdout
    assert [entry["did"] for entry in life] == ["closed"]


def test_fast_forward_lives_what_falls_due(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "c-23", issued="2030-03-01", due="2030-04-01"))

    before = system.run("plan", "c-23", "--json").stdout.splitlines()
    moved = system.run("fast-forward", "c-23", "2000", "days")

    assert moved.returncode == 0
    life = [json.loads(line) for line in system.run("status", "c-23", "--json").stdout.splitlines()]
    assert next(entry["at"] for entry in life if entry["did"] == "sent").startswith("2030-03-01T09:00")
    planned = [json.loads(line)["at"] for line in before]
    assert [entry["at"] for entry in life if entry["did"] in ("sent", "skipped", "handed_over", "asked")] == planned


def test_a_claim_that_was_handed_over_is_a_pack_that_verifies(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "c-25", issued="2030-03-01", due="2030-04-01"))
    system.run("fast-forward", "c-25", "2000", "days")
    claim = max((system.home / "outbox" / "collection").glob("*.zip"), key=lambda path: path.stat().st_mtime)
    pack = tmp_path / "pack.zip"

    made = system.run("evidence", "c-25", "-o", str(pack), "--json")
    checked = [json.loads(system.run("verify", str(path), "--json").stdout) for path in (claim, pack)]

    assert made.returncode == 0
    assert [one["problems"] for one in checked] == [[], []]
    assert checked[1]["head"] == json.loads(made.stdout)["head"]
    with zipfile.ZipFile(claim) as archive:
        assert json.loads(archive.read("claim.json"))["invoice"]["number"] == "c-25"
    with zipfile.ZipFile(pack) as archive:
        [inner] = [path for path in archive.namelist() if path.endswith("claim.zip")]
        assert archive.read(inner) == claim.read_bytes()


def test_a_new_address_lets_the_channel_be_tried_again(system: System, tmp_path: Path):
    customer = {"name": "Anna Lundberg", "kind": "consumer", "email": "anna@customer.example"}
    system.run("start", invoices(tmp_path, "c-24", customer=customer))

    wrong = system.run("amend", "c-24", "--email", "nobody")
    right = system.run("amend", "c-24", "--address", "Storgatan 1 | 111 22 Stockholm")

    assert wrong.returncode == 1
    assert "nobody" in wrong.stderr
    assert right.returncode == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("pay", "no-such", "1.00"), "there is no invoice no-such"),
        (("fast-forward", "c-1", "2", "fortnights"), "5 days, 3 hours, 30 minutes"),
        (("respite", "c-1", "tomorrow"), "2026"),
        (("respite", "c-1", "2020-01-01"), "2020-01-01 is past"),
        (("pay", "c-1", "0.00"), "is not above zero"),
        (("credit", "c-1", "--", "-5.00"), "is not above zero"),
        (("amend", "c-1", "--due", "1990-01-01"), "before the invoice was issued"),
        (("fast-forward", "c-1", "99999999999", "days"), "5 days, 3 hours, 30 minutes"),
        (("stop", "nobody/55"), 'there is no merchant "nobody"'),
        (("waive", "c-1", "reminder-9"), "reminder-1, reminder-2"),
        (("simulate", "examples/merchants/nordljus.yaml"), "nordljus.yaml:"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(system: System, tmp_path: Path, arguments: tuple[str, ...], says: str):
    system.run("start", invoices(tmp_path, "c-1"))

    result = system.run(*arguments)

    assert result.returncode == 1
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_without_a_running_system_the_cure_is_named(tmp_path: Path):
    home = System(tmp_path)

    result = home.run("status", "10001")

    assert result.returncode == 1
    assert "kvitt up" in result.stderr


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("KVITT_HOME", "README.md", "README.md: File exists; KVITT_HOME must name a folder"),
        ("KVITT_DATABASE_URL", "nonsense", "KVITT_DATABASE_URL: is no address of a database"),
        ("KVITT_DATABASE_URL", "postgresql+psycopg://kvitt@127.0.0.1:1/kvitt", "the database did not answer"),
        ("KVITT_GATEWAY_HOST", "192.0.2.1", "the gateway cannot listen on 192.0.2.1"),
        ("KVITT_GATEWAY_PORT", "many", "write a whole number"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(tmp_path: Path, name: str, value: str, says: str):
    home = System(tmp_path, {name: value})

    result = home.run("up")

    assert result.returncode == 1
    assert says in result.stderr
    assert result.stderr.count("\n") == 1
    assert home.processes() == []


def test_what_a_crash_left_half_written_is_nothing_that_runs(tmp_path: Path):
    (tmp_path / "up.json").write_text("{")

    result = System(tmp_path).run("status")

    assert result.returncode == 1
    assert "start it with: kvitt up" in result.stderr


def test_policy_check_tells_errors_and_warnings(system: System, tmp_path: Path):
    path = tmp_path / "bad.yaml"
    path.write_text(Path("examples/merchants/nordljus.yaml").read_text().replace("fee: 60.00", "fee: 95.00"))

    fine, bad = (
        system.run("policy", "check", "examples/merchants/nordljus.yaml"),
        system.run("policy", "check", str(path)),
    )

    assert fine.returncode == 0
    assert bad.returncode == 1
    assert "95.00" in bad.stdout
    assert "60.00" in bad.stdout
    assert "lag (1981:739)" in bad.stdout


def test_policy_check_warns_of_an_agency_that_is_not_set_up(system: System, tmp_path: Path):
    path = tmp_path / "merchant.yaml"
    path.write_text(Path("examples/merchants/nordljus.yaml").read_text().replace("agency: outbox", "agency: intrum"))

    unknown = system.run("policy", "check", str(path))
    known = System(system.home, {"KVITT_AGENCIES": '{"intrum": {"kind": "http"}}'}, system.ports)

    assert unknown.returncode == 0
    assert 'policy.collection.agency: names "intrum", which is not set up here' in " ".join(unknown.stdout.split())
    assert "not set up" not in known.run("policy", "check", str(path)).stdout


def test_a_merchant_whose_file_breaks_the_law_starts_nothing(system: System, tmp_path: Path):
    folder = tmp_path / "merchants"
    folder.mkdir()
    text = Path("examples/merchants/nordljus.yaml").read_text()
    strict = text.replace("merchant: nordljus", "merchant: greedy").replace("fee: 60.00", "fee: 95.00")
    (folder / "greedy.yaml").write_text(strict)

    result = system.run("start", invoices(tmp_path, "c-40", "c-41", merchant="greedy"), "--merchants", str(folder))

    assert result.returncode == 1
    assert "0 started, 2 could not be used." in result.stdout
    assert "lag (1981:739)" in result.stderr


def test_what_was_published_counts_and_a_file_that_says_something_else_is_told_to_be_a_draft(
    system: System, tmp_path: Path
):
    folder = tmp_path / "merchants"
    folder.mkdir()
    text = Path("examples/merchants/nordljus.yaml").read_text().replace("merchant: nordljus", "merchant: drafty")
    file = folder / "drafty.yaml"
    file.write_text(text)
    first = system.run("start", invoices(tmp_path, "c-42", merchant="drafty"), "--merchants", str(folder))
    file.write_text(text.replace("fee: 60.00", "fee: 30.00"))

    second = system.run("start", invoices(tmp_path, "c-43", merchant="drafty"), "--merchants", str(folder))

    assert (first.returncode, first.stderr) == (0, "")
    assert "is not what was published last" in second.stderr
    assert f"kvitt policy publish {file}" in second.stderr
    assert "60.00" in system.run("plan", "drafty/c-43").stdout


def test_policy_schema_is_json(system: System):
    assert json.loads(system.run("policy", "schema").stdout)["type"] == "object"


async def test_a_program_starts_an_invoice(system: System, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KVITT_HOME", str(system.home))
    started = await start_invoice({**INVOICE, "number": "c-30"})
    again = await start_invoice({**INVOICE, "number": "c-30"})

    assert (started.created, again.created) == (True, False)
    assert started.ref.workflow_id == "invoice/nordljus/c-30"


async def test_a_program_may_end_when_its_invoice_is_started(system: System, monkeypatch: pytest.MonkeyPatch):
    """A thread of Temporal's client that is still in Python then takes the program down with it."""
    wake, here, still_there = BaseSelectorEventLoop._write_to_self, threading.get_ident(), []

    def slowly(loop: BaseSelectorEventLoop) -> None:
        still_there.append(threading.get_ident())
        wake(loop)
        if threading.get_ident() != here:
            time.sleep(0.2)
        still_there.remove(threading.get_ident())

    monkeypatch.setattr(BaseSelectorEventLoop, "_write_to_self", slowly)
    monkeypatch.setenv("KVITT_HOME", str(system.home))

    started = await start_invoice({**INVOICE, "number": "c-31"})

    assert (started.created, still_there) == (True, [])


def test_an_order_is_told_with_who_and_why(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "c-50"))
    system.run("pause", "c-50", "--why", "moved house")

    told = system.run("status", "c-50").stdout

    assert "paused" in told
    assert "moved house" in told


def test_before_anything_has_happened_status_says_so_and_what_comes_once(system: System, tmp_path: Path):
    ahead = datetime.now(UTC).date() + timedelta(days=2)  # the next begins an hour or two before UTC's does
    due = (ahead + timedelta(days=30)).isoformat()
    system.run("start", invoices(tmp_path, "c-54", issued=ahead.isoformat(), due=due))

    title, nothing, _, now = system.run("status", "c-54").stdout.splitlines()

    assert (title, nothing) == ("nordljus/c-54", "Nothing has happened yet.")
    assert now.count("istribution, e-mail") + now.count("istribution: email") == 1


def test_examples_can_begin_today(system: System, tmp_path: Path):
    path = invoices(tmp_path, "c-51")

    assert system.run("start", path, "--from-today").returncode == 0

    standing = next(
        one for one in map(json.loads, system.run("status", "--json").stdout.splitlines()) if one["number"] == "c-51"
    )
    assert date.fromisoformat(standing["due"]) == datetime.now(UTC).date() + timedelta(days=30)


def test_a_case_with_nothing_planned_says_so(system: System, tmp_path: Path):
    system.run("start", invoices(tmp_path, "c-52"))
    system.run("stop", "c-52")

    assert "Nothing more is planned for nordljus/c-52. Closed as stopped." in system.run("plan", "c-52").stdout


def test_what_is_piped_is_not_broken_into_lines(system: System, tmp_path: Path):
    path = tmp_path / ("a-folder-with-a-long-name-" * 4) / "bad.yaml"
    path.parent.mkdir()
    path.write_text(Path("examples/merchants/nordljus.yaml").read_text().replace("fee: 60.00", "fee: 95.00"))

    told = system.run("policy", "check", str(path)).stdout.splitlines()

    assert len(told) == 2
    assert told[0].startswith(f"error: {path}:")
    assert told[1] == f"{path}: 1 error"


def test_ctrl_c_while_it_loads_ends_it_without_a_word():
    loading = subprocess.Popen([KVITT, "status"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    loaded = psutil.Process(loading.pid).memory_maps
    while not any("temporal_sdk_bridge" in one.path for one in loaded()):
        assert loading.poll() is None

    loading.send_signal(signal.SIGINT)

    said, _ = loading.communicate(timeout=40)
    assert (loading.returncode, said) == (-signal.SIGINT, b"")
