"""The guide for developers names all that a program can meet. That its examples run, tests/commands proves."""

from __future__ import annotations

import re
from pathlib import Path

from gateway.api.problems import PROBLEMS
from store.keys import Scope

GUIDE = Path("docs/developers.md").read_text(encoding="utf-8")


def test_every_problem_is_in_the_guide_with_its_status_and_no_other():
    told = re.findall(r"^\| (\d{3}) \| `([a-z-]+)` \| \S", GUIDE, re.MULTILINE)

    assert sorted(told) == sorted((str(status), kind.value) for kind, (status, _) in PROBLEMS.items())


def test_every_scope_is_in_the_guide():
    assert re.findall(r"^\| `(\w+:\w+)` \| \S", GUIDE, re.MULTILINE) == [*Scope]
