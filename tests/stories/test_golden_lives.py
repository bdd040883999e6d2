"""The life of each example story, as ``kvitt simulate --json`` prints it. ``--rewrite`` writes them anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.live.house import STORIES, simulated, story

GOLDEN = Path(__file__).parent / "golden"


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_a_story_makes_the_life_it_made(path: Path, rewrite: bool):
    golden = GOLDEN / f"{path.stem}.jsonl"
    lines = [json.dumps(entry.as_json(), ensure_ascii=False) for entry in simulated(story(path.stem))]
    if rewrite:
        golden.write_text("\n".join(lines) + "\n")

    assert lines == golden.read_text().splitlines()


def test_no_life_is_kept_of_a_story_that_is_gone():
    assert {path.stem for path in GOLDEN.glob("*.jsonl")} == {path.stem for path in STORIES}
