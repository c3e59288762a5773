"""Statements compiled once and run on the driver's own cursor: those of every save and every long reading.

The library's way from a statement to the driver costs five times what SQLite needs to answer it. What is kept:
the statement is written once in SQLAlchemy and compiled for each database, values pass the columns' own types,
and everything happens in the transaction of the session. What is left out: IN with a list, and defaults made
in Python (give every column that has one).
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, cast

from sqlalchemy import Boolean, Dialect, Executable, Insert, Table
from sqlalchemy.orm import Session, SessionTransaction

Convert = Callable[[Any], Any]
ROOM = -65_536  # kB, negative as SQLite wants it


@dataclass(frozen=True, slots=True)
class Driver:
    """The cursor of the transaction that a session is in, and the database's dialect."""

    cursor: Any
    dialect: Dialect
    transaction: SessionTransaction | None = None


def driver(session: Session) -> Driver:
    """The session's own, found once in each transaction."""
    held: Driver | None = session.info.get("driver")
    if held is None or held.transaction is not session.get_transaction():
        connection = session.connection()
        cursor = connection.connection.cursor()
        held = session.info["driver"] = Driver(cursor, connection.dialect, session.get_transaction())
    return held


class Prepared:
    """A statement with named parameters; those of an INSERT are the columns of its table.

    The table's own key is among them only where the statement is `keyed`: then see `reserve`.
    """

    def __init__(self, statement: Executable, *, keyed: bool = False) -> None:
        self._statement, self._keyed = statement, keyed
        self._compiled: dict[str, _Compiled] = {}

    def all(self, run: Driver, values: Mapping[str, Any]) -> list[Any]:
        """The rows, as named tuples."""
        compiled = self._for(run.dialect)
        run.cursor.execute(compiled.sql, compiled.bound(values))
        return compiled.rows(run.cursor.fetchall())

    def tuples(self, run: Driver, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """The rows as the driver gives them: no type is applied, so no booleans or JSON on SQLite."""
        compiled = self._for(run.dialect)
        run.cursor.execute(compiled.sql, compiled.bound(values))
        found: list[tuple[Any, ...]] = run.cursor.fetchall()
        return found

    def one(self, run: Driver, values: Mapping[str, Any]) -> Any:
        """The first row, or null."""
        found = self.all(run, values)
        return found[0] if found else None

    def change(self, run: Driver, values: Mapping[str, Any]) -> int:
        """How many rows were changed."""
        compiled = self._for(run.dialect)
        return int(run.cursor.execute(compiled.sql, compiled.bound(values)).rowcount)

    def change_all(self, run: Driver, rows: Iterable[Mapping[str, Any]]) -> None:
        compiled = self._for(run.dialect)
        run.cursor.executemany(compiled.sql, [compiled.bound(values) for values in rows])

    def insert_tuples(self, run: Driver, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
        """The rows of an INSERT by the thousand, their values in the order of `columns`; flags are 0 or 1."""
        compiled = self._for(run.dialect)
        placed = compiled.placed(columns, rows)
        if run.dialect.name == "sqlite":
            run.cursor.executemany(compiled.sql, placed)
            return
        table = cast(Insert, self._statement).table
        quoted = run.dialect.identifier_preparer.quote
        names = ", ".join(quoted(name) for name in columns)
        with run.cursor.copy(f"COPY {quoted(table.name)} ({names}) FROM STDIN") as copy:
            for row in placed:
                copy.write_row(row)

    def _for(self, dialect: Dialect) -> _Compiled:
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(self._statement, dialect, keyed=self._keyed)
        return found


class _Compiled:
    """The statement's text for one database, and how values and rows are converted there."""

    def __init__(self, statement: Any, dialect: Dialect, *, keyed: bool) -> None:
        columns = None
        if isinstance(statement, Insert):
            columns = [column.key for column in statement.table.columns if keyed or not column.primary_key]
            if not statement.exported_columns:
                statement = statement.inline()  # asks for no key that nobody reads
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.sql = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if not compiled.binds[name].required}
        self._order: tuple[str, ...] | None = tuple(compiled.positiontup) if compiled.positional else None
        self._bind = _converting(
            (name, bind.type.dialect_impl(dialect).bind_processor(dialect)) for name, bind in compiled.binds.items()
        )
        self._flags = {name for name, bind in compiled.binds.items() if isinstance(bind.type, Boolean)}
        returned = list(statement.exported_columns)
        self._row: Any = namedtuple("Row", [column.key for column in returned]) if returned else None
        self._read = _converting(
            (n, column.type.dialect_impl(dialect).result_processor(dialect, None)) for n, column in enumerate(returned)
        )

    def bound(self, values: Mapping[str, Any]) -> Sequence[Any] | Mapping[str, Any]:
        given = {**self._fixed, **values}
        for name, convert in self._bind:
            given[name] = convert(given[name])
        return given if self._order is None else [given[name] for name in self._order]

    def placed(self, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable[Any]:
        """Rows of values: in the order of the statement, or in their own where the statement names them."""
        converting = [(columns.index(name), convert) for name, convert in self._bind if name not in self._flags]
        if self._order is not None and self._order != tuple(columns):
            order = [columns.index(name) for name in self._order]
            rows = map(itemgetter(*order), rows)
            converting = [(order.index(n), convert) for n, convert in converting]
        if not converting:
            return rows
        return _converted(rows, converting)

    def rows(self, found: Iterable[Sequence[Any]]) -> list[Any]:
        if not self._read:
            return [self._row(*values) for values in found]
        rows = []
        for values in found:
            row = list(values)
            for n, convert in self._read:
                row[n] = convert(row[n])
            rows.append(self._row(*row))
        return rows


def _converted(rows: Iterable[Sequence[Any]], converting: Sequence[tuple[int, Convert]]) -> Iterator[list[Any]]:
    for row in rows:
        values = list(row)
        for n, convert in converting:
            values[n] = convert(values[n])
        yield values


def _converting(found: Iterable[tuple[Any, Convert | None]]) -> list[tuple[Any, Convert]]:
    return [(where, convert) for where, convert in found if convert is not None]


@contextmanager
def roomy(run: Driver) -> Iterator[None]:
    """For what stores very many rows: SQLite keeps their pages in memory meanwhile, up to ROOM, and writes each once.

    With its usual two megabytes it writes and reads again the pages of every index that is not filled in order.
    """
    if run.dialect.name != "sqlite":
        yield
        return
    run.cursor.execute("PRAGMA cache_size")
    usual = int(run.cursor.fetchone()[0])
    run.cursor.execute(f"PRAGMA cache_size = {ROOM}")
    try:
        yield
    finally:
        run.cursor.execute(f"PRAGMA cache_size = {usual}")


def reserve(run: Driver, table: Table, count: int) -> Sequence[int]:
    """The keys for so many new rows of the table, in order; the transaction must be a writing one."""
    if run.dialect.name == "sqlite":
        run.cursor.execute(f"SELECT coalesce(max(id), 0) + 1 FROM {table.name}")
        first = int(run.cursor.fetchone()[0])
        return range(first, first + count)
    run.cursor.execute(
        "SELECT nextval(pg_get_serial_sequence(%(table)s, 'id')) FROM generate_series(1, %(count)s)",
        {"table": table.name, "count": count},
    )
    return [row[0] for row in run.cursor.fetchall()]
