"""The index of near-copies holds those that have any: most sentences have none, and each one cost an entry."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_NAME = "ix_sentence_near_group"


def upgrade() -> None:
    op.drop_index(_NAME, "sentence")
    some = sa.text("near_group IS NOT NULL")
    op.create_index(_NAME, "sentence", ["project_id", "near_group"], sqlite_where=some, postgresql_where=some)
