"""Submitted answers as the tallies count them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Text, bindparam, cast, func, or_, select
from sqlalchemy.orm import Session

from annotator.agreement.tallies import Answer, Content, Row, document_content
from annotator.models import (
    Annotation,
    Document,
    Entry,
    Membership,
    Sentence,
    Span,
    StatementRow,
)
from annotator.permissions import VERBS
from annotator.prepared import driver

# Answers count of members whose role labels, and of those who left: their work stays, as in exports. Who is made
# a viewer is taken out of the figures.
_ROLES = or_(Membership.role.is_(None), Membership.role.in_(sorted(VERBS["label"])))
_MEMBER = (Membership.project_id == Annotation.project_id) & (Membership.person_id == Annotation.person_id)


def _counted(among: Any, *columns: Any) -> Any:
    """A query of counted answers in the documents or sentences `among`, given as :ids."""
    return (
        select(*columns)
        .select_from(Annotation)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .outerjoin(Membership, _MEMBER)
        .where(Annotation.state == "submitted", _ROLES, among.in_(bindparam("ids", expanding=True)))
    )


def _queries(among: Any) -> tuple[Any, Any, Any]:
    """Answers, their statements, their spans."""
    answers = _counted(
        among, Sentence.document_id, Sentence.id, Sentence.near_group, Annotation.id, Annotation.person_id,
        Annotation.updated_at, Annotation.guideline, cast(Annotation.provenance, Text), Sentence.text,
    ).order_by(Sentence.document_id, Sentence.start)  # fmt: skip
    statements = (
        _counted(
            among, StatementRow.annotation_id, StatementRow.entry_id, StatementRow.start, StatementRow.end,
            StatementRow.attribution, StatementRow.target, StatementRow.stance, StatementRow.claim_type,
        )
        .join(StatementRow, StatementRow.annotation_id == Annotation.id)
        .order_by(StatementRow.annotation_id, StatementRow.n)
    )  # fmt: skip
    spans = _counted(among, Span.annotation_id, Span.start, Span.end, Span.label)
    return answers, statements, spans.join(Span, Span.annotation_id == Annotation.id)


_BY_DOCUMENT = _queries(Sentence.document_id)
_BY_SENTENCE = _queries(Sentence.id)
_FIRST_COPIES = (
    select(Sentence.near_group, func.min(Sentence.id))
    .where(Sentence.project_id == bindparam("project"),
           Sentence.near_group.in_(bindparam("groups", expanding=True)))
    .group_by(Sentence.near_group)
)  # fmt: skip
_PLACES = select(Document.id, Document.outlet_id, Document.event_id).where(
    Document.id.in_(bindparam("documents", expanding=True))
)


class Answered(NamedTuple):
    """A sentence with its counted answers; `copy`: another sentence of its near-copies comes first."""

    text: str
    copy: bool
    answers: list[Answer]
    sentence_id: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes of a document, and the outlet and event (ids) that they count for."""

    outlet: int | None
    event: int | None
    content: Content


class Speakers:
    """The registry of a project as the tallies read it: entry → (id of the one it was merged into, own name)."""

    def __init__(self, session: Session, project_id: int) -> None:
        rows = session.execute(
            select(Entry.id, Entry.key, Entry.canonical, Entry.merged_into_id).where(Entry.project_id == project_id)
        ).all()
        into = {row.id: row.merged_into_id for row in rows if row.merged_into_id is not None}
        keys = {row.id: row.key for row in rows}
        self.named: dict[int, tuple[str, str]] = {
            row.id: (keys[_end(row.id, into)], row.canonical) for row in rows
        }


def _end(entry: int, into: Mapping[int, int]) -> int:
    """Where a chain of merges ends; a circle ends where it is entered."""
    seen = {entry}
    while entry in into and into[entry] not in seen:
        entry = into[entry]
        seen.add(entry)
    return entry


def count_documents(
    session: Session, project_id: int, document_ids: Sequence[int], speakers: Speakers | None = None
) -> dict[int, Tally]:
    """The tallies of these documents (at most some hundred), counted from their answers."""
    sentences = answered_sentences(session, project_id, document_ids, speakers)
    places = session.connection().execute(_PLACES, {"documents": list(document_ids)})
    return {
        document_id: Tally(outlet, event, document_content((one[:3] for one in sentences.get(document_id, ())), week))
        for document_id, outlet, event in places
    }


def answered_sentences(
    session: Session, project_id: int, document_ids: Sequence[int], speakers: Speakers | None = None
) -> dict[int, list[Answered]]:
    """The sentences of these documents that have submitted answers, in order."""
    return _answered(session, project_id, _BY_DOCUMENT, document_ids, speakers)


def sentences_by_id(session: Session, project_id: int, sentence_ids: Sequence[int]) -> list[Answered]:
    """These sentences (at most some thousand) with their submitted answers."""
    by_document = _answered(session, project_id, _BY_SENTENCE, sentence_ids, None)
    return [sentence for own in by_document.values() for sentence in own]


def _answered(
    session: Session, project_id: int, queries: tuple[Any, Any, Any], ids: Sequence[int], speakers: Speakers | None
) -> dict[int, list[Answered]]:
    speakers = speakers or Speakers(session, project_id)
    found = _read(session, queries[0], ids)
    texts = {row[3]: row[8] for row in found}
    rows = _rows(_read(session, queries[1], ids), texts, speakers)
    spans: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for annotation_id, start, end, label in _read(session, queries[2], ids):
        spans[annotation_id].append((start, end, label))
    firsts = _firsts(session, project_id, {row[2] for row in found if row[2] is not None})
    sentences: dict[int, dict[int, Answered]] = defaultdict(dict)
    for document_id, sentence_id, group, annotation_id, person, finished, guideline, provenance, text in found:
        if annotation_id not in rows:
            continue
        copy = group is not None and firsts[group] != sentence_id
        own = sentences[document_id].setdefault(sentence_id, Answered(text, copy, [], sentence_id))
        seen, hidden = _shown(provenance)
        own.answers.append(
            Answer(person, rows[annotation_id], spans.get(annotation_id, ()), finished, guideline, seen, hidden)
        )
    return {document_id: list(own.values()) for document_id, own in sentences.items()}


def _read(session: Session, query: Any, ids: Sequence[int]) -> list[Any]:
    """The rows on the driver's own cursor: there are millions of them, of numbers and texts that need no conversion."""
    run = driver(session)
    told = query.params(ids=[int(one) for one in ids]).compile(
        dialect=run.dialect, compile_kwargs={"literal_binds": True}
    )
    run.cursor.execute(str(told))
    found: list[Any] = run.cursor.fetchall()
    return found


def _rows(found: Any, texts: Mapping[int, str], speakers: Speakers) -> dict[int, list[Row]]:
    rows: dict[int, list[Row]] = defaultdict(list)
    for annotation_id, entry, start, end, attribution, target, stance, claim_type in found:
        speaker, raw = speakers.named.get(entry, (None, None))
        if start is not None and annotation_id in texts:
            raw = texts[annotation_id][start:end]
        rows[annotation_id].append(Row(speaker, raw, attribution, target, stance, claim_type))
    return rows


def _firsts(session: Session, project_id: int, groups: Collection[str]) -> dict[str | None, int]:
    """The first sentence of each group of near-copies."""
    names = sorted(groups)
    found: dict[str | None, int] = {}
    for at in range(0, len(names), 500):
        given = {"project": project_id, "groups": names[at : at + 500]}
        found.update(dict(session.connection().execute(_FIRST_COPIES, given).all()))
    return found


def _shown(provenance: str | None) -> tuple[bool, bool]:
    """(Suggestions were shown, the outlet was hidden) as the answer's own account of itself says."""
    if provenance is None or ("offered" not in provenance and "outlet_hidden" not in provenance):
        return False, False
    told = orjson.loads(provenance)
    offered = told.get("offered") if isinstance(told, dict) else None
    seen = any(offered.values()) if isinstance(offered, dict) else bool(offered)
    return seen, isinstance(told, dict) and told.get("outlet_hidden") is True


@cache
def _week_of_day(day: str) -> str:
    try:
        year, week, _ = date.fromisoformat(day).isocalendar()
    except ValueError:
        return ""
    return f"{year}-W{week:02d}"


def week(moment: str) -> str:
    """The ISO week of a moment, as 2026-W05; empty when it is none."""
    return _week_of_day(moment[:10])
