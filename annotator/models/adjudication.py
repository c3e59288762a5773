"""What a person decided where annotators disagree."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from annotator.models.base import Base, moment, now, pk, reference


class Decision(Base):
    """An adjudicator's labels of one sentence, in the form of the format of record."""

    __tablename__ = "decision"

    id: Mapped[pk]
    sentence_id: Mapped[int] = reference("sentence.id", cascade=True)
    person_id: Mapped[int] = reference("person.id")
    version: Mapped[int] = mapped_column(default=1)
    labels: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[moment] = mapped_column(default=now)

    __table_args__ = (UniqueConstraint("sentence_id"),)
