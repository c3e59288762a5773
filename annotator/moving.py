"""Moving house: the rows of an SQLite backup into a PostgreSQL database."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Table, create_engine, func, insert, select, text, update

from annotator.db import Database
from annotator.errors import Refused
from annotator.migrations import HEAD
from annotator.models import Base
from annotator.progress import tell

BATCH = 2_000


def move(source: Path, target: Database) -> None:
    """Put every row of the backup in place of the target's, in one transaction, with the same ids.

    Raises Refused for a backup of another version of the tables.
    """
    engine = create_engine(f"sqlite:///file:{source.resolve()}?mode=ro&uri=true")
    try:
        with engine.connect() as old, target.engine.begin() as new:
            revision = old.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            if revision != HEAD:
                raise Refused(
                    "{name} is a backup of version {revision}; this program moves version {head}. "
                    "Restore it on SQLite, run “flask upgrade” and “flask backup” there, and move that backup.",
                    name=str(source), revision=revision, head=HEAD,
                )  # fmt: skip
            tables = Base.metadata.sorted_tables
            new.execute(text("TRUNCATE " + ", ".join(f'"{table.name}"' for table in tables)))
            for table in tables:
                _copy(old, new, table)
    finally:
        engine.dispose()


def _copy(old: Connection, new: Connection, table: Table) -> None:
    """One table, in the order of its key; references to rows of the same table follow at the end."""
    own = [column.name for column in table.columns if any(key.column.table is table for key in column.foreign_keys)]
    later: list[dict[str, Any]] = []
    done = 0
    rows = iter(old.execute(select(table).order_by(*table.primary_key)).mappings())
    while batch := [dict(row) for row in islice(rows, BATCH)]:
        for row in batch:
            if any(row[name] is not None for name in own):
                later.append({"_id": row["id"], **{name: row[name] for name in own}})
                row.update(dict.fromkeys(own))
        new.execute(insert(table), batch)
        done += len(batch)
        tell(f"rows of {table.name} moved", done)
    for row in later:
        new.execute(update(table).where(table.c.id == row.pop("_id")).values(**row))
    if "id" in table.columns and table.c.id.primary_key:
        highest = new.execute(select(func.max(table.c.id))).scalar()
        sequence = new.execute(text("SELECT pg_get_serial_sequence(:name, 'id')"), {"name": f'"{table.name}"'}).scalar()
        if sequence is not None:
            new.execute(text("SELECT setval(:name, :at, :called)"),
                        {"name": sequence, "at": highest or 1, "called": highest is not None})  # fmt: skip
