"""Grouping near-copies at import: the same sentence in several outlets is one piece of evidence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, update
from sqlalchemy.orm import Session

from annotator.actions.due import groups_due, sentences_due
from annotator.models import Document, Project, Sentence, table_of
from annotator.prepared import Prepared, driver
from annotator.text.similarity import near_groups

_SENTENCE = table_of(Sentence)
_NAME = Prepared(
    update(_SENTENCE).where(_SENTENCE.c.id == bindparam("sentence")).values(near_group=bindparam("group"))
)


def group_near_copies(session: Session, project: Project, documents: Collection[int]) -> None:
    """Group anew the sentences of each event that the imported documents belong to.

    A document without an event is compared within itself only: without a common event, likeness
    of words is no sign of a common source.
    """
    events = set(session.scalars(select(Document.event_id).where(Document.id.in_(documents)).distinct()))
    for event in events - {None}:
        _group(session, project, Document.event_id == event)
    for document in session.scalars(
        select(Document.id).where(Document.id.in_(documents), Document.event_id.is_(None))
    ):
        _group(session, project, Document.id == document)


def group_rows(rows: Sequence[dict[str, Any]], reckoned: tuple[list[str], list[int]] | None) -> None:
    """Name the groups of a new document's units, in its order, before they are stored; as `_group` would after.

    `reckoned`: folded texts and their groups. If the document's texts turned out to be others, they are grouped here.
    """
    served = [row for row in rows if row["served"]]
    folded = [row["folded"] for row in served]
    groups = reckoned[1] if reckoned and reckoned[0] == folded else near_groups(folded, folded=True)
    members: dict[int, list[str]] = defaultdict(list)
    for row, group in zip(served, groups, strict=True):
        members[group].append(row["uid"])
    names = {group: min(uids) for group, uids in members.items() if len(uids) > 1}
    for row, group in zip(served, groups, strict=True):
        row["near_group"] = names.get(group)


def _group(session: Session, project: Project, which: ColumnElement[bool]) -> None:
    rows = session.execute(
        select(Sentence.id, Sentence.uid, Sentence.text, Sentence.near_group)
        .join(Document, Document.id == Sentence.document_id)
        .where(Sentence.project_id == project.id, which, Sentence.served)
        .order_by(Document.file, Sentence.start)
    ).all()
    members: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for row, group in zip(rows, near_groups([row.text for row in rows]), strict=True):
        members[group].append((row.id, row.uid))
    # named after its first id, so that the same sentences get the same name wherever they are imported
    names: dict[int, str | None] = {}
    for copies in members.values():
        name = min(uid for _, uid in copies) if len(copies) > 1 else None
        names.update((sentence_id, name) for sentence_id, _ in copies)
    changes = [
        {"sentence": row.id, "group": names[row.id]} for row in rows if row.near_group != names[row.id]
    ]
    if changes:
        touched = {row.near_group for row in rows if row.near_group != names[row.id]}
        touched |= {change["group"] for change in changes}
        _NAME.change_all(driver(session), changes)
        sentences_due(session, project.id, [change["sentence"] for change in changes])
        groups_due(session, project.id, touched)
