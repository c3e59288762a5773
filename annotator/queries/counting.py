"""Submitted answers as the tallies count them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Text, bindparam, cast, select
from sqlalchemy.orm import Session

from annotator.agreement.contents import contents
from annotator.agreement.tallies import Answer, Content, Row
from annotator.agreement.votes import Votes, votes
from annotator.models import Annotation, Sentence, Span, StatementRow
from annotator.prepared import driver
from annotator.queries.answer_columns import Reader
from annotator.queries.counted import Speakers, first_copies, left_out, shown, week


def _submitted(among: Any, *columns: Any) -> Any:
    """A query of submitted answers in the documents or sentences `among`, given as :ids."""
    return (
        select(*columns)
        .select_from(Annotation)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(Annotation.state == "submitted", among.in_(bindparam("ids", expanding=True)))
    )


def _queries(among: Any) -> tuple[Any, Any, Any]:
    """Answers, their statements, their spans."""
    answers = _submitted(
        among, Sentence.document_id, Sentence.id, Sentence.near_group, Annotation.id, Annotation.person_id,
        Annotation.updated_at, Annotation.guideline, cast(Annotation.provenance, Text), Sentence.text,
    ).order_by(Sentence.document_id, Sentence.start)  # fmt: skip
    statements = (
        _submitted(
            among, StatementRow.annotation_id, StatementRow.entry_id, StatementRow.start, StatementRow.end,
            StatementRow.attribution, StatementRow.target, StatementRow.stance, StatementRow.claim_type,
        )
        .join(StatementRow, StatementRow.annotation_id == Annotation.id)
        .order_by(StatementRow.annotation_id, StatementRow.n)
    )  # fmt: skip
    spans = _submitted(among, Span.annotation_id, Span.start, Span.end, Span.label)
    return answers, statements, spans.join(Span, Span.annotation_id == Annotation.id)


_BY_DOCUMENT = _queries(Sentence.document_id)
_BY_SENTENCE = _queries(Sentence.id)


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


def sentence_votes(session: Session, project_id: int, document_id: int) -> list[Votes]:
    """The votes of the sentences of a document, each a unit of its own."""
    answers = Reader(session, project_id).read(Sentence.document_id == document_id, by_sentence=True)
    return list(votes(answers, week))


def sentence_contents(session: Session, project_id: int, document_id: int) -> dict[int, Content]:
    """The same as they are stored, of each sentence that has some, as if it were a document."""
    return contents(sentence_votes(session, project_id, document_id))


def answered_sentences(session: Session, project_id: int, document_ids: Sequence[int]) -> dict[int, list[Answered]]:
    """The sentences of these documents that have submitted answers, in order."""
    return _answered(session, project_id, _BY_DOCUMENT, document_ids)


def sentences_by_id(session: Session, project_id: int, sentence_ids: Sequence[int]) -> list[Answered]:
    """These sentences (at most some thousand) with their submitted answers."""
    by_document = _answered(session, project_id, _BY_SENTENCE, sentence_ids)
    return [sentence for own in by_document.values() for sentence in own]


def _answered(
    session: Session, project_id: int, queries: tuple[Any, Any, Any], ids: Sequence[int]
) -> dict[int, list[Answered]]:
    found = _read(session, queries[0], ids)
    texts = {row[3]: row[8] for row in found}
    rows = _rows(_read(session, queries[1], ids), texts, Speakers(session, project_id))
    spans: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for annotation_id, start, end, label in _read(session, queries[2], ids):
        spans[annotation_id].append((start, end, label))
    firsts = first_copies(session, project_id, {row[2] for row in found if row[2] is not None})
    nobody = left_out(session, project_id)
    sentences: dict[int, dict[int, Answered]] = defaultdict(dict)
    for document_id, sentence_id, group, annotation_id, person, finished, guideline, provenance, text in found:
        if annotation_id not in rows or person in nobody:
            continue
        copy = group is not None and firsts[group] != sentence_id
        own = sentences[document_id].setdefault(sentence_id, Answered(text, copy, [], sentence_id))
        seen, hidden = shown(provenance)
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
