"""What is shown is what is executed: each story lived on the real server equals its simulation, in every field."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.stories import What
from tests.live.house import STORIES, House, simulated, story


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
async def test_a_story_lived_for_real_equals_its_simulation(house: House, path: Path):
    told = story(path.stem)
    stormy = any(happening.what is What.DOWN for happening in told.happens)

    ref = await house.play(told, f"eq-{told.invoice.number}", outage=stormy)

    real = house.life(ref)
    assert real
    assert [entry.as_json() for entry in real] == [entry.as_json() for entry in simulated(told)]
    assert real == simulated(told)
