"""The books as one thing, put together once per process."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, text

from store.cases import Cases
from store.deliveries import Deliveries
from store.endpoints import Endpoints
from store.engine import hold, open_engine, writing
from store.evidence import Evidence
from store.inbox import Inbox
from store.looks import Looks
from store.opt_outs import OptOuts
from store.orders import Orders
from store.registry import Registry
from store.sends import Sends


class Books:
    """Every way into the database."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.cases = Cases(engine)
        self.sends = Sends(engine)
        self.looks = Looks(engine)
        self.registry = Registry(engine)
        self.orders = Orders(engine, self.cases)
        self.endpoints = Endpoints(engine)
        self.deliveries = Deliveries(engine, self.cases)
        self.inbox = Inbox(engine)
        self.opt_outs = OptOuts(engine)
        self.evidence = Evidence(engine)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_books(url: str, *, migrate: bool = True) -> Books:
    """The books at a database URL, brought to the newest schema."""
    if migrate:
        upgrade(url)
    return Books(open_engine(url))


def upgrade(url: str, revision: str = "head") -> None:
    """Bring a database to the newest schema; an empty one gets all of it. Processes that try at once take turns."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    engine = open_engine(url)
    try:
        with writing(engine) as connection:
            if connection.dialect.name == "postgresql":  # a large table takes its time, and so does waiting for it
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL lock_timeout = 0"))
            hold(connection, "migrations")
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
    finally:
        engine.dispose()
