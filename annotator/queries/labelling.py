"""What the labelling screen and the progress page read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, or_, select
from sqlalchemy.orm import Session

from annotator.layers import labels_json
from annotator.layers.answer import ARTICLE, UNCLEAR
from annotator.models import (
    Annotation,
    Assignment,
    Document,
    Entry,
    Event,
    Membership,
    Outlet,
    Person,
    Project,
    Sentence,
    StatementRow,
)
from annotator.permissions import Actor, may
from annotator.prepared import Prepared, driver
from annotator.queries.answers import labels_by_annotation
from annotator.text.arabic import fold

AROUND = 2  # neighbours shown on each side
PAGE = 50

_OWN_PROGRESS = Prepared(
    select(Membership.submitted, Membership.drafts, Membership.skipped, Membership.flagged, Project.served)
    .join(Project, Project.id == Membership.project_id)
    .where(Membership.project_id == bindparam("project"), Membership.person_id == bindparam("person"))
)
_WORKED_ON = Prepared(
    select(Project.id, Project.overlap, Membership.role)
    .join(Membership, Membership.project_id == Project.id)
    .where(Project.id == bindparam("project"), Membership.person_id == bindparam("person"))
)
_DESK = Prepared(
    select(
        Sentence.id, Sentence.uid, Sentence.project_id, Sentence.text, Sentence.kind, Sentence.position,
        Sentence.start, Sentence.document_id, Document.file, Document.language, Document.published,
        Outlet.name.label("outlet"), Event.name.label("event"), Assignment.lease_end,
        Annotation.id.label("annotation_id"),
    )
    .join(Document, Document.id == Sentence.document_id)
    .outerjoin(Outlet, Outlet.id == Document.outlet_id)
    .outerjoin(Event, Event.id == Document.event_id)
    .outerjoin(
        Assignment, (Assignment.sentence_id == Sentence.id) & (Assignment.person_id == bindparam("person"))
    )
    .outerjoin(
        Annotation, (Annotation.sentence_id == Sentence.id) & (Annotation.person_id == bindparam("person"))
    )
    .where(Sentence.id == bindparam("sentence"))
)  # fmt: skip
_NEIGHBOURS = select(Sentence.id, Sentence.text, Sentence.kind).where(Sentence.document_id == bindparam("document"))
_BEFORE = Prepared(
    _NEIGHBOURS.where(Sentence.start < bindparam("start")).order_by(Sentence.start.desc()).limit(AROUND)
)
_AFTER = Prepared(_NEIGHBOURS.where(Sentence.start > bindparam("start")).order_by(Sentence.start).limit(AROUND))
_PREVIOUS_SPEAKER = Prepared(
    select(Entry.key, Entry.canonical)
    .select_from(Sentence)
    .join(Annotation, (Annotation.sentence_id == Sentence.id) & (Annotation.person_id == bindparam("person")))
    .join(StatementRow, (StatementRow.annotation_id == Annotation.id) & (StatementRow.n == 1))
    .join(Entry, Entry.id == StatementRow.entry_id)
    .where(
        Sentence.document_id == bindparam("document"),
        Sentence.start < bindparam("start"),
        Entry.key != bindparam("article"),
        Entry.key != bindparam("unclear"),
    )
    .order_by(Sentence.start.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Progress:
    """One member's work in a project; times ISO 8601, `active_ms` milliseconds."""

    person_id: int
    name: str
    email: str
    role: str
    submitted: int
    drafts: int
    skipped: int
    flagged: int
    active_ms: int
    last_at: str | None


def progress(session: Session, project_id: int) -> list[Progress]:
    """Every member with the own counts, annotators first by name."""
    last = (
        select(func.max(Annotation.updated_at))
        .where(Annotation.project_id == project_id, Annotation.person_id == Membership.person_id)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Membership, Person.name, Person.email, last)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.project_id == project_id)
        .order_by(Person.name, Person.id)
    )
    return [
        Progress(m.person_id, name, email, m.role, m.submitted, m.drafts, m.skipped, m.flagged, m.active_ms, at)
        for m, name, email, at in rows
    ]


def answers_of_former_members(session: Session, project_id: int) -> int:
    """Finished answers of people who belong to the project no more: they stay, and count."""
    own = (
        select(func.count())
        .select_from(Annotation)
        .where(
            Annotation.person_id == Person.id, Annotation.project_id == project_id, Annotation.state == "submitted"
        )
        .scalar_subquery()
    )
    members = select(Membership.person_id).where(Membership.project_id == project_id)
    return int(session.scalar(select(func.sum(own)).where(Person.id.not_in(members))) or 0)


def own_progress(session: Session, person_id: int | None, project_id: int) -> dict[str, int]:
    """A person's own counts against all that is served: one query."""
    whose = {"project": project_id, "person": person_id}
    row = _OWN_PROGRESS.one(driver(session), whose)
    submitted, drafts, skipped, flagged, total = row or (0, 0, 0, 0, 0)
    left = max(0, total - submitted - drafts - skipped)
    return {"submitted": submitted, "drafts": drafts, "skipped": skipped, "flagged": flagged,
            "total": total, "left": left}  # fmt: skip


def project_worked_on(session: Session, actor: Actor, project_id: int) -> Any:
    """What the queue needs of a project (id, overlap) and the person's role there; null for who is no member."""
    if actor.only_project not in (None, project_id):
        return None
    return _WORKED_ON.one(driver(session), {"project": project_id, "person": actor.id})


def visible_sentence(session: Session, actor: Actor, sentence_id: int) -> Any:
    """A sentence (id, project_id, text, role) that this person may see; null otherwise."""
    row = session.execute(
        select(Sentence.id, Sentence.project_id, Sentence.text, Membership.role)
        .join(Membership, Membership.project_id == Sentence.project_id)
        .where(Sentence.id == sentence_id, Membership.person_id == actor.id)
    ).one_or_none()
    if row is None or actor.only_project not in (None, row.project_id) or not may(actor, row.role, "see"):
        return None
    return row


def desk(session: Session, person_id: int | None, sentence_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The sentences as the labelling screen shows them, with the person's own answer only."""
    if not sentence_ids:
        return []
    run = driver(session)
    found = [_DESK.one(run, {"sentence": sentence_id, "person": person_id}) for sentence_id in sentence_ids]
    rows = sorted((row for row in found if row is not None), key=lambda row: row.position)
    answered = [row.id for row in rows if row.annotation_id is not None]
    own = own_answers(session, person_id, answered) if answered else {}
    return [_shown(session, person_id, row, own.get(row.id)) for row in rows]


def _shown(session: Session, person_id: int | None, row: Any, own: dict[str, Any] | None) -> dict[str, Any]:
    return {
        "id": row.id, "uid": row.uid, "project": row.project_id, "text": row.text, "kind": row.kind,
        "language": row.language,
        "document": {"id": row.document_id, "file": row.file, "outlet": row.outlet, "event": row.event,
                     "published": row.published},
        "position": row.position, **_around(session, row),
        "version": own["version"] if own else 0, "annotation": own, "lease_end": row.lease_end,
        "previous_speaker": _previous_speaker(session, person_id, row),
    }  # fmt: skip


def _around(session: Session, row: Any) -> dict[str, list[dict[str, Any]]]:
    place = {"document": row.document_id, "start": row.start}
    before = _BEFORE.all(driver(session), place)
    after = _AFTER.all(driver(session), place)
    return {
        "before": [{"id": i, "text": text, "kind": kind} for i, text, kind in reversed(before)],
        "after": [{"id": i, "text": text, "kind": kind} for i, text, kind in after],
    }


def _previous_speaker(session: Session, person_id: int | None, row: Any) -> dict[str, str] | None:
    """Whom this person named last as a speaker before this place of the document."""
    place = {"document": row.document_id, "start": row.start, "person": person_id, "article": ARTICLE,
             "unclear": UNCLEAR}  # these name nobody
    found = _PREVIOUS_SPEAKER.one(driver(session), place)
    return None if found is None else {"id": found.key, "canonical": found.canonical}


def own_answers(session: Session, person_id: int | None, sentence_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """The person's own answers to these sentences, by sentence, in the form of the API."""
    rows = session.execute(
        select(
            Annotation.id, Annotation.sentence_id, Annotation.version, Annotation.state, Annotation.flag,
            Annotation.comment, Annotation.skip_reason, Annotation.active_ms, Annotation.provenance,
            Annotation.updated_at, Sentence.text,
        )
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .where(Annotation.person_id == person_id, Annotation.sentence_id.in_(sentence_ids))
    ).all()  # fmt: skip
    labels = labels_by_annotation(session, {row.id: row.text for row in rows})
    return {
        row.sentence_id: {
            "labels": labels_json(labels[row.id], row.text), "state": row.state, "version": row.version,
            "flag": row.flag, "comment": row.comment, "skip_reason": row.skip_reason,
            "active_ms": row.active_ms, "provenance": row.provenance, "updated_at": row.updated_at,
        }
        for row in rows
    }  # fmt: skip


def own_work(
    session: Session, person_id: int | None, project_id: int, *, state: str | None, search: str, before: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """The person's own answers, newest first, a page at a time; and the cursor of the next page."""
    query = (
        select(Annotation.id, Annotation.updated_at, Annotation.state, Annotation.flag, Annotation.skip_reason,
               Annotation.comment, Sentence.id.label("sentence_id"), Sentence.text, Document.file,
               Document.id.label("document_id"))
        .join(Sentence, Sentence.id == Annotation.sentence_id)
        .join(Document, Document.id == Sentence.document_id)
        .where(Annotation.person_id == person_id, Annotation.project_id == project_id)
        .order_by(Annotation.updated_at.desc(), Annotation.id.desc())
        .limit(PAGE + 1)
    )  # fmt: skip
    if state == "flagged":
        query = query.where(Annotation.flag.is_not(None))
    elif state is not None:
        query = query.where(Annotation.state == state)
    if search.strip():
        folded = fold(search).strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = query.where(Sentence.folded.like(f"%{folded}%", escape="\\"))
    if before is not None:
        at, _, row_id = before.partition("~")
        query = query.where(
            or_(Annotation.updated_at < at, (Annotation.updated_at == at) & (Annotation.id < int(row_id or 0)))
        )
    rows = session.execute(query).all()
    shown = [
        {"id": row.sentence_id, "text": row.text, "state": row.state, "flag": row.flag, "comment": row.comment,
         "skip_reason": row.skip_reason, "updated_at": row.updated_at,
         "document": {"id": row.document_id, "file": row.file}}
        for row in rows[:PAGE]
    ]  # fmt: skip
    more = f"{rows[PAGE - 1].updated_at}~{rows[PAGE - 1].id}" if len(rows) > PAGE else None
    return shown, more
