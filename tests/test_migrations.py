"""Upgrading, backing up, restoring; and that migrating from nothing gives exactly the models."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select, text

from annotator import starting, upgrading
from annotator.db import Database
from annotator.errors import Refused
from annotator.migrations import HEAD
from annotator.models import Base, Person
from annotator.settings import Settings, read_settings
from tests import make


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return read_settings({"ANNOTATOR_INSTANCE": str(tmp_path), "ANNOTATOR_DATABASE_URL": database_url})


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    found = Database(settings.database_url)
    upgrading.ready(found, settings)
    yield found
    found.close()


def add_person(database: Database, email: str) -> None:
    with database.write() as session:
        session.add(Person(email=email, name=email))


def emails(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(Person.email).order_by(Person.email)))


def test_migrating_from_nothing_equals_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_head_is_the_newest_migration() -> None:
    config = Config()
    config.set_main_option("script_location", str(upgrading.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


def test_a_newer_database_is_refused_and_left_alone(database: Database, settings: Settings) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Refused, match=r"newer version \(9999\)"):
        upgrading.ready(database, settings)


def test_an_older_database_is_refused_with_its_cure(database: Database, settings: Settings) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0000'"))
    with pytest.raises(Refused, match="flask upgrade"):
        upgrading.ready(database, settings)


def test_a_backup_restores_what_was_there(database: Database, settings: Settings, tmp_path: Path) -> None:
    add_person(database, "before@example.org")
    copy = tmp_path / "copy"
    upgrading.backup(database, copy)
    add_person(database, "after@example.org")
    with pytest.raises(Refused, match="never overwrites"):
        upgrading.backup(database, copy)
    kept = upgrading.restore(database, copy, settings)
    assert emails(database) == ["before@example.org"]
    if database.sqlite:
        assert kept is not None
        other = Database(f"sqlite:///{kept}")
        assert emails(other) == ["after@example.org", "before@example.org"]
        other.close()


def test_an_older_backup_can_be_upgraded_again(database: Database, settings: Settings, tmp_path: Path) -> None:
    add_person(database, "before@example.org")
    with database.write() as session:
        session.execute(text("DROP TABLE arriving"))
        session.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    upgrading.backup(database, older := tmp_path / "older")
    upgrading.upgrade(database, settings)
    upgrading.restore(database, older, settings)
    assert upgrading.current_revision(database) == "0004"
    for backup in (tmp_path / "backups").iterdir():
        backup.unlink()  # else the second of one second would be refused
    upgrading.upgrade(database, settings)
    assert upgrading.current_revision(database) == HEAD and emails(database) == ["before@example.org"]


def test_a_start_tells_of_its_upgrade(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    app = make.app(tmp_path)
    with make.database(app).write() as session:
        session.execute(text("DROP TABLE arriving"))
        session.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    for _ in range(2):
        starting.prepare(app)
    (backup,) = (tmp_path / "backups").iterdir()
    assert capsys.readouterr().out.count(str(backup)) == 1


def test_a_file_that_is_no_database_is_refused_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "isnad.sqlite3"
    path.write_bytes(b"not a database, but somebody's bytes" * 100)
    settings = read_settings({"ANNOTATOR_INSTANCE": str(tmp_path)})
    database = Database(settings.database_url)
    with pytest.raises(Refused, match="cannot be read as a database"):
        upgrading.ready(database, settings)
    database.close()
    assert path.read_bytes().startswith(b"not a database")


def test_foreign_and_damaged_files_are_no_backups(tmp_path: Path) -> None:
    settings = read_settings({"ANNOTATOR_INSTANCE": str(tmp_path)})
    database = Database(settings.database_url)
    upgrading.ready(database, settings)
    foreign = tmp_path / "foreign.sqlite3"
    connection = sqlite3.connect(foreign)
    connection.execute("CREATE TABLE t (x)")
    connection.close()
    with pytest.raises(Refused, match="not a backup of Isnad"):
        upgrading.restore(database, foreign, settings)
    damaged = tmp_path / "damaged.sqlite3"
    damaged.write_bytes(os.urandom(5000))
    with pytest.raises(Refused, match="not a whole SQLite database"):
        upgrading.restore(database, damaged, settings)
    assert upgrading.current_revision(database) == HEAD
    database.close()


def test_every_writer_is_durable_and_waits_its_turn(database: Database) -> None:
    if not database.sqlite:
        with database.engine.connect() as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar_one() == "on"
        return
    with database.write() as session:
        connection = session.connection()
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "wal_autocheckpoint", "trusted_schema")
        }
    assert pragmas == {
        "journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "wal_autocheckpoint": 0, "trusted_schema": 0,
    }  # fmt: skip
