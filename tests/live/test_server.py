"""A Temporal server gets the columns that it lacks: one that is not ours from the first worker, ours when it starts."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest, RemoveSearchAttributesRequest

from tests.live.house import House
from workflows import server
from workflows.server import COLUMNS, add_columns, connect, lacking_columns, serving


async def test_missing_columns_are_added_once(house: House):
    client = house.client.client
    remove = RemoveSearchAttributesRequest(namespace=client.namespace, search_attributes=["DueDay"])
    await client.operator_service.remove_search_attributes(remove)

    for _ in range(2):
        await add_columns(client)

    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    assert set(COLUMNS) <= set(listed.custom_attributes)


async def test_a_server_that_a_version_of_ours_with_fewer_columns_made_gets_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as before:
        before.setattr(server, "COLUMNS", {"Merchant": "Keyword"})
        async with serving(tmp_path, 0, 0):
            pass

    async with serving(tmp_path, 0, 0) as here:
        assert await lacking_columns(await connect(here.address)) == {}


async def test_a_home_that_was_written_twice_is_written_ahead_from_now_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with monkeypatch.context() as before:
        before.setattr(server, "PRAGMAS", ())
        async with serving(tmp_path, 0, 0):
            assert journal_of(tmp_path) == "delete"

    async with serving(tmp_path, 0, 0):
        assert journal_of(tmp_path) == "wal"


def journal_of(home: Path) -> str:
    with closing(sqlite3.connect(home / "temporal.db")) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])
