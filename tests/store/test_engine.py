"""What the books say when something goes wrong."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from store.books import open_books
from store.engine import writing
from store.registry import COMMAND


def test_an_error_of_the_database_does_not_quote_what_was_written(tmp_path: Path):
    books = open_books(f"sqlite:///{tmp_path / 'books.sqlite3'}")
    row = {"id": "1", "merchant": "nordljus", "number": "1", "kind": "stopped", "who": "Anna Lundberg", "why": "moved"}
    row |= {"at": datetime.now(UTC), "body": "{}", "taken": False}  # type: ignore[dict-item]

    with pytest.raises(IntegrityError) as told, writing(books.engine) as connection:
        connection.execute(insert(COMMAND), [row, row])

    assert "UNIQUE" in str(told.value)
    assert "Anna" not in str(told.value)


@pytest.mark.parametrize(("light", "waits"), [(False, 2), (True, 1)], ids=["to the disk", "light"])
def test_a_write_waits_for_the_disk_unless_it_is_light(tmp_path: Path, light: bool, waits: int):
    """SQLite's words: 2 is FULL, 1 is NORMAL. The mode of one transaction does not leak into the next."""
    books = open_books(f"sqlite:///{tmp_path / 'books.sqlite3'}")

    with writing(books.engine, light=not light):
        pass
    with writing(books.engine, light=light) as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == waits
