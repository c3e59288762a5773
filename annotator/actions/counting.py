"""The counts that saves keep step by step, set anew after answers came in bulk."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.orm import Session

from annotator.models import COUNTED, Annotation, Assignment, Membership, Project, Sentence


def recount(session: Session, project: Project, people: Collection[int], *, sentences: bool) -> None:
    """Count what each of these people has answered and, with `sentences`, who holds each sentence."""
    if sentences:
        _recount_sentences(session, project)
    found = session.execute(
        select(
            Annotation.person_id,
            func.count(case((Annotation.state == "submitted", 1))),
            func.count(case((Annotation.state == "draft", 1))),
            func.count(case((Annotation.state == "skipped", 1))),
            func.count(Annotation.flag),
        )
        .where(Annotation.project_id == project.id, Annotation.person_id.in_(people))
        .group_by(Annotation.person_id)
    ).all()  # fmt: skip
    for person, submitted, drafts, skipped, flagged in found:
        session.execute(
            update(Membership)
            .where(Membership.project_id == project.id, Membership.person_id == person)
            .values(submitted=submitted, drafts=drafts, skipped=skipped, flagged=flagged),
            execution_options={"synchronize_session": False},
        )


def _recount_sentences(session: Session, project: Project) -> None:
    live = (
        select(func.count())
        .where(Assignment.sentence_id == Sentence.id, Assignment.state.in_(COUNTED))
        .scalar_subquery()
    )
    unsynchronised = {"synchronize_session": False}
    session.execute(
        update(Sentence).where(Sentence.project_id == project.id).values(taken=live),
        execution_options=unsynchronised,
    )
    session.execute(
        update(Sentence)
        .where(Sentence.project_id == project.id)
        .values(open=and_(Sentence.served, Sentence.taken < project.overlap)),
        execution_options=unsynchronised,
    )
