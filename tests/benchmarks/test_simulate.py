"""The simulation's benchmark lives every example, also one whose case is moved to other rules."""

from __future__ import annotations

import pytest

from benchmarks.lives import STORIES
from benchmarks.simulate import Planning, _live, _parsed
from domain.simulation import Simulation


@pytest.mark.parametrize("kind", [Simulation, Planning])
def test_every_example_story_can_be_measured(kind: type[Simulation]):
    for path in STORIES.glob("*.yaml"):
        _live(kind, *_parsed(path))
