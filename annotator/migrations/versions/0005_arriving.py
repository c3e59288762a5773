"""What of a file is stored and not whole yet."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "arriving",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("first_id", _BIG, nullable=False),
        sa.Column("last_id", _BIG, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_arriving")),
    )
