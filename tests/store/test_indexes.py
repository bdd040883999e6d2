"""Migrations get in nobody's way: one after the other, tables left to those who use them, indexes built beside them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from store import schema
from store.condition import condition
from store.engine import open_engine, reading, writing
from store.indexes import missing
from store.schema import upgrade
from tests.databases import empty_database, on_postgres
from tests.upgrade.test_schema import known, with_next


@pytest.fixture
def before(tmp_path: Path) -> str:
    """Books of the version before, in which somebody can write."""
    url = empty_database(tmp_path)
    upgrade(url, "0003")
    return url


@pytest.fixture
def engine(before: str) -> Iterator[Engine]:
    engine = open_engine(before)
    yield engine
    engine.dispose()


def lacking(engine: Engine) -> list[str]:
    wanted = [index for script in known().walk_revisions() for index in getattr(script.module, "indexes", ())]
    assert wanted
    with reading(engine) as connection:
        return [index.name for index in missing(connection, wanted)]


def test_what_one_revision_did_stays_when_the_next_one_fails(before: str, tmp_path: Path):
    head = known().get_current_head()

    with pytest.raises(ZeroDivisionError):
        upgrade(before, scripts=with_next(tmp_path, 'op.drop_table("opt_out"); 1 / 0', "0003"))

    found = condition(before)
    assert found
    assert (found.schema.revision, found.schema.oldest) == (head, "0003")


def test_an_index_that_is_missing_is_built_by_the_next_who_starts(before: str, engine: Engine):
    upgrade(before)
    with writing(engine) as connection:
        connection.execute(text("DROP INDEX ix_delivery_invoice_id"))
        if on_postgres():  # as one that was broken off
            ours = "indexrelid = 'ix_heard_post_id'::regclass"
            connection.execute(text(f"UPDATE pg_index SET indisvalid = false WHERE {ours}"))
    assert lacking(engine) == ["ix_delivery_invoice_id", *(["ix_heard_post_id"] if on_postgres() else [])]

    upgrade(before)

    assert lacking(engine) == []


@pytest.mark.only_on("postgres")
def test_while_indexes_are_built_others_write(before: str, engine: Engine):
    upgrade(before, "0006")
    with (
        engine.connect() as slow,
        slow.begin(),
        ThreadPoolExecutor() as pool,
    ):
        slow.execute(text("UPDATE heard SET said = ''"))
        upgrading = pool.submit(upgrade, before)
        until(engine, "query LIKE 'CREATE INDEX CONCURRENTLY%heard%'")
        with writing(engine) as connection:
            connection.execute(text("SET LOCAL lock_timeout = '1s'"))
            connection.execute(text("UPDATE heard SET said = 'a word'"))
        slow.commit()
        upgrading.result(60)

    assert lacking(engine) == []


@pytest.mark.only_on("postgres")
def test_a_table_that_somebody_uses_is_left_to_all_and_tried_again(
    before: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(schema, "PATIENCE_S", 0.2)
    with engine.connect() as slow, slow.begin(), capture_logs() as logs, ThreadPoolExecutor() as pool:
        slow.execute(text("SELECT count(*) FROM invoice"))
        upgrading = pool.submit(upgrade, before)
        until(engine, "query LIKE 'ALTER TABLE invoice%'")
        with writing(engine) as connection:  # it waits for the migration's patience, and no longer
            connection.execute(text("UPDATE invoice SET seen = 0"))
        assert not upgrading.done()
        slow.commit()
        upgrading.result(60)

    assert {line["event"] for line in logs} == {"the books are in use; the migration tries again in a while"}
    assert lacking(engine) == []


def until(engine: Engine, waits: str) -> None:
    """Until a statement of this kind waits for a lock."""
    here = "datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        with reading(engine) as connection:
            if connection.execute(text(f"SELECT count(*) FROM pg_stat_activity WHERE {here} AND {waits}")).scalar():
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")
