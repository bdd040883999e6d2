"""What nobody needs after a while: posts about nothing of ours, messages to merchants that ended, the audit of looks.

Each method does a small part and says how much that was, so that nobody waits for it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, delete, func, select, update

from domain.stages import Stage
from store.answered import ANSWERED, KEPT_FOR
from store.cases import INVOICE
from store.deliveries import DEAD, DELIVERED, DELIVERY
from store.engine import among, reading, writing
from store.inbox import POST, READ
from store.inventory import emptied
from store.looks import LOOK
from store.sends import HEARD


class Expiring:
    """Lets go of what is too old."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def posts(self, before: datetime, limit: int) -> int:
        """Empty posts that were read and speak of no message of ours. The others stay as long as what they prove."""
        old = (POST.c.state == READ) & (POST.c.received_at < before) & (func.length(POST.c.body) > 0)
        needed = select(HEARD.c.post_id).where(HEARD.c.send_id.is_not(None), HEARD.c.post_id.is_not(None))
        with reading(self.engine) as connection:
            ids = sorted(connection.execute(select(POST.c.id).where(old).except_(needed)).scalars())[:limit]
        with writing(self.engine, light=True) as connection:
            mine, words = among(POST.c.id, ids, connection), among(HEARD.c.post_id, ids, connection)
            connection.execute(update(POST).where(mine).values(**emptied(POST)))
            connection.execute(update(HEARD).where(words).values(**emptied(HEARD)))
        return len(ids)

    def deliveries(self, before: datetime, limit: int) -> int:
        """Let go of messages to merchants that arrived, or were given up."""
        over = DELIVERY.c.state.in_((DELIVERED, DEAD)) & (DELIVERY.c.ended_at < before)
        with reading(self.engine) as connection:
            ids = list(connection.execute(select(DELIVERY.c.id).where(over).limit(limit)).scalars())
        with writing(self.engine, light=True) as connection:
            mine = among(DELIVERY.c.id, sorted(ids), connection)
            return connection.execute(delete(DELIVERY).where(mine & over)).rowcount  # one may be sent anew by now

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
