"""One running system for the tests of the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from commands import show
from tests.commands.system import System


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    home = System(tmp_path_factory.mktemp("home"))
    with home.up():
        yield home


@pytest.fixture(autouse=True)
def _wide(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables are as wide as they like, however wide those who run the tests say that their screen is."""
    monkeypatch.setattr(show.OUT, "width", show.WIDE)
