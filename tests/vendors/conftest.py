"""The stand-ins, one of each for as long as the tests run. Those who count on a clean one open their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vendors import servers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.vendors)


@pytest.fixture(scope="session")
def twilio_contract() -> Iterator[str]:
    """Twilio as its specification describes it."""
    with servers.prism(servers.twilio_spec()) as url:
        yield url


@pytest.fixture(scope="session")
def sendgrid_contract() -> Iterator[str]:
    """SendGrid as its specification describes it."""
    with servers.prism(servers.sendgrid_spec()) as url:
        yield url


@pytest.fixture(scope="session")
def twilio_emulator() -> Iterator[str]:
    """A Twilio that keeps what it is sent and signs its calls back."""
    with servers.emulate_twilio() as url:
        yield url


@pytest.fixture(scope="session")
def wiremock() -> Iterator[str]:
    """A server that does what it is told."""
    with servers.wiremock() as url:
        yield url
