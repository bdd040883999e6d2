"""One running system for the tests of the command line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.commands.system import System


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    home = System(tmp_path_factory.mktemp("home"))
    with home.up():
        yield home
