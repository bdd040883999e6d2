"""Books in a PostgreSQL of this program: a real server from a wheel, with what is committed on the disk."""

from __future__ import annotations

from sqlalchemy import text

from store.books import Books
from store.engine import reading
from tests import databases


class Postgres:
    """One database for each home, made when it is first asked for. All go when the program ends."""

    def __init__(self) -> None:
        self._server = databases.Postgres({})
        self._addresses: dict[str, str] = {}

    def of(self, name: str) -> str:
        """The address of a home's books."""
        if name not in self._addresses:
            self._addresses[name] = self._server.create(name, databases.EMPTY)
        return self._addresses[name]

    def close(self) -> None:
        """Stop the server."""
        self._server.close()


def size(books: Books) -> int:
    """Bytes of a database."""
    with reading(books.engine) as connection:
        return int(connection.execute(text("SELECT pg_database_size(current_database())")).scalar_one())
