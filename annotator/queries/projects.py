"""Reading projects as their members see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from annotator.models import Event, Guideline, LogLine, Membership, Outlet, Project, SchemeVersion
from annotator.permissions import Actor, may
from annotator.queries.people import before


@dataclass(frozen=True, slots=True)
class OwnProject:
    """A project in the list of one of its members, with the member's own counts."""

    id: int
    name: str
    role: str
    overlap: int
    documents: int
    served: int
    submitted: int
    drafts: int
    skipped: int


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the scheme or of the guideline: `name@version` and when it came into force."""

    name: str
    created_at: str


def own_projects(session: Session, actor: Actor) -> list[OwnProject]:
    """The projects that this person belongs to, by name."""
    query = (
        select(Project, Membership)
        .join(Membership, Membership.project_id == Project.id)
        .where(Membership.person_id == actor.id)
        .order_by(Project.name)
    )
    if actor.only_project is not None:
        query = query.where(Project.id == actor.only_project)
    return [
        OwnProject(p.id, p.name, m.role, p.overlap, p.documents, p.served, m.submitted, m.drafts, m.skipped)
        for p, m in session.execute(query)
    ]


_VISIBLE = (
    select(Project, Membership.role)
    .join(Membership, Membership.project_id == Project.id)
    .where(Project.id == bindparam("project"), Membership.person_id == bindparam("person"))
)


def visible_project(session: Session, actor: Actor, project_id: int) -> tuple[Project, str] | None:
    """A project that this person belongs to, and the role there. One query."""
    if actor.only_project not in (None, project_id):
        return None
    row = session.execute(_VISIBLE, {"project": project_id, "person": actor.id}).one_or_none()
    return None if row is None else (row[0], row[1])


def project_of(session: Session, project_id: int) -> Project:
    """A project that is known to be there."""
    return session.get_one(Project, project_id)


def sees_progress(actor: Actor, role: str | None) -> bool:
    return may(actor, role, "see progress")


def scheme_versions(session: Session, project_id: int) -> list[Version]:
    """Newest first; the first is in force."""
    rows = session.execute(
        select(SchemeVersion.name, SchemeVersion.version, SchemeVersion.created_at)
        .where(SchemeVersion.project_id == project_id)
        .order_by(SchemeVersion.id.desc())
    )
    return [Version(f"{name}@{version}", at) for name, version, at in rows]


def guideline_versions(session: Session, project_id: int) -> list[Version]:
    """Newest first; the first is in force."""
    rows = session.execute(
        select(Guideline.version, func.min(Guideline.created_at))
        .where(Guideline.project_id == project_id)
        .group_by(Guideline.version)
        .order_by(Guideline.version.desc())
    )
    return [Version(f"guideline@{version}", at) for version, at in rows]


def saves_by_day(session: Session, project_id: int, days: int = 14) -> dict[str, int]:
    """How many answers were saved on each of the last days (UTC), by ISO date; days without are left out."""
    day = func.substr(LogLine.at, 1, 10)
    rows = session.execute(
        select(day, func.count())
        .where(LogLine.project_id == project_id, LogLine.at > before(timedelta(days=days)), LogLine.verb == "save")
        .group_by(day)
    )
    return {date: count for date, count in rows}


def known_names(session: Session, project_id: int) -> tuple[list[str], list[str]]:
    """The project's outlets and events, by name: offered while importing."""
    outlets = session.scalars(select(Outlet.name).where(Outlet.project_id == project_id).order_by(Outlet.name))
    events = session.scalars(select(Event.name).where(Event.project_id == project_id).order_by(Event.name))
    return list(outlets), list(events)
