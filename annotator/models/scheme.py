"""Versions of the label scheme and of the guideline. A version, once used, never changes."""

from __future__ import annotations

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from annotator.models.base import Base, moment, now, pk, reference


class SchemeVersion(Base):
    """A label scheme of a project; the one with the highest id is in force."""

    __tablename__ = "scheme_version"

    id: Mapped[pk]
    project_id: Mapped[int] = reference("project.id", cascade=True)
    name: Mapped[str]
    version: Mapped[str]
    content: Mapped[str]  # the scheme file as canonical JSON
    sha256: Mapped[str]
    person_id: Mapped[int | None] = reference("person.id", nullable=True)
    created_at: Mapped[moment] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("project_id", "name", "version"),)


class Guideline(Base):
    """The guideline of a project in one language, from one version on."""

    __tablename__ = "guideline"

    id: Mapped[pk]
    project_id: Mapped[int] = reference("project.id", cascade=True)
    version: Mapped[int]
    language: Mapped[str]
    text: Mapped[str]
    person_id: Mapped[int | None] = reference("person.id", nullable=True)
    created_at: Mapped[moment] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("project_id", "version", "language"),)
