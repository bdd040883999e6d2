"""One machine: what Docker Compose makes of our files, and that every name in it is one of ours."""

from __future__ import annotations

import asyncio
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest

from commands.session import connected
from config.environment import FILE
from config.production import check
from config.settings import Settings, read_settings, variables
from store.engine import POOL
from tests.deploy.tools import DEPLOY, ROOT, compose
from worker import GRACE
from workflows.server import serving

OURS = ("worker", "gateway", "migrate")
SETTINGS = {name for name, _ in variables()}
RUNNING = "from urllib.request import urlopen; urlopen('http://127.0.0.1:{port}/ready', timeout=4)"


@pytest.fixture(scope="module")
def machine() -> dict[str, Any]:
    return compose("compose.yaml")


@pytest.fixture(scope="module")
def cloud() -> dict[str, Any]:
    return compose("compose.yaml", "compose.cloud.yaml")


def test_everything_that_is_set_is_a_setting(machine: dict[str, Any], cloud: dict[str, Any]):
    named = {name for file in (machine, cloud) for one in OURS for name in file["services"][one]["environment"]}

    assert {name.removesuffix(FILE) for name in named if name.startswith("KVITT_")} <= SETTINGS
    assert {name for name in named if not name.startswith("KVITT_")} == {
        "TEMPORAL_ADDRESS",
        "TEMPORAL_NAMESPACE",
        "TEMPORAL_CONFIG_FILE",
    }


@pytest.mark.parametrize("name", OURS)
def test_what_is_yours_comes_from_a_file_and_only_names_of_places_win_over_it(name: str):
    written = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"][name]

    assert written["env_file"] == [{"path": "kvitt.env", "required": False}]
    assert set(written["environment"]) == {
        "TEMPORAL_ADDRESS",
        "TEMPORAL_NAMESPACE",
        "KVITT_DATABASE_URL_FILE",
        "KVITT_GATEWAY_SECRET_FILE",
        "KVITT_MERCHANTS",
        "KVITT_METRICS_PORT",
        "KVITT_ALLOW_TEST_CLOCKS",
    }


def test_no_secret_is_in_an_environment(machine: dict[str, Any]):
    for service in machine["services"].values():
        secret = {name for name in service.get("environment") or {} if re.search("PASSWORD|PWD|SECRET|KEY|URL", name)}
        assert all(name.endswith(FILE) for name in secret), secret


def test_each_secret_is_there_where_it_is_read(machine: dict[str, Any]):
    for service in machine["services"].values():
        handed = {one["target"] for one in service.get("secrets", [])}
        words = " ".join([*map(str, (service.get("environment") or {}).values()), *(service.get("command") or [])])
        assert set(re.findall(r"/run/secrets/[\w.]+", words)) == handed


@pytest.mark.parametrize("name", OURS)
def test_ours_may_do_nothing_but_their_work(machine: dict[str, Any], name: str):
    service = machine["services"][name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "user" not in service  # it is the image's own
    assert service["command"] == [name]


@pytest.mark.parametrize("name", OURS)
def test_they_get_the_time_to_finish(machine: dict[str, Any], name: str):
    assert machine["services"][name]["stop_grace_period"] == "40s"
    assert GRACE.total_seconds() + 10 <= 40


def test_they_are_asked_at_the_ports_where_they_answer(machine: dict[str, Any]):
    recipe = (DEPLOY / "Dockerfile").read_text()
    ports = {"worker": re.search(r"KVITT_HEALTH_PORT=(\d+)", recipe)[1], "gateway": str(Settings().gateway_port)}

    for name, port in ports.items():
        test = machine["services"][name]["healthcheck"]["test"]
        assert test == ["CMD", "python", "-c", RUNNING.format(port=port)]


async def test_the_question_of_health_tells_who_is_well():
    """As the container runs it, on two small real servers."""
    for status, code in ((200, 0), (503, 1)):
        async with await asyncio.start_server(_answering(status), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            asked = await asyncio.create_subprocess_exec(
                sys.executable, "-c", RUNNING.format(port=port), stderr=asyncio.subprocess.DEVNULL
            )
            assert await asked.wait() == code


def _answering(status: int) -> Any:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 %d -\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok" % status)
        writer.close()

    return answer


def test_the_books_have_room_for_all_who_connect_and_quote_nobody(machine: dict[str, Any]):
    """PostgreSQL itself takes a hundred, and two workers and a gateway may want more."""
    room = int(machine["services"]["books"]["command"][-1].removeprefix("max_connections="))

    assert "log_error_verbosity=terse" in machine["services"]["books"]["command"]
    assert room >= 10 * sum(POOL.values()) + 10
    assert machine["services"]["worker"]["deploy"]["replicas"] + 1 <= 10


def test_nothing_starts_before_what_it_needs(machine: dict[str, Any]):
    def before(name: str) -> dict[str, str]:
        return {one: how["condition"] for one, how in machine["services"][name].get("depends_on", {}).items()}

    finished, healthy = "service_completed_successfully", "service_healthy"
    assert before("worker") == before("gateway") == {"migrate": finished, "temporal-namespace": finished}
    assert before("migrate") == {"books": healthy}
    assert before("temporal-namespace") == {"temporal": healthy}
    assert before("temporal") == {"temporal-schema": finished}
    assert before("temporal-schema") == {"temporal-database": healthy}
    for name, how in (("books", healthy), ("temporal-database", healthy), ("temporal", healthy)):
        assert "healthcheck" in machine["services"][name], how


def test_only_this_machine_reaches_it(machine: dict[str, Any]):
    ports = [port for service in machine["services"].values() for port in service.get("ports", [])]

    assert len(ports) == 4
    assert {port["host_ip"] for port in ports} == {"127.0.0.1"}


def test_monitoring_starts_only_when_it_is_asked_for(machine: dict[str, Any]):
    asked = {name for name, service in machine["services"].items() if service.get("profiles") == ["monitoring"]}

    assert asked == {"prometheus", "grafana"}


def test_every_file_that_is_handed_in_is_there(machine: dict[str, Any]):
    mounted = [
        Path(volume["source"])
        for service in machine["services"].values()
        for volume in service.get("volumes", [])
        if volume["type"] == "bind"
    ]

    assert len(mounted) >= 6
    assert [path for path in mounted if not path.exists()] == []


def test_prometheus_finds_ours_where_they_show_figures(machine: dict[str, Any]):
    config = yaml.safe_load((DEPLOY / "compose.prometheus.yml").read_text())
    found = {
        (job["dns_sd_configs"][0]["names"][0], job["dns_sd_configs"][0]["port"]) for job in config["scrape_configs"][:2]
    }

    assert found == {
        (name, int(machine["services"][name]["environment"]["KVITT_METRICS_PORT"])) for name in ("worker", "gateway")
    }
    assert config["rule_files"] == [f"/etc/prometheus/{name}.yml" for name in ("rules", "alerts")]
    assert all((DEPLOY / "monitoring" / Path(name).name).exists() for name in config["rule_files"])
    assert machine["services"]["temporal"]["environment"]["PROMETHEUS_ENDPOINT"] == "0.0.0.0:8000"
    assert config["scrape_configs"][2]["static_configs"] == [{"targets": ["temporal:8000"]}]


def test_with_a_server_of_somebody_else_ours_does_not_start(cloud: dict[str, Any]):
    kept = {name for name, service in cloud["services"].items() if not service.get("profiles")}

    assert kept == {"worker", "gateway", "migrate", "books"}
    for name in ("worker", "gateway"):
        environment = cloud["services"][name]["environment"]
        assert environment["TEMPORAL_CONFIG_FILE"] == "/run/secrets/temporal.toml"
        assert not environment["TEMPORAL_ADDRESS"]
        assert not environment["TEMPORAL_NAMESPACE"]
        assert set(cloud["services"][name]["depends_on"]) == {"migrate"}
        assert "/run/secrets/temporal.toml" in {one["target"] for one in cloud["services"][name]["secrets"]}


def made(tmp_path: Path) -> Path:
    """The secrets, as our script makes them."""
    script = tmp_path / "secrets.sh"
    script.write_bytes((DEPLOY / "secrets.sh").read_bytes())
    subprocess.run(["/bin/sh", str(script)], check=True, capture_output=True)
    return tmp_path / "secrets"


def test_secrets_are_made_once_for_their_owner(tmp_path: Path):
    folder = made(tmp_path)
    before = {path.name: path.read_text() for path in folder.iterdir()}
    made(tmp_path)

    assert {path.name: path.read_text() for path in folder.iterdir()} == before
    assert set(before) == set(yaml.safe_load((DEPLOY / "compose.yaml").read_text())["secrets"])
    assert len({*before.values()}) == len(before)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o444}


def test_with_these_secrets_production_may_start(
    machine: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What the file of settings adds is the public address and the vendors."""
    folder = made(tmp_path)
    for name in list(os.environ):
        if name.startswith("KVITT_"):
            monkeypatch.delenv(name)
    for name, value in machine["services"]["gateway"]["environment"].items():
        monkeypatch.setenv(name, value.replace("/run/secrets", str(folder)))
    for name in ("EMAIL", "SMS", "LETTER"):
        monkeypatch.setenv(f"KVITT_{name}", "none")
    monkeypatch.setenv("KVITT_PRODUCTION", "true")
    monkeypatch.setenv("KVITT_PUBLIC_URL", "https://pay.example")
    monkeypatch.setenv("KVITT_GATEWAY_HOST", "0.0.0.0")

    settings = read_settings()
    check(settings)

    assert settings.database.endswith("@books/kvitt")


def test_secrets_get_neither_into_git_nor_into_the_image():
    ignored = (ROOT / ".gitignore").read_text().splitlines()

    assert {"deploy/secrets/", "deploy/kvitt.env"} <= set(ignored)


async def test_the_namespace_is_made_once_and_ready(
    machine: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The step as the container carries it out, on a real server."""
    step = machine["services"]["temporal-namespace"]["command"][0].replace("$$", "$")
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    async with serving(tmp_path / "server", 0, 0) as server:
        for _ in range(2):
            ran = await asyncio.create_subprocess_exec(
                "/bin/sh",
                "-ec",
                step,
                env={"PATH": path, "TEMPORAL_ADDRESS": server.address},
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
            )
            assert await ran.wait() == 0
        monkeypatch.setenv("TEMPORAL_ADDRESS", server.address)
        monkeypatch.setenv("TEMPORAL_NAMESPACE", machine["services"]["worker"]["environment"]["TEMPORAL_NAMESPACE"])
        client = await connected(Settings(home=tmp_path))
        told = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))

    assert told.config.workflow_execution_retention_ttl.ToTimedelta().days == 90
