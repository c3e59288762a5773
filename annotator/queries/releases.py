"""Reading releases: which there are, newest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.models import Person, Release


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


def releases(session: Session, project_id: int) -> list[Shown]:
    """Every release of the project, the newest first, the retracted ones too."""
    rows = session.execute(
        select(Release, Person.name)
        .outerjoin(Person, Person.id == Release.person_id)
        .where(Release.project_id == project_id)
        .order_by(Release.id.desc())
    )
    return [
        Shown(row.name, row.note, row.sha256, row.manifest, maker, row.created_at, row.retracted_at,
              row.retracted_reason)
        for row, maker in rows
    ]  # fmt: skip
