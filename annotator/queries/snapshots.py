"""A project as exports and agreement read it, streamed document by document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import orjson
from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from annotator import snapshot
from annotator.layers.quick import quick
from annotator.models import Annotation, Document, Event, Outlet, Person, Project, Sentence, Span, StatementRow
from annotator.prepared import Driver, Prepared, driver
from annotator.queries.answers import SPANS, STATEMENTS, labels_from_rows
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
# the answers to the sentences of one batch, told by their place: a list of ids would be compiled anew each time
_HERE = (
    Sentence.document_id == bindparam("document"),
    Sentence.start >= bindparam("first"),
    Sentence.start <= bindparam("last"),
)
_ANSWERS = Prepared(
    select(
        Annotation.id, Annotation.sentence_id, Person.email, Annotation.state, Annotation.version,
        Annotation.skip_reason, Annotation.flag, Annotation.comment, Annotation.active_ms,
        Annotation.created_at, Annotation.updated_at, Annotation.scheme, Annotation.guideline,
        Annotation.provenance,
    )
    .join(Sentence, Sentence.id == Annotation.sentence_id)
    .join(Person, Person.id == Annotation.person_id)
    .where(*_HERE)
)  # fmt: skip
_STATEMENTS, _SPANS = (
    Prepared(
        statement.join(Annotation, Annotation.id == table.annotation_id)
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(*_HERE)
    )
    for statement, table in ((STATEMENTS, StatementRow), (SPANS, Span))
)


def take(session: Session, project: Project) -> Snapshot:
    """The project with every answer, at the moment of the session's transaction; `lines` reads as it is iterated.

    Gold and soft labels are made of it in `exporting`.
    """
    scheme = in_force(session, project.id).scheme
    return Snapshot(project=project.name, scheme=scheme, lines=_lines(session, project))


def _lines(session: Session, project: Project) -> Iterator[Line]:
    run, name = driver(session), project.name
    # by code point, whatever collation the database has: equal state, equal bytes
    for document in sorted(_DOCUMENTS.tuples(run, {"project": project.id}), key=lambda row: row[1]):
        ref = DocumentRef(*document[1:])
        after = -1
        while True:
            rows = _SENTENCES.tuples(run, {"document": document[0], "after": after})
            if not rows:
                break
            after = rows[-1][2]
            answers = _answers(run, document[0], rows)
            for sentence_id, uid, start, end, kind, text, sha256, split, group in rows:
                yield _new_line(
                    uid, name, ref, start, end, kind, text, sha256, answers.get(sentence_id, ()), None, None, split,
                    group,
                )  # fmt: skip


def _answers(run: Driver, document: int, rows: Sequence[Any]) -> dict[int, tuple[snapshot.Annotation, ...]]:
    """Every answer to these sentences of a document, by sentence, ordered by annotator."""
    texts = {row[0]: row[5] for row in rows}
    here = {"document": document, "first": rows[0][2], "last": rows[-1][2]}
    found = _ANSWERS.tuples(run, here)
    labels = labels_from_rows(
        {row[0]: texts[row[1]] for row in found}, _STATEMENTS.tuples(run, here), _SPANS.tuples(run, here)
    )
    by_sentence: defaultdict[int, list[snapshot.Annotation]] = defaultdict(list)
    for (annotation_id, sentence_id, email, state, version, skip_reason, flag, comment, active_ms, created_at,
         updated_at, scheme, guideline, provenance) in sorted(found, key=lambda row: row[2]):  # fmt: skip
        by_sentence[sentence_id].append(
            _new_annotation(
                email, state, version, skip_reason, flag, labels[annotation_id], comment, active_ms, created_at,
                updated_at, scheme, guideline, _read(provenance),
            )  # fmt: skip
        )
    return {sentence_id: tuple(own) for sentence_id, own in by_sentence.items()}


def _read(provenance: Any) -> dict[str, object]:
    """SQLite gives JSON as text, PostgreSQL's driver as what it says."""
    if provenance == "{}":
        return {}
    read: dict[str, object] = orjson.loads(provenance) if isinstance(provenance, str) else provenance
    return read
