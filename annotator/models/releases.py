"""Frozen, named versions of a project's dataset. Their files lie in the instance folder."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from annotator.models.base import Base, moment, now, pk, reference


class Release(Base):
    """A release. Its content never changes; it can be retracted, with the reason."""

    __tablename__ = "release"

    id: Mapped[pk]
    project_id: Mapped[int] = reference("project.id", cascade=True)
    name: Mapped[str]
    note: Mapped[str | None]
    sha256: Mapped[str]  # the one hash over all sealed files
    manifest: Mapped[dict[str, Any]] = mapped_column(JSON)
    person_id: Mapped[int | None] = reference("person.id", nullable=True)
    created_at: Mapped[moment] = mapped_column(default=now)
    retracted_at: Mapped[moment | None]
    retracted_reason: Mapped[str | None]

    __table_args__ = (
        UniqueConstraint("project_id", "name"),
        CheckConstraint("(retracted_at IS NULL) = (retracted_reason IS NULL)", name="retracted"),
    )
