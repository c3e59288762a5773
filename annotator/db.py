"""The database: how it is opened, read and written. `write()` is the only commit in the program."""

from __future__ import annotations

import fcntl
import os
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from annotator import arriving
from annotator.errors import Refused
from annotator.holding import AdvisoryHold, FileHold
from annotator.prepared import Driver

APPLICATION_ID = 0x49534E44  # "ISND": tells our file from any other SQLite file
CHECKPOINT_EVERY = 400  # write transactions between two checkpoints: the log stays at a few megabytes


class FirstComeLock:
    """A lock that is given in the order in which it was asked for.

    SQLite's own waiting sleeps and polls, so under load some writers starve for seconds.
    """

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._held = False
        self._waiting: deque[threading.Lock] = deque()

    def acquire(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        turn.acquire()

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._held = False


class _Undone(Exception):
    """Ends a trial."""


class Database:
    """`read()` for reading, `write()` for changing, `snapshot()` for long consistent reads."""

    def __init__(self, url: str) -> None:
        self.url = _readable(url)
        self.sqlite = self.url.get_backend_name() == "sqlite"
        self.path = Path(self.url.database) if self.sqlite and self.url.database else None
        self._lock = FirstComeLock()
        self._lock_file: int | None = None  # a descriptor that lives as long as this object
        self._writes = 0
        self.engine = _sqlite_engine(url) if self.sqlite else _postgresql_engine(url)
        #: whose connections pass over what is arriving; on PostgreSQL nothing ever is
        self.readers = _sqlite_engine(url, hiding=True) if self.sqlite else self.engine
        self._file_hold = FileHold(self.path) if self.path is not None else None
        self._advisory_hold = AdvisoryHold()
        if self._file_hold is not None:
            for engine in (self.engine, self.readers):
                event.listen(engine, "do_connect", lambda *_: self._open_file())
        elif not self.sqlite:
            event.listen(self.engine, "connect", lambda connection, _: self._advisory_hold.share(connection))
        self._reading = sessionmaker(self.readers, expire_on_commit=False, autoflush=False)
        self.reading_all = sessionmaker(self.engine, expire_on_commit=False, autoflush=False)  # what is arriving too
        writer = self.engine.execution_options(write=True)
        self._writing = sessionmaker(writer, expire_on_commit=False)
        passing = self.engine.execution_options(write=True, passing=True)
        self._writing_passing = sessionmaker(passing, expire_on_commit=False)
        snapshot = (
            self.readers if self.sqlite else self.engine.execution_options(isolation_level="REPEATABLE READ")
        )
        self._snapshots = sessionmaker(snapshot, expire_on_commit=False, autoflush=False)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; nothing of it is ever committed."""
        with self._reading() as session:
            yield session

    @contextmanager
    def snapshot(self) -> Iterator[Session]:
        """A session that sees one moment however long it reads."""
        with self._snapshots() as session:
            yield session

    @contextmanager
    def look(self) -> Iterator[Driver]:
        """For one prepared statement that only reads, without the cost of a session."""
        connection = self.readers.raw_connection()
        try:
            yield Driver(connection.cursor(), self.engine.dialect)
        finally:
            connection.close()

    @contextmanager
    def write(self, *, passing: bool = False, size: int = 1) -> Iterator[Session]:
        """A transaction, durable when the block has ended, gone when it raises.

        On SQLite one writer at a time, first come, first served, across processes too. What is `passing`,
        as a lease is, may be lost when the machine loses its power; it never waits for the disk. `size`: how many
        saves it is worth, where it writes very much.
        """
        writing = self._writing_passing if passing else self._writing
        if not self.sqlite:
            with writing() as session, session.begin():
                if passing:
                    session.execute(text("SET LOCAL synchronous_commit TO OFF"))
                yield session
            return
        with self.writing_alone():
            with writing() as session, session.begin():
                yield session
            self._checkpoint_now_and_then(size)

    @contextmanager
    def trial(self) -> Iterator[Session]:
        """A transaction that is undone when the block has ended: a dry run differs from the deed in this alone."""
        with suppress(_Undone), self.write() as session:
            yield session
            raise _Undone

    @contextmanager
    def writing_alone(self) -> Iterator[None]:
        """Hold the write lock of an SQLite database in this process and on this machine."""
        self._lock.acquire()
        try:
            file = self._file_lock()
            if file is not None:
                fcntl.flock(file, fcntl.LOCK_EX)
            try:
                self._demand_file()
                yield
            finally:
                if file is not None:
                    fcntl.flock(file, fcntl.LOCK_UN)
        finally:
            self._lock.release()

    def hold(self) -> None:
        """Keep others from replacing the database, until `close`; every connection does, a server from its start."""
        if self._file_hold is not None:
            self._file_hold.share()
        elif not self.sqlite:
            self.answers()  # the connection stays in the pool

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep every other process out while the block runs. Raises Refused while another is there."""
        self._disconnect()
        if self._file_hold is not None:
            with self._file_hold.alone():
                yield
            return
        with self.engine.connect() as connection:
            connection.detach()  # it is closed at the end, and the hold with it
            with self._advisory_hold.alone(connection.connection.dbapi_connection):
                yield

    def answers(self) -> None:
        """Ask for nothing but an answer; raises when the database gives none."""
        self._demand_file()
        with self.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")

    def close(self) -> None:
        self._disconnect()
        if self._lock_file is not None:
            os.close(self._lock_file)
            self._lock_file = None
        if self._file_hold is not None:
            self._file_hold.release()

    def _disconnect(self) -> None:
        self.engine.dispose()
        self.readers.dispose()
        if self._file_hold is not None:
            self._file_hold.forget()

    def _open_file(self) -> None:
        assert self._file_hold is not None
        self._file_hold.share()
        self._file_hold.remember()

    def _demand_file(self) -> None:
        if self._file_hold is not None:
            self._file_hold.demand()

    def _file_lock(self) -> int | None:
        if self._lock_file is None and self.path is not None:
            path = self.path.with_suffix(".lock")
            self._lock_file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        return self._lock_file

    def _checkpoint_now_and_then(self, size: int) -> None:
        # Under the write lock: SQLite before 3.51.3 can damage a file when a checkpoint meets a commit.
        self._writes += size
        if self._writes >= CHECKPOINT_EVERY:
            self._writes = 0
            with self.engine.connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(PASSIVE)"))


def _readable(url: str) -> URL:
    """The URL in its parts. What is wrong with it is told without the password in it."""
    name = url.partition(":")[0][:20]
    if name not in ("sqlite", "postgresql", "postgresql+psycopg"):
        raise Refused("ANNOTATOR_DATABASE_URL is of the kind “{value}”; it must begin with postgresql:// or sqlite:///.",
                      value=name)  # fmt: skip
    try:
        parsed = make_url(url)
        file = Path(parsed.database or "") if name == "sqlite" else None
    except (SQLAlchemyError, ValueError):
        parsed, file = None, None
    if parsed is None or (file is not None and (parsed.query or not file.is_absolute())):
        raise Refused("ANNOTATOR_DATABASE_URL must be as postgresql://user:password@host:5432/name, or as "
                      "sqlite:////path/file.sqlite3 with the whole path of a file.")  # fmt: skip
    return parsed


def _dumps(value: object) -> str:
    return orjson.dumps(value).decode()


def _sqlite_engine(url: str, *, hiding: bool = False) -> Engine:
    engine = create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # an error of the program is logged: texts and hashes are not
        pool_size=16,
        max_overflow=64,
        pool_use_lifo=True,  # the one used last still has in memory what it read
        # the driver must not begin transactions of its own: ours begin IMMEDIATE when they will write
        connect_args={"isolation_level": None, "check_same_thread": False, "cached_statements": 512},
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: object) -> None:
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",  # a commit is on the disk before it is answered
            "wal_autocheckpoint=0",
            "foreign_keys=ON",
            "busy_timeout=10000",
            "trusted_schema=OFF",
            "cell_size_check=ON",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        options, pooled = connection.get_execution_options(), connection.connection
        passing = options.get("passing", False)
        if options.get("write") and passing != pooled.info.get("passing", False):
            # with the log ahead, NORMAL commits without waiting for the disk; the next FULL commit syncs it too
            pooled.driver_connection.execute("PRAGMA synchronous=" + ("NORMAL" if passing else "FULL"))
            pooled.info["passing"] = passing
        pooled.driver_connection.execute("BEGIN IMMEDIATE" if options.get("write") else "BEGIN")
        if hiding:
            arriving.hide_some(pooled)

    return engine


def _postgresql_engine(url: str) -> Engine:
    options = "-c lock_timeout=15000 -c statement_timeout=600000 -c idle_in_transaction_session_timeout=600000"
    return create_engine(
        url,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,  # an error of the program is logged: texts and hashes are not
        pool_size=16,
        max_overflow=16,
        pool_pre_ping=True,
        connect_args={"options": options},
    )
