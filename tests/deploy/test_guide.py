"""The guide to running it for real: what it shows can be typed, and what it shows as run is run here."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from config.environment import FILE
from config.settings import variables
from deploy.image import USER
from tests.deploy.tools import DEPLOY, ROOT, compose
from tests.docs.reading import anchors, commands, links, problem_with
from worker import GRACE
from workflows.server import COLUMNS

GUIDE = (DEPLOY / "README.md").read_text(encoding="utf-8")
RUN = [
    line
    for block in re.findall(r"^```console\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize("line", RUN)
def test_what_it_shows_as_run_runs(line: str, tmp_path: Path):
    tool = line.split(maxsplit=1)[0]
    if shutil.which(tool) is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"there is no {tool} on this machine")
    shutil.copytree(DEPLOY, tmp_path / "deploy")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    ran = subprocess.run(
        line.split(),
        cwd=tmp_path,
        env={"PATH": path, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize("command", sorted(set(commands(GUIDE))))
def test_every_command_of_ours_exists(command: str):
    assert problem_with(command) is None


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", GUIDE, re.MULTILINE))))
def test_every_target_exists(target: str):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_link_leads_somewhere():
    assert [target for target in links(GUIDE) if not (DEPLOY / target).exists()] == []
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= anchors(GUIDE)
    operations = anchors((ROOT / "docs/operations.md").read_text(encoding="utf-8"))
    assert set(re.findall(r"operations\.md#([\w-]+)", GUIDE)) <= operations


def test_every_setting_that_it_names_exists():
    named = set(re.findall(r"\bKVITT_[A-Z_]*[A-Z]\b", GUIDE))

    assert {name.removesuffix(FILE) for name in named} <= {name for name, _ in variables()}


def test_the_columns_for_temporal_cloud_are_ours():
    assert dict(re.findall(r"--sa (\w+)=(\w+)", GUIDE)) == COLUMNS


def test_every_file_that_it_names_is_there():
    named = set(re.findall(r"\bdeploy/[\w./-]*\w|\bkubernetes/[\w/-]*\w", GUIDE)) - {"deploy/kvitt.env"}
    named = {name for name in named if not name.startswith("deploy/secrets/") and name != "deployment/kvitt-worker"}

    assert [name for name in named if not (ROOT / name).exists() and not (DEPLOY / name).exists()] == []


def test_its_figures_are_those_of_the_code():
    assert f"at most {GRACE.total_seconds():.0f} seconds" in GUIDE
    assert f"Its user is {USER[0]}" in GUIDE
    services = compose("compose.yaml")["services"]
    for name, port in (("gateway", "8080"), ("temporal-ui", "8233"), ("prometheus", "9090"), ("grafana", "3000")):
        assert services[name]["ports"][0]["published"] == port
        assert f"<http://127.0.0.1:{port}>" in GUIDE
