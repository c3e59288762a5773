"""Releases, and the agreement that a lead aims at, layer by layer."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "release",
        sa.Column("id", _BIG, nullable=False),
        sa.Column("project_id", _BIG, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("manifest", sa.JSON(), nullable=False),
        sa.Column("person_id", _BIG, nullable=True),
        sa.Column("created_at", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.Text(), nullable=True),
        sa.Column("retracted_reason", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(retracted_at IS NULL) = (retracted_reason IS NULL)", name=op.f("ck_release_retracted")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_release_project_id_project"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_release_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_release")),
        sa.UniqueConstraint("project_id", "name", name=op.f("uq_release_project_id_name")),
    )
    with op.batch_alter_table("project", schema=None) as batch_op:
        batch_op.add_column(sa.Column("targets", sa.JSON(), nullable=False, server_default="{}"))
