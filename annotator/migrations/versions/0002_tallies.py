"""Tallies of agreement; every document with answers is due"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _of_project(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_project_id_project")
    return sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=name, ondelete="CASCADE")


def upgrade() -> None:
    op.create_table(
        "tally_due",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("project_id", NUMBER, nullable=False),
        sa.Column("document_id", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tally_due")),
    )
    op.create_table(
        "document_tally",
        sa.Column("document_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("project_id", NUMBER, nullable=False),
        sa.Column("outlet_id", NUMBER, nullable=True),
        sa.Column("event_id", NUMBER, nullable=True),
        sa.Column("content", sa.Text(), nullable=False),
        _of_project("document_tally"),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_tally")),
    )
    op.create_index("ix_document_tally_project", "document_tally", ["project_id", "document_id"])
    op.create_table(
        "tally_sum",
        sa.Column("project_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        _of_project("tally_sum"),
        sa.PrimaryKeyConstraint("project_id", "scope", "key", "part", name=op.f("pk_tally_sum")),
    )
    op.create_table(
        "tally_state",
        sa.Column("project_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("folded_at", sa.Text(), nullable=False),
        _of_project("tally_state"),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_tally_state")),
    )
    op.create_table(
        "tally_interval",
        sa.Column("project_id", NUMBER, autoincrement=False, nullable=False),
        sa.Column("selection", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("computed_at", sa.Text(), nullable=False),
        _of_project("tally_interval"),
        sa.PrimaryKeyConstraint("project_id", "selection", name=op.f("pk_tally_interval")),
    )
    op.execute(
        "INSERT INTO tally_due (project_id, document_id) SELECT DISTINCT sentence.project_id, sentence.document_id "
        "FROM annotation JOIN sentence ON sentence.id = annotation.sentence_id"
    )
