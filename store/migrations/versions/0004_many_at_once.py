"""Many at once: batches; who published which version of a merchant's file, and why; cases that were moved to one.

It only adds, and what it adds has defaults: workers of the version before go on beside new ones.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.engine import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
oldest = "0003"
"""The oldest revision whose programs may go on beside this one; it moves where something is taken away."""


def upgrade() -> None:
    """Change the schema."""
    with op.batch_alter_table("merchant_version", schema=None) as batch_op:
        batch_op.add_column(sa.Column("who", sa.String(length=128), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("why", sa.Text(), nullable=False, server_default=""))
    began_by = sa.Column("began_by", sa.Integer(), sa.ForeignKey("policy_version.id"), nullable=True)
    op.add_column("invoice", began_by, inline_references=True)  # SQLite cannot add the reference by itself
    op.create_table(
        "batch",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False, server_default=""),
        sa.Column("merchant", sa.String(length=64), nullable=False),
        sa.Column("who", sa.String(length=128), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("selection", sa.Text(), nullable=False),
        sa.Column("rate", sa.Float(), nullable=False),
        sa.Column("at_once", sa.Integer(), nullable=True),
        sa.Column("acted", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False, server_default=""),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    for column in ("merchant", "state"):
        op.create_index(op.f(f"ix_batch_{column}"), "batch", [column], unique=False)
    op.create_table(
        "batch_item",
        sa.Column("batch_id", sa.String(length=64), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("number", sa.String(length=64), nullable=False, server_default=""),
        sa.Column("origin", sa.Text(), nullable=False, server_default=""),
        sa.Column("acts", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("said", sa.Text(), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("batch_id", "place"),
    )
    op.create_index("ix_batch_item_state", "batch_item", ["batch_id", "state", "place"], unique=False)


def downgrade() -> None:
    """Take it back."""
    op.drop_table("batch_item")
    op.drop_table("batch")
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.drop_column("began_by")
    with op.batch_alter_table("merchant_version", schema=None) as batch_op:
        batch_op.drop_column("why")
        batch_op.drop_column("who")
