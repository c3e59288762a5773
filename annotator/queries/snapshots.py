"""A project as exports and agreement read it, streamed document by document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import orjson
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from annotator import snapshot
from annotator.layers.quick import quick
from annotator.layers.stored import StoredLabels
from annotator.models import Annotation, Document, Entry, Event, Outlet, Person, Project, Sentence, Span, StatementRow
from annotator.prepared import Driver, Prepared, driver
from annotator.queries.scheme import in_force
from annotator.snapshot import DocumentRef, Line, Snapshot

_new_line, _new_annotation = quick(Line), quick(snapshot.Annotation)
BATCH = 500  # sentences read at once: memory stays constant


_DOCUMENTS = Prepared(
    select(Document.id, Document.file, Document.sha256, Outlet.name.label("outlet"), Event.name.label("event"),
           Document.language)
    .outerjoin(Outlet, Outlet.id == Document.outlet_id)
    .outerjoin(Event, Event.id == Document.event_id)
    .where(Document.project_id == bindparam("project"))
)  # fmt: skip
_SENTENCES = Prepared(
    select(Sentence.id, Sentence.uid, Sentence.start, Sentence.end, Sentence.kind, Sentence.text,
           Sentence.text_sha256, Sentence.split, Sentence.near_group)
    .where(Sentence.document_id == bindparam("document"), Sentence.start > bindparam("after"))
    .order_by(Sentence.start)
    .limit(BATCH)
)  # fmt: skip
_ENTRIES = Prepared(
    select(Entry.id, Entry.key, Entry.canonical, Entry.kind).where(Entry.project_id == bindparam("project"))
)
_PEOPLE = Prepared(select(Person.id, Person.email))
_ANSWER_COLUMNS = select(
    Annotation.id, Annotation.sentence_id, Annotation.person_id, Annotation.state, Annotation.version,
    Annotation.skip_reason, Annotation.flag, Annotation.comment, Annotation.active_ms, Annotation.created_at,
    Annotation.updated_at, Annotation.scheme, Annotation.guideline, Annotation.provenance,
)  # fmt: skip
_STATEMENT_COLUMNS = select(
    StatementRow.annotation_id, StatementRow.entry_id, StatementRow.start, StatementRow.end,
    StatementRow.attribution, StatementRow.target, StatementRow.stance, StatementRow.claim_type,
).order_by(StatementRow.annotation_id, StatementRow.n)  # fmt: skip
_SPAN_COLUMNS = select(Span.annotation_id, Span.start, Span.end, Span.label).order_by(
    Span.annotation_id, Span.start, Span.end.desc(), Span.label
)
# the answers to the sentences of one batch, told by their place: a list of ids would be compiled anew each time
_HERE = (
    Sentence.document_id == bindparam("document"),
    Sentence.start >= bindparam("first"),
    Sentence.start <= bindparam("last"),
)
_ANSWERS = Prepared(_ANSWER_COLUMNS.join(Sentence, Sentence.id == Annotation.sentence_id).where(*_HERE))
_STATEMENTS, _SPANS = (
    Prepared(
        columns.join(Annotation, Annotation.id == table.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(*_HERE)
    )
    for columns, table in ((_STATEMENT_COLUMNS, StatementRow), (_SPAN_COLUMNS, Span))
)
# the same where the ids lie close together, as they mostly do: a stretch of one table instead of a join of three
_ANSWERS_BETWEEN, _STATEMENTS_BETWEEN, _SPANS_BETWEEN = (
    Prepared(columns.where(column.between(bindparam("low"), bindparam("high"))))
    for columns, column in (
        (_ANSWER_COLUMNS, Annotation.sentence_id),
        (_STATEMENT_COLUMNS, StatementRow.annotation_id),
        (_SPAN_COLUMNS, Span.annotation_id),
    )
)
_NO_SPEAKER = (None, None, None)


def take(session: Session, project: Project) -> Snapshot:
    """The project with every answer, at the moment of the session's transaction; `lines` reads as it is iterated.

    Gold and soft labels are made of it in `exporting`.
    """
    scheme = in_force(session, project.id).scheme
    return Snapshot(project=project.name, scheme=scheme, lines=_lines(session, project))


@dataclass(frozen=True, slots=True)
class _Names:
    """What rows name by number, read once: registry entries (id, name, kind) and e-mail addresses."""

    entries: dict[int, tuple[str, str, str]]
    emails: dict[int, str]


def _lines(session: Session, project: Project) -> Iterator[Line]:
    run, name, names = driver(session), project.name, None
    # by code point, whatever collation the database has: equal state, equal bytes
    for document in sorted(_DOCUMENTS.tuples(run, {"project": project.id}), key=lambda row: row[1]):
        names = names or _Names(
            {row[0]: row[1:] for row in _ENTRIES.tuples(run, {"project": project.id})},
            {row[0]: row[1] for row in _PEOPLE.tuples(run, {})},
        )
        ref = DocumentRef(*document[1:])
        after = -1
        while True:
            rows = _SENTENCES.tuples(run, {"document": document[0], "after": after})
            if not rows:
                break
            after = rows[-1][2]
            answers = _answers(run, document[0], rows, names)
            for sentence_id, uid, start, end, kind, text, sha256, split, group in rows:
                yield _new_line(
                    uid, name, ref, start, end, kind, text, sha256, answers.get(sentence_id, ()), None, None, split,
                    group,
                )  # fmt: skip


def _answers(
    run: Driver, document: int, rows: Sequence[Any], names: _Names
) -> dict[int, tuple[snapshot.Annotation, ...]]:
    """Every answer to these sentences of a document, by sentence, ordered by annotator."""
    texts = {row[0]: row[5] for row in rows}
    here = {"document": document, "first": rows[0][2], "last": rows[-1][2]}
    found = [row for row in _near(run, _ANSWERS_BETWEEN, _ANSWERS, texts, here) if row[1] in texts]
    own: dict[int, tuple[list[Any], list[Any]]] = {row[0]: ([], []) for row in found}
    if not own:
        return {}
    entries, emails = names.entries, names.emails
    for of, entry, *rest in _near(run, _STATEMENTS_BETWEEN, _STATEMENTS, own, here):
        if of in own:
            own[of][0].append((*(_NO_SPEAKER if entry is None else entries[entry]), *rest))
    for of, start, end, label in _near(run, _SPANS_BETWEEN, _SPANS, own, here):
        if of in own:
            own[of][1].append((start, end, label))
    by_sentence: defaultdict[int, list[snapshot.Annotation]] = defaultdict(list)
    for (annotation_id, sentence_id, person, state, version, skip_reason, flag, comment, active_ms, created_at,
         updated_at, scheme, guideline, provenance) in found:  # fmt: skip
        by_sentence[sentence_id].append(
            _new_annotation(
                emails[person], state, version, skip_reason, flag,
                StoredLabels(*own[annotation_id], texts[sentence_id]), comment, active_ms, created_at, updated_at,
                scheme, guideline, _read(provenance),
            )  # fmt: skip
        )
    return {sentence_id: tuple(sorted(some, key=_by_annotator)) for sentence_id, some in by_sentence.items()}


_by_annotator = attrgetter("annotator")


def _near(
    run: Driver, between: Prepared, joined: Prepared, ids: Collection[int], here: dict[str, int]
) -> list[tuple[Any, ...]]:
    """The rows that belong to these ids, and where the ids lie close together perhaps some more."""
    low, high = min(ids), max(ids)
    if high - low > 2 * len(ids) + 50:
        return joined.tuples(run, here)
    return between.tuples(run, {"low": low, "high": high})


def _read(provenance: Any) -> dict[str, object]:
    """SQLite gives JSON as text, PostgreSQL's driver as what it says."""
    if provenance == "{}":
        return {}
    read: dict[str, object] = orjson.loads(provenance) if isinstance(provenance, str) else provenance
    return read
