"""The guide to running it for real: what it shows can be typed, and what it shows as run is run here."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from config.environment import FILE
from config.settings import variables
from deploy.image import USER
from tests.deploy.tools import DEPLOY, OVERLAY, ROOT, built, compose
from tests.docs.reading import anchors, commands, links, problem_with, shown
from worker import GRACE
from workflows.server import COLUMNS

GUIDE = (DEPLOY / "README.md").read_text(encoding="utf-8")
RUN = [one.line for one in shown(GUIDE) if one.checked_by is None]
MARKED = [one.line for one in shown(GUIDE) if one.checked_by]
COMPOSE = [line for line in MARKED if "docker compose" in line]
NOWHERE = "unix:///no-engine.sock"


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


@pytest.mark.parametrize("line", COMPOSE)
def test_compose_understands_what_it_is_told(line: str):
    """It reads the whole line and the files, and then finds no engine; each service that it names is one of theirs."""
    if shutil.which("docker-compose") is None:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("there is no docker-compose on this machine")
    words = shlex.split(line.partition("docker compose ")[2])
    told = {"MERCHANTS": str(ROOT), "PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "DOCKER_HOST": NOWHERE}
    ran = subprocess.run(
        ["docker-compose", *words], cwd=ROOT, env=told, capture_output=True, text=True, timeout=60, check=False
    )

    assert f"Cannot connect to the Docker daemon at {NOWHERE}" in ran.stderr, ran.stderr
    services = compose(*(Path(words[at + 1]).name for at, word in enumerate(words) if word == "-f"))["services"]
    assert set(re.findall(r"(?:exec|--scale|--follow) (\w+)", line)) <= set(services)
    profiles = {profile for service in services.values() for profile in service.get("profiles", [])}
    assert set(re.findall(r"--profile (\w+)", line)) <= profiles


def test_what_compose_does_not_understand_is_noticed():
    with pytest.raises(AssertionError, match="unknown flag: --detached"):
        test_compose_understands_what_it_is_told("docker compose -f deploy/compose.yaml up --detached")


def test_docker_is_told_what_the_recipe_knows():
    (line,) = [line for line in MARKED if line.startswith("docker build ")]
    recipe = (DEPLOY / "Dockerfile").read_text()
    made = re.search(r"^image:.*\n\t(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert set(re.findall(r"--build-arg (\w+)=", GUIDE)) <= set(re.findall(r"^ARG (\w+)", recipe, re.MULTILINE))
    assert made is not None
    assert made[1].replace("$(BUILD_ID)", "2026.11.2").replace("-t kvitt", "-t kvitt:2026.11.2") == line


def test_what_kubectl_is_told_is_in_the_manifests():
    lines = [line for line in MARKED if line.startswith("kubectl ")]
    documents = built(OVERLAY)
    there = {(one["kind"].lower(), one["metadata"]["name"]) for one in documents}
    (secret,) = [line for line in lines if " create secret " in line]
    mounted = re.findall(r"/run/secrets/kvitt/([\w-]+)", yaml.safe_dump_all(documents))

    assert {pair for line in lines for pair in re.findall(r"\b(deployment|job)[ /]([\w-]+)", line)} <= there
    assert {line.split(" -n ")[1].split()[0] for line in lines if " -n " in line} == {"kvitt"}
    assert ("namespace", "kvitt") in there
    assert [ROOT / line.split()[-1] for line in lines if line.startswith("kubectl apply -k")] == [OVERLAY]
    assert set(re.findall(r"--from-file=([\w-]+)", secret)) <= set(mounted)


@pytest.mark.parametrize("command", sorted(set(commands(GUIDE))))
def test_every_command_of_ours_exists(command: str):
    assert problem_with(command) is None


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", GUIDE, re.MULTILINE))))
def test_every_target_exists(target: str):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)


def test_every_link_leads_somewhere():
    assert [target for target in links(GUIDE) if not (DEPLOY / target).exists()] == []
    assert set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) <= anchors(GUIDE)
    for page, place in re.findall(r"docs/(\w+\.md)#([\w-]+)", GUIDE):
        assert place in anchors((ROOT / "docs" / page).read_text(encoding="utf-8")), (page, place)


def test_every_setting_that_it_names_exists():
    named = set(re.findall(r"\bKVITT_[A-Z_]*[A-Z]\b", GUIDE))

    assert {name.removesuffix(FILE) for name in named} <= {name for name, _ in variables()}


def test_the_columns_for_temporal_cloud_are_ours():
    assert dict(re.findall(r"--sa (\w+)=(\w+)", GUIDE)) == COLUMNS


def test_every_file_that_it_names_is_there():
    named = set(re.findall(r"(?<!tests/)\bdeploy/[\w./-]*\w|\bkubernetes/[\w/-]*\w", GUIDE)) - {"deploy/kvitt.env"}
    named = {name for name in named if not name.startswith("deploy/secrets/") and name != "deployment/kvitt-worker"}

    assert [name for name in named if not (ROOT / name).exists() and not (DEPLOY / name).exists()] == []


def test_its_figures_are_those_of_the_code():
    assert f"at most {GRACE.total_seconds():.0f} seconds" in GUIDE
    assert f"Its user is {USER[0]}" in GUIDE
    services = compose("compose.yaml")["services"]
    for name, port in (("gateway", "8080"), ("temporal-ui", "8233"), ("prometheus", "9090"), ("grafana", "3000")):
        assert services[name]["ports"][0]["published"] == port
        assert f"<http://127.0.0.1:{port}>" in GUIDE
