"""Projects and their texts. A document's text never changes; a sentence is a stretch of it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from annotator.models.base import Base, moment, now, number, one_of, pk, reference
from annotator.text.kinds import KINDS

#: A document's place in its project times this, plus a sentence's start, is the sentence's position.
POSITION_STEP = 2**28
_HAS_COPIES = text("near_group IS NOT NULL")  # most have none, and are not kept in that index


class Project(Base):
    __tablename__ = "project"

    id: Mapped[pk]
    name: Mapped[str] = mapped_column(unique=True)
    language: Mapped[str] = mapped_column(default="ar")
    overlap: Mapped[int] = mapped_column(default=2)  # k: annotators per sentence
    served_kinds: Mapped[list[str]] = mapped_column(JSON)
    served: Mapped[int] = mapped_column(default=0)  # sentences offered for labelling
    documents: Mapped[int] = mapped_column(default=0)
    guideline: Mapped[int | None]  # the guideline version in force
    targets: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")  # layer → agreement wanted
    created_at: Mapped[moment] = mapped_column(default=now)

    __table_args__ = (CheckConstraint("overlap >= 1", name="overlap"),)


class Outlet(Base):
    __tablename__ = "outlet"

    id: Mapped[pk]
    project_id: Mapped[int] = reference("project.id", cascade=True)
    name: Mapped[str]

    __table_args__ = (UniqueConstraint("project_id", "name"),)


class Event(Base):
    __tablename__ = "event"

    id: Mapped[pk]
    project_id: Mapped[int] = reference("project.id", cascade=True)
    name: Mapped[str]

    __table_args__ = (UniqueConstraint("project_id", "name"),)


class Document(Base):
    __tablename__ = "document"

    id: Mapped[pk]
    project_id: Mapped[int] = reference("project.id", cascade=True)
    file: Mapped[str]
    ordinal: Mapped[int]  # in the order of import
    text: Mapped[str] = mapped_column(deferred=True)
    sha256: Mapped[str]  # of the original decoded text in UTF-8, kept as it came
    text_sha256: Mapped[str]
    origin: Mapped[str]  # text: imported as an article; lines: made out of JSONL lines
    language: Mapped[str]
    outlet_id: Mapped[int | None] = reference("outlet.id", nullable=True)
    event_id: Mapped[int | None] = reference("event.id", nullable=True, index=True)
    published: Mapped[str | None]
    url: Mapped[str | None]
    meta: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[moment] = mapped_column(default=now)

    outlet: Mapped[Outlet | None] = relationship(lazy="raise")
    event: Mapped[Event | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("project_id", "file"),
        UniqueConstraint("project_id", "ordinal"),
        Index("ix_document_project_sha256", "project_id", "sha256"),
        CheckConstraint("origin in ('text', 'lines')", name="origin"),
    )


class Sentence(Base):
    """A unit of a document, `[start, end)` in code points; `text` repeats `document.text[start:end]`."""

    __tablename__ = "sentence"

    id: Mapped[pk]
    project_id: Mapped[int] = reference("project.id", cascade=True)
    document_id: Mapped[int] = reference("document.id", cascade=True)
    uid: Mapped[str]  # the id of the line in the format of record
    start: Mapped[int]
    end: Mapped[int]
    kind: Mapped[str]
    text: Mapped[str]
    text_sha256: Mapped[str]
    folded: Mapped[str]  # for search only
    position: Mapped[number]
    served: Mapped[bool]
    taken: Mapped[int] = mapped_column(default=0)  # live leases, drafts and submitted answers
    open: Mapped[bool]  # served and taken < overlap
    near_group: Mapped[str | None]  # near-copies of one project and event share it (wire copy)
    split: Mapped[str | None]
    gold_check: Mapped[bool] = mapped_column(default=False)

    document: Mapped[Document] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("project_id", "uid"),
        UniqueConstraint("document_id", "start"),
        Index("ix_sentence_queue", "project_id", "open", "position"),
        Index("ix_sentence_position", "project_id", "position"),
        Index("ix_sentence_near_group", "project_id", "near_group",
              sqlite_where=_HAS_COPIES, postgresql_where=_HAS_COPIES),
        CheckConstraint('0 <= start AND start < "end"', name="span"),
        CheckConstraint("taken >= 0", name="taken"),
        CheckConstraint(one_of("kind", KINDS), name="kind"),
    )


class SentenceLink(Base):
    """A typed link between two sentences, as of different outlets (same, supports, contradicts, …)."""

    __tablename__ = "sentence_link"

    id: Mapped[pk]
    from_id: Mapped[int] = reference("sentence.id", cascade=True)
    to_id: Mapped[int] = reference("sentence.id", index=True, cascade=True)
    person_id: Mapped[int | None] = reference("person.id", nullable=True)
    type: Mapped[str]
    created_at: Mapped[moment] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("from_id", "to_id", "person_id"),)


class Arriving(Base):
    """Rows of a file that is not whole yet, `first_id` to `last_id` of a table: no reader sees them.

    Only on SQLite; on PostgreSQL a file is one transaction.
    """

    __tablename__ = "arriving"

    id: Mapped[pk]
    table_name: Mapped[str]
    first_id: Mapped[number]
    last_id: Mapped[number]
