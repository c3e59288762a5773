"""An import as a whole, for the command, the page and the API: read and reckoned, then stored.

SQLite lets one write at a time. A large file of new texts is stored there in many short transactions, so that who saves
meanwhile waits for one of these; `arriving` says how nobody sees it before it is whole. Any other file is stored in one
transaction, and so is one that was overtaken: when somebody changed the scheme, the speakers or the texts meanwhile.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from annotator import arriving
from annotator.actions.importing import ImportOptions, ImportReport, import_file, import_in_turns
from annotator.actions.importing_reading import ReadAhead, read_ahead
from annotator.actions.importing_turns import UNITS, OneTurnNeeded
from annotator.actions.log import deed_since, last_line
from annotator.db import Database
from annotator.permissions import Actor
from annotator.prepared import driver, roomy
from annotator.sweeping import SAVES, alone, take_away

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from annotator.models import Project

FEW = 2000  # lines that one transaction stores in a moment
AMONG_NONE = 3  # times as much is stored in a turn as long as nobody else writes: pages are written less often


def import_whole(
    database: Database, actor: Actor, project_of: Callable[[Session], Project], raw: bytes, options: ImportOptions
) -> ImportReport:
    """Import one file. Raises Refused naming file, line, field and value; then nothing was changed.

    `project_of` finds the project, and refuses whoever may not import into it; it is asked at the beginning and at the
    end.
    """
    with database.read() as session:
        served = project_of(session).served_kinds
    ahead = read_ahead(raw, options, served, wait=not database.sqlite)
    try:
        with alone(database):
            if database.sqlite and ahead.count > FEW:
                with suppress(OneTurnNeeded):
                    return _import_in_turns(database, actor, project_of, options, ahead)
                ahead.stop()
                ahead = read_ahead(raw, options, served)
            with database.write() as session:
                return import_file(session, actor, project_of(session), raw, options, ahead)
    finally:
        ahead.stop()


@contextmanager
def trial(database: Database) -> Iterator[Session]:
    """A transaction for a dry run of imports, which is undone at its end."""
    with alone(database), database.trial() as session:
        yield session


def _import_in_turns(
    database: Database, actor: Actor, project_of: Callable[[Session], Project], options: ImportOptions, ahead: ReadAhead
) -> ImportReport:
    turns = ShortTurns(database, project_of)
    try:
        return import_in_turns(turns, actor, turns.project, options, ahead)
    finally:
        turns.session.close()
        take_away(database)  # finds nothing when all went well


class ShortTurns:
    """A transaction for each turn, all of which are seen when the last has ended."""

    several = True

    def __init__(self, database: Database, project_of: Callable[[Session], Project]) -> None:
        self._database, self._project_of = database, project_of
        self.session = database.reading_all()
        self.project = project_of(self.session)
        self._line = last_line(self.session)
        self.units = AMONG_NONE * UNITS

    @contextmanager
    def turn(self) -> Iterator[Session]:
        self.session.close()  # it reads anew after this turn
        with self._database.write(passing=True, size=SAVES) as session:  # the last turn waits for the disk for all
            begun, others = time.perf_counter(), last_line(session) != self._line
            self._demand_unchanged(session)
            run = driver(session)
            with roomy(run):
                before = arriving.highest(run.cursor)
                yield session
                session.flush()
                arriving.mark(run.cursor, before)
            self._line = last_line(session)
        if others:  # they shall find the lock free more often than not
            self.units = UNITS
            time.sleep(time.perf_counter() - begun)

    @contextmanager
    def last(self) -> Iterator[Session]:
        self.session.close()
        with self._database.write(size=SAVES) as session:
            self._demand_unchanged(session)
            self._project_of(session)
            yield session
            arriving.arrived(driver(session).cursor)

    def _demand_unchanged(self, session: Session) -> None:
        if deed_since(session, self.project.id, self._line):
            raise OneTurnNeeded
