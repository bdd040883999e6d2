"""A real Prometheus, with our own rules, that reads our processes; where there is none, nobody watches."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import yaml

from tests.telemetry.monitoring import MONITORING, QUERIES
from workflows.server import free_port

PROMETHEUS, PROMTOOL = shutil.which("prometheus"), shutil.which("promtool")
WANTED = bool(os.environ.get("CI"))
"""In CI, where .ci/run installs it, it must be there."""


@dataclass
class Watcher:
    """Where it is, and the answers that it gave to what dashboards ask."""

    url: str
    answers: dict[str, list[Any]] = field(default_factory=dict)
    rules: list[dict[str, Any]] = field(default_factory=list)

    async def settle(self) -> None:
        """Wait until it has read each process twice after this; then ask it all that will be asked."""
        async with httpx.AsyncClient(base_url=self.url) as web, asyncio.timeout(90):
            before: dict[str, int] = {}
            while len(before) < 2:
                before = await self._reads(web)
            while any(now < before[job] + 2 for job, now in (await self._reads(web)).items()):
                await asyncio.sleep(0.1)
            for query in QUERIES.values():
                asked = await web.get("/api/v1/query", params={"query": query})
                self.answers[query] = asked.json()["data"]["result"] if asked.is_success else [asked.json()["error"]]
            groups = (await web.get("/api/v1/rules")).json()["data"]["groups"]
            self.rules = [rule for group in groups for rule in group["rules"]]

    async def _reads(self, web: httpx.AsyncClient) -> dict[str, int]:
        """How often it has read each job's process, well."""
        asked = await web.get("/api/v1/query", params={"query": "sum by (job) (sum_over_time(up[1h]))"})
        return {one["metric"]["job"]: int(one["value"][1]) for one in asked.json()["data"]["result"]}


@contextmanager
def watching(home: Path, ports: Mapping[str, int]) -> Iterator[Watcher | None]:
    """Our own configuration, with the addresses of these processes and less patience."""
    assert PROMETHEUS or not WANTED, "no prometheus on this machine; .ci/run installs it"
    if PROMETHEUS is None:
        yield None
        return
    config = yaml.safe_load((MONITORING / "prometheus.yml").read_text())
    config["global"] = {"scrape_interval": "500ms", "scrape_timeout": "400ms", "evaluation_interval": "1s"}
    config["rule_files"] = [str(MONITORING / name) for name in config["rule_files"]]
    for job in config["scrape_configs"]:
        job["static_configs"] = [{"targets": [f"127.0.0.1:{ports[job['job_name'].removeprefix('kvitt-')]}"]}]
    file, port = home / "prometheus.yml", free_port(0)
    file.write_text(yaml.safe_dump(config))
    with (home / "prometheus.log").open("wb") as log:
        process = subprocess.Popen(
            [
                PROMETHEUS,
                f"--config.file={file}",
                f"--storage.tsdb.path={home / 'prometheus'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=log,
        )
    try:
        yield Watcher(f"http://127.0.0.1:{port}")
    finally:
        process.terminate()
        process.wait(20)
