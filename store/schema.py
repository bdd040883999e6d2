"""The schema of the books: which revision they are at, which programs may work on them, and the way to the newest.

Migrations only add, so programs of the version before go on beside new ones, and start again where one goes back. What
the books are at is in ``schema_version``; the oldest revision whose programs may work on them is in
``alembic_version``. There programs from before revision 0004 look for their own, and find it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import OperationalError

from store.engine import hold, open_engine, reading, writing
from store.indexes import Added, build

SCRIPTS = Path(__file__).parent / "migrations"

IS_AT, OLDEST = "schema_version", "alembic_version"
"""The tables that say which revision the books are at, and which is the oldest that may work on them."""

PATIENCE_S = 2
"""How long a migration waits for a table that others are using, and then leaves it to them before it tries again."""

log = structlog.get_logger()


class NewerBooksError(RuntimeError):
    """The books have been changed so that this program can no longer work on them."""


@dataclass(frozen=True, slots=True)
class Schema:
    """What a database says of its schema, beside what this program knows."""

    revision: str | None
    """None: it is empty."""
    oldest: str | None
    """The oldest revision whose programs may work on it."""
    newest: str | None
    """The newest that this program knows."""
    known: frozenset[str]

    @property
    def is_newer(self) -> bool:
        """Whether it comes from a newer version of ours than this one."""
        return self.revision is not None and self.revision not in self.known

    @property
    def is_beyond_us(self) -> bool:
        """Whether this program must not work on it."""
        return self.is_newer and self.oldest not in self.known


def schema_of(connection: Connection, scripts: Path = SCRIPTS) -> Schema:
    """How the schema of a database stands. Books from before revision 0004 say it in one place for both."""
    oldest, known = _stored(connection, OLDEST), _known(scripts)
    revisions = frozenset(script.revision for script in known.walk_revisions())
    return Schema(_stored(connection, IS_AT) or oldest, oldest, known.get_current_head(), revisions)


def upgrade(url: str, revision: str = "head", scripts: Path = SCRIPTS) -> None:
    """Bring a database to the newest schema; an empty one gets all of it. Processes that try at once take turns.

    One revision after the other, so that nobody waits for all of them; then the indexes, for which nobody waits. A
    database that is newer than we are is left as it is.

    Raises:
        NewerBooksError: and we must not work on it.
    """
    engine = open_engine(url)
    try:
        while not _is_there(engine, revision, scripts):
            pass
        build(engine, _indexes(engine, scripts))
    finally:
        engine.dispose()


def _is_there(engine: Engine, revision: str, scripts: Path) -> bool:
    """Bring a database one revision on; whether there was none to come."""
    try:
        with writing(engine) as connection:
            _take_turn(connection)
            stands = schema_of(connection, scripts)
            if stands.is_newer:
                _tolerate(stands)
                return True
            following = _following(stands, revision, scripts)
            if following:
                _bring(connection, stands, following, scripts)
            return following is None
    except OperationalError as error:
        if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
            raise
    log.warning("the books are in use; the migration tries again in a while")
    time.sleep(PATIENCE_S)
    return False


def _take_turn(connection: Connection) -> None:
    """Nobody waits behind one who waits for its turn; behind one who waits for a table, everybody does."""
    is_postgresql = connection.dialect.name == "postgresql"
    if is_postgresql:
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # a large table takes its time
        connection.execute(text("SET LOCAL lock_timeout = 0"))
    hold(connection, "migrations")
    if is_postgresql:
        connection.execute(text(f"SET LOCAL lock_timeout = '{PATIENCE_S}s'"))


def _following(stands: Schema, revision: str, scripts: Path) -> str | None:
    """The next revision on the way; an empty database, which nobody uses, is brought there at once."""
    if stands.revision is None:
        return revision
    on_the_way = _known(scripts).iterate_revisions(revision, stands.revision)
    return next((script.revision for script in reversed([*on_the_way])), None)


def _indexes(engine: Engine, scripts: Path) -> list[Added]:
    """The indexes of all the revisions that a database has; what belongs to a newer one is not ours."""
    with reading(engine) as connection:
        stands = schema_of(connection, scripts)
    had = [] if stands.is_newer else _known(scripts).iterate_revisions(stands.revision, "base")
    return [index for script in had for index in getattr(script.module, "indexes", ())]


def _tolerate(stands: Schema) -> None:
    if stands.is_beyond_us:
        raise NewerBooksError(
            f"the books are at schema {stands.revision}, which programs from before schema {stands.oldest} cannot work"
            f" on; this one knows {stands.newest}: install the newer version again"
        )
    log.info("the books are of a newer version; this one works on them", schema=stands.revision, ours=stands.newest)


def _bring(connection: Connection, stands: Schema, revision: str, scripts: Path) -> None:
    config = _config(scripts)
    config.attributes["connection"] = connection
    if stands.revision and _stored(connection, IS_AT) is None:
        command.stamp(config, stands.revision)
    command.upgrade(config, revision)
    known, reached = _known(scripts), _stored(connection, IS_AT) or ""
    oldest: str = getattr(known.get_revision(reached).module, "oldest", reached)
    MigrationContext.configure(connection, opts={"version_table": OLDEST}).stamp(known, oldest)


def _stored(connection: Connection, table: str) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": table}).get_current_revision()


@cache
def _known(scripts: Path) -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(scripts))


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    return config
