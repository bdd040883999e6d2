"""Kubernetes: manifests as Kustomize builds them, valid and true to our settings, ports and waits."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from activities.measuring import queues
from config.environment import FILE
from config.merchants import load_merchant
from config.production import check
from config.settings import Settings, read_settings, variables
from domain.deliveries import webhook_queue
from gateway.api.bodies import MOST
from gateway.hooks import LONGEST
from telemetry.figures import BACKLOG
from tests.deploy.tools import DEPLOY, OVERLAY, built, built_with, containers
from worker import GRACE

VERSIONS = ("1.30", "1.37")
"""The oldest that knows all that we write, and the newest of the validator."""
COMPONENTS = ("keda", "temporal-api-key", "temporal-mtls")
SETTINGS = {name for name, _ in variables()}
TEMPORAL = re.compile(r"TEMPORAL_(ADDRESS|NAMESPACE|API_KEY|TLS_CLIENT_(CERT|KEY)_PATH)")
FROM_ENV = {"endpoint": "TEMPORAL_ADDRESS", "namespace": "TEMPORAL_NAMESPACE", "apiKey": "TEMPORAL_API_KEY"}
KEDA = {*(f"{key}FromEnv" for key in FROM_ENV), "taskQueue", "queueTypes", "targetQueueSize"}
"""Keys of its Temporal scaler, read in its source on 2026-11-22; the whole was held against its schema that day."""


@pytest.fixture(scope="module")
def plain() -> list[dict[str, Any]]:
    return built(OVERLAY)


@pytest.fixture(scope="module", params=[None, *COMPONENTS])
def each(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The example as it is, and with each component."""
    return built_with(tmp_path_factory.mktemp("overlay"), *([request.param] if request.param else []))


def one(documents: list[dict[str, Any]], kind: str, name: str) -> dict[str, Any]:
    (found,) = (
        document
        for document in documents
        if document["kind"] == kind and re.fullmatch(rf"{name}(-[a-z0-9]{{10}})?", document["metadata"]["name"])
    )
    return found


def settings_of(documents: list[dict[str, Any]]) -> dict[str, str]:
    return one(documents, "ConfigMap", "kvitt-settings")["data"]


@pytest.mark.parametrize("version", VERSIONS)
def test_every_manifest_is_valid(each: list[dict[str, Any]], version: str):
    ours = [document for document in each if document["kind"] != "ScaledObject"]
    for document in ours:
        kubernetes_validate.validate(document, version, strict=True)

    assert len(ours) >= 13


@pytest.mark.parametrize("version", VERSIONS)
def test_so_is_the_secret_of_the_example(version: str):
    kubernetes_validate.validate(yaml.safe_load((DEPLOY / "kubernetes/secret.example.yaml").read_text()), version, True)


def test_the_validator_would_find_something(plain: list[dict[str, Any]]):
    worker = one(plain, "Deployment", "kvitt-worker")
    worker = worker | {"spec": worker["spec"] | {"replica": 3}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(worker, VERSIONS[-1], strict=True)


def test_everything_that_is_set_is_a_setting(each: list[dict[str, Any]]):
    named = set(settings_of(each))
    named |= {entry["name"] for document in each for part in containers(document) for entry in part.get("env", [])}

    strange = {name for name in named if name.removesuffix(FILE) not in SETTINGS and not TEMPORAL.fullmatch(name)}
    assert strange == set()


def test_every_file_that_is_named_is_mounted(each: list[dict[str, Any]]):
    named = {value for value in settings_of(each).values() if value.startswith("/run/")}
    for kind, name in (("Deployment", "kvitt-worker"), ("Deployment", "kvitt-gateway")):
        document = one(each, kind, name)
        (part,) = containers(document)
        places = {mount["mountPath"]: mount["name"] for mount in part["volumeMounts"]}
        volumes = {volume["name"] for volume in document["spec"]["template"]["spec"]["volumes"]}
        assert {str(Path(file).parent) for file in named} <= set(places)
        assert set(places.values()) == volumes
        assert settings_of(each)["KVITT_MERCHANTS"] in places


@pytest.mark.parametrize(("kind", "name"), [("Deployment", "worker"), ("Deployment", "gateway"), ("Job", "migrate")])
def test_a_process_may_do_nothing_but_its_work(each: list[dict[str, Any]], kind: str, name: str):
    pod = one(each, kind, f"kvitt-{name}")["spec"]["template"]["spec"]
    (part,) = pod["containers"]

    assert part["args"] == [name]
    assert pod["securityContext"]["runAsNonRoot"]
    assert f"USER {pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}" in recipe()
    assert part["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert pod["enableServiceLinks"] is False  # or a service named kvitt-gateway would be read as a setting
    assert part["resources"]["requests"].keys() == {"cpu", "memory"}
    assert part["resources"]["limits"].keys() == {"memory"}


def recipe() -> str:
    return (DEPLOY / "Dockerfile").read_text()


def test_a_worker_gets_the_time_to_finish(plain: list[dict[str, Any]]):
    for name in ("kvitt-worker", "kvitt-gateway"):
        pod = one(plain, "Deployment", name)["spec"]["template"]["spec"]
        assert pod["terminationGracePeriodSeconds"] >= GRACE.total_seconds() + 10


def test_probes_ask_where_tests_of_the_gateway_find_answers(plain: list[dict[str, Any]]):
    health = re.search(r"KVITT_HEALTH_PORT=(\d+)", recipe())[1]
    for name, port in (("worker", int(health)), ("gateway", Settings().gateway_port)):
        (part,) = containers(one(plain, "Deployment", f"kvitt-{name}"))
        ports = {each["name"]: each["containerPort"] for each in part["ports"]}
        asked = {kind: part[kind]["httpGet"] for kind in ("startupProbe", "livenessProbe", "readinessProbe")}
        assert {kind: get["path"] for kind, get in asked.items()} == {
            "startupProbe": "/live",
            "livenessProbe": "/live",
            "readinessProbe": "/ready",
        }
        assert {ports[get["port"]] for get in asked.values()} == {port}
        assert part["startupProbe"]["periodSeconds"] * part["startupProbe"]["failureThreshold"] >= 3600  # to migrate in
        assert ports["metrics"] == int(settings_of(plain)["KVITT_METRICS_PORT"])
        told = one(plain, "Deployment", f"kvitt-{name}")["spec"]["template"]["metadata"]["annotations"]
        assert told == {"prometheus.io/scrape": "true", "prometheus.io/port": str(ports["metrics"])}


def test_the_network_lets_in_who_must_get_in(plain: list[dict[str, Any]]):
    (part,) = containers(one(plain, "Deployment", "kvitt-gateway"))
    ports = {each["name"]: each["containerPort"] for each in part["ports"]}
    pages = one(plain, "NetworkPolicy", "kvitt-gateway")["spec"]["ingress"][0]["ports"]
    figures = one(plain, "NetworkPolicy", "kvitt")["spec"]["ingress"][0]["ports"]

    assert [port["port"] for port in pages] == [ports["http"]]
    assert [port["port"] for port in figures] == [ports["metrics"]]
    service = one(plain, "Service", "kvitt-gateway")["spec"]
    assert service["ports"][0]["targetPort"] == "http"
    backend = one(plain, "Ingress", "kvitt")["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": "kvitt-gateway", "port": {"name": service["ports"][0]["name"]}}


def test_the_ingress_lets_through_all_that_the_gateway_reads(plain: list[dict[str, Any]]):
    """Its own limit is one mebibyte, and a vendor's call that it refuses is lost in the end."""
    told = one(plain, "Ingress", "kvitt")["metadata"]["annotations"]

    assert told["nginx.ingress.kubernetes.io/proxy-body-size"] == f"{max(LONGEST, MOST) // 2**20}m"


def test_the_ingress_keeps_no_links_of_customers(plain: list[dict[str, Any]]):
    told = one(plain, "Ingress", "kvitt")["metadata"]["annotations"]

    assert told["nginx.ingress.kubernetes.io/enable-access-log"] == "false"


def test_nothing_is_put_into_a_folder_that_goes_with_its_pod(plain: list[dict[str, Any]]):
    said = settings_of(plain)

    assert {said[f"KVITT_{name}"] for name in ("EMAIL", "SMS", "LETTER", "COLLECTION")} == {
        "sendgrid",
        "none",
        "pingen",
    }
    assert one(plain, "Deployment", "kvitt-worker")["spec"]["template"]["spec"]["volumes"][0]["emptyDir"]


def test_our_servers_and_vendors_can_be_reached(each: list[dict[str, Any]]):
    let_out = {port["port"] for rule in one(each, "NetworkPolicy", "kvitt")["spec"]["egress"] for port in rule["ports"]}
    smtp = Settings().smtp
    temporal = int(settings_of(each)["TEMPORAL_ADDRESS"].rpartition(":")[2])

    assert {53, 443, 5432, 4318, 465, temporal, smtp.port, smtp.imap_port, Settings().printhouse.port} == let_out


def test_budgets_and_spreads_are_about_ours(plain: list[dict[str, Any]]):
    for name in ("kvitt-worker", "kvitt-gateway"):
        template = one(plain, "Deployment", name)["spec"]["template"]
        selector = {"app.kubernetes.io/name": name}
        assert template["metadata"]["labels"].items() >= selector.items()
        assert one(plain, "Deployment", name)["spec"]["selector"]["matchLabels"] == selector
        assert one(plain, "PodDisruptionBudget", name)["spec"]["selector"]["matchLabels"] == selector
        for spread in template["spec"]["topologySpreadConstraints"]:
            assert spread["labelSelector"]["matchLabels"] == selector


def test_workers_scale_by_a_figure_that_there_is(plain: list[dict[str, Any]]):
    scaler = one(plain, "HorizontalPodAutoscaler", "kvitt-worker")["spec"]
    (rule,) = yaml.safe_load((DEPLOY / "kubernetes/prometheus-adapter.yaml").read_text())["rules"]["external"]

    assert scaler["scaleTargetRef"]["name"] == "kvitt-worker"
    assert "replicas" not in one(plain, "Deployment", "kvitt-worker")["spec"]  # the scaler's
    assert scaler["metrics"][0]["external"]["metric"] == {"name": rule["name"]["as"]}
    assert rule["seriesQuery"] == BACKLOG.name
    assert f'{BACKLOG.name}{{queue!~".+-webhooks"}}' in rule["metricsQuery"]
    assert re.fullmatch(".+-webhooks", webhook_queue(Settings().task_queue))


def test_keda_asks_for_queues_of_ours(tmp_path: Path):
    documents = built_with(tmp_path, "temporal-api-key", "keda")
    scaled = one(documents, "ScaledObject", "kvitt-worker")
    asked = {(each["metadata"]["taskQueue"], each["metadata"]["queueTypes"]) for each in scaled["spec"]["triggers"]}
    kinds = {1: "workflow", 2: "activity"}
    (worker,) = containers(one(documents, "Deployment", "kvitt-worker"))
    told = {*settings_of(documents), *(entry["name"] for entry in worker["env"])}

    assert not [document for document in documents if document["kind"] == "HorizontalPodAutoscaler"]
    assert scaled["apiVersion"] == "keda.sh/v1alpha1"
    assert scaled["spec"]["scaleTargetRef"] == {"name": "kvitt-worker"}
    assert asked <= {(name, kinds[int(kind)]) for name, kind in queues(Settings().task_queue)}
    for each in scaled["spec"]["triggers"]:
        assert each["metadata"].keys() == KEDA
        assert all(isinstance(value, str) for value in each["metadata"].values())
        assert {key: each["metadata"][f"{key}FromEnv"] for key in FROM_ENV} == FROM_ENV
    assert set(FROM_ENV.values()) <= told


def test_keda_gets_in_by_the_workers_certificate(tmp_path: Path):
    documents = built_with(tmp_path, "temporal-mtls", "keda", "keda-mtls")
    worker = one(documents, "Deployment", "kvitt-worker")["spec"]["template"]["spec"]
    (mounted,) = (volume["secret"]["secretName"] for volume in worker["volumes"] if volume["name"] == "temporal")
    held = one(documents, "TriggerAuthentication", "kvitt-temporal")["spec"]["secretTargetRef"]

    assert {each["parameter"]: (each["name"], each["key"]) for each in held} == {
        "cert": (mounted, "tls.crt"),
        "key": (mounted, "tls.key"),
    }
    for each in one(documents, "ScaledObject", "kvitt-worker")["spec"]["triggers"]:
        assert each["authenticationRef"] == {"name": "kvitt-temporal"}


HELD = {"sendgrid-webhook-keys": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE" + "A" * 86 + "=="}
"""What a secret must look like to be one."""


def test_with_its_secrets_the_example_may_start_in_production(
    plain: list[dict[str, Any]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    for name in list(os.environ):
        if name.startswith("KVITT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("KVITT_GATEWAY_HOST", "0.0.0.0")
    for name, value in settings_of(plain).items():
        file = Path(value).name
        if value.startswith("/run/secrets/kvitt/"):
            random = f"postgresql://kvitt@books/{file}" if file == "database-url" else os.urandom(32).hex()
            (tmp_path / file).write_text(HELD.get(file, random))
            value = str(tmp_path / file)  # noqa: PLW2901
        monkeypatch.setenv(name, value)

    check(read_settings())


def test_the_secrets_of_the_example_are_all_told():
    told = yaml.safe_load((DEPLOY / "kubernetes/secret.example.yaml").read_text())
    base = (DEPLOY / "kubernetes/base/settings.env").read_text()

    assert set(re.findall(r"/run/secrets/kvitt/([\w-]+)", base)) == set(told["stringData"])
    assert all("…" in value for value in told["stringData"].values())


def test_the_merchants_of_the_example_keep_the_law():
    paths = sorted((OVERLAY / "merchants").iterdir())

    assert [load_merchant(path, date(2026, 11, 22)).merchant.name for path in paths] == ["Nordljus Energi AB"]


def test_a_certificate_of_kubernetes_is_where_temporal_looks(tmp_path: Path):
    """A Secret of the kind tls holds tls.crt and tls.key."""
    documents = built_with(tmp_path, "temporal-mtls")
    said = settings_of(documents)
    (part,) = containers(one(documents, "Deployment", "kvitt-worker"))
    place = next(mount["mountPath"] for mount in part["volumeMounts"] if mount["name"] == "temporal")

    assert said["TEMPORAL_TLS_CLIENT_CERT_PATH"] == f"{place}/tls.crt"
    assert said["TEMPORAL_TLS_CLIENT_KEY_PATH"] == f"{place}/tls.key"
