"""Settings come from the environment, and a wrong one is named."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from config.problems import ConfigError
from config.settings import read_settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("KVITT_"):
            monkeypatch.delenv(name)


def test_the_defaults_run_on_one_machine() -> None:
    settings = read_settings()

    assert settings.home == Path("var")
    assert settings.database == "sqlite:///var/kvitt.sqlite3"
    assert settings.address == "http://127.0.0.1:8080"
    assert settings.task_queue == "kvitt"
    assert settings.allow_test_clocks


def test_what_is_set_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_HOME", "/srv/kvitt")
    monkeypatch.setenv("KVITT_DATABASE_URL", "postgresql+psycopg://db/kvitt")
    monkeypatch.setenv("KVITT_PUBLIC_URL", "https://pay.example/")
    monkeypatch.setenv("KVITT_ALLOW_TEST_CLOCKS", "false")

    settings = read_settings()

    assert settings.database == "postgresql+psycopg://db/kvitt"
    assert settings.address == "https://pay.example"
    assert not settings.allow_test_clocks


def test_a_gateway_that_listens_everywhere_is_reached_as_localhost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KVITT_GATEWAY_HOST", "0.0.0.0")
    monkeypatch.setenv("KVITT_GATEWAY_PORT", "9000")

    assert read_settings().address == "http://localhost:9000"


@pytest.mark.parametrize(
    ("name", "value", "cure"),
    [
        ("KVITT_GATEWAY_PORT", "many", "write a whole number"),
        ("KVITT_TEMPORAL_PORT", "70000", "input should be less than or equal to 65535"),
        ("KVITT_LOG_LEVEL", "loud", "input should be 'debug', 'info', 'warning' or 'error'"),
        ("KVITT_ALLOW_TEST_CLOCKS", "perhaps", "write true or false"),
        ("KVITT_PUBLIC_URL", "pay.example", "write an address as in https://invoices.example"),
    ],
)
def test_a_wrong_value_is_told_on_one_line_with_its_variable_and_the_cure(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, cure: str
) -> None:
    monkeypatch.setenv(name, value)

    with pytest.raises(ConfigError) as caught:
        read_settings()

    assert str(caught.value) == f'{name}: is "{value}"; {cure}'


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        read_settings().gateway_port = 1
