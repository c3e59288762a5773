"""Two entries that are one speaker: the labels go over, and can come back."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session

from annotator.actions.due import speakers_due
from annotator.actions.log import write_log
from annotator.errors import NotFound, Refused, Taken
from annotator.models import Annotation, Entry, LogLine, Project, StatementRow
from annotator.permissions import Actor

AT_ONCE = 500
ARTICLES_OWN = ("article", "unclear")  # kinds that stand for no speaker


def merge(session: Session, actor: Actor, project: Project, key: str, into: str) -> Entry:
    """Make the entry `key` a part of the entry `into`: its labels name that one from now on.

    What was merged into it before goes along. The log keeps which statements were moved, so that `split` undoes it.
    Raises Refused for the reserved entries and for the same entry twice, Taken for one that is merged already.
    """
    _one_at_a_time(session, project)
    entry, target = _entry(session, project, key), _target(session, project, into)
    if entry.id == target.id:
        raise Refused("A speaker cannot be merged into itself.", path="into")
    for one in (entry, target):
        if one.kind in ARTICLES_OWN:
            raise Refused("“{name}” stands for no speaker and is not merged.", path="into", name=one.canonical)
        if one.merged_into_id is not None:
            raise Taken("“{name}” is merged into another speaker already.", path="into", name=one.canonical)
    moved = list(session.scalars(select(StatementRow.id).where(StatementRow.entry_id == entry.id)))
    speakers_due(session, project.id, [entry.id, target.id])
    _point(session, moved, target.id)
    session.execute(update(Entry).where(Entry.merged_into_id == entry.id).values(merged_into_id=target.id))
    entry.merged_into_id = target.id
    session.flush()
    write_log(session, actor, "merge speakers", project_id=project.id,
              content={"id": key, "into": into, "statements": moved})  # fmt: skip
    return target


def split(session: Session, actor: Actor, project: Project, key: str) -> Entry:
    """Undo a merge: the labels that were moved, as far as their answers were not saved since, come back, and so do
    the entries that went along."""
    _one_at_a_time(session, project)
    entry = _entry(session, project, key)
    if entry.merged_into_id is None:
        raise Refused("“{name}” is merged into no other speaker.", name=entry.canonical)
    merges = _merges(session, project)
    line = merges[key]
    standing: list[int] = []
    for some in _batches(line.content["statements"]):
        standing += session.scalars(
            select(StatementRow.id)
            .join(Annotation, Annotation.id == StatementRow.annotation_id)
            .where(StatementRow.id.in_(some), StatementRow.entry_id == entry.merged_into_id, ~_saved_since(line))
        )
    along = [
        one.id for one in session.scalars(select(Entry).where(Entry.merged_into_id == entry.merged_into_id))
        if one is not entry and merges[one.key].content["into"] == key
    ]  # fmt: skip
    speakers_due(session, project.id, [entry.id, entry.merged_into_id])
    _point(session, standing, entry.id)
    session.execute(update(Entry).where(Entry.id.in_(along)).values(merged_into_id=entry.id))
    entry.merged_into_id = None
    session.flush()
    write_log(session, actor, "split speakers", project_id=project.id,
              content={"id": key, "statements": standing})  # fmt: skip
    return entry


def _one_at_a_time(session: Session, project: Project) -> None:
    """Two at once would both move the same labels, and no undoing would bring them back."""
    session.execute(select(Project.id).where(Project.id == project.id).with_for_update())


def _merges(session: Session, project: Project) -> dict[str, LogLine]:
    """The line of the log that tells of the last time that each speaker was merged, by its id."""
    lines = session.scalars(
        select(LogLine)
        .where(LogLine.project_id == project.id, LogLine.verb == "merge speakers")
        .order_by(LogLine.id)
    )
    return {line.content["id"]: line for line in lines}


def _saved_since(line: LogLine) -> ColumnElement[bool]:
    """Whether an answer was saved after a merge: it names whom its annotator chose then, and a new row may have the
    number of one that was moved."""
    return exists().where(
        LogLine.id > line.id, LogLine.sentence_id == Annotation.sentence_id,
        LogLine.person_id == Annotation.person_id, LogLine.verb == "save",
    )  # fmt: skip


def _target(session: Session, project: Project, into: str) -> Entry:
    try:
        return _entry(session, project, into)
    except NotFound:
        raise NotFound("The project has no speaker “{value}”, neither by name nor by id.", path="into",
                       value=into[:200]) from None  # fmt: skip


def _entry(session: Session, project: Project, key: str) -> Entry:
    found = session.scalar(select(Entry).where(Entry.project_id == project.id, Entry.key == key))
    if found is None:
        raise NotFound("The project has no speaker of this id.")
    return found


def _point(session: Session, statements: list[int], entry_id: int) -> None:
    for some in _batches(statements):
        session.execute(update(StatementRow).where(StatementRow.id.in_(some)).values(entry_id=entry_id))


def _batches(ids: list[int]) -> Iterator[list[int]]:
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))
