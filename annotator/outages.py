"""Failures of the database itself, no mistakes of the program: a full disk, a lost server, a lock held too long."""

from __future__ import annotations

import sqlite3
import traceback

from sqlalchemy.exc import DBAPIError

from annotator.errors import Refused

_OF_THE_MACHINE = (
    sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_READONLY,
)  # fmt: skip


class FileGone(sqlite3.OperationalError):
    """The file of the database no longer stands under its name: what is written into it would be lost."""

    sqlite_errorcode = sqlite3.SQLITE_CANTOPEN


class Outage(Refused):
    """The database cannot be used now, and perhaps soon (HTTP 503)."""

    status = 503
    retry_after = 5


def unusable(error: BaseException) -> Refused | None:
    """A failure of the database itself, as one line that an operator can act on; null for any other error."""
    if not isinstance(error, DBAPIError | sqlite3.Error):
        return None
    return Refused("The database cannot be used: {reason}. See ANNOTATOR_DATABASE_URL and ANNOTATOR_INSTANCE.",
                   reason=_reason(error))  # fmt: skip


def outage(error: BaseException) -> str | None:
    """Why the database fails a request that it would take at another time; null for any other error.

    Statements that run on the driver's own cursor raise the driver's errors: both drivers name them alike.
    """
    cause = _cause(error)
    if isinstance(cause, sqlite3.OperationalError):
        code = getattr(cause, "sqlite_errorcode", 0) & 0xFF  # the rest tells more of the same
        return _reason(error) if code in _OF_THE_MACHINE else None
    named = {kind.__name__ for kind in type(cause).__mro__}
    # PostgreSQL finds only at the end that two did the same at once: who comes again sees what the other did
    return _reason(error) if named & {"OperationalError", "UniqueViolation"} else None


def traced(error: BaseException) -> str:
    """Where an unexpected error came from, for the log. PostgreSQL tells whole rows below its first line."""
    if not _of_the_database(error):
        return "".join(traceback.format_exception(error))
    places = "".join(traceback.format_tb(error.__traceback__))
    return f"Traceback (most recent call last):\n{places}{type(_cause(error)).__name__}: {_reason(error)}"


def _of_the_database(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) or "DatabaseError" in {kind.__name__ for kind in type(error).__mro__}


def _cause(error: BaseException) -> BaseException:
    return (error.orig or error) if isinstance(error, DBAPIError) else error


def _reason(error: BaseException) -> str:
    lines = str(_cause(error)).strip().splitlines()
    return lines[0].rstrip(".") if lines else type(_cause(error)).__name__
