"""Runs migrations on the connection that `annotator.upgrading` hands in, in one transaction."""

from alembic import context

from annotator.models import Base

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
