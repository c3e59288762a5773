"""Making a release: the files from one consistent view, then the row that names them, or nothing at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from annotator.actions import releases
from annotator.actions.releases import Progress, Wanted
from annotator.db import Database
from annotator.errors import Refused
from annotator.permissions import Actor
from annotator.queries.projects import project_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from annotator.models import Release

TRIES = 50


def freeze(
    database: Database, actor: Actor, project_id: int, wanted: Wanted, folder: Path, progress: Progress = iter
) -> Release:
    """Make a release of the project as it is at this moment, in `folder / project / name`.

    Nobody is kept from saving meanwhile. Nothing is left behind when it is refused: for a name that is taken
    or no file name, for a split that parts copies, for fewer groups than parts.
    """
    releases.check_name(wanted)
    if wanted.plan is not None:
        wanted.plan.check()
    home = folder / str(project_id)
    target = home / wanted.name
    with _folded(database, project_id) as (session, agreement):
        releases.refuse_taken(session, project_id, wanted.name)
        home.mkdir(parents=True, exist_ok=True)
        made = Path(tempfile.mkdtemp(prefix=".making-", dir=home))
        try:
            project = project_of(session, project_id)
            manifest = releases.write(session, project, wanted, made, agreement, progress)
            made.chmod(0o755)
            with database.write() as changing:
                row = releases.store(changing, actor, project_id, wanted, manifest)
                if target.exists():  # left behind by a restore of an older database
                    raise Refused("The folder {name} exists already; move it away first.", name=str(target))
                made.rename(target)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    return row


@contextmanager
def _folded(database: Database, project_id: int) -> Iterator[tuple[Session, dict[str, Any]]]:
    """A view of one moment with the agreement of that very moment."""
    from annotator import folding  # numpy is for who counts agreement, not for every start

    for _ in range(TRIES):
        folding.fold(database, project_id)
        with database.snapshot() as session:
            agreement = folding.figures_of(session, project_id)
            if agreement is not None:  # else somebody saved between the folding and the view
                yield session, agreement
                return
    raise Refused("The project changes too fast to be frozen at the moment. Try again in a minute.")
