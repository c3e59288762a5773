"""What all tables share: naming, key and time types."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Integer, MetaData, Table, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

BigInt = BigInteger().with_variant(Integer, "sqlite")  # SQLite numbers its rows only in INTEGER columns

pk = Annotated[int, mapped_column(BigInt, primary_key=True)]
number = Annotated[int, mapped_column(BigInt)]
#: ISO 8601 in UTC, microseconds, ending in Z: sorts as text, alike on every database and in every export.
moment = Annotated[str, mapped_column(Text)]


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {str: Text(), dict[str, Any]: JSON(), list[str]: JSON()}


def reference(
    target: str, *, nullable: bool = False, index: bool = False, cascade: bool = False, primary_key: bool = False
) -> Any:
    """A foreign key column to `table.id`."""
    return mapped_column(
        BigInt, ForeignKey(target, ondelete="CASCADE" if cascade else None), nullable=nullable, index=index,
        primary_key=primary_key, autoincrement=False if primary_key else "auto",
    )  # fmt: skip


def one_of(column: str, values: Iterable[str]) -> str:
    """A constraint. SQLite compares one value after the other; for IN it would build a table at each row."""
    return " OR ".join(f"{column} = {value!r}" for value in values)


def now() -> str:
    return stamp(datetime.now(UTC))


def stamp(when: datetime) -> str:
    """A moment as it is stored."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def table_of(model: type[Base]) -> Table:
    """The bare table of a model, for the statements that are too frequent for the mapping's overhead."""
    table = model.__table__
    assert isinstance(table, Table)
    return table
