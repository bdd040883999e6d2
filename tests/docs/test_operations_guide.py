"""Every command of the guide for operations is run here or by a test that is named, or a mark says what checks it.

Those of ``deploy/README.md`` are run in ``tests/deploy/test_guide.py``.
"""

from __future__ import annotations

import csv
import json
import os
import re
import shlex
import shutil
import subprocess
import warnings
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from typer.testing import CliRunner

from commands.line import command_line
from config.production import check
from config.settings import read_settings
from store.books import open_books
from tests.commands.system import System
from tests.config.test_production import SAFE, SECRET
from tests.databases import empty_database
from tests.deploy import test_guide as deploying
from tests.docs.reading import OPERATIONS, ROOT, other_blocks, shown
from tests.telemetry import test_monitoring as monitoring
from tests.upgrade import test_guide as upgrading

ELSEWHERE = {
    upgrading.test_the_commands_of_the_section_run: upgrading.shown(),
    monitoring.test_promtool_agrees: [["promtool", "test", "rules", "deploy/monitoring/alerts_test.yml"]],
    monitoring.test_prometheus_works_out_every_rule: [["prometheus", "--config.file=deploy/monitoring/prometheus.yml"]],
}
"""What other tests run, on what it needs."""
DONE = [words for lines in ELSEWHERE.values() for words in lines]
UNMARKED = [one.line for one in shown(OPERATIONS) if one.checked_by is None and shlex.split(one.line) not in DONE]
AT_REST = [line for line in UNMARKED if line.startswith("tar ")]
"""Run when nothing else runs any more."""
HERE = [line for line in UNMARKED if line not in AT_REST]
STEERING = OPERATIONS.partition("\n## Steer a case\n")[2].partition("\n## ")[0]
ORDERS = [line.replace(r"\|", "|") for line in re.findall(r"^\| [^|]+ \| `(kvitt .+)` \|$", STEERING, re.MULTILINE)]
BEFORE = {"answer": "dispute {number}"}
"""What an order presupposes."""

MARCH = "examples/invoices/march.csv"
FIRST_DAY = date(2026, 3, 2)
QUERY = re.compile(r"\w+ (=|<|>=|IS|STARTS_WITH) ")
NO_COMMANDS = {"ini", "json", "sql", "toml"}


# --- each has a place ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("guide", [OPERATIONS, deploying.GUIDE], ids=["operations", "deploy"])
def test_no_command_hides_in_a_block_of_another_kind(guide: str):
    for language, lines in other_blocks(guide):
        assert language in NO_COMMANDS or all(QUERY.match(line) for line in lines), (language, lines)


@pytest.mark.parametrize("guide", [OPERATIONS, deploying.GUIDE], ids=["operations", "deploy"])
def test_every_mark_is_read_and_names_a_test_that_there_is(guide: str):
    marked = {(one.needs, one.checked_by) for one in shown(guide) if one.checked_by}

    assert len(marked) > 0
    assert guide.count("Not run here") == len(re.findall(r"^\*Not run here: .+\*\n\n```console$", guide, re.MULTILINE))
    for _, named in marked:
        path, _, name = str(named).partition("::")
        assert callable(getattr(import_module(path.removesuffix(".py").replace("/", ".")), name, None)), named


def test_a_new_command_must_run_unless_it_is_marked():
    block = "```console\nkvitt fly 10112\n```\n"
    mark = "*Not run here: it needs wings; checked by `tests/docs/test_operations_guide.py::test_it_flies`.*\n\n"

    assert [(one.line, one.checked_by) for one in shown(block)] == [("kvitt fly 10112", None)]
    assert [one.needs for one in shown(mark + block)] == ["wings"]
    assert [one.needs for one in shown(mark.replace("\n\n", "\n") + block)] == [None]
    assert other_blocks(block.replace("console", "sh")) == [("sh", ["kvitt fly 10112"])]


# --- run here --------------------------------------------------------------------------------------------------------


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    """A home where the guide has it: ``var`` beside the examples."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    system = System(tmp_path / "var")
    system.home.mkdir()
    monkeypatch.chdir(tmp_path)
    for name, value in system.environment.items():
        monkeypatch.setenv(name, value)
    return system


def run(line: str) -> None:
    words = shlex.split(line, comments=True)
    if words[0] == "kvitt":
        result = CliRunner().invoke(command_line(words[1:]), words[1:])
        assert result.exit_code == 0, (line, result.output, result.exception)
    elif shutil.which(words[0]) is None and not os.environ.get("CI"):
        warnings.warn(f"no {words[0]} on this machine; left out: {line}", stacklevel=1)
    else:
        ran = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
        assert ran.returncode == 0, (line, ran.stdout, ran.stderr)


def later(line: str) -> str:
    """With its days moved as those of the examples are."""
    ahead = datetime.now(UTC).date() - FIRST_DAY
    return re.sub(r"\b\d{4}-\d\d-\d\d\b", lambda day: str(date.fromisoformat(day[0]) + ahead), line)


def a_post_that_nobody_could_read(key: str) -> str:
    books = open_books(read_settings().database)
    post = books.inbox.keep("twilio", key, "", b"garbled", datetime.now(UTC)) or 0
    books.inbox.unreadable(post)
    books.close()
    return str(post)


def test_what_the_guide_shows_runs(system: System):
    assert (len(HERE) >= 30, len(ORDERS) > 20) == (True, True)
    with system.up():
        run(f"kvitt start {MARCH} --from-today")
        run_what_the_blocks_show(json.loads((system.home / "up.json").read_text())["gateway"])
        give_every_order()
    for line in AT_REST:
        run(line)


def run_what_the_blocks_show(gateway: str) -> None:
    for line in HERE:
        ours = line.replace("http://127.0.0.1:8080", gateway)
        if re.search(r"\binbox \w+ 17\b", line):
            ours = line.replace("17", a_post_that_nobody_could_read(line), 1)
        run(later(ours))


def give_every_order() -> None:
    """Each to an invoice of its own, like the one that the guide names."""
    numbers = [f"{order.split()[2]}-{place}" for place, order in enumerate(ORDERS)]
    start_like_those_of_march(numbers)
    publish_once_more()
    for number, order in zip(numbers, ORDERS, strict=True):
        _, name, named, *_ = order.split()
        if name in BEFORE:
            run(f"kvitt {BEFORE[name].format(number=number)}")
        run(later(order.replace(named, number, 1)))


def start_like_those_of_march(numbers: list[str]) -> None:
    rows = {row["number"]: row for row in csv.DictReader(Path(MARCH).read_text().splitlines())}
    with Path("orders.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, rows["10112"])
        writer.writeheader()
        writer.writerows(rows[number.partition("-")[0]] | {"number": number} for number in numbers)
    run("kvitt start orders.csv --from-today")


def publish_once_more() -> None:
    """So that there is a second version to move to."""
    Path("second.yaml").write_text(Path("examples/merchants/nordljus.yaml").read_text().replace("60.00", "30.00"))
    run("kvitt policy publish second.yaml")


@pytest.mark.books
@pytest.mark.only_on("postgres")
def test_the_database_of_the_guide_can_be_made(tmp_path: Path):
    (lines,) = [lines for language, lines in other_blocks(OPERATIONS) if language == "sql"]
    engine = create_engine(empty_database(tmp_path), isolation_level="AUTOCOMMIT")

    with engine.connect() as connection:
        for statement in (*lines, "DROP DATABASE kvitt", "DROP ROLE kvitt"):
            connection.exec_driver_sql(statement)
    engine.dispose()


# --- checked here ----------------------------------------------------------------------------------------------------


def test_production_takes_what_the_guide_sets(monkeypatch: pytest.MonkeyPatch):
    """With each vendor's own settings on top."""
    for name in list(os.environ):
        if name.startswith("KVITT_"):
            monkeypatch.delenv(name)
    lines = [one.line for one in shown(OPERATIONS) if one.needs == "accounts with vendors"]
    told = [word.split("=", 1) for line in lines if line.startswith("export ") for word in _words(line)]
    for name, value in SAFE.items():
        monkeypatch.setenv(f"KVITT_{name}", value)
    for name, value in told:
        monkeypatch.setenv(name, SECRET if value.startswith("$(cat ") else value)

    check(read_settings())

    assert [line for line in lines if not line.startswith("export ")] == ["kvitt doctor", "kvitt worker"]


def _words(line: str) -> list[str]:
    """What an ``export`` sets; what the shell would put in stays one word."""
    return re.findall(r"\w+=(?:\$\([^)]*\)|\S+)", line)
