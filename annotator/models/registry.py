"""The registry of speakers of a project."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from annotator.models.base import Base, moment, now, pk, reference


class Entry(Base):
    __tablename__ = "entry"

    id: Mapped[pk]
    project_id: Mapped[int] = reference("project.id", cascade=True)
    key: Mapped[str]  # its id in schemes, files and the API
    canonical: Mapped[str]
    en: Mapped[str | None]
    kind: Mapped[str]
    scope: Mapped[str] = mapped_column(default="project")
    document_id: Mapped[int | None] = reference("document.id", nullable=True)
    wikidata: Mapped[str | None]
    merged_into_id: Mapped[int | None] = reference("entry.id", nullable=True)
    created_by_id: Mapped[int | None] = reference("person.id", nullable=True)
    created_at: Mapped[moment] = mapped_column(default=now)

    aliases: Mapped[list[Alias]] = relationship(
        lazy="raise", order_by="Alias.id", cascade="all, delete-orphan", back_populates="entry"
    )

    __table_args__ = (
        UniqueConstraint("project_id", "key"),
        CheckConstraint("scope in ('project', 'document')", name="scope"),
    )


class Alias(Base):
    """A spelling of an entry, unique in its project."""

    __tablename__ = "alias"

    id: Mapped[pk]
    project_id: Mapped[int] = reference("project.id", cascade=True)
    entry_id: Mapped[int] = reference("entry.id", index=True, cascade=True)
    text: Mapped[str]

    entry: Mapped[Entry] = relationship(lazy="raise", back_populates="aliases")

    __table_args__ = (UniqueConstraint("project_id", "text"),)
