"""Alembic runs this module; the connection is handed over by `index.database.migrate`."""

from alembic import context

from index.tables import Base

context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, transactional_ddl=True
)
with context.begin_transaction():
    context.run_migrations()
