"""Checking what is stored against its own invariants: texts, offsets, quotes, hashes, counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from annotator.actions.checking_answers import answers_unlike_log
from annotator.actions.counting import miscounted
from annotator.errors import Fault
from annotator.models import (
    COUNTED,
    Annotation,
    Assignment,
    Document,
    Project,
    Sentence,
    Span,
    StatementRow,
)
from annotator.progress import passing
from annotator.queries import scheme as schemes

MOST_FAULTS = 100


def check(session: Session) -> tuple[dict[str, int], list[Fault]]:
    """How many of what was checked, and what is wrong (at most 100 faults)."""
    counts = {
        "documents": session.scalar(select(func.count()).select_from(Document)) or 0,
        "units": session.scalar(select(func.count()).select_from(Sentence)) or 0,
        "annotations": session.scalar(select(func.count()).select_from(Annotation)) or 0,
    }
    faults: list[Fault] = []
    for fault in _faults(session):
        faults.append(fault)
        if len(faults) == MOST_FAULTS:
            break
    return counts, faults


def _faults(session: Session) -> Iterator[Fault]:
    yield from _texts(session)
    yield from _spans(session)
    yield from _labels(session)
    yield from _overlap(session)
    yield from _work(session)
    yield from answers_unlike_log(session)


def _texts(session: Session) -> Iterator[Fault]:
    documents = session.scalars(select(Document.id).order_by(Document.id)).all()
    for document_id in passing(documents, "documents checked", len(documents)):
        file, text, digest = session.execute(
            select(Document.file, Document.text, Document.text_sha256).where(Document.id == document_id)
        ).one()
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            yield Fault("The stored text is not the imported one: its hash differs.", file=file)
        for start, end, quote, unit_digest in session.execute(
            select(Sentence.start, Sentence.end, Sentence.text, Sentence.text_sha256)
            .where(Sentence.document_id == document_id)
            .order_by(Sentence.start)
        ):
            if text[start:end] != quote or hashlib.sha256(quote.encode()).hexdigest() != unit_digest:
                yield Fault("The unit {start}–{end} is not that stretch of the text.",
                            {"start": start, "end": end}, file=file)  # fmt: skip


def _spans(session: Session) -> Iterator[Fault]:
    for table in (Span, StatementRow):
        for annotation_id, start, end in session.execute(
            select(table.annotation_id, table.start, table.end)
            .join(Annotation, Annotation.id == table.annotation_id)
            .join(Sentence, Sentence.id == Annotation.sentence_id)
            .where(table.end > func.length(Sentence.text))
        ):
            yield Fault("Annotation {id}: the span {start}–{end} lies past the end of its sentence.",
                        {"id": annotation_id, "start": start, "end": end})  # fmt: skip


def _labels(session: Session) -> Iterator[Fault]:
    """A scheme keeps the labels that answers hold, retired where they may not be chosen any more."""
    for project_id, project in session.execute(select(Project.id, Project.name).order_by(Project.id)).all():
        scheme = schemes.in_force(session, project_id).scheme
        for layer, used in schemes.labels_in_use(session, project_id).items():
            if layer == "speaker_kinds":  # those of sources that the scheme reserves are none of its own
                continue
            for label in sorted(used - {one.id for one in scheme.layer(layer)}):
                yield Fault("The project “{project}” has answers with the {layer} “{label}”, which its scheme lacks.",
                            {"project": project, "layer": layer, "label": label})  # fmt: skip


def _overlap(session: Session) -> Iterator[Fault]:
    live = (
        select(func.count())
        .where(Assignment.sentence_id == Sentence.id, Assignment.state.in_(COUNTED))
        .scalar_subquery()
    )
    for uid, taken, counted in session.execute(
        select(Sentence.uid, Sentence.taken, live)
        .join(Project, Project.id == Sentence.project_id)
        .where(or_(Sentence.taken != live, Sentence.open != (Sentence.served & (Sentence.taken < Project.overlap))))
    ):
        yield Fault("The unit {id} counts {taken} annotators, but has {counted}.",
                    {"id": uid, "taken": taken, "counted": counted}, remedy="recount")  # fmt: skip


def _work(session: Session) -> Iterator[Fault]:
    for one in miscounted(session):
        for what, told in one.told.items():
            if told != one.found[what]:
                yield Fault("The project “{project}” counts {told} as {what} of {person}, but {found} are stored.",
                            {"project": one.project, "told": told, "what": what, "person": one.email,
                             "found": one.found[what]}, remedy="recount")  # fmt: skip
