"""The validators. Where one is missing, what needs it is skipped, and fails in CI, where ``.ci/run`` installs it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OVERLAY = DEPLOY / "kubernetes" / "overlays" / "production"


def compose(*files: str, **environment: str) -> dict[str, Any]:
    """What Docker Compose makes of these files, with every profile."""
    wanted = [argument for file in files for argument in ("-f", str(DEPLOY / file))]
    return yaml.safe_load(_run("docker-compose", *wanted, "--profile", "*", "config", **environment))


def built(folder: Path) -> list[dict[str, Any]]:
    """What Kustomize makes of a folder."""
    return list(yaml.safe_load_all(_run("kustomize", "build", str(folder))))


def built_with(folder: Path, *components: str) -> list[dict[str, Any]]:
    """The installation of the example, with components of ours; ``folder`` gets what says so."""
    parts = [os.path.relpath(DEPLOY / "kubernetes" / "components" / one, folder) for one in components]
    said = {"resources": [os.path.relpath(OVERLAY, folder)], "components": parts, "namespace": "kvitt"}
    header = {"apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization"}
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(header | said))
    return built(folder)


def containers(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The containers of a Deployment or a Job."""
    yield from document.get("spec", {}).get("template", {}).get("spec", {}).get("containers", [])


def _run(tool: str, *arguments: str, **environment: str) -> str:
    path = shutil.which(tool)
    if path is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say(f"there is no {tool} on this machine; .ci/run says where it comes from")
    ran = subprocess.run(
        [path, *arguments],
        env={"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
