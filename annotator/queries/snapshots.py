"""A project as exports and agreement read it, streamed document by document."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from annotator import snapshot
from annotator.agreement.gold import gold
from annotator.models import Annotation, Document, Event, Outlet, Person, Project, Sentence
from annotator.queries.answers import labels_by_annotation
from annotator.queries.scheme import in_force
from annotator.snapshot import DocumentRef, Line, Snapshot

WHAT = ("annotations", "gold")
ALL = "all"  # every answer, and what came of them: what a release holds
BATCH = 500  # sentences read at once: memory stays constant


_ANSWERS = (
    select(
        Annotation.id, Annotation.sentence_id, Person.email, Annotation.state, Annotation.version,
        Annotation.skip_reason, Annotation.flag, Annotation.comment, Annotation.active_ms,
        Annotation.created_at, Annotation.updated_at, Annotation.scheme, Annotation.guideline,
        Annotation.provenance,
    )
    .join(Person, Person.id == Annotation.person_id)
    .where(Annotation.sentence_id.in_(bindparam("ids", expanding=True)))
)  # fmt: skip


def take(session: Session, project: Project, what: str = "annotations") -> Snapshot:
    """The project at the moment of the session's transaction; `lines` reads as it is iterated."""
    scheme = in_force(session, project.id).scheme
    return Snapshot(project=project.name, scheme=scheme, lines=_lines(session, project, what))


def _lines(session: Session, project: Project, what: str) -> Iterator[Line]:
    documents = session.execute(
        select(Document.id, Document.file, Document.sha256, Outlet.name.label("outlet"),
               Event.name.label("event"), Document.language)
        .outerjoin(Outlet, Outlet.id == Document.outlet_id)
        .outerjoin(Event, Event.id == Document.event_id)
        .where(Document.project_id == project.id)
    ).all()  # fmt: skip
    # by code point, whatever collation the database has: equal state, equal bytes
    for document in sorted(documents, key=lambda row: row.file):
        ref = DocumentRef(document.file, document.sha256, document.outlet, document.event, document.language)
        after = -1
        while True:
            rows = session.execute(
                select(Sentence.id, Sentence.uid, Sentence.start, Sentence.end, Sentence.kind, Sentence.text,
                       Sentence.text_sha256, Sentence.split, Sentence.near_group)
                .where(Sentence.document_id == document.id, Sentence.start > after)
                .order_by(Sentence.start)
                .limit(BATCH)
            ).all()  # fmt: skip
            if not rows:
                break
            yield from _with_answers(session, project, ref, rows, what)
            after = rows[-1].start


def _with_answers(
    session: Session, project: Project, ref: DocumentRef, rows: Sequence[Any], what: str
) -> Iterator[Line]:
    answers = answers_by_sentence(session, {row.id: row.text for row in rows})
    for row in rows:
        own = answers.get(row.id, ())
        yield Line(
            id=row.uid, project=project.name, document=ref, start=row.start, end=row.end, kind=row.kind,
            text=row.text, text_sha256=row.text_sha256,
            annotations=own if what in ("annotations", ALL) else (),
            gold=gold(own, row.text) if what in ("gold", ALL) else None,
            split=row.split, group=row.near_group,
        )  # fmt: skip


def answers_by_sentence(session: Session, texts: Mapping[int, str]) -> dict[int, tuple[snapshot.Annotation, ...]]:
    """Every answer to these sentences (texts by id), by sentence, ordered by annotator."""
    found = session.connection().execute(_ANSWERS, {"ids": list(texts)}).all()
    labels = labels_by_annotation(session, {row.id: texts[row.sentence_id] for row in found})
    by_sentence: dict[int, list[snapshot.Annotation]] = defaultdict(list)
    for row in sorted(found, key=lambda row: row.email):
        by_sentence[row.sentence_id].append(
            snapshot.Annotation(
                annotator=row.email, state=row.state, version=row.version, skip_reason=row.skip_reason,
                flag=row.flag, labels=labels[row.id], comment=row.comment, active_ms=row.active_ms,
                created_at=row.created_at, updated_at=row.updated_at, scheme=row.scheme,
                guideline=row.guideline, provenance=row.provenance,
            )  # fmt: skip
        )
    return {sentence_id: tuple(own) for sentence_id, own in by_sentence.items()}
