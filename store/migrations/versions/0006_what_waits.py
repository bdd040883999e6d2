"""What a case waits for and since when, when a message last bounced, and looks that break down: for whoever watches.

It only adds: programs of the version before go on beside new ones, and what they leave empty the next look fills in.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.engine import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
oldest = "0003"

COLUMNS: tuple[tuple[str, Any], ...] = (
    ("waits_for", sa.String(length=32)),
    ("since", Moment()),
    ("bounced_at", Moment()),
    ("failed_with", sa.String(length=128)),
    ("failed_since", Moment()),
)
INDEXES = {
    "ix_invoice_waits_for": ("waits_for IS NOT NULL", ["waits_for", "since"]),
    "ix_invoice_bounced_at": ("bounced_at IS NOT NULL", ["bounced_at"]),
    "ix_invoice_failed_since": ("failed_since IS NOT NULL", ["failed_since"]),
    "ix_invoice_acting": ("NOT resting", ["looked_at"]),
    "ix_invoice_unseen": ("wanted > seen", ["id"]),
    "ix_invoice_unlooked": ("looked_at IS NULL", ["opened_at"]),
}
"""Of the few rows of which something is true."""


ASKED = """
    UPDATE invoice SET waits_for = substr(next_step, 8), since = (
        SELECT max(at) FROM event WHERE event.invoice_id = invoice.id AND event.kind = 'asked'
    ) WHERE next_step LIKE 'asked: %'
"""
HELD = """
    UPDATE invoice SET waits_for = substr(next_step, 7), since = looked_at
    WHERE next_step IN ('wait: in_collection', 'wait: disputed', 'wait: paused', 'wait: respite')
"""
"""Such cases may get no look for months. Of those that are held we say that they have been since their last look."""


def upgrade() -> None:
    """Change the schema."""
    for name, kind in COLUMNS:
        op.add_column("invoice", sa.Column(name, kind, nullable=True))
    op.add_column("invoice", sa.Column("failed_looks", sa.Integer(), nullable=False, server_default="0"))
    op.execute(sa.text(ASKED))
    op.execute(sa.text(HELD))
    for name, (where, columns) in INDEXES.items():
        op.create_index(name, "invoice", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    """Take it back."""
    for name in INDEXES:
        op.drop_index(name, table_name="invoice")
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        for name in ("failed_looks", *(name for name, _ in COLUMNS)):
            batch_op.drop_column(name)
