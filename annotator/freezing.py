"""Making a release: the files from one consistent view, then the row that names them, or nothing at all."""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator import making
from annotator.actions import releases
from annotator.actions.releases import PASSES, Progress, Wanted
from annotator.db import Database
from annotator.errors import Fault, Refused
from annotator.making import SEALING, Making
from annotator.outages import outage, traced
from annotator.permissions import Actor
from annotator.progress import heard_by, passing
from annotator.queries.projects import project_of
from annotator.queries.releases import units
from annotator.snapshot import Line

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from annotator.models import Release

TRIES = 50
#: What is done after each other; each counts for as much of the whole.
STEPS = ("agreement", *PASSES, SEALING)
_FOLDED = 0.3  # of the first step: its other part draws intervals
_one_at_a_time = threading.Lock()  # a release takes a core and some memory: the next one in this process waits


def freeze(database: Database, actor: Actor, project_id: int, wanted: Wanted, folder: Path) -> Release:
    """Make a release of the project as it is at this moment, in `folder / project / name`.

    Nobody is kept from saving meanwhile. Nothing is left behind when it is refused: for a name that is taken, being
    taken or no file name, for a split that parts copies, for fewer groups than parts.
    """
    made = begin(database, actor, project_id, wanted, folder)
    try:
        return _make(database, actor, project_id, wanted, made)
    finally:
        made.end()


def freeze_beside(
    database: Database, actor: Actor, project_id: int, wanted: Wanted, folder: Path
) -> threading.Thread:
    """The same beside the caller; `making.state` tells how far it is, and why it was refused.

    Raises Refused at once for what can be known at once. The thread ends with the process.
    """
    made = begin(database, actor, project_id, wanted, folder)

    def work() -> None:
        try:
            with _one_at_a_time:
                _make(database, actor, project_id, wanted, made)
        except Refused as refusal:
            made.refuse(refusal.faults)
        except OSError as error:
            made.refuse([Fault("The files cannot be written: {reason}.", {"reason": error.strerror or str(error)})])
        except Exception as error:
            logging.getLogger(__name__).error("The release could not be made: %s", outage(error) or traced(error))
            made.refuse([Fault("The server failed while it made the release; its log tells why.")])
        else:
            made.end()

    thread = threading.Thread(target=work, name="freezing", daemon=True)
    thread.start()
    return thread


def begin(database: Database, actor: Actor, project_id: int, wanted: Wanted, folder: Path) -> Making:
    """Take the name, having refused what can be known before anything is read."""
    releases.check_name(wanted)
    if wanted.plan is not None:
        wanted.plan.check()
    with database.read() as session:
        releases.refuse_taken(session, project_id, wanted.name)
        releases.refuse_empty(project_of(session, project_id))
        if wanted.plan is not None:
            releases.refuse_few_groups(session, project_id, wanted.plan)
    return making.claim(folder / str(project_id), wanted.name, actor.name or None, asdict(wanted))


def _make(database: Database, actor: Actor, project_id: int, wanted: Wanted, made: Making) -> Release:
    telling = _telling(database, project_id, made)
    made.tell(STEPS[0], 0.0)
    target = made.files.parents[2] / wanted.name
    with _folded(database, project_id, made) as (session, agreement):
        releases.refuse_taken(session, project_id, wanted.name)
        project = project_of(session, project_id)
        manifest = releases.write(session, project, wanted, made.files, agreement, telling)
        made.tell(SEALING, 1 - 1 / len(STEPS))
        made.settle()
        with database.write() as changing:
            row = releases.store(changing, actor, project_id, wanted, manifest)
            if target.exists() and made.broken_off:
                shutil.rmtree(target)
            elif target.exists():  # left behind by a restore of an older database
                raise Refused("The folder {name} exists already; move it away first.", name=str(target))
            made.files.rename(target)
            making.settle(target.parent)
    return row


def _telling(database: Database, project_id: int, made: Making) -> Progress:
    """Tells in the folder of the making, and to who listens, how many sentences went by in each pass."""
    with database.read() as session:
        total = max(1, units(session, project_id))

    def progress(step: str, lines: Iterable[Line]) -> Iterator[Line]:
        before = STEPS.index(step)
        made.tell(step, before / len(STEPS))
        for n, line in enumerate(passing(lines, f"units ({step})")):
            if n % 64 == 0:
                made.tell(step, (before + min(1.0, n / total)) / len(STEPS), often=True)
            yield line

    return progress


@contextmanager
def _folded(database: Database, project_id: int, made: Making) -> Iterator[tuple[Session, dict[str, Any]]]:
    """A view of one moment with the agreement of that very moment."""
    from annotator import folding  # numpy is for who counts agreement, not for every start

    def drawn(_: str, done: int, total: int | None) -> None:
        made.tell(STEPS[0], (_FOLDED + (1 - _FOLDED) * done / (total or done)) / len(STEPS), often=True)

    for _ in range(TRIES):
        folding.fold(database, project_id)
        made.tell(STEPS[0], _FOLDED / len(STEPS))  # the intervals are still to be drawn
        with database.snapshot() as session:
            with heard_by(drawn):
                agreement = folding.figures_of(session, project_id)
            if agreement is not None:  # else somebody saved between the folding and the view
                yield session, agreement
                return
    raise Refused("The project changes too fast to be frozen at the moment. Try again in a minute.")
