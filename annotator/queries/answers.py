"""Stored answers as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from annotator.layers.answer import Entity, Labels, Speaker, Stance, Statement
from annotator.models import Entry, Span, StatementRow

# made once: every screen, export and import runs them
_STATEMENTS = (
    select(
        StatementRow.annotation_id, Entry.key, Entry.canonical, Entry.kind, StatementRow.start, StatementRow.end,
        StatementRow.attribution, StatementRow.target, StatementRow.stance, StatementRow.claim_type,
    )
    .outerjoin(Entry, Entry.id == StatementRow.entry_id)
    .where(StatementRow.annotation_id.in_(bindparam("ids", expanding=True)))
    .order_by(StatementRow.annotation_id, StatementRow.n)
)  # fmt: skip
_SPANS = (
    select(Span.annotation_id, Span.start, Span.end, Span.label)
    .where(Span.annotation_id.in_(bindparam("ids", expanding=True)))
    .order_by(Span.annotation_id, Span.start, Span.end.desc(), Span.label)
)
_NO_STANCE = Stance(None, "none")


def labels_by_annotation(session: Session, texts: Mapping[int, str]) -> dict[int, Labels]:
    """The labels of these annotations (at most some thousands at once): two queries.

    `texts` gives the sentence of each annotation by its id.
    """
    if not texts:
        return {}
    connection = session.connection()
    statements: dict[int, list[Statement]] = defaultdict(list)
    ids = {"ids": list(texts)}
    for of, key, canonical, kind, start, end, attribution, target, stance, claim_type in connection.execute(
        _STATEMENTS, ids
    ):
        speaker = None
        if key is not None:
            words = None if start is None else texts[of][start:end]
            speaker = Speaker(key, canonical, kind, start, end, words)
        toward = _NO_STANCE if stance == "none" else Stance(target, stance)
        statements[of].append(Statement(speaker, attribution, toward, claim_type))
    entities: dict[int, list[Entity]] = defaultdict(list)
    for of, start, end, label in connection.execute(_SPANS, ids):
        entities[of].append(Entity(start, end, texts[of][start:end], label))
    return {of: Labels(tuple(statements[of]), tuple(entities[of])) for of in texts}
