"""For how long what is kept is read from the environment, and what is wrong there is told with its cure."""

from __future__ import annotations

import pytest

from config.problems import ConfigError
from config.settings import read_settings
from domain.keeping import KeepingRule


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("YEAR_ENDS", "02-30", 'is "02-30", which is no day of each year; write month and day, as in 12-31'),
        ("YEAR_ENDS", "31 Dec", 'is "31 Dec", which is no day of each year; write month and day, as in 12-31'),
        ("CLOSED_DAYS", "-1", 'is "-1"; write a number from 0 to 36500'),
        ("CLOSED_DAYS", "never", 'is "never"; write a whole number'),
        ("POST_DAYS", "0", 'is "0"; write a number from 1 to 36500'),
        ("YEARS", "200", 'is "200"; write a number from 0 to 100'),
    ],
)
def test_what_is_wrong_is_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str, cure: str):
    monkeypatch.setenv(f"KVITT_RETENTION_{name}", value)

    with pytest.raises(ConfigError) as refusal:
        read_settings()

    assert str(refusal.value) == f"KVITT_RETENTION_{name}: {cure}"


def test_by_default_nobody_is_forgotten_before_the_books_time_is_over():
    settings = read_settings()

    assert (settings.retention_closed_days, settings.retention_link_days, settings.retention_look_days) == (None,) * 3
    assert settings.keeping == KeepingRule(None, 0)


def test_an_accounting_year_and_more_years_are_taken_over(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("KVITT_RETENTION_YEAR_ENDS", "04-30")
    monkeypatch.setenv("KVITT_RETENTION_YEARS", "10")

    assert read_settings().keeping == KeepingRule((4, 30), 10)
