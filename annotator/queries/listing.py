"""Lists as the HTTP API pages them: by key, never by counting rows off, so that a page costs the same anywhere."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.models import (
    Annotation,
    Document,
    Entry,
    Event,
    LogLine,
    Membership,
    Outlet,
    Person,
    Project,
    Sentence,
    StatementRow,
)
from annotator.permissions import Actor


@dataclass(frozen=True, slots=True)
class Page:
    """Where a page begins (after this key) and how many rows it has at most."""

    after: int
    limit: int


def projects(session: Session, actor: Actor, page: Page) -> list[tuple[Project, str]]:
    """The projects that this person belongs to, with the role in each, in the order of their making."""
    query = (
        select(Project, Membership.role)
        .join(Membership, Membership.project_id == Project.id)
        .where(Membership.person_id == actor.id, Project.id > page.after)
        .order_by(Project.id)
        .limit(page.limit)
    )
    if actor.only_project is not None:
        query = query.where(Project.id == actor.only_project)
    return [(project, role) for project, role in session.execute(query)]


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document without its text; `characters` are code points."""

    id: int
    ordinal: int
    file: str
    sha256: str
    language: str
    outlet: str | None
    event: str | None
    published: str | None
    url: str | None
    characters: int


def documents(session: Session, project_id: int, page: Page) -> list[DocumentRow]:
    """The documents of a project in the order of import; the key is the ordinal."""
    rows = session.execute(
        select(
            Document.id, Document.ordinal, Document.file, Document.sha256, Document.language,
            Outlet.name, Event.name, Document.published, Document.url, func.length(Document.text),
        )
        .outerjoin(Outlet, Outlet.id == Document.outlet_id)
        .outerjoin(Event, Event.id == Document.event_id)
        .where(Document.project_id == project_id, Document.ordinal > page.after)
        .order_by(Document.ordinal)
        .limit(page.limit)
    )  # fmt: skip
    return [DocumentRow(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit of a document with the state of the asker's answer and its primary statement."""

    id: int
    text: str
    kind: str
    start: int
    end: int
    mine: str | None
    statement: int | None
    speaker: str | None
    name: str | None
    target: str | None
    stance: str | None
    claim_type: str | None


def units(session: Session, actor: Actor, document_id: int, page: Page) -> list[UnitRow]:
    """The units of a document in order; the key is the place after which a unit starts."""
    rows = session.execute(
        select(
            Sentence.id, Sentence.text, Sentence.kind, Sentence.start, Sentence.end, Annotation.state,
            StatementRow.id, Entry.key, Entry.canonical, StatementRow.target, StatementRow.stance,
            StatementRow.claim_type,
        )
        .outerjoin(Annotation, (Annotation.sentence_id == Sentence.id) & (Annotation.person_id == actor.id))
        .outerjoin(StatementRow, (StatementRow.annotation_id == Annotation.id) & (StatementRow.n == 1))
        .outerjoin(Entry, Entry.id == StatementRow.entry_id)
        .where(Sentence.document_id == document_id, Sentence.start > page.after)
        .order_by(Sentence.start)
        .limit(page.limit)
    )  # fmt: skip
    return [UnitRow(*tuple(row)) for row in rows]  # more columns than the types of a select can tell


def members(session: Session, project_id: int, page: Page) -> list[tuple[Membership, Person]]:
    """The members of a project by person; the key is the person's."""
    rows = session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.project_id == project_id, Person.id > page.after)
        .order_by(Person.id)
        .limit(page.limit)
    )
    return [(membership, person) for membership, person in rows]


def last_saves(session: Session, project_id: int, people: list[int]) -> dict[int, str]:
    """When each of these people saved last in the project; who never did is not there."""
    rows = session.execute(
        select(Annotation.person_id, func.max(Annotation.updated_at))
        .where(Annotation.project_id == project_id, Annotation.person_id.in_(people))
        .group_by(Annotation.person_id)
    )
    return {person: at for person, at in rows}


def moment(session: Session, project_id: int) -> str:
    """A text that differs whenever anything was done in the project: every deed writes its line in the log.

    The count is part of it because ids are given before they are committed: a line may appear below the last.
    """
    count, last = session.execute(
        select(func.count(), func.max(LogLine.id)).where(LogLine.project_id == project_id)
    ).one()
    return f"{count}-{last or 0}"
