"""Backups of a PostgreSQL database, made and restored by its own programs."""

from __future__ import annotations

import subprocess
from pathlib import Path

from sqlalchemy import text

from annotator.db import Database
from annotator.errors import Refused
from annotator.models import Base


def dump(database: Database, target: Path) -> None:
    """A dump in custom format, checked for being readable."""
    _run("pg_dump", "--format=custom", f"--file={target}", _address(database))
    tables_of(target)


def restore(database: Database, source: Path) -> None:
    """Put a dump in the database's place. Tables of ours that it lacks go: an upgrade makes them anew."""
    held = tables_of(source)
    _run("pg_restore", "--clean", "--if-exists", "--single-transaction", "--no-owner", _address(database), str(source))
    with database.engine.begin() as connection:
        for table in Base.metadata.tables:
            if table not in held:
                connection.execute(text(f'DROP TABLE IF EXISTS "{table}" CASCADE'))


def tables_of(source: Path) -> set[str]:
    """The names of the tables in a dump. Raises Refused for a file that is none."""
    entries = (line.split() for line in _run("pg_restore", "--list", str(source)).splitlines())
    return {entry[5] for entry in entries if len(entry) > 5 and entry[3] == "TABLE" and entry[4] != "DATA"}


def _address(database: Database) -> str:
    return f"--dbname={database.url.set(drivername='postgresql').render_as_string(hide_password=False)}"


def _run(program: str, *arguments: str) -> str:
    try:
        return subprocess.run([program, *arguments], check=True, capture_output=True).stdout.decode(errors="replace")
    except FileNotFoundError as error:
        raise Refused("{program} was not found; install PostgreSQL's client programs.", program=program) from error
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().splitlines()
        raise Refused("{program} failed: {reason}", program=program, reason=reason[-1] if reason else "") from error
