"""The schema of the books: which revision they are at, which programs may work on them, and the way to the newest.

Migrations only add, so programs of the version before go on beside new ones, and start again where one goes back. What
the books are at is in ``schema_version``; the oldest revision whose programs may work on them is in
``alembic_version``. There programs from before revision 0004 look for their own, and find it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from store.engine import hold, open_engine, writing

SCRIPTS = Path(__file__).parent / "migrations"

IS_AT, OLDEST = "schema_version", "alembic_version"
"""The tables that say which revision the books are at, and which is the oldest that may work on them."""

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
    oldest, known = _stored(connection, OLDEST), ScriptDirectory.from_config(_config(scripts))
    revisions = frozenset(script.revision for script in known.walk_revisions())
    return Schema(_stored(connection, IS_AT) or oldest, oldest, known.get_current_head(), revisions)


def upgrade(url: str, revision: str = "head", scripts: Path = SCRIPTS) -> None:
    """Bring a database to the newest schema; an empty one gets all of it. Processes that try at once take turns.

    One that is newer than we are is left as it is.

    Raises:
        NewerBooksError: and we must not work on it.
    """
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            if connection.dialect.name == "postgresql":  # a large table takes its time, and so does waiting for it
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL lock_timeout = 0"))
            hold(connection, "migrations")
            stands = schema_of(connection, scripts)
            if stands.is_newer:
                _tolerate(stands)
            else:
                _bring(connection, stands, revision, scripts)
    finally:
        engine.dispose()


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
    known, reached = ScriptDirectory.from_config(config), _stored(connection, IS_AT) or ""
    oldest: str = getattr(known.get_revision(reached).module, "oldest", reached)
    MigrationContext.configure(connection, opts={"version_table": OLDEST}).stamp(known, oldest)


def _stored(connection: Connection, table: str) -> str | None:
    return MigrationContext.configure(connection, opts={"version_table": table}).get_current_revision()


def _config(scripts: Path) -> Config:
    config = Config()
    config.set_main_option("script_location", str(scripts))
    return config
