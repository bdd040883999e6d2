"""Dashboards and alerts ask for what is there, by labels that are there; and alerts fire when they should."""

from __future__ import annotations

import re
import subprocess
from typing import Any

import pytest

from telemetry.figures import FIGURES, Figure, Kind
from tests.docs.reading import OPERATIONS
from tests.telemetry.metrics import used
from tests.telemetry.monitoring import ALERTS, DASHBOARDS, EXPRESSIONS, MONITORING, PANELS, QUERIES, RECORDED
from tests.telemetry.running import Seen
from tests.telemetry.watching import PROMTOOL, WANTED

pytestmark = pytest.mark.xdist_group("telemetry")

OF_PROMETHEUS = {"job", "instance", "le"}
ENDINGS = ("_bucket", "_sum", "_count")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_of_ours_is_shown_with_its_labels(seen: Seen, figure: Figure):
    shown = [sample.labels for sample in seen.samples if base(sample.name) == figure.shown]

    assert shown
    assert {frozenset(set(labels) - {"le"}) for labels in shown} == {frozenset(figure.labels)}


def test_nothing_of_ours_is_shown_that_is_no_figure(seen: Seen):
    ours = {base(sample.name) for sample in seen.samples if sample.name.startswith("kvitt")}

    assert ours == {figure.shown for figure in FIGURES}


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_every_figure_is_documented_and_used(figure: Figure):
    labels = ", ".join(f"`{label}`" for label in figure.labels)

    assert f"| `{figure.shown}` | {labels} | {figure.means}".replace("|  |", "| |") in OPERATIONS
    assert any(figure.shown in used(expression).names for expression in EXPRESSIONS.values())


def test_no_figure_is_documented_that_is_none():
    documented = re.findall(r"^\| `(kvitt_\w+)`", OPERATIONS, re.MULTILINE)

    assert sorted(documented) == sorted(figure.shown for figure in FIGURES)


@pytest.mark.parametrize("where", EXPRESSIONS)
def test_what_is_asked_for_is_shown_by_these_labels(seen: Seen, where: str):
    shown: dict[str, set[str]] = {}
    for sample in seen.samples:
        shown.setdefault(sample.name, set()).update(sample.labels)
    asked = used(EXPRESSIONS[where])

    assert asked.selectors
    assert asked.selectors.keys() <= shown.keys()
    for name, labels in asked.selectors.items():
        assert labels <= shown[name] | OF_PROMETHEUS, name
    assert asked.grouped <= set().union(*(shown[name] for name in asked.selectors)) | OF_PROMETHEUS


def test_a_wrong_name_and_a_wrong_label_would_be_noticed():
    asked = used('sum by (chanel, le) (rate(kvitt_sends_total{vendor="x, y", outcom!="sent"}[5m])) / kvitt_send')

    assert asked.selectors == {"kvitt_sends_total": {"vendor", "outcom"}, "kvitt_send": set()}
    assert asked.grouped == {"chanel", "le"}


@pytest.mark.parametrize("where", QUERIES)
def test_prometheus_answers_what_a_dashboard_asks(seen: Seen, where: str):
    if seen.watcher is None:
        pytest.skip("no prometheus on this machine")

    answer = seen.watcher.answers[QUERIES[where]]

    assert answer
    assert all(isinstance(one, dict) for one in answer), answer


def test_prometheus_works_out_every_rule(seen: Seen):
    if seen.watcher is None:
        pytest.skip("no prometheus on this machine")

    assert {rule["name"]: rule["health"] for rule in seen.watcher.rules} == {
        **{rule["alert"]: "ok" for rule in ALERTS},
        **{rule["record"]: "ok" for rule in RECORDED},
    }


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "config", "prometheus.yml"),
        ("check", "rules", "rules.yml", "alerts.yml"),
        ("test", "rules", "alerts_test.yml"),
    ],
    ids=" ".join,
)
def test_promtool_agrees(arguments: tuple[str, ...]):
    assert PROMTOOL or not WANTED, "no promtool on this machine; .ci/run installs it"
    if PROMTOOL is None:
        pytest.skip("no promtool on this machine")

    said = subprocess.run([PROMTOOL, *arguments], cwd=MONITORING, capture_output=True, text=True, check=False)

    assert said.returncode == 0, said.stdout + said.stderr


def test_every_alert_is_proven_and_says_what_to_do():
    proven = (MONITORING / "alerts_test.yml").read_text()

    for alert in ALERTS:
        assert f"alertname: {alert['alert']}\n" in proven
        assert f"| `{alert['alert']}` | {alert['labels']['severity']} |" in OPERATIONS
        assert alert["annotations"]["summary"]


@pytest.mark.parametrize("dashboard", DASHBOARDS.values(), ids=DASHBOARDS)
def test_a_dashboard_has_what_grafana_needs(dashboard: dict[str, Any]):
    """No Grafana can be had here; these are the fields without which it shows nothing, or something else."""
    assert dashboard["uid"].startswith("kvitt-")
    assert isinstance(dashboard["schemaVersion"], int)
    ids = [panel["id"] for panel in dashboard["panels"]]
    assert len(ids) == len(set(ids))
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert not cells & taken
        assert max(x for x, _ in cells) < 24
        taken |= cells


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_a_panel_has_what_grafana_needs(panel: dict[str, Any]):
    assert panel["type"] in ("timeseries", "stat", "bargauge")
    assert panel["datasource"] == {"type": "prometheus", "uid": "kvitt-prometheus"}
    assert panel["fieldConfig"]["defaults"]["unit"] in ("short", "s", "cpm", "ops", "reqps")
    assert [target["refId"] for target in panel["targets"]] == list("ABC"[: len(panel["targets"])])
    for target in panel["targets"]:
        assert target["datasource"] == panel["datasource"]
        shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
        assert shown == used(target["expr"]).grouped - {"le"} or target["expr"].startswith("min(")


def base(name: str) -> str:
    """A histogram's lines are one figure."""
    histograms = {figure.shown for figure in FIGURES if figure.kind is Kind.HISTOGRAM}
    return next((name.removesuffix(end) for end in ENDINGS if name.removesuffix(end) in histograms), name)
