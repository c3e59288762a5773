"""Saving an answer: one transaction, compare-and-set on its version, with its log line."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from annotator.actions import registry
from annotator.actions.answer_labels import read_labels, retired_labels_of
from annotator.actions.due import due
from annotator.actions.log import write_log
from annotator.actions.queue import ASSIGN, ASSIGNMENT, SENTENCE, S, count_taken
from annotator.actions.save_body import Body, parse_body
from annotator.errors import NotFound, Refused, Taken
from annotator.layers import labels_json
from annotator.layers.answer import Labels
from annotator.layers.scheme import Scheme
from annotator.models import (
    COUNTED,
    Annotation,
    Assignment,
    LogLine,
    Membership,
    Project,
    Sentence,
    Span,
    StatementRow,
    now,
    table_of,
)
from annotator.permissions import Actor, demand
from annotator.prepared import Prepared, driver
from annotator.queries.scheme import in_force

ANNOTATION = table_of(Annotation)
STATEMENT = table_of(StatementRow)
SPAN = table_of(Span)
MEMBERSHIP = table_of(Membership)
_PLACE = Prepared(
    select(
        Sentence.id, Sentence.project_id, Sentence.document_id, Sentence.text, Sentence.kind,
        Sentence.served, Sentence.position, Project.overlap, Project.guideline, Membership.role,
        Membership.id.label("membership_id"), Assignment.id.label("assignment_id"),
        Assignment.state.label("assignment_state"), Annotation.id.label("annotation_id"),
        Annotation.version, Annotation.state, Annotation.flag, Annotation.active_ms,
    )
    .join(Project, Project.id == Sentence.project_id)
    .join(
        Membership,
        (Membership.project_id == Sentence.project_id) & (Membership.person_id == bindparam("person")),
    )
    .outerjoin(
        Assignment, (Assignment.sentence_id == Sentence.id) & (Assignment.person_id == bindparam("person"))
    )
    .outerjoin(
        Annotation, (Annotation.sentence_id == Sentence.id) & (Annotation.person_id == bindparam("person"))
    )
    .where(Sentence.id == bindparam("sentence"))
)  # fmt: skip
_LOCK = Prepared(select(S.id).where(S.id == bindparam("sentence")).with_for_update())
_EARLIER = Prepared(
    select(LogLine.version, LogLine.sentence_id, LogLine.body_sha256, LogLine.content).where(
        LogLine.person_id == bindparam("person"), LogLine.key == bindparam("key")
    )
)
_TAKE_IF_FREE = Prepared(
    update(SENTENCE)
    .where(S.id == bindparam("sentence"), S.taken < bindparam("overlap"))
    .values(taken=S.taken + 1, open=and_(S.served, S.taken + 1 < bindparam("overlap")))
)
_MOVE = Prepared(
    update(ASSIGNMENT)
    .where(ASSIGNMENT.c.id == bindparam("assignment"))
    .values(state=bindparam("new_state"), lease_end=None)
)
_ANSWER = Prepared(insert(ANNOTATION).returning(ANNOTATION.c.id))
STATEMENTS = Prepared(insert(STATEMENT))
SPANS = Prepared(insert(SPAN))
M = MEMBERSHIP.c
_COUNT = Prepared(
    update(MEMBERSHIP)
    .where(M.id == bindparam("membership"))
    .values(
        submitted=M.submitted + bindparam("by_submitted"),
        drafts=M.drafts + bindparam("by_draft"),
        skipped=M.skipped + bindparam("by_skipped"),
        flagged=M.flagged + bindparam("by_flagged"),
        active_ms=M.active_ms + bindparam("by_ms"),
    )
)


@dataclass(frozen=True, slots=True)
class Saved:
    """The answer to a save. `state` is draft instead of submitted where the overlap was full meanwhile."""

    version: int
    state: str
    surplus: bool = False
    project_id: int = 0
    speakers: dict[str, str] = field(default_factory=dict)


class Stale(Exception):
    """Someone (another tab, another device) saved in between (HTTP 412)."""


def save(
    session: Session, actor: Actor, sentence_id: int, payload: object, *, base_version: int, key: str | None
) -> Saved:
    """Store an annotator's whole answer to a sentence.

    Raises Stale when `base_version` is not the stored one, Refused for what is wrong in the body,
    NotFound for a sentence that is not this person's to see. The same key again is the same success.
    """
    place = _place(session, actor, sentence_id)
    body = parse_body(payload)
    digest = hashlib.sha256(orjson.dumps(payload, option=orjson.OPT_SORT_KEYS)).hexdigest()
    if key is not None:
        earlier = _EARLIER.one(driver(session), {"person": actor.id, "key": key})
        if earlier is not None:
            if earlier.sentence_id != sentence_id or earlier.body_sha256 != digest:
                raise Refused("The Idempotency-Key “{value}” was used for another save.", value=key)
            told = earlier.content
            return Saved(earlier.version, told["state"], told.get("surplus", False), place.project_id)
    if base_version != (place.version or 0):
        raise Stale
    if not place.served and place.version is None:
        raise Taken("This unit is not for labelling: it is of the kind “{kind}”.", kind=place.kind)
    scheme = in_force(session, place.project_id).scheme
    stands_for = registry.add_entries(
        session, actor, place.project_id, registry.parse_new_entries(body.speakers, scheme),
        document_id=place.document_id,
    )  # fmt: skip
    labels, rows = read_labels(
        session, place.project_id, body.labels, stands_for, text=place.text, scheme=scheme,
        complete=body.state == "submitted",
        kept=retired_labels_of(session, scheme, sentence_id, actor.id, place.text),
    )  # fmt: skip
    surplus = _assign(session, actor, place, body.state)
    state = "draft" if surplus and body.state == "submitted" else body.state
    at = now()
    version = _store(session, actor, place, body, state, scheme, at)
    store_labels(session, version[0], labels, rows, replaces=place.version is not None)
    _count(session, place, body, state)
    if "submitted" in (state, place.state):
        due(session, place.project_id, place.document_id)
    write_log(
        session, actor, "save", project_id=place.project_id, sentence_id=sentence_id, version=version[1],
        key=key, body_sha256=digest, at=at,
        content={
            "state": state, "surplus": surplus, "labels": labels_json(labels, place.text), "flag": body.flag,
            "comment": body.comment, "skip_reason": body.skip_reason, "active_ms": body.active_ms,
            "scheme": scheme.id, "guideline": place.guideline, "provenance": body.provenance,
        },
    )  # fmt: skip
    return Saved(version[1], state, surplus, place.project_id, {k: v for k, v in stands_for.items() if k != v})


def _place(session: Session, actor: Actor, sentence_id: int) -> Any:
    """Everything a save depends on, in one query, with the sentence locked where the database locks rows.

    Locked before: a statement that waits for a lock reads other tables as they were when it began to wait.
    """
    run = driver(session)
    if run.dialect.name == "postgresql":
        _LOCK.one(run, {"sentence": sentence_id})
    row = _PLACE.one(run, {"person": actor.id, "sentence": sentence_id})
    if row is None or actor.only_project not in (None, row.project_id):
        raise NotFound("There is no such sentence.")
    demand(actor, row.role, "label")
    return row


def _assign(session: Session, actor: Actor, place: Any, state: str) -> bool:
    """Move the assignment to the answer's state. True when the overlap was already full."""
    before = place.assignment_state
    if state != "skipped" and before not in COUNTED:
        if not _TAKE_IF_FREE.change(driver(session), {"sentence": place.id, "overlap": place.overlap}):
            state = "surplus"
    elif state == "skipped" and before in COUNTED:
        count_taken(session, [place.id], -1, place.overlap)
    if place.assignment_id is None:
        ASSIGN.change(
            driver(session),
            {"sentence_id": place.id, "person_id": actor.id, "project_id": place.project_id,
             "position": place.position, "state": state, "lease_end": None, "purpose": "label",
             "created_at": now()},
        )  # fmt: skip
    elif before != state:
        _MOVE.change(driver(session), {"assignment": place.assignment_id, "new_state": state})
    return state == "surplus"


def _store(
    session: Session, actor: Actor, place: Any, body: Body, state: str, scheme: Scheme, at: str
) -> tuple[int, int]:
    """The annotation's row: (its id, its new version)."""
    values = {
        "state": state, "skip_reason": body.skip_reason, "flag": body.flag, "comment": body.comment,
        "active_ms": body.active_ms, "scheme": scheme.id, "provenance": body.provenance, "updated_at": at,
        "guideline": None if place.guideline is None else f"guideline@{place.guideline}",
    }  # fmt: skip
    if place.version is None:
        made = _ANSWER.one(
            driver(session),
            {"sentence_id": place.id, "project_id": place.project_id, "person_id": actor.id,
             "version": 1, "created_at": at, **values},
        )  # fmt: skip
        return made.id, 1
    changed = session.execute(
        update(Annotation)
        .where(Annotation.id == place.annotation_id, Annotation.version == place.version)
        .values(version=place.version + 1, **values),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        raise Stale
    return place.annotation_id, place.version + 1


def store_labels(
    session: Session, annotation_id: int, labels: Labels, rows: dict[str, int], *, replaces: bool
) -> None:
    """Write the statements and spans of an answer in place of the earlier ones."""
    if replaces:
        session.execute(delete(StatementRow).where(StatementRow.annotation_id == annotation_id))
        session.execute(delete(Span).where(Span.annotation_id == annotation_id))
    statements, spans = label_rows(annotation_id, labels, rows)
    if statements:
        STATEMENTS.change_all(driver(session), statements)
    if spans:
        SPANS.change_all(driver(session), spans)


def label_rows(
    annotation_id: int, labels: Labels, rows: dict[str, int]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The columns of an answer's statements and spans; `rows` gives each speaker's row by id."""
    statements = [
        {"annotation_id": annotation_id, "n": n, "entry_id": rows[s.speaker.id] if s.speaker else None,
         "start": s.speaker.start if s.speaker else None, "end": s.speaker.end if s.speaker else None,
         "attribution": s.attribution, "target": s.stance.target, "stance": s.stance.value,
         "claim_type": s.claim_type}
        for n, s in enumerate(labels.statements, 1)
    ]  # fmt: skip
    spans = [
        {"annotation_id": annotation_id, "start": e.start, "end": e.end, "label": e.label} for e in labels.entities
    ]
    return statements, spans


def _count(session: Session, place: Any, body: Body, state: str) -> None:
    """Keep the person's own counts in step, in the same transaction."""
    change = dict.fromkeys(("by_submitted", "by_draft", "by_skipped"), 0)
    if place.state != state:
        change[f"by_{state}"] += 1
        if place.state is not None:
            change[f"by_{place.state}"] -= 1
    change["by_flagged"] = int(body.flag is not None) - int(place.flag is not None)
    change["by_ms"] = (body.active_ms or 0) - (place.active_ms or 0)
    if any(change.values()):
        _COUNT.change(driver(session), {"membership": place.membership_id, **change})
