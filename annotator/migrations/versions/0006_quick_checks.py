"""Constraints that SQLite checks without building a table of the values allowed, as it does for each row with IN."""

from contextlib import suppress

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_KINDS = ("sentence", "headline", "subheading", "dateline", "caption", "boilerplate", "ad", "byline")
_STATES = ("draft", "submitted", "skipped")
_CHECKS = (
    ("sentence", "kind", _KINDS),
    ("assignment", "state", ("leased", *_STATES, "surplus")),
    ("annotation", "state", _STATES),
)


def upgrade() -> None:
    """The same values stay allowed, so no row is read, and a library that lets nobody change the text may keep it."""
    connection = op.get_bind()
    if connection.dialect.name != "sqlite":
        return
    connection.execute(sa.text("PRAGMA writable_schema = ON"))
    with suppress(sa.exc.OperationalError):
        for table, column, values in _CHECKS:
            _replace(connection, table, f"{column} in ({', '.join(map(repr, values))})",
                     " OR ".join(f"{column} = {value!r}" for value in values))  # fmt: skip
        version = connection.execute(sa.text("PRAGMA schema_version")).scalar_one()
        connection.execute(sa.text(f"PRAGMA schema_version = {version + 1}"))  # so that others read it anew
    connection.execute(sa.text("PRAGMA writable_schema = RESET"))


def _replace(connection: sa.Connection, table: str, old: str, new: str) -> None:
    change = "UPDATE sqlite_schema SET sql = replace(sql, :old, :new) WHERE type = 'table' AND name = :table"
    connection.execute(sa.text(change), {"table": table, "old": old, "new": new})
