"""How a database stands: which it is, and whether its schema is the newest. It is only looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, make_url

from store.engine import open_engine, reading
from store.schema import Schema, schema_of

PATIENCE_S = 8
"""How long a database may take to answer."""

OLDEST_POSTGRESQL = 14
"""The oldest version that is looked after by its makers."""


@dataclass(frozen=True, slots=True)
class Condition:
    """How a database stands."""

    server: str
    """Its name and version."""
    is_old: bool
    """Whether its version is older than we know to work."""
    schema: Schema


def condition(url: str) -> Condition | None:
    """Look at the database of an address; None: it is a file that will be made at the first start.

    Raises:
        SQLAlchemyError: it does not answer, or is none.
    """
    address = make_url(url)
    if address.get_backend_name() == "sqlite" and not Path(address.database or "").exists():
        return None
    engine = _engine(url)
    try:
        with reading(engine) as connection:
            schema = schema_of(connection)
            version = connection.dialect.server_version_info or ()
    finally:
        engine.dispose()
    is_postgresql = engine.dialect.name == "postgresql"
    shown = ".".join(map(str, version[:2] if is_postgresql else version))
    is_old = is_postgresql and version[:1] < (OLDEST_POSTGRESQL,)
    name = "PostgreSQL" if is_postgresql else "SQLite"
    return Condition(f"{name} {shown}", is_old, schema)


def _engine(url: str) -> Engine:
    """As the program's, with less patience where somebody may be away."""
    if url.startswith("sqlite"):
        return open_engine(url)
    patience = {"connect_timeout": str(PATIENCE_S), "options": f"-c statement_timeout={PATIENCE_S * 1000}"}
    return open_engine(make_url(url).update_query_dict(patience).render_as_string(hide_password=False))
