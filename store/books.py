"""The books as one thing, put together once per process."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from store.cases import Cases
from store.engine import open_engine
from store.looks import Looks
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

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_books(url: str, *, migrate: bool = True) -> Books:
    """The books at a database URL, brought to the newest schema."""
    if migrate:
        upgrade(url)
    return Books(open_engine(url))


def upgrade(url: str) -> None:
    """Bring a database to the newest schema; an empty one gets all of it."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["url"] = url
    command.upgrade(config, "head")
