"""One real house and one gateway for all these tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from itertools import count

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from pydantic import SecretStr

from config.settings import Settings
from gateway.app import create_app
from gateway.seal import Seal
from tests.live.house import House, open_house

SECRET = "a secret of these tests"
HOST = "http://127.0.0.1:8080"
OWN = {"Sec-Fetch-Site": "same-origin", "Origin": HOST}
"""What a browser says when a page of ours posts."""


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[House]:
    async with open_house(tmp_path_factory.mktemp("gateway")) as opened:
        yield opened


@pytest.fixture(scope="session")
def settings(house: House) -> Settings:
    return house.settings.model_copy(update={"gateway_secret": SecretStr(SECRET)})


@pytest.fixture(scope="session")
def app(house: House, settings: Settings) -> FastAPI:
    return create_app(house.client, settings)


@pytest_asyncio.fixture(loop_scope="session")
async def web(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(app) as client:
        yield client


@pytest.fixture(scope="session")
def seal() -> Seal:
    return Seal(SECRET.encode())


@pytest.fixture(scope="session")
def numbers() -> count[int]:
    return count(50001)


@pytest.fixture
def number(numbers: count[int]) -> str:
    """An invoice number that no other test has."""
    return str(next(numbers))


def browsing(app: FastAPI) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=HOST)
