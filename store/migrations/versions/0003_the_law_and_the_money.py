"""The law and the money: customers known again, the days they were contacted on, what is written to them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.customers import customer_of
from store.engine import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the schema."""
    op.create_table(
        "contact",
        sa.Column("customer", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("invoice_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["invoice_id"], ["invoice.id"]),
        sa.PrimaryKeyConstraint("customer", "day"),
    )
    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reply", sa.Text(), nullable=False, server_default=""))

    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("customer", sa.String(length=64), nullable=True))

    _know_customers()


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("invoice", schema=None) as batch_op:
        batch_op.drop_column("customer")

    with op.batch_alter_table("command", schema=None) as batch_op:
        batch_op.drop_column("reply")

    op.drop_table("contact")


def _know_customers() -> None:
    """Every invoice that is in the books already gets its customer."""
    columns = ("id", "merchant", "details", "customer")
    invoice = sa.table("invoice", *(sa.column(name) for name in columns))
    connection = op.get_bind()
    rows = connection.execute(sa.select(invoice.c.id, invoice.c.merchant, invoice.c.details)).all()
    known = [{"which": row.id, "who": customer_of(row.merchant, row.details)} for row in rows]
    if known:
        change = sa.update(invoice).where(invoice.c.id == sa.bindparam("which"))
        connection.execute(change.values(customer=sa.bindparam("who")), known)
