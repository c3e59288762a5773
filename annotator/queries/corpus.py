"""Reading documents and their units."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from annotator.models import Annotation, Document, Event, Membership, Outlet, Project, Sentence
from annotator.permissions import Actor


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A document in a list, with how many of its units are offered, and answered by anyone."""

    id: int
    file: str
    outlet: str | None
    event: str | None
    published: str | None
    units: int
    served: int
    submitted: int


def documents(session: Session, project_id: int, *, after: int = 0, limit: int = 100) -> list[DocumentLine]:
    """A page of the project's documents in the order of import; `after` is the last page's last id."""
    page = (
        select(Document.id)
        .where(Document.project_id == project_id, Document.id > after)
        .order_by(Document.id)
        .limit(limit)
        .subquery()
    )
    answered = (
        select(Sentence.document_id, func.count().label("n"))
        .join(Annotation, Annotation.sentence_id == Sentence.id)
        .where(Sentence.document_id.in_(select(page.c.id)), Annotation.state == "submitted")
        .group_by(Sentence.document_id)
        .subquery()
    )
    served = func.count(Sentence.id).filter(Sentence.served)
    rows = session.execute(
        select(Document.id, Document.file, Outlet.name.label("outlet"), Event.name.label("event"),
               Document.published, func.count(Sentence.id).label("units"), served.label("served"),
               func.coalesce(func.max(answered.c.n), 0).label("submitted"))
        .outerjoin(Sentence, Sentence.document_id == Document.id)
        .outerjoin(Outlet, Outlet.id == Document.outlet_id)
        .outerjoin(Event, Event.id == Document.event_id)
        .outerjoin(answered, answered.c.document_id == Document.id)
        .where(Document.id.in_(select(page.c.id)))
        .group_by(Document.id, Document.file, Outlet.name, Event.name, Document.published)
        .order_by(Document.id)
    )  # fmt: skip
    return [DocumentLine(**row._mapping) for row in rows]


def units(session: Session, document_id: int) -> list[Sentence]:
    """Every unit of a document, in order."""
    return list(
        session.scalars(select(Sentence).where(Sentence.document_id == document_id).order_by(Sentence.start))
    )


def project_named(session: Session, name: str) -> Project | None:
    return session.scalar(select(Project).where(Project.name == name))


def projects(session: Session) -> list[Project]:
    return list(session.scalars(select(Project).order_by(Project.name)))



def document_with_project(session: Session, actor: Actor, document_id: int) -> tuple[Document, Project, str] | None:
    """A document of a project that this person belongs to, and the role there; null otherwise."""
    row = session.execute(
        select(Document, Project, Membership.role)
        .join(Project, Project.id == Document.project_id)
        .join(Membership, Membership.project_id == Project.id)
        .where(Document.id == document_id, Membership.person_id == actor.id)
        .options(joinedload(Document.outlet), joinedload(Document.event))
    ).one_or_none()
    if row is None or actor.only_project not in (None, row[1].id):
        return None
    return row[0], row[1], row[2]


def unit_page(session: Session, document_id: int, *, after: int = -1, limit: int = 200) -> list[tuple[Sentence, int]]:
    """A page of a document's units in order, each with how many answers it has; `after` is the last start shown."""
    answers = (
        select(func.count()).where(Annotation.sentence_id == Sentence.id).correlate(Sentence).scalar_subquery()
    )
    rows = session.execute(
        select(Sentence, answers)
        .where(Sentence.document_id == document_id, Sentence.start > after)
        .order_by(Sentence.start)
        .limit(limit)
    )
    return [(sentence, count) for sentence, count in rows]


def unit(session: Session, actor: Actor, sentence_id: int) -> Sentence | None:
    """A unit of a project that this person belongs to; null otherwise."""
    found = session.scalar(
        select(Sentence)
        .join(Membership, Membership.project_id == Sentence.project_id)
        .where(Sentence.id == sentence_id, Membership.person_id == actor.id)
    )
    return None if found is None or actor.only_project not in (None, found.project_id) else found
