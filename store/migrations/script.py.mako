"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from store.engine import Moment

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None
oldest = "0003"
"""The oldest revision whose programs may go on beside this one; it moves where something is taken away."""


def upgrade() -> None:
    """Change the schema."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Change it back."""
    ${downgrades if downgrades else "pass"}
