"""Which projects have tallies to fold: asked again and again, so without anything that computes."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.models import TallyDue


def projects(session: Session) -> list[int]:
    return sorted(session.scalars(select(TallyDue.project_id).distinct()))
