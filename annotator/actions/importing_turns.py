"""How an import writes: in the one transaction of its caller, or in turns between which others write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from sqlalchemy.orm import Session

UNITS = 2000  # that are stored in some 30 ms


class Turns(Protocol):
    """`session` is to read in, between turns; it sees what the turns before have stored. `units`: how many the next
    may store.

    What a turn stores is seen by others when the last turn has ended, or not at all; so only the last may change a row
    that was there.
    """

    @property
    def session(self) -> Session: ...
    @property
    def several(self) -> bool: ...
    @property
    def units(self) -> int: ...
    def turn(self) -> AbstractContextManager[Session]: ...
    def last(self) -> AbstractContextManager[Session]: ...


class OneTurn:
    """All in the transaction of a session."""

    several = False
    units = UNITS

    def __init__(self, session: Session) -> None:
        self.session = session

    @contextmanager
    def turn(self) -> Iterator[Session]:
        yield self.session

    last = turn


class OneTurnNeeded(Exception):
    """This file cannot be stored in turns, or not any more."""
