"""A file that is arriving: stored on SQLite in many short transactions, and seen by no reader until it is whole.

The table `arriving` tells which keys of which tables are of such a file. While it tells any, the connection of a
reader has a temporary view over each table that may hold such rows, under the table's own name, so that every query
passes them over. The last transaction of an import empties the table, and in that moment all is seen. Who writes has
no views: keys and names that are arriving are taken, and what is handed out must ask `NOT_ARRIVING`.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

#: Tables whose rows are told by their own keys, in the order in which they can be taken away again.
BY_KEY = ("sentence", "membership", "alias", "entry", "person", "document", "outlet", "event")
_BY_SENTENCE = ("annotation", "assignment", "log")
_BY_ANSWER = ("statement", "span")
SWEPT_AT_ONCE = 500  # sentences, with all that hangs on them

_RANGE = "SELECT 1 FROM main.arriving AS a WHERE a.table_name = '{table}' AND {key} BETWEEN a.first_id AND a.last_id"
NOT_ARRIVING = f"NOT EXISTS ({_RANGE.replace('main.', '').format(table='sentence', key='sentence.id')})"


def _views() -> dict[str, str]:
    hidden = {table: _RANGE.format(table=table, key="one.id") for table in BY_KEY}
    hidden |= {table: _RANGE.format(table="sentence", key="one.sentence_id") for table in _BY_SENTENCE}
    answer = _RANGE.format(table="sentence", key="answer.sentence_id")
    hidden |= dict.fromkeys(
        _BY_ANSWER, f"SELECT 1 FROM main.annotation AS answer WHERE answer.id = one.annotation_id AND EXISTS ({answer})"
    )
    return hidden


_VIEWS = _views()


def some(connection: Any) -> bool:
    """Whether anything is arriving."""
    return bool(connection.execute("SELECT EXISTS (SELECT 1 FROM main.arriving)").fetchone()[0])


def hide_some(pooled: Any) -> None:
    """Have a connection of the readers' pool pass over what is arriving, if anything is; its transaction just began."""
    connection = pooled.driver_connection
    while (there := some(connection)) != pooled.info.get("hides", False):
        connection.execute("ROLLBACK")  # a view made in a transaction would end with it
        for table, hidden in _VIEWS.items():
            view = f"CREATE TEMP VIEW {table} AS SELECT * FROM main.{table} AS one WHERE NOT EXISTS ({hidden})"
            connection.execute(view if there else f"DROP VIEW temp.{table}")
        pooled.info["hides"] = there
        connection.execute("BEGIN")


def highest(cursor: Any) -> dict[str, int]:
    """The highest key of each table that is told by keys."""
    return {
        table: int(cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()[0]) for table in BY_KEY
    }


def mark(cursor: Any, before: dict[str, int]) -> None:
    """Tell that all rows of this transaction, which are those above these keys, are arriving."""
    for table, last in highest(cursor).items():
        first = before[table] + 1
        if last < first:
            continue
        cursor.execute(
            "UPDATE arriving SET last_id = ? WHERE table_name = ? AND last_id = ?", (last, table, first - 1)
        )
        if not cursor.rowcount:
            cursor.execute(
                "INSERT INTO arriving (table_name, first_id, last_id) VALUES (?, ?, ?)", (table, first, last)
            )


def arrived(cursor: Any) -> None:
    """Let everybody see what was arriving."""
    cursor.execute("DELETE FROM arriving")


def sweep(cursor: Any, most: int = SWEPT_AT_ONCE) -> bool:
    """Take away so many sentences of what is arriving, with what hangs on them; at the end all the rest.

    Gives whether more is left. A speaker or person whom somebody used meanwhile stays.
    """
    ranges = cursor.execute("SELECT table_name, first_id, last_id FROM arriving").fetchall()
    for _, first, last in (one for one in ranges if one[0] == "sentence"):
        some = "SELECT id FROM sentence WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"
        cursor.execute(f"DELETE FROM log WHERE sentence_id IN ({some})", (first, last, most))
        cursor.execute(f"DELETE FROM sentence WHERE id IN ({some})", (first, last, most))
        if cursor.rowcount > 0:
            return True
    for table in BY_KEY[1:]:
        for _, first, last in (one for one in ranges if one[0] == table):
            for (key,) in cursor.execute(f"SELECT id FROM {table} WHERE id BETWEEN ? AND ?", (first, last)).fetchall():
                try:
                    cursor.execute(f"DELETE FROM {table} WHERE id = ?", (key,))
                except sqlite3.IntegrityError:
                    continue
    arrived(cursor)
    return False


def leave_out(copy: Path) -> None:
    """Take all that was arriving out of a backup."""
    connection = sqlite3.connect(copy, isolation_level=None)
    try:
        if connection.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'arriving'").fetchone()[0]:
            connection.execute("PRAGMA foreign_keys=ON")
            while some(connection) and sweep(connection.cursor(), most=100_000):
                pass
    finally:
        connection.close()
