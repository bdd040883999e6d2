"""What is to be forgotten is found without reading whole tables; what cases wait for since before 0006 is filled in.

It only adds: programs of the version before go on beside new ones.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.indexes import Added

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
oldest = "0003"

indexes = (
    Added("ix_batch_item_invoice_id", "batch_item", "invoice_id"),
    Added("ix_contact_invoice_id", "contact", "invoice_id"),
    Added("ix_delivery_invoice_id", "delivery", "invoice_id"),
    Added("ix_delivery_ended_at", "delivery", "ended_at"),
    Added("ix_forgotten_keep_until", "forgotten", "keep_until", "sealed IS NOT NULL"),
    Added("ix_heard_post_id", "heard", "post_id"),
)

ASKED = """
    UPDATE invoice SET waits_for = substr(next_step, 8), since = (
        SELECT max(at) FROM event WHERE event.invoice_id = invoice.id AND event.kind = 'asked'
    ) WHERE next_step LIKE 'asked: %' AND waits_for IS NULL
"""
HELD = """
    UPDATE invoice SET waits_for = substr(next_step, 7), since = looked_at
    WHERE next_step IN ('wait: in_collection', 'wait: disputed', 'wait: paused', 'wait: respite') AND waits_for IS NULL
"""
"""Such cases may get no look for months. Of those that are held we say that they have been since their last look."""


def upgrade() -> None:
    """Change the schema."""
    op.execute(sa.text(ASKED))
    op.execute(sa.text(HELD))


def downgrade() -> None:
    """Take it back."""
    for index in indexes:
        op.drop_index(index.name, table_name=index.table, if_exists=True)
