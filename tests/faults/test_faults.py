"""A small part of ``make faults``: each kill point once, on a channel that is called back from and one that is not."""

from __future__ import annotations

from pathlib import Path

from tests.faults.plan import Seat, make_plan, small_plan
from tests.faults.running import run


async def test_whoever_is_killed_wherever_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    plan = small_plan(1, [Seat.SENDGRID, Seat.PRINT_HOUSE])

    counted = await run(tmp_path, plan)

    assert counted.is_clean, [*counted.trouble, *(why for tally in counted.tallies for why in tally.why)]
    assert sum(tally.struck for tally in counted.tallies) > len(counted.tallies) / 2  # some died by another's death


def test_the_same_seed_has_the_same_lives_and_faults() -> None:
    assert make_plan(7, 220) == make_plan(7, 220)
    assert make_plan(7, 220) != make_plan(8, 220)
