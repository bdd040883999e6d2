"""The first books."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.engine import Moment

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "command",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("merchant", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("who", sa.String(length=128), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("taken", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_command_number"), ["number"], unique=False)

    op.create_table(
        "merchant_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("published_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("merchant", "version"),
    )
    with op.batch_alter_table("merchant_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_merchant_version_merchant"), ["merchant"], unique=False)

    op.create_table(
        "policy_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_version_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_version_id"],
            ["merchant_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("merchant_version_id", "sha256"),
    )
    op.create_table(
        "invoice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant", sa.String(length=64), nullable=False),
        sa.Column("number", sa.String(length=64), nullable=False),
        sa.Column("policy_version_id", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("invoice", sa.Text(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("shift", sa.Float(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.Column("stage", sa.String(length=32), nullable=False),
        sa.Column("balance", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("next_step", sa.String(length=64), nullable=True),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("resting", sa.Boolean(), nullable=False),
        sa.Column("looked_at", Moment(), nullable=True),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("wanted", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["policy_version_id"],
            ["policy_version.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("merchant", "number"),
    )
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_invoice_next_at"), ["next_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_reference"), ["reference"], unique=False)
        batch_op.create_index(batch_op.f("ix_invoice_stage"), ["stage"], unique=False)

    op.create_table(
        "event",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("key", sa.String(length=128), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
        ),
        sa.PrimaryKeyConstraint("invoice_id", "seq"),
        sa.UniqueConstraint("invoice_id", "key"),
    )
    op.create_table(
        "look",
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("seen", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
        ),
        sa.PrimaryKeyConstraint("invoice_id", "run_id", "number"),
    )
    op.create_table(
        "send",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(length=64), nullable=False),
        sa.Column("rung", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("message", sa.String(length=32), nullable=False),
        sa.Column("token", sa.String(length=64), nullable=False),
        sa.Column("reserved_at", Moment(), nullable=False),
        sa.Column("recipient", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("media_type", sa.String(length=64), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("vendor", sa.String(length=32), nullable=True),
        sa.Column("vendor_id", sa.String(length=128), nullable=True),
        sa.Column("vendor_said", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["invoice_id"],
            ["invoice.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("invoice_id", "step", "rung", "attempt"),
        sa.UniqueConstraint("token"),
    )
    with op.batch_alter_table("send", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_send_invoice_id"), ["invoice_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_send_vendor_id"), ["vendor_id"], unique=False)


def downgrade() -> None:
    """Change it back."""
    with op.batch_alter_table("send", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_send_vendor_id"))
        batch_op.drop_index(batch_op.f("ix_send_invoice_id"))

    op.drop_table("send")
    op.drop_table("look")
    op.drop_table("event")
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_invoice_stage"))
        batch_op.drop_index(batch_op.f("ix_invoice_reference"))
        batch_op.drop_index(batch_op.f("ix_invoice_next_at"))

    op.drop_table("invoice")
    op.drop_table("policy_version")
    with op.batch_alter_table("merchant_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_merchant_version_merchant"))

    op.drop_table("merchant_version")
    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_command_number"))

    op.drop_table("command")
