"""Saying that tallies of agreement are due: one appended row per change, in the transaction of the change."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from annotator.models import Annotation, Sentence, StatementRow, TallyDue, table_of
from annotator.prepared import Prepared, driver

_DUE = Prepared(insert(table_of(TallyDue)))
_AT_ONCE = 500


def due(session: Session, project_id: int, document_id: int) -> None:
    """An answer in this document came, changed or went."""
    _DUE.change(driver(session), {"project_id": project_id, "document_id": document_id})


def documents_due(session: Session, project_id: int, document_ids: Iterable[int]) -> None:
    """The same for several documents."""
    rows = [{"project_id": project_id, "document_id": document_id} for document_id in sorted(set(document_ids))]
    if rows:
        _DUE.change_all(driver(session), rows)


def sentences_due(session: Session, project_id: int, sentence_ids: Collection[int]) -> None:
    """The documents of these sentences."""
    ids = list(sentence_ids)
    found: set[int] = set()
    for at in range(0, len(ids), _AT_ONCE):
        found.update(
            session.scalars(select(Sentence.document_id).where(Sentence.id.in_(ids[at : at + _AT_ONCE])).distinct())
        )
    documents_due(session, project_id, found)


def answers_of_due(session: Session, project_id: int, person_id: int) -> None:
    """Every document in which this person has answered: whether the answers count has changed."""
    documents_due(
        session, project_id,
        session.scalars(
            select(Sentence.document_id)
            .join(Annotation, Annotation.sentence_id == Sentence.id)
            .where(Annotation.project_id == project_id, Annotation.person_id == person_id)
            .distinct()
        ),
    )  # fmt: skip


def groups_due(session: Session, project_id: int, groups: Collection[str | None]) -> None:
    """Every document with a sentence in these groups of near-copies: which copy is the first has changed."""
    names = [group for group in groups if group is not None]
    found: set[int] = set()
    for at in range(0, len(names), _AT_ONCE):
        found.update(
            session.scalars(
                select(Sentence.document_id)
                .where(Sentence.project_id == project_id, Sentence.near_group.in_(names[at : at + _AT_ONCE]))
                .distinct()
            )
        )
    documents_due(session, project_id, found)


def speakers_due(session: Session, project_id: int, entry_ids: Collection[int]) -> None:
    """Every document in which somebody chose these entries: they were merged into another, or out of it again."""
    documents_due(
        session, project_id,
        session.scalars(
            select(Sentence.document_id)
            .join(Annotation, Annotation.sentence_id == Sentence.id)
            .join(StatementRow, StatementRow.annotation_id == Annotation.id)
            .where(StatementRow.entry_id.in_(list(entry_ids)))
            .distinct()
        ),
    )  # fmt: skip
