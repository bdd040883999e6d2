"""What a case waits for and since when, when a message last bounced, and looks that break down: for whoever watches.

It only adds: programs of the version before go on beside new ones. What cases wait for already is filled in by 0007,
which locks the table for nobody; what old programs leave empty, by the next look.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from store.engine import Moment
from store.indexes import Added

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
indexes = (
    Added("ix_invoice_waits_for", "invoice", "waits_for, since", "waits_for IS NOT NULL"),
    Added("ix_invoice_bounced_at", "invoice", "bounced_at", "bounced_at IS NOT NULL"),
    Added("ix_invoice_failed_since", "invoice", "failed_since", "failed_since IS NOT NULL"),
    Added("ix_invoice_acting", "invoice", "looked_at", "NOT resting"),
    Added("ix_invoice_unseen", "invoice", "id", "wanted > seen"),
    Added("ix_invoice_unlooked", "invoice", "opened_at", "looked_at IS NULL"),
)
"""Of the few rows of which something is true."""


def upgrade() -> None:
    """Change the schema."""
    for name, kind in COLUMNS:
        op.add_column("invoice", sa.Column(name, kind, nullable=True))
    op.add_column("invoice", sa.Column("failed_looks", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take it back."""
    for index in indexes:
        op.drop_index(index.name, table_name=index.table, if_exists=True)
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        for name in ("failed_looks", *(name for name, _ in COLUMNS)):
            batch_op.drop_column(name)
