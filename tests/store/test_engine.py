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
