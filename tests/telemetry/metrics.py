"""The page that Prometheus reads, read; and the expressions of dashboards and alerts, as far as a test must."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

_SAMPLE = re.compile(r"^([a-z_:]+)(?:\{(.*)\})? (\S+)$")
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"')
_SELECTOR = re.compile(r"\b((?:kvitt|temporal)[a-z_0-9:]*)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r"([a-z_]+)\s*(?:=~|!~|!=|=)\s*\"")
_GROUPING = re.compile(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)")


class Sample(NamedTuple):
    """One line: a name, its labels, a value."""

    name: str
    labels: Mapping[str, str]
    value: float


class Used(NamedTuple):
    """What an expression asks for: names with the labels that they are asked by, and labels that it groups by."""

    selectors: Mapping[str, set[str]]
    grouped: set[str]

    @property
    def names(self) -> set[str]:
        """The figures; a histogram's lines are one."""
        return {name.removesuffix("_bucket").removesuffix("_count").removesuffix("_sum") for name in self.selectors}


def samples(page: str) -> list[Sample]:
    """All lines that are no remarks."""
    found = [_SAMPLE.match(line) for line in page.splitlines() if line and not line.startswith("#")]
    assert all(found), page
    return [Sample(one[1], dict(_LABEL.findall(one[2] or "")), float(one[3])) for one in found if one]


def used(expression: str) -> Used:
    """The metrics and labels of an expression."""
    selectors: dict[str, set[str]] = {}
    for name, matchers in _SELECTOR.findall(re.sub(r'"[^"]*"', '""', _GROUPING.sub("", expression))):
        selectors.setdefault(name, set()).update(_MATCHER.findall(matchers))
    grouped = {label.strip() for group in _GROUPING.findall(expression) for label in group.split(",")}
    return Used(selectors, grouped - {""})
