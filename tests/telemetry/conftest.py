"""Some lives, watched by everybody, once for all tests of a process."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.telemetry.running import Seen, live_and_watch


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return await live_and_watch(tmp_path_factory.mktemp("watched"))
