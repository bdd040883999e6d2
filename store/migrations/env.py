"""Runs a migration in the transaction that ``store.schema.upgrade`` has begun: all of it, or none."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import store.tables  # noqa: F401  (fills the metadata)
from store.schema import IS_AT

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    version_table=IS_AT,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
