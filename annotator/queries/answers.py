"""Stored answers as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from annotator.layers.answer import Entity, Labels, Speaker, Stance, Statement
from annotator.models import Annotation, Entry, Sentence, Span, StatementRow


def labels_by_annotation(session: Session, annotation_ids: Sequence[int]) -> dict[int, Labels]:
    """The labels of each of these annotations (at most some thousands at once): two queries."""
    if not annotation_ids:
        return {}
    statements: dict[int, list[Statement]] = defaultdict(list)
    for row in session.execute(
        select(
            StatementRow.annotation_id, Entry.key, Entry.canonical, Entry.kind, StatementRow.start,
            StatementRow.end, StatementRow.attribution, StatementRow.target, StatementRow.stance,
            StatementRow.claim_type, Sentence.text,
        )
        .join(Annotation, Annotation.id == StatementRow.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .outerjoin(Entry, Entry.id == StatementRow.entry_id)
        .where(StatementRow.annotation_id.in_(annotation_ids))
        .order_by(StatementRow.annotation_id, StatementRow.n)
    ):  # fmt: skip
        annotation_id, key, canonical, kind, start, end, attribution, target, stance, claim_type, text = row
        speaker = None
        if key is not None:
            words = None if start is None else text[start:end]
            speaker = Speaker(key, canonical, kind, start, end, words)
        statements[annotation_id].append(Statement(speaker, attribution, Stance(target, stance), claim_type))
    entities: dict[int, list[Entity]] = defaultdict(list)
    for annotation_id, start, end, label, text in session.execute(
        select(Span.annotation_id, Span.start, Span.end, Span.label, Sentence.text)
        .join(Annotation, Annotation.id == Span.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(Span.annotation_id.in_(annotation_ids))
        .order_by(Span.annotation_id, Span.start, Span.end.desc(), Span.label)
    ):
        entities[annotation_id].append(Entity(start, end, text[start:end], label))
    return {a: Labels(tuple(statements[a]), tuple(entities[a])) for a in annotation_ids}
