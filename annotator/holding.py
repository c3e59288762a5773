"""Who works with a database holds it, together with others; who replaces it must hold it alone.

Else a server would go on writing into a file that a restore has put aside, and answer that all is well. The holds
are the system's (a lock of a file, a lock of the PostgreSQL server): they end with their process, however that went.
"""

from __future__ import annotations

import fcntl
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from annotator.errors import Refused
from annotator.outages import FileGone

ADVISORY_KEY = 0x49534E45  # the one beside that of migrations


def in_use() -> Refused:
    return Refused("A server or another command is working with this database. Stop it first, then try again.")


class FileHold:
    """The hold of one process on an SQLite database, and which file it was that it opened."""

    def __init__(self, database: Path) -> None:
        self._database, self._opened = database, (0, 0)
        self._path = database.with_suffix(".hold")
        self._guard = threading.Lock()
        self._descriptor: int | None = None

    def share(self) -> None:
        """Hold it beside others, until `release`. Waits while somebody holds it alone."""
        with self._guard:
            if self._descriptor is None:
                self._descriptor = self._locked(fcntl.LOCK_SH)

    def _locked(self, kind: int) -> int:
        self._path.parent.mkdir(0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, kind)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold it alone. Raises Refused while anybody else holds it."""
        self.share()
        assert self._descriptor is not None
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.release()
            raise in_use() from None
        try:
            yield
        finally:
            fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def release(self) -> None:
        with self._guard:
            if self._descriptor is not None:
                os.close(self._descriptor)
                self._descriptor = None


    def remember(self) -> None:
        """The file is about to be opened. Raises FileGone where there is none: SQLite would make an empty one."""
        if not any(self._opened):
            self._opened = self._identity()
        self.demand()

    def demand(self) -> None:
        """Raises FileGone once the open file was removed, or another took its name: by hand, or with its disk."""
        if any(self._opened) and self._identity() != self._opened:
            raise FileGone(f"another file took the name {self._database}")

    def forget(self) -> None:
        """Nothing is open any more."""
        self._opened = (0, 0)

    def _identity(self) -> tuple[int, int]:
        try:
            found = self._database.stat()
        except OSError as error:
            raise FileGone(f"{self._database}: {error.strerror}") from error
        return found.st_dev, found.st_ino


class AdvisoryHold:
    """The holds on a PostgreSQL database: one for each of its connections, kept by the server."""

    def __init__(self) -> None:
        self._alone = False

    def share(self, connection: Any) -> None:
        """Hold it with this connection beside others, as long as it lives. Waits while somebody holds it alone."""
        if not self._alone:
            _autocommitted(connection, "SELECT pg_advisory_lock_shared(%s)")

    @contextmanager
    def alone(self, connection: Any) -> Iterator[None]:
        """Hold it alone with this connection; the process has no other yet. Raises Refused while anybody holds it."""
        if not _autocommitted(connection, "SELECT pg_try_advisory_lock(%s)"):
            raise in_use()
        self._alone = True
        try:
            yield
        finally:
            self._alone = False
            with suppress(Exception):  # with the connection it goes anyway
                _autocommitted(connection, "SELECT pg_advisory_unlock(%s)")


def _autocommitted(connection: Any, statement: str) -> Any:
    connection.autocommit = True
    try:
        return connection.execute(statement, (ADVISORY_KEY,)).fetchone()[0]
    finally:
        connection.autocommit = False
