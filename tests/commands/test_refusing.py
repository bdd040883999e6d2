"""What must not start does not: one line for each reason, nothing left behind, and nobody asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.system import System

pytestmark = pytest.mark.only_on("sqlite")

REASONS = ["KVITT_EMAIL", "KVITT_SMS", "KVITT_LETTER", "KVITT_GATEWAY_SECRET", "KVITT_PUBLIC_URL"]


@pytest.mark.parametrize("command", ["worker", "gateway"])
def test_production_with_what_is_only_for_trying_out_does_not_start(tmp_path: Path, command: str):
    ran = System(tmp_path / "home", {"KVITT_PRODUCTION": "true"}).run(command)

    assert ran.returncode == 1
    assert [line.split(":")[0] for line in ran.stderr.splitlines()] == REASONS
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["up", "demo"])
def test_production_does_not_run_on_a_server_for_trying_out(tmp_path: Path, command: str):
    home = System(tmp_path / "home", {"KVITT_PRODUCTION": "true"})

    ran = home.run(command)

    assert ran.returncode == 1
    assert [line.split(":")[0] for line in ran.stderr.splitlines()] == ["KVITT_PRODUCTION", *REASONS]
    assert home.processes() == []
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("command", ["worker", "gateway", "up", "demo"])
def test_a_vendor_without_its_key_does_not_start(tmp_path: Path, command: str):
    ran = System(tmp_path / "home", {"KVITT_EMAIL": "sendgrid"}).run(command)

    assert ran.returncode == 1
    assert ran.stderr.splitlines() == [ran.stderr.strip()], "one line"
    assert ran.stderr.startswith("KVITT_SENDGRID_KEY: is missing, and KVITT_EMAIL is sendgrid; make an API key ")


def test_what_asks_no_vendor_runs_without_its_key(tmp_path: Path):
    settings = {"KVITT_PRODUCTION": "true", "KVITT_EMAIL": "sendgrid"}

    assert System(tmp_path, settings).run("simulate", "examples/stories/pays-on-time.yaml").returncode == 0
