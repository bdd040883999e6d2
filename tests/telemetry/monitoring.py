"""Dashboards, alerts and rules as they are in ``deploy/monitoring``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

MONITORING = Path(__file__).parents[2] / "deploy" / "monitoring"
DASHBOARDS = {path.stem: json.loads(path.read_text()) for path in sorted((MONITORING / "grafana/dashboards").iterdir())}


def rules(file: str) -> list[dict[str, Any]]:
    return [rule for group in yaml.safe_load((MONITORING / file).read_text())["groups"] for rule in group["rules"]]


ALERTS, RECORDED = rules("alerts.yml"), rules("rules.yml")


def panels() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, dashboard in DASHBOARDS.items():
        for panel in dashboard["panels"]:
            yield f"{name}: {panel['title']}", panel


def plain(query: str) -> str:
    """A query as Prometheus takes it: with a time where Grafana puts one."""
    return query.replace("$__rate_interval", "1m")


PANELS = dict(panels())
QUERIES = {
    f"{title} {target['refId']}": plain(target["expr"])
    for title, panel in PANELS.items()
    for target in panel["targets"]
}
EXPRESSIONS = {
    **QUERIES,
    **{rule["alert"]: rule["expr"] for rule in ALERTS},
    **{r["record"]: r["expr"] for r in RECORDED},
}
"""Everything that is asked of Prometheus, by where it is written."""
