"""One import at a time on SQLite, and nothing left of one that was broken off.

The lock is the system's: it ends with its process, however that went, and who has it next takes away what is left.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from annotator import arriving
from annotator.db import Database
from annotator.prepared import driver

SAVES = 40  # that such a transaction is worth in the log of SQLite


@contextmanager
def alone(database: Database, *, wait: bool = True) -> Iterator[None]:
    """Keep other imports out, on SQLite; what one that was broken off has left is taken away first.

    Without `wait`, nothing is done while another is there.
    """
    if database.path is None:
        yield
        return
    lock = os.open(database.path.with_suffix(".import"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield
            return
        take_away(database)
        yield
    finally:
        os.close(lock)


def sweep(database: Database) -> None:
    """At a start: take away what an import that was broken off has left, unless one is running."""
    if database.sqlite:
        with alone(database, wait=False):
            pass


def take_away(database: Database) -> None:
    """Take away whatever is arriving, in short transactions; the caller is alone."""
    with database.reading_all() as session:
        more = arriving.some(driver(session).cursor)
    while more:
        with database.write(size=SAVES) as session:
            more = arriving.sweep(driver(session).cursor)
