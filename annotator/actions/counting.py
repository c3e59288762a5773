"""The counts that saves keep step by step, set anew after answers came in bulk."""

from __future__ import annotations

from sqlalchemy import and_, func, select, update
from sqlalchemy.orm import Session

from annotator.models import COUNTED, Annotation, Assignment, Membership, Project, Sentence


def recount(session: Session, project: Project) -> None:
    """Count who holds each sentence and what each member has answered."""
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
    for name, condition in (
        ("submitted", Annotation.state == "submitted"),
        ("drafts", Annotation.state == "draft"),
        ("skipped", Annotation.state == "skipped"),
        ("flagged", Annotation.flag.is_not(None)),
    ):
        count = (
            select(func.count())
            .where(Annotation.project_id == project.id, Annotation.person_id == Membership.person_id, condition)
            .scalar_subquery()
        )
        session.execute(
            update(Membership).where(Membership.project_id == project.id).values({name: count}),
            execution_options=unsynchronised,
        )
