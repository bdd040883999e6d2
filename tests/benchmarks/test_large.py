"""What measures very many open invoices works; here with a few."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchmarks.large.fill import fill
from benchmarks.large.place import Notes, Scale
from benchmarks.large.restart import restart, sizes


@pytest.mark.only_on("sqlite")
def test_a_home_is_filled_once_and_measured_again(tmp_path: Path):
    """Filling lives a life on both sides until its due reminder is out, and compares their histories."""
    scale = Scale(tmp_path, open=20, wake=6, cache=10, rounds=1)

    filled = asyncio.run(fill(scale))
    again = asyncio.run(fill(scale))

    assert again == filled  # nothing was begun a second time
    assert (Notes(tmp_path / "ours-20").get("real"), Notes(tmp_path / "ours-20").get("open")) == (6, 20)
    assert asyncio.run(sizes(scale))
    assert asyncio.run(restart(scale))
