"""Every command is there, whether all parts are loaded or its own only."""

from __future__ import annotations

from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from commands.line import PARTS, command_line


def names(*words: str) -> set[str]:
    command: Any = typer.main.get_command(command_line(words))
    return set(command.commands)


@pytest.mark.parametrize("part", PARTS)
def test_a_part_has_the_commands_that_lead_to_it(part: str):
    first, *_ = PARTS[part]

    assert names(first) == set(PARTS[part])


def test_every_command_is_in_some_part_and_in_one_only():
    listed = [name for commands in PARTS.values() for name in commands]

    assert len(listed) == len(set(listed))
    assert names() == names("--help") == set(listed)


def test_a_slip_is_told_with_what_was_meant_from_all_parts():
    told = CliRunner().invoke(command_line(["stauts"]), ["stauts"])

    assert told.exit_code == 2
    assert "Did you mean" in told.output
    assert "status" in told.output
