"""What an export holds and leaves out, counted before it is made: labelled and left out together are all units."""

from __future__ import annotations

from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from annotator.actions import releases
from annotator.context import database, settings
from annotator.queries import exporting, listing
from annotator.queries.projects import project_of
from annotator.releases import files
from annotator.snapshot import LABELLED, REASONS
from annotator.views.jobs import jobs

if TYPE_CHECKING:
    from annotator.db import Database
    from annotator.models import Project


def counts(project: Project, what: str, release: str | None, wait: float) -> dict[str, object] | None:
    """Units of a view of the project, or of one of its releases: all, labelled, and left out by reason.

    Counted once for each state of the project; null where that takes longer than `wait` seconds.
    Raises NotFound where there is no such release.
    """
    opened = database()
    # the posteriors of soft labels take long and decide nothing here: a unit has them where it has answers
    view = "annotations" if what == "soft" else what
    with opened.read() as session:
        if release is None:
            state, folder = listing.moment(session, project.id), None
        else:
            state = releases.named(session, project, release).sha256
            folder = releases.folder_of(settings().releases, project.id, release)
    key = ("left out", project.id, view, state)
    found = jobs().outcome(key, partial(_count, opened, project.id, view, folder), wait)
    return None if found is None else _told(what, found)


def _count(opened: Database, project_id: int, view: str, folder: Path | None) -> dict[str, int]:
    if folder is not None:
        sealed = files.snapshot(folder, view)
        deque(sealed.lines, maxlen=0)
        return sealed.left_out
    with opened.snapshot() as session:
        taken = exporting.take(session, project_of(session, project_id), view)
        deque(taken.lines, maxlen=0)
        return taken.left_out


def _told(what: str, found: dict[str, int]) -> dict[str, object]:
    return {
        "what": what,
        "units": sum(found.values()),
        "labelled": found.get(LABELLED, 0),
        "left_out": {reason: found.get(reason, 0) for reason in REASONS},
    }
