"""Stored answers as values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from annotator.layers.answer import Entity, Labels, Speaker, Stance, Statement
from annotator.layers.quick import quick
from annotator.models import Entry, Span, StatementRow

# made once: every screen, export and import runs them
STATEMENTS = (
    select(
        StatementRow.annotation_id, Entry.key, Entry.canonical, Entry.kind, StatementRow.start, StatementRow.end,
        StatementRow.attribution, StatementRow.target, StatementRow.stance, StatementRow.claim_type,
    )
    .outerjoin(Entry, Entry.id == StatementRow.entry_id)
    .order_by(StatementRow.annotation_id, StatementRow.n)
)  # fmt: skip
SPANS = select(Span.annotation_id, Span.start, Span.end, Span.label).order_by(
    Span.annotation_id, Span.start, Span.end.desc(), Span.label
)
_STATEMENTS_OF = STATEMENTS.where(StatementRow.annotation_id.in_(bindparam("ids", expanding=True)))
_SPANS_OF = SPANS.where(Span.annotation_id.in_(bindparam("ids", expanding=True)))
_NO_STANCE = Stance(None, "none")
_new_statement, _new_entity, _new_labels = quick(Statement), quick(Entity), quick(Labels)
_new_speaker = quick(Speaker)


def labels_by_annotation(session: Session, texts: Mapping[int, str]) -> dict[int, Labels]:
    """The labels of these annotations (at most some thousands at once): two queries.

    `texts` gives the sentence of each annotation by its id.
    """
    if not texts:
        return {}
    connection = session.connection()
    ids = {"ids": list(texts)}
    statements = connection.execute(_STATEMENTS_OF, ids).all()
    return labels_from_rows(texts, statements, connection.execute(_SPANS_OF, ids).all())


def labels_from_rows(texts: Mapping[int, str], statements: Iterable[Any], spans: Iterable[Any]) -> dict[int, Labels]:
    """The labels of each annotation, from the rows of STATEMENTS and SPANS."""
    rows: defaultdict[int, list[Statement]] = defaultdict(list)
    for of, key, canonical, kind, start, end, attribution, target, stance, claim_type in statements:
        if key is None:
            speaker = None
        elif start is None:
            speaker = _speaker(key, canonical, kind)
        else:
            speaker = _new_speaker(key, canonical, kind, start, end, texts[of][start:end])
        rows[of].append(_new_statement(speaker, attribution, _stance(target, stance), claim_type))
    entities: defaultdict[int, list[Entity]] = defaultdict(list)
    for of, start, end, label in spans:
        entities[of].append(_new_entity(start, end, texts[of][start:end], label))
    return {of: _new_labels(tuple(rows.get(of, ())), tuple(entities.get(of, ()))) for of in texts}


@lru_cache(1024)
def _stance(target: str | None, value: str | None) -> Stance:
    return _NO_STANCE if value == "none" else Stance(target, value)


@lru_cache(4096)
def _speaker(key: str, canonical: str, kind: str) -> Speaker:
    return Speaker(key, canonical, kind)
