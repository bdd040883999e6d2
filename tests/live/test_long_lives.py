"""A life that outgrows one history goes on in a new run, and nothing of it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path

from domain.law.bank_days import calendar_of
from tests.live.house import House, numbered, open_house, simulated, story
from workflows.clock import SERVER_SETTINGS
from workflows.opening import opening_of
from workflows.play import Player

SHORT_HISTORIES = {**SERVER_SETTINGS, "limit.historyCount.suggestContinueAsNew": "60"}
LOOKS = 15


async def runs_of(house: House, workflow_id: str) -> set[str]:
    """The runs of a life that were continued as new, by following the chain back from the last."""
    runs: set[str] = set()
    run_id: str | None = None
    while True:
        handle = house.client.client.get_workflow_handle(workflow_id, run_id=run_id)
        first = next(iter((await handle.fetch_history()).events))
        started = first.workflow_execution_started_event_attributes
        runs.add(started.original_execution_run_id)
        if not started.continued_execution_run_id:
            return runs
        run_id = started.continued_execution_run_id


async def test_a_life_over_several_runs_equals_its_simulation(tmp_path: Path):
    """Updates are answered while the workflow wants to continue as new, and it does so between them."""
    told = story("pays-on-time")
    opening = numbered(opening_of(told.invoice, told.loaded), "long-1")
    begins = calendar_of("SE").moment(datetime.combine(told.invoice.issued, time.min))
    async with open_house(tmp_path, SHORT_HISTORIES) as house:
        started = await house.client.start(replace(opening, shift=begins - datetime.now(UTC)))
        for _ in range(LOOKS):
            await house.client.look_again(started.ref)

        ref = await Player(house.client).play(opening, told.happens)

        assert house.life(ref) == simulated(told)
        assert len(await runs_of(house, ref.workflow_id)) > 1
