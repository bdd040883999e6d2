"""Some lives, watched by everybody, once for all tests of a process."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.live.house import House, open_house
from tests.telemetry.running import Seen, live_and_watch


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return await live_and_watch(tmp_path_factory.mktemp("watched"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("unwatched")) as opened:
        yield opened
