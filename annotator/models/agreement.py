"""Tallies of agreement: kept so that no page counts labels one by one. All of them can be recounted."""

from __future__ import annotations

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from annotator.models.base import Base, moment, now, number, pk, reference


class TallyDue(Base):
    """A document whose answers changed since its tally was made: written with every change, only ever added to.

    Without foreign keys: on PostgreSQL each would lock a row that all writers share.
    """

    __tablename__ = "tally_due"

    id: Mapped[pk]
    project_id: Mapped[number]
    document_id: Mapped[number]


class DocumentTally(Base):
    """The counts of a document's submitted answers, as JSON; under which outlet and event they were summed.

    It outlives its document until the next fold, which takes its counts out of the sums.
    """

    __tablename__ = "document_tally"

    document_id: Mapped[number] = mapped_column(primary_key=True, autoincrement=False)
    project_id: Mapped[int] = reference("project.id", cascade=True)
    outlet_id: Mapped[number | None]
    event_id: Mapped[number | None]
    content: Mapped[str]

    __table_args__ = (Index("ix_document_tally_project", "project_id", "document_id"),)


class TallySum(Base):
    """The sum of the document tallies of a project, an outlet, a guideline version …, one part of it per row."""

    __tablename__ = "tally_sum"

    project_id: Mapped[int] = reference("project.id", cascade=True, primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    part: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[str]


class TallyState(Base):
    """How often a project's tallies were folded: who folds compares and sets it, savers never touch it."""

    __tablename__ = "tally_state"

    project_id: Mapped[int] = reference("project.id", cascade=True, primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
    folded_at: Mapped[moment] = mapped_column(default=now)


class TallyInterval(Base):
    """Intervals of the figures of one selection, with the state of the tallies that they belong to."""

    __tablename__ = "tally_interval"

    project_id: Mapped[int] = reference("project.id", cascade=True, primary_key=True)
    selection: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    content: Mapped[str]
    computed_at: Mapped[moment] = mapped_column(default=now)
