"""The books as one thing, put together once per process."""

from __future__ import annotations

from sqlalchemy import Engine

from store.attention import Attention
from store.batch_items import BatchItems
from store.batches import Batches
from store.cases import Cases
from store.deliveries import Deliveries
from store.endpoints import Endpoints
from store.engine import open_engine
from store.evidence import Evidence
from store.expiring import Expiring
from store.forgetting import Forgetting
from store.inbox import Inbox
from store.looks import Looks
from store.opt_outs import OptOuts
from store.orders import Orders
from store.people import People
from store.registry import Registry
from store.schema import upgrade
from store.selecting import Selecting
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
        self.selecting = Selecting(engine)
        self.batches = Batches(engine)
        self.batch_items = BatchItems(engine)
        self.endpoints = Endpoints(engine)
        self.deliveries = Deliveries(engine, self.cases)
        self.inbox = Inbox(engine)
        self.opt_outs = OptOuts(engine)
        self.evidence = Evidence(engine)
        self.attention = Attention(engine)
        self.people = People(engine)
        self.forgetting = Forgetting(engine)
        self.expiring = Expiring(engine)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()


def open_books(url: str, *, migrate: bool = True) -> Books:
    """The books at a database URL, brought to the newest schema.

    Raises:
        NewerBooksError: they are of a newer version, and this one must not work on them.
    """
    if migrate:
        upgrade(url)
    return Books(open_engine(url))
