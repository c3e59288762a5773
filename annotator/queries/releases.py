"""Reading releases: which there are, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from annotator.models import Document, Event, LogLine, Person, Release, Sentence
from annotator.queries.listing import Page


@dataclass(frozen=True, slots=True)
class Shown:
    """A release as it is listed; `maker` null: the operator on the command line."""

    name: str
    note: str | None
    sha256: str
    manifest: dict[str, Any]
    maker: str | None
    created_at: str
    retracted_at: str | None
    retracted_reason: str | None


_LISTED = select(Release, Person.name).outerjoin(Person, Person.id == Release.person_id)


def releases(session: Session, project_id: int) -> list[Shown]:
    """Every release of the project, the newest first, the retracted ones too."""
    rows = session.execute(_LISTED.where(Release.project_id == project_id).order_by(Release.id.desc()))
    return [_shown(row, maker) for row, maker in rows]


def page(session: Session, project_id: int, page: Page) -> list[tuple[int, Shown]]:
    """A page of them in the order of their making, each with its key."""
    query = _LISTED.where(Release.project_id == project_id, Release.id > page.after).order_by(Release.id)
    return [(row.id, _shown(row, maker)) for row, maker in session.execute(query.limit(page.limit))]


def release(session: Session, project_id: int, name: str) -> Shown | None:
    """The release of that name, if there is one."""
    found = session.execute(_LISTED.where(Release.project_id == project_id, Release.name == name)).one_or_none()
    return None if found is None else _shown(*found)


def retractor(session: Session, project_id: int, name: str) -> str | None:
    """Who retracted the release, as the log has it; null: the operator on the command line."""
    lines = session.execute(
        select(LogLine.content, Person.name)
        .outerjoin(Person, Person.id == LogLine.person_id)
        .where(LogLine.project_id == project_id, LogLine.verb == "retract release")
        .order_by(LogLine.id.desc())
    )
    return next((by for content, by in lines if content.get("release") == name), None)


def units(session: Session, project_id: int) -> int:
    """How many units a release made now would hold."""
    return session.scalar(select(func.count()).where(Sentence.project_id == project_id)) or 0


def grouped(session: Session, project_id: int) -> list[tuple[str, str | None, str | None]]:
    """File, event and near-copy group of the units, each once."""
    query = (
        select(Document.file, Event.name, Sentence.near_group)
        .join(Sentence, Sentence.document_id == Document.id)
        .outerjoin(Event, Event.id == Document.event_id)
        .where(Document.project_id == project_id)
        .distinct()
    )
    return [(file, event, near) for file, event, near in session.execute(query)]


def _shown(row: Release, maker: str | None) -> Shown:
    return Shown(row.name, row.note, row.sha256, row.manifest, maker, row.created_at, row.retracted_at,
                 row.retracted_reason)  # fmt: skip
