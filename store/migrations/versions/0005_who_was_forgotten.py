"""Which customers were forgotten, and the evidence that is kept sealed until their books' time is over.

It only adds: programs of the version before go on beside new ones.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.engine import Moment

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
oldest = "0003"


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "forgotten",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("who", sa.String(length=128), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("keep_until", sa.Date(), nullable=False),
        sa.Column("head", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("invoice_id"),
    )


def downgrade() -> None:
    """Take it back."""
    op.drop_table("forgotten")
