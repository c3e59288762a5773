"""Databases for single tests, made by copying one: a migration takes longer than most tests."""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from annotator import upgrading
from annotator.db import Database
from annotator.settings import read_settings


@dataclass(frozen=True, slots=True)
class PostgresqlServer:
    """A server and a migrated database on it that is only ever copied."""

    url: str
    template: str

    @contextmanager
    def database(self, template: str = "template0") -> Iterator[str]:
        """The URL of a database of its own, dropped at the end."""
        name = f"isnad_{uuid.uuid4().hex[:16]}"
        with psycopg.connect(f"{self.url}/postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} ENCODING 'UTF8' TEMPLATE {template}".encode())
            try:
                yield f"{self.url}/{name}"
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


@contextmanager
def prepared(url: str, folder: Path) -> Iterator[PostgresqlServer]:
    """The server with its template, which goes at the end."""
    with PostgresqlServer(url, "").database() as template:
        migrate(template, folder)
        yield PostgresqlServer(url, template.rsplit("/", 1)[1])


def migrate(url: str, folder: Path) -> None:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(folder), "ANNOTATOR_DATABASE_URL": url})
    database = Database(settings.database_url)
    upgrading.ready(database, settings)
    database.close()


def migrated_file(folder: Path) -> Path:
    """A migrated SQLite file, closed and whole, to be copied."""
    path = folder / "isnad.sqlite3"
    migrate(f"sqlite:///{path}", folder)
    return path


def copied(source: Path, folder: Path) -> str:
    """The URL of a copy of a closed SQLite file."""
    return f"sqlite:///{shutil.copy(source, folder / 'isnad.sqlite3')}"
