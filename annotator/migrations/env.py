"""Runs migrations on the connection that `annotator.upgrading` hands in, in its transaction."""

from alembic import context

from annotator.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
context.run_migrations()
