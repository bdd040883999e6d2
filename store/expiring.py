"""What nobody needs after a while: posts about nothing of ours, messages to merchants that ended, the audit of looks.

Each method says how much that was, and does it in small parts, so that nobody waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar

from sqlalchemy import Engine, delete, exists, func, select, update

from domain.stages import Stage
from store.answered import ANSWERED, KEPT_FOR
from store.cases import INVOICE
from store.deliveries import DELIVERY
from store.engine import among, reading, writing
from store.inbox import POST, READ
from store.inventory import emptied
from store.looks import LOOK
from store.sends import HEARD

PART = 500
"""How much is let go of in one transaction."""

T = TypeVar("T")


class Expiring:
    """Lets go of what is too old."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def posts(self, before: datetime, most: int) -> int:
        """Empty posts that were read and speak of no message of ours. The others stay as long as what they prove."""
        old = (POST.c.state == READ) & (POST.c.received_at < before) & (func.length(POST.c.body) > 0)
        proves = exists(HEARD.c.id).where(HEARD.c.post_id == POST.c.id, HEARD.c.send_id.is_not(None))
        query = select(POST.c.id).where(old & ~proves).order_by(POST.c.id).limit(most)
        with reading(self.engine) as connection:
            ids = list(connection.execute(query).scalars())
        for some in parts(ids):
            with writing(self.engine, light=True) as connection:
                mine, words = among(POST.c.id, some, connection), among(HEARD.c.post_id, some, connection)
                connection.execute(update(POST).where(mine).values(**emptied(POST)))
                connection.execute(update(HEARD).where(words).values(**emptied(HEARD)))
        return len(ids)

    def deliveries(self, before: datetime, most: int) -> int:
        """Let go of messages to merchants that arrived, or were given up."""
        over, count = DELIVERY.c.ended_at < before, 0
        query = select(DELIVERY.c.id).where(over).order_by(DELIVERY.c.ended_at).limit(most)
        with reading(self.engine) as connection:
            ids = list(connection.execute(query).scalars())
        for some in parts(ids):
            with writing(self.engine, light=True) as connection:
                mine = among(DELIVERY.c.id, sorted(some), connection)
                count += connection.execute(delete(DELIVERY).where(mine & over)).rowcount  # one may be sent anew by now
        return count

    def answers(self, now: datetime) -> int:
        """Let go of what the API answered, which nobody can ask for again."""
        with writing(self.engine, light=True) as connection:
            return connection.execute(delete(ANSWERED).where(ANSWERED.c.at < now - KEPT_FOR)).rowcount

    def looks(self, after: int, through: int, before: datetime) -> int:
        """Let go of the audit of those among some invoices that were closed before a moment."""
        some = (INVOICE.c.id > after) & (INVOICE.c.id <= through)
        old = (INVOICE.c.stage == Stage.CLOSED) & (INVOICE.c.looked_at < before) & (INVOICE.c.shift == 0)
        with reading(self.engine) as connection:
            ids = list(connection.execute(select(INVOICE.c.id).where(some & old)).scalars())
        if not ids:
            return 0
        with writing(self.engine, light=True) as connection:
            return connection.execute(delete(LOOK).where(among(LOOK.c.invoice_id, ids, connection))).rowcount


def parts(some: Sequence[T]) -> Iterator[Sequence[T]]:
    """The same, in parts of which each is soon done."""
    return (some[at : at + PART] for at in range(0, len(some), PART))
