"""Making, checking, upgrading, backing up and restoring the database."""

from __future__ import annotations

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from annotator import arriving, dumping
from annotator.db import APPLICATION_ID, Database
from annotator.errors import Fault, Refused
from annotator.migrations import HEAD
from annotator.outages import unusable
from annotator.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def ready(database: Database, settings: Settings) -> None:
    """Make an absent database; refuse an older one (cure: flask upgrade) and a newer one."""
    revision = current_revision(database)
    if revision is None:
        _migrate(database, settings)
    elif revision < HEAD:
        raise Refused(
            "The database is of an older version ({revision}; this program needs {head}). "
            "Run “flask upgrade”: it makes a backup first.", revision=revision, head=HEAD,
        )  # fmt: skip
    elif revision > HEAD:
        raise Refused(
            "The database is of a newer version ({revision}) than this program ({head}). "
            "Use the newer program, or restore an older backup.", revision=revision, head=HEAD,
        )  # fmt: skip


def upgrade(database: Database, settings: Settings) -> Path | None:
    """Bring the database to this program's version, after a backup. Gives the backup's path, if one was made."""
    revision = current_revision(database)
    if revision == HEAD:
        return None
    if revision is None or revision > HEAD:
        ready(database, settings)
        return None
    with database.alone():
        return _upgrade(database, settings)


def _upgrade(database: Database, settings: Settings) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    suffix = "sqlite3" if database.sqlite else "dump"
    target = settings.instance / "backups" / f"before-{HEAD}-{stamp}.{suffix}"
    target.parent.mkdir(parents=True, exist_ok=True)
    backup(database, target)
    _migrate(database, settings)
    return target


def current_revision(database: Database) -> str | None:
    """The version of the schema; null where there is none yet. Refuses a file that is not ours."""
    if database.path is not None and not database.path.exists():
        return None
    if database.path is not None and database.path.stat().st_size == 0:
        raise Refused(
            "{name} is empty, as a failed copy or a full disk leaves a file. Put a backup in its place with "
            "“flask restore”, or remove it to begin with a new database.", name=str(database.path),
        )  # fmt: skip
    try:
        with database.engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            if not tables:
                return None
            if "alembic_version" not in tables:
                raise Refused(
                    "{name} holds tables that are not Isnad's; give another ANNOTATOR_DATABASE_URL.",
                    name=database.url.database,
                )
            return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one())
    except Exception as error:
        cause = getattr(error, "orig", None) or error.__cause__
        if isinstance(cause, sqlite3.DatabaseError) and not isinstance(cause, sqlite3.OperationalError):
            raise Refused(
                "{name} cannot be read as a database: {reason}. Restore a backup with “flask restore”.",
                name=database.url.database, reason=str(cause),
            ) from error  # fmt: skip
        raise unusable(error) or error from error


def _migrate(database: Database, settings: Settings) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with _one_at_a_time(settings):
        if database.path is not None and not database.path.exists():
            _begin(database.path)
        with database.engine.connect() as connection, _transaction_without_foreign_keys(connection, database):
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


def _begin(path: Path) -> None:
    """A new SQLite file, which gets its name when it is more than empty."""
    path.parent.mkdir(0o700, parents=True, exist_ok=True)
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    _make_private(fresh)
    connection = sqlite3.connect(fresh)
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.close()
    os.replace(fresh, path)


@contextmanager
def _one_at_a_time(settings: Settings) -> Iterator[None]:
    settings.instance.mkdir(0o700, parents=True, exist_ok=True)
    with open(settings.instance / "upgrade.lock", "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _transaction_without_foreign_keys(connection: Connection, database: Database) -> Iterator[None]:
    """SQLite rebuilds tables to change them, which foreign keys would take for deletions."""
    if not database.sqlite:
        with connection.begin():
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": APPLICATION_ID})
            yield
        return
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        with connection.execution_options(write=True).begin():
            yield
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise Refused("The upgrade would leave {count} rows without their owner.", count=len(broken))
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def backup(database: Database, target: Path) -> None:
    """A consistent copy while others work on: an SQLite file, or a pg_dump in custom format.

    Refuses a target that exists. The copy is checked before it gets its name.
    """
    _refuse_taken(target)
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")  # two at once shall not meet
    partial.unlink(missing_ok=True)
    try:
        _make_private(partial)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from error
    try:
        if database.sqlite:
            with database.engine.connect() as connection:
                connection.connection.dbapi_connection.execute("VACUUM INTO ?", (str(partial),))  # type: ignore[union-attr]
            arriving.leave_out(partial)
            _check_file(partial)
        else:
            dumping.dump(database, partial)
        with open(partial, "rb") as file:
            os.fsync(file.fileno())
        _refuse_taken(target)
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)


def _refuse_taken(target: Path) -> None:
    if target.exists():
        raise Refused("{name} exists already; a backup never overwrites.", name=str(target))


def restore(database: Database, source: Path, settings: Settings) -> Path | None:
    """Put a backup in place of the database; what was there is kept beside it and its path given.

    A backup of an SQLite database may be restored into a PostgreSQL one: that is how a team moves.
    """
    if not source.is_file():
        raise Refused("{name} is not a file.", name=str(source))
    if database.sqlite and _begins(source, b"PGDMP"):
        raise Refused("{name} is a backup of PostgreSQL; name a PostgreSQL database in ANNOTATOR_DATABASE_URL to "
                      "restore it. Projects move to SQLite by export and import.", name=str(source))  # fmt: skip
    if database.sqlite or _is_sqlite(source):
        _check_file(source)
    else:
        dumping.tables_of(source)
    with database.alone():
        if database.path is not None:
            return _replace(database.path, source)
        if _is_sqlite(source):
            from annotator.moving import move  # only who moves needs the tables

            ready(database, settings)
            move(source, database)
        else:
            dumping.restore(database, source)
    return None


def _replace(path: Path, source: Path) -> Path | None:
    """Put an SQLite file in place of another; the path under which the other is kept."""
    kept = None
    fresh = path.with_name(path.name + ".partial")
    fresh.unlink(missing_ok=True)
    _make_private(fresh)
    with open(source, "rb") as old, open(fresh, "wb") as file:
        shutil.copyfileobj(old, file)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        kept = path.with_name(f"{path.stem}-before-restore-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.sqlite3")
        _keep(path, kept)
    for tail in ("-wal", "-shm"):  # they belong to the replaced file
        path.with_name(path.name + tail).unlink(missing_ok=True)
    os.replace(fresh, path)
    return kept


def _keep(path: Path, kept: Path) -> None:
    """A copy of an SQLite file that is about to go; of a damaged one its bytes, with those beside it."""
    _make_private(kept)
    try:
        connection = sqlite3.connect(path)
        try:
            connection.execute("VACUUM INTO ?", (str(kept),))
        finally:
            connection.close()
    except sqlite3.DatabaseError:
        for tail in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(path.with_name(path.name + tail), kept.with_name(kept.name + tail))


def _make_private(path: Path) -> None:
    """An empty file that its owner alone may read: a database holds hashes of passwords, and e-mail addresses."""
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _is_sqlite(source: Path) -> bool:
    return _begins(source, b"SQLite format 3\0")


def _begins(source: Path, mark: bytes) -> bool:
    with open(source, "rb") as file:
        return file.read(len(mark)) == mark


def check(database: Database) -> list[str]:
    """What is wrong with the stored bytes: empty when nothing is."""
    if not database.sqlite:
        return []
    with database.engine.connect() as connection:
        found = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check")]
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    return [line for line in found if line != "ok"] + [f"row without owner in {row[0]}" for row in broken]


def _check_file(path: Path) -> None:
    try:
        connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        try:
            answer = connection.execute("PRAGMA integrity_check").fetchone()[0]
            identity = connection.execute("PRAGMA application_id").fetchone()[0]
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise Refused("{name} is not a whole SQLite database: {reason}.", name=str(path), reason=str(error)) from error
    if answer != "ok":
        raise Refused("{name} is damaged: {reason}.", name=str(path), reason=str(answer))
    if identity != APPLICATION_ID:
        raise Refused("{name} is not a backup of Isnad.", name=str(path))


def as_fault(line: str) -> Fault:
    return Fault("The database is damaged: {reason}.", {"reason": line})
