"""When the tallies of agreement are folded and intervals drawn: before they are read, and by a thread in between.

Any number of processes may fold at once: who comes second finds that the state has moved on, and begins anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotator.actions.agreement import Change, apply, keep_interval, prepare_fold
from annotator.actions.recounting import prepare_recount
from annotator.agreement.bootstrap import resample
from annotator.agreement.clusters import FEWEST, GROUPS
from annotator.agreement.intervals import DRAWS, FEW_ARTICLES, SEED, held
from annotator.agreement.report import report
from annotator.agreement.selection import Selection
from annotator.db import Database
from annotator.progress import tell
from annotator.queries import agreement, tallies
from annotator.queries.agreement import Interval

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

TRIES = 20


def fold(database: Database, project_id: int) -> None:
    """Bring the tallies to the state of now. What is saved meanwhile waits for the next time."""
    with database.read() as session:
        last = tallies.last_due(session, project_id)
        total = tallies.how_many_due(session, project_id, last) if last else 0
    lost = done = 0
    while last and lost < TRIES:
        with database.snapshot() as session:
            change = prepare_fold(session, project_id, last)
        if change is None:
            return
        with database.write() as session:
            applied = apply(session, change)
        lost += not applied
        done += applied * len(change.due)
        tell("changes counted", done, total)


def recount(database: Database, project_id: int) -> Change:
    """Count everything anew and write what was wrong; gives what that was. Folds first."""
    for _ in range(TRIES):
        fold(database, project_id)
        with database.snapshot() as session:
            change = prepare_recount(session, project_id)
        if not change.documents and not change.sums:
            break
        with database.write() as session:
            if apply(session, change):
                break
    return change


def draw(database: Database, project_id: int, selection: Selection) -> Interval | None:
    """The intervals of a selection, drawn anew where the tallies moved on since the last time.

    Null where fewer than two sentences are shared; without bounds where there are too few articles for them.
    """
    with database.snapshot() as session:
        version = tallies.version(session, project_id)
        kept = agreement.kept_interval(session, project_id, selection)
        if kept is not None and kept.version == version:
            return kept
        content = _drawn(session, project_id, selection)
    if content is None:
        return None
    with database.write() as session:
        return keep_interval(session, project_id, selection.key(), version, content)


def _drawn(session: Session, project_id: int, selection: Selection) -> dict[str, Any] | None:
    """Intervals by articles, by sentences where there is one article; null where there is nothing to draw from."""
    rows, units = agreement.document_rows(session, project_id, selection)
    method = "articles"
    if len(units) == 1:
        method = "sentences"
        rows, units = agreement.sentence_rows(session, project_id, selection, units[0])
    size = len(units)
    if size < 2:
        return None
    bounds = resample(rows, size)
    way, draws = ("bootstrap", DRAWS) if size > GROUPS else ("jackknife", 0)
    return {"method": method, "units": size, "way": way, "draws": draws, "seed": SEED, "bounds": bounds}


def figures_of(session: Session, project_id: int) -> dict[str, Any] | None:
    """Every figure of the state that this session sees, without a time; null where its tallies are not folded yet."""
    if tallies.due_documents(session, project_id, limit=1):
        return None
    drawn = _drawn(session, project_id, Selection())
    parts = agreement.gather(session, project_id, Selection())
    about = {key: value for key, value in (drawn or {}).items() if key != "bounds"}
    return {
        "interval": {**about, **_trusted(drawn["method"], drawn["units"])} if drawn else None,
        "layers": report(parts, agreement.emails(session, parts), drawn["bounds"] if drawn else None),
    }


def figures(
    database: Database, project_id: int, selection: Selection | None = None, *, fresh: bool = True
) -> dict[str, Any]:
    """Every figure of a selection, as of now: what the page, the command and the API show.

    `fresh` draws the intervals where they are missing or older than the figures; else the last ones are given,
    with their time, and the figures are live all the same.
    """
    selection = selection or Selection()
    fold(database, project_id)
    interval = draw(database, project_id, selection) if fresh else None
    return kept_figures(database, project_id, selection, interval)


def kept_figures(
    database: Database, project_id: int, selection: Selection, interval: Interval | None = None
) -> dict[str, Any]:
    """The same without folding: what was saved since the last time is not in it. The intervals are those kept."""
    with database.snapshot() as session:
        version = tallies.version(session, project_id)
        parts = agreement.gather(session, project_id, selection)
        interval = interval or agreement.kept_interval(session, project_id, selection)
        return {
            "as_of": agreement.now(),
            "filters": agreement.told(session, selection),
            "interval": _about(interval, version),
            "layers": report(parts, agreement.emails(session, parts), interval.bounds if interval else None),
        }


def _about(interval: Interval | None, version: int) -> dict[str, Any] | None:
    if interval is None:
        return None
    return {
        "method": interval.method, "units": interval.units, "way": interval.way, "draws": interval.draws,
        "seed": interval.seed, "computed_at": interval.computed_at, "current": interval.version == version,
        **_trusted(interval.method, interval.units),
    }  # fmt: skip


def _trusted(method: str, units: int) -> dict[str, Any]:
    """How far intervals hold what they say: measured for articles; the sentences of one tell nothing of others."""
    enough, by_articles = units >= FEWEST, method == "articles"
    return {
        "too_narrow": not by_articles or units < FEW_ARTICLES,
        "held": held(units) if enough and by_articles else None,
        "reason": None if enough else f"too few {method}",
    }
