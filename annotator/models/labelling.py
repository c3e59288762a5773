"""Who is to label what, what they answered, and the log from which any past state can be rebuilt."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from annotator.models.base import Base, moment, now, number, one_of, pk, reference
from annotator.models.people import Person
from annotator.models.registry import Entry

STATES = ("draft", "submitted", "skipped")
#: Assignments in these states count toward the overlap; a surplus answer came when the overlap was full.
COUNTED = ("leased", "draft", "submitted")


class Assignment(Base):
    """One sentence for one annotator: first a lease, then the state of the answer."""

    __tablename__ = "assignment"

    id: Mapped[pk]
    sentence_id: Mapped[int] = reference("sentence.id", cascade=True)
    person_id: Mapped[int] = reference("person.id")
    project_id: Mapped[int] = reference("project.id", cascade=True)
    position: Mapped[number]
    state: Mapped[str] = mapped_column(default="leased")
    lease_end: Mapped[moment | None]
    purpose: Mapped[str] = mapped_column(default="label")  # label, repeat, gold_check
    created_at: Mapped[moment] = mapped_column(default=now)

    __table_args__ = (
        UniqueConstraint("sentence_id", "person_id"),
        Index("ix_assignment_own", "person_id", "project_id", "position"),
        Index("ix_assignment_lease", "project_id", "state", "lease_end"),
        CheckConstraint(one_of("state", ("leased", "draft", "submitted", "skipped", "surplus")), name="state"),
        CheckConstraint("(state = 'leased') = (lease_end IS NOT NULL)", name="lease_end"),
    )


class Annotation(Base):
    """One annotator's whole answer to one sentence; `version` counts its saves from 1."""

    __tablename__ = "annotation"

    id: Mapped[pk]
    sentence_id: Mapped[int] = reference("sentence.id", cascade=True)
    project_id: Mapped[int] = reference("project.id", cascade=True)
    person_id: Mapped[int] = reference("person.id")
    version: Mapped[int]
    state: Mapped[str]
    skip_reason: Mapped[str | None]
    flag: Mapped[str | None]
    comment: Mapped[str | None]
    active_ms: Mapped[number | None]
    scheme: Mapped[str]  # name@version at the save
    guideline: Mapped[str | None]
    provenance: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_at: Mapped[moment] = mapped_column(default=now)
    updated_at: Mapped[moment] = mapped_column(default=now)

    person: Mapped[Person] = relationship(lazy="raise")
    statements: Mapped[list[StatementRow]] = relationship(
        lazy="raise", order_by="StatementRow.n", cascade="all, delete-orphan"
    )
    spans: Mapped[list[Span]] = relationship(
        lazy="raise", order_by="Span.start, Span.end.desc(), Span.label", cascade="all, delete-orphan"
    )

    __table_args__ = (
        UniqueConstraint("sentence_id", "person_id"),
        Index("ix_annotation_own", "person_id", "project_id", "updated_at"),
        CheckConstraint(one_of("state", ("draft", "submitted", "skipped")), name="state"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("active_ms >= 0", name="active_ms"),
        CheckConstraint("state <> 'skipped' OR skip_reason IS NOT NULL", name="skip_reason"),
    )


class StatementRow(Base):
    """Row `n` of an answer, 1 being the primary one. Null = not answered (drafts only)."""

    __tablename__ = "statement"

    id: Mapped[pk]
    annotation_id: Mapped[int] = reference("annotation.id", cascade=True)
    n: Mapped[int]
    entry_id: Mapped[int | None] = reference("entry.id", nullable=True, index=True)
    start: Mapped[int | None]  # the words that name the speaker, in code points of the sentence
    end: Mapped[int | None]
    attribution: Mapped[str | None]
    target: Mapped[str | None]
    stance: Mapped[str | None]
    claim_type: Mapped[str | None]

    entry: Mapped[Entry | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("annotation_id", "n"),
        CheckConstraint("n >= 1", name="n"),
        CheckConstraint('(start IS NULL) = ("end" IS NULL)', name="surface"),
        CheckConstraint('start IS NULL OR (0 <= start AND start < "end")', name="span"),
        CheckConstraint("stance <> 'none' OR target IS NULL", name="stance_none"),
    )


class Span(Base):
    """An entity of an answer, code points of the sentence, half-open."""

    __tablename__ = "span"

    id: Mapped[pk]
    annotation_id: Mapped[int] = reference("annotation.id", cascade=True)
    start: Mapped[int]
    end: Mapped[int]
    label: Mapped[str]

    __table_args__ = (
        UniqueConstraint("annotation_id", "start", "end"),
        CheckConstraint('0 <= start AND start < "end"', name="span"),
    )


class LogLine(Base):
    """What was done, by whom, when: written in the transaction of the deed, never changed after."""

    __tablename__ = "log"

    id: Mapped[pk]
    at: Mapped[moment] = mapped_column(default=now)
    person_id: Mapped[int | None] = reference("person.id", nullable=True)  # null: the command line
    project_id: Mapped[int | None] = reference("project.id", nullable=True, cascade=True)
    sentence_id: Mapped[number | None] = mapped_column(index=True)
    verb: Mapped[str]
    version: Mapped[int | None]
    key: Mapped[str | None]  # the idempotency key of a save
    body_sha256: Mapped[str | None]
    content: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)  # the state after the deed

    __table_args__ = (
        UniqueConstraint("person_id", "key"),
        Index("ix_log_project_at", "project_id", "at"),
    )
